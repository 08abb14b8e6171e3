"""What the recogniser trains on: drawn, deformed and kept as it should be."""

from pathlib import Path

import numpy as np
import pytest

from model.augmentation import augment, draw_habits
from model.config import RECIPES
from model.corpus import NO_DIGIT, Corpus, habit_corpus, pen_corpus
from model.dataset import DatasetError, load_mnist, one_hot, scale
from model.habits import HABITS, add_habit, write_digit
from model.scribbles import HELD_OUT_FACES, TRAINING_FACES, draw_scribble, letters_of
from model.strokes import PenDigit, deform, draw_ink, fit_unit_box, load_pen_digits, smooth

MNIST = load_mnist()
HALF_AN_ARCHIVE = b"PK\x03\x04 half an archive"
PICTURES, LABELS = MNIST.x_train[:300], MNIST.y_train[:300]


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def _assert_in_unit_box(strokes: list[np.ndarray]) -> None:
    points = np.concatenate(strokes)
    assert points.shape[1] == 2
    assert np.isfinite(points).all()
    assert -1e-5 <= points.min() <= points.max() <= 1 + 1e-5


def _corpus() -> Corpus:
    return Corpus(PICTURES, LABELS.astype(np.int8), np.array([f"writer {i % 3}" for i in range(300)]))


def _assert_same(a: Corpus, b: Corpus) -> None:
    for name in ("images", "labels", "writers"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


@pytest.mark.parametrize("count", [0, 1, 300])
@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_augmentation_keeps_the_form(count: int, strength: float) -> None:
    """Augmented pictures have the shape and dtype of the originals, which stay as they were."""
    before = PICTURES[:count].copy()
    augmented = augment(PICTURES[:count], _rng(), strength)
    assert augmented.shape == before.shape
    assert augmented.dtype == np.uint8
    np.testing.assert_array_equal(PICTURES[:count], before)


def test_augmentation_depends_on_the_seed() -> None:
    """One seed gives the same pictures again, another one others."""
    np.testing.assert_array_equal(augment(PICTURES, _rng(1)), augment(PICTURES, _rng(1)))
    assert (augment(PICTURES, _rng(1)) != augment(PICTURES, _rng(2))).any(axis=(1, 2)).all()


def test_augmentation_of_no_strength_hardly_changes_a_picture() -> None:
    """At strength 0 only contrast changes: 8 of 255 a pixel on average; at 1 more than that."""

    def change(strength: float) -> float:
        return float(np.abs(augment(PICTURES, _rng(), strength).astype(float) - PICTURES).mean())

    assert change(0.0) < 8
    assert change(1.0) > 1.5 * change(0.0)


def test_habits_are_added_to_some_digits_of_three_kinds() -> None:
    """Some zeros, ones and sevens gain ink; nothing loses any, and other digits stay as they were."""
    drawn = draw_habits(PICTURES, LABELS, _rng())
    assert (drawn >= PICTURES).all()
    changed = (drawn != PICTURES).any(axis=(1, 2))
    assert set(LABELS[changed]) == {0, 1, 7}
    assert changed.sum() < np.isin(LABELS, [0, 1, 7]).sum()


def test_a_corpus_comes_back_from_its_file(tmp_path: Path) -> None:
    """What is saved is loaded again, and nothing else is left in the folder."""
    path = tmp_path / "new" / "corpus.npz"
    _corpus().save(path)
    _assert_same(Corpus.load(path), _corpus())
    assert list(path.parent.iterdir()) == [path]


def test_parts_of_a_corpus_join_to_the_whole() -> None:
    """Taking by a mask and joining again keeps pictures, labels and writers together."""
    corpus = _corpus()
    parts = [corpus.take(corpus.writers == writer) for writer in np.unique(corpus.writers)]
    joined = Corpus.join(parts)
    assert len(joined) == len(corpus)
    _assert_same(joined.take(np.argsort(np.argsort(np.arange(300) % 3, kind="stable"))), corpus)


@pytest.mark.slow
def test_a_corpus_drawn_again_is_the_same() -> None:
    """The drawings depend on the seed alone."""
    corpus = habit_corpus(20, seed=3)
    assert corpus.images.shape == (20, 28, 28)
    assert corpus.images.dtype == np.uint8
    assert corpus.labels.tolist() == [*range(10)] * 2
    _assert_same(habit_corpus(20, seed=3), corpus)


def test_no_pen_digits_make_an_empty_corpus() -> None:
    """Without pen digits there are no drawings of them, in the same form."""
    assert pen_corpus([], 3, seed=0).images.shape == (0, 28, 28)


@pytest.mark.parametrize("label", sorted(HABITS))
def test_a_written_digit_fits_the_unit_box(label: int) -> None:
    """Every digit has habits, and stays in the unit box, deformed or not."""
    assert sorted(HABITS) == list(range(10))
    for seed in range(20):
        strokes = write_digit(label, _rng(seed))
        _assert_in_unit_box(strokes)
        _assert_in_unit_box(deform(strokes, _rng(seed)))
        _assert_in_unit_box(add_habit(strokes, label, _rng(seed)))


def test_deforming_by_nothing_changes_nothing() -> None:
    """At strength 0 a character in the unit box stays as it is, to 1e-5."""
    strokes = write_digit(5, _rng())
    for before, after in zip(strokes, deform(strokes, _rng(), strength=0.0), strict=True):
        np.testing.assert_allclose(after, before, atol=1e-5)


def test_a_curve_meets_its_ends() -> None:
    """A smooth curve starts at its first control point and ends at its last."""
    controls = np.array([[0.0, 0.0], [1.0, 0.5], [0.0, 1.0]])
    np.testing.assert_allclose(smooth(controls)[[0, -1]], controls[[0, -1]], atol=1e-6)


@pytest.mark.parametrize("points", [[[3.0, 3.0]], [[3.0, 3.0], [3.0, 3.0]], [[0.0, 0.0], [8.0, 2.0]]])
def test_even_a_dot_is_drawn(points: list[list[float]]) -> None:
    """One point, two equal ones, or a line give ink in 0..1."""
    ink = draw_ink(fit_unit_box([np.array(points, np.float32)]), 40, 3)
    assert ink.dtype == np.float32
    assert 0 <= ink.min() < ink.max() == 1


def test_pen_digits_come_back_from_their_file(tmp_path: Path) -> None:
    """Strokes, labels and writers are read as they were written."""
    path = tmp_path / "pens.npz"
    points = np.arange(14, dtype=np.float32).reshape(7, 2)
    np.savez(path, points=points, stroke_ends=[3, 5, 7], digit_ends=[2, 3], labels=[4, 1], writers=["a", "b"])
    four, one = load_pen_digits(path)
    assert isinstance(four, PenDigit)
    assert [len(stroke) for stroke in four.strokes] == [3, 2]
    assert (four.label, four.writer, one.label, one.writer) == (4, "a", 1, "b")
    np.testing.assert_array_equal(one.strokes[0], points[5:])


@pytest.mark.parametrize("load", [load_mnist, load_pen_digits])
@pytest.mark.parametrize("content", [None, b"", b"no archive", HALF_AN_ARCHIVE])
def test_a_broken_data_file_is_refused(tmp_path: Path, load, content: bytes | None) -> None:
    """A missing or broken file raises DatasetError."""
    path = tmp_path / "data.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatasetError, match="Expected an"):
        load(path)


def test_mnist_of_another_form_is_refused(tmp_path: Path) -> None:
    """Arrays of another dtype or number of dimensions raise DatasetError."""
    path = tmp_path / "data.npz"
    np.savez(path, x_train=np.zeros((1, 784)), y_train=[0], x_test=[0], y_test=[0])
    with pytest.raises(DatasetError, match="x_train"):
        load_mnist(path)


def test_mnist_is_whole() -> None:
    """The project brings 60,000 training and 10,000 test digits, scaled to 0..1 for the model."""
    assert MNIST.x_train.shape == (60_000, 28, 28)
    assert MNIST.x_test.shape == (10_000, 28, 28)
    assert np.unique(MNIST.y_test).tolist() == list(range(10))
    scaled = scale(MNIST.x_test[:10])
    assert scaled.shape == (10, 28, 28, 1)
    assert scaled.min() == 0 < scaled.max() == 1
    np.testing.assert_array_equal(one_hot(np.array([3, 0])).argmax(axis=1), [3, 0])


def test_scribbles_fit_the_unit_box() -> None:
    """Whatever kind of scribble is drawn, it stays in the unit box."""
    pytest.importorskip("HersheyFonts")
    for seed in range(100):
        _assert_in_unit_box(draw_scribble(_rng(seed)))


@pytest.mark.parametrize("face", TRAINING_FACES + HELD_OUT_FACES)
def test_every_face_has_letters(face: str) -> None:
    """Each font has letters, no digit among them, and those that judge are not trained on."""
    letters = letters_of(face)
    assert len(letters) > 20
    assert not any(letter in "0123456789" for letter in letters)
    assert not set(TRAINING_FACES) & set(HELD_OUT_FACES)


def test_the_lesson_is_the_same_for_a_number() -> None:
    """An epoch shows its share of the drawings and is the same again; a scribble has no digit to learn."""
    lesson = pytest.importorskip("model.lesson", reason="needs requirements-train.txt", exc_type=ImportError)
    scribbles = Corpus(PICTURES[:10], np.full(10, NO_DIGIT, np.int8), np.full(10, ""))
    config = RECIPES["default"]
    epoch = lesson.lesson(_corpus(), [(scribbles, 0.6)], config)
    first, again, other = epoch(0), epoch(0), epoch(1)
    assert len(first.pictures) == 306 == lesson.pictures_shown(_corpus(), [(scribbles, 0.6)])
    np.testing.assert_array_equal(first.pictures, again.pictures)
    assert not np.array_equal(first.pictures, other.pictures)
    no_digit = first.targets["likeness"][:, 0] == 0
    assert no_digit.sum() == 6
    assert not first.targets["digit"][no_digit].any()
    np.testing.assert_allclose(first.targets["digit"][~no_digit].sum(axis=1), 1, atol=1e-6)
