"""Ink is cut into lines and pieces, and every group of pieces that may be a digit is a candidate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from preprocessing import BlankDrawing
from preprocessing.seams import seams
from preprocessing.segments import Segments, segment

SIDE_PX = 400
Shapes = dict[str, list[list[tuple[float, float]]]]
RING = [(15 * np.cos(a) + 15, 25 * np.sin(a) + 25) for a in np.linspace(0, 2 * np.pi, 30)]
SHAPES: Shapes = {
    "0": [RING],
    "1": [[(5, 0), (5, 50)]],
    "5": [[(4, 4), (2, 22), (22, 26), (24, 42), (2, 50)], [(14, 0), (30, 0)]],
    "7": [[(0, 0), (28, 0), (10, 50)]],
    "-": [[(0, 25), (25, 25)]],
    ".": [[(0, 48), (1, 49)]],
}


def written(text: str, gap: float = 20, scale: float = 1.5, width: int = 6, slope: float = 0.0) -> np.ndarray:
    """Return the ink of shapes written left to right, lines below each other."""
    image = Image.new("L", (SIDE_PX, SIDE_PX))
    pen = ImageDraw.Draw(image)
    for row, line in enumerate(text.split("\n")):
        left = 20.0
        for sign in line:
            strokes = SHAPES[sign]
            top = 60 + row * 110 + slope * left
            for stroke in strokes:
                pen.line([(left + scale * x, top + scale * y) for x, y in stroke], 255, width, "curve")
            left += scale * max(x for stroke in strokes for x, _ in stroke) + gap
    return np.asarray(image, np.float32) / 255


def shape_of(segments: Segments) -> list[int]:
    """Return how many pieces each line has."""
    return [len(line.pieces) for line in segments.lines]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("1", [1]), ("107", [3]), ("17\n07", [2, 2]), ("5", [1]), ("0501", [4]), ("1\n0\n7", [1] * 3)],
)
def test_digits_apart_are_pieces_in_reading_order(text: str, pieces: list[int]) -> None:
    """Each digit is a piece, its loose flag with it; lines go from top to bottom, pieces to the right."""
    segments = segment(written(text))
    assert shape_of(segments) == pieces
    for candidates in segments.candidates():
        boxes = [each.box for each in candidates if each.last == each.first + 1]
        assert [box.left for box in boxes] == sorted(box.left for box in boxes)


@pytest.mark.parametrize("slope", [-0.2, 0.2])
def test_a_line_may_climb_or_fall(slope: float) -> None:
    """Writing that goes up or down is still one line."""
    assert shape_of(segment(written("10701", slope=slope))) == [5]


@pytest.mark.parametrize("steep", [written("0707", slope=0.9), np.flipud(written("0707", slope=0.9))])
def test_a_line_may_climb_or_fall_steeply(steep: np.ndarray) -> None:
    """Where nothing stands over or under a digit, a little of the same height makes one line."""
    assert shape_of(segment(steep)) == [4]


@pytest.mark.parametrize(
    ("text", "signs"),
    [("-10", [(0, "-")]), ("1.7", [(1, ".")]), ("-1.7", [(0, "-"), (1, ".")]), ("17", []), ("5", [])],
)
def test_signs_are_no_digits(text: str, signs: list[tuple[int, str]]) -> None:
    """A bar before the first digit is a minus sign and a dot on the base line a decimal point."""
    (line,) = segment(written(text)).lines
    assert list(line.signs) == signs
    assert len(line.pieces) == sum(sign.isdigit() for sign in text)


def test_specks_are_ignored() -> None:
    """Dots far from the writing, and above it, are no pieces."""
    ink = written("17")
    ink[10:14, 300:304] = ink[350:354, 40:44] = 1
    assert shape_of(segment(ink)) == [2]


def test_touching_digits_can_be_cut() -> None:
    """One of the cuts through two rings side by side parts them where they touch."""
    whole = segment(written("00", gap=-4))
    assert shape_of(whole) == [1]
    cut = whole.cut([whole.lines[0].pieces[0]])
    (candidates,) = cut.candidates()
    middle = 20 + 1.5 * 30 - 2
    assert any(abs(each.box.left - middle) < 8 for each in candidates)
    assert {cut.labels[place] > 0 for place in zip(*np.nonzero(whole.labels), strict=True)} == {True}


@pytest.mark.parametrize("stretch", [1, 3])
def test_a_piece_that_was_cut_can_be_put_together(stretch: int) -> None:
    """However wide a piece is, all of it stays a candidate beside its parts."""
    whole = segment(np.repeat(written("01", gap=40), stretch, axis=1))
    ring = whole.lines[0].pieces[0]
    (candidate,) = (each for each in whole.candidates()[0] if (each.first, each.last) == (0, 1))
    (candidates,) = whole.cut([ring]).candidates()
    assert len(candidates) > 2
    assert candidate.box in [each.box for each in candidates]


def test_boxes_are_of_the_drawing_whatever_its_size() -> None:
    """A drawing larger than the working picture gets boxes of its own pixels."""
    ink = np.kron(written("1"), np.ones((5, 5), np.float32))
    segments = segment(np.pad(ink, ((0, 0), (300, 0))))
    ((candidate,),) = segments.candidates()
    rows, columns = np.nonzero(np.pad(ink, ((0, 0), (300, 0))))
    box = candidate.box
    found = np.array([box.left, box.top, box.right, box.bottom])
    assert np.abs(found - [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]).max() <= 6


def test_blank_ink_is_an_error() -> None:
    """Where nothing is drawn there is nothing to cut."""
    with pytest.raises(BlankDrawing):
        segment(np.zeros((20, 20), np.float32))


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 60), st.floats(0.01, 0.9))
def test_any_ink_can_be_cut(seed: int, height: int, width: int, share: float) -> None:
    """Noise of any size has lines whose candidates have ink, cut or not."""
    ink = (np.random.default_rng(seed).random((height, width)) < share).astype(np.float32)
    ink[height // 2, width // 2] = 1
    segments = segment(ink)
    segments = segments.cut([piece for line in segments.lines for piece in line.pieces])
    for line, candidates in zip(segments.lines, segments.candidates(), strict=True):
        for candidate in candidates[:10]:
            assert segments.picture(line, candidate).any()


def test_seams_go_from_left_to_right() -> None:
    """Paths come in the order in which they cut, and each stays in the picture."""
    mask = written("00", gap=-4)[60:140, 20:110] > 0.5
    paths = [path for path, _ in seams(mask, 6, 75)]
    assert paths
    assert all(path.min() >= 0 and path.max() < mask.shape[1] for path in paths)
    assert [path.mean() for path in paths] == sorted(path.mean() for path in paths)
