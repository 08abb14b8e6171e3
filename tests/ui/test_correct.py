"""A correction is kept with consent only, whole, once, and thanked for only when it is on the disk."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from app import open_corrections
from corrections import CorrectionStore, JournalError
from model import Recogniser
from ui.answer import picture_uri
from ui.correct import kept


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser.load()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CorrectionStore]:
    store = CorrectionStore(tmp_path / "kept")
    yield store
    store.close()


def seven(shift_px: int = 0) -> str:
    """Return a drawn seven as the page sends one."""
    layer = Image.new("RGBA", (140, 140))
    points = [(40 + shift_px, 35), (100, 35), (65, 115)]
    ImageDraw.Draw(layer).line(points, fill="#111", width=11, joint="curve")
    return picture_uri(np.asarray(layer))


def broken() -> str:
    """Return a PNG that Pillow opens and then calls a syntax error: one of its chunks has no proper name."""
    noise = np.random.default_rng(7).integers(0, 256, (140, 140, 4), np.uint8)
    file = base64.b64decode(picture_uri(noise).partition(",")[2])
    before, _, after = file.rpartition(b"IDAT")
    return "data:image/png;base64," + base64.b64encode(before + b"\0DAT" + after).decode()


def test_what_is_kept(store: CorrectionStore, recogniser: Recogniser) -> None:
    """Drawing, the model's picture, what was said, what is right and the model are kept, and nothing else."""
    assert kept(store, recogniser, seven(), 1, True) == "correct.thanks"
    (correction,) = store
    assert correction.right == 1
    assert int(np.argmax(correction.said)) == 7
    assert correction.model_sha256 == recogniser.sha256
    assert correction.image.shape == (28, 28)
    assert correction.image.max() > 200
    assert set(correction.as_dict()) == {"id", "day", "right", "said", "model_sha256", "image", "drawing"}
    said_again = recogniser.probabilities(correction.image[None].astype(np.float32) / 255)[0]
    assert np.allclose(said_again, correction.said, atol=0.02)


def test_the_file_of_a_drawing_is_made_anew(store: CorrectionStore, recogniser: Recogniser) -> None:
    """What a picture file says besides its pixels, such as who made it, is not kept."""
    picture = Image.open(io.BytesIO(base64.b64decode(seven().partition(",")[2])))
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Ann Example")
    file = io.BytesIO()
    picture.save(file, "PNG", pnginfo=info)
    uri = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    assert kept(store, recogniser, uri, 1, True) == "correct.thanks"
    (correction,) = store
    assert b"Ann" not in correction.drawing


def test_the_same_is_kept_once(store: CorrectionStore, recogniser: Recogniser) -> None:
    """Saying the same twice is thanked for twice and kept once; another digit is another correction."""
    for right in (1, 1, 2):
        assert kept(store, recogniser, seven(), right, True) == "correct.thanks"
    assert len(store) == 2


@pytest.mark.parametrize(
    ("picture", "right", "consent", "key"),
    [
        (seven(), 1, False, "correct.no_consent"),
        (seven(), 1, "yes", "correct.no_consent"),
        (seven(), 10, True, "correct.failed"),
        (seven(), -1, True, "correct.failed"),
        (seven(), "1", True, "correct.failed"),
        (seven(), True, True, "correct.failed"),
        (seven(), 7.0, True, "correct.failed"),
        (None, 1, True, "error.unreadable"),
        (broken(), 1, True, "error.unreadable"),
        (picture_uri(np.ones((6000, 1100, 4), np.uint8)), 1, True, "error.too_large"),
        ("no picture", 1, True, "error.unreadable"),
        (picture_uri(np.zeros((140, 140, 4), np.uint8)), 1, True, "error.blank"),
        ("data:image/png;base64," + "A" * 2_000_000, 1, True, "error.too_large"),
    ],
)
def test_what_is_not_kept(store, recogniser, picture, right, consent, key) -> None:
    """Without consent, a digit and a drawing nothing is kept."""
    assert kept(store, recogniser, picture, right, consent) == key
    assert len(store) == 0


def test_a_full_store_says_so(tmp_path: Path, recogniser: Recogniser) -> None:
    """At the bound nothing more is kept, and what is there stays."""
    store = CorrectionStore(tmp_path, max_bytes=6000)
    told = [kept(store, recogniser, seven(shift), 1, True) for shift in range(6)]
    assert told[0] == "correct.thanks"
    assert told[-1] == "correct.full"
    assert len(store) == told.count("correct.thanks")
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 6000


def test_a_broken_disk_gets_no_thanks(store, recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk fails the person is told."""

    def broken(*_: object) -> None:
        raise JournalError("broken")

    monkeypatch.setattr(store, "add", broken)
    assert kept(store, recogniser, seven(), 1, True) == "correct.failed"


@pytest.mark.parametrize("name", ["SPACE_ID", "DIGITS_CORRECTIONS"])
def test_where_nothing_can_be_kept_nobody_is_asked(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """In a Space without storage, and where it is turned off, there is no store and so no panel."""
    monkeypatch.setenv(name, "off")
    monkeypatch.setattr("corrections.store.SPACE_STORAGE", Path("/no/storage"))
    assert open_corrections() is None


def test_a_folder_that_cannot_be_written_turns_it_off(monkeypatch, tmp_path: Path, caplog) -> None:
    """The app serves without corrections where their folder cannot be made."""
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("DIGITS_CORRECTIONS", str(tmp_path / "taken" / "kept"))
    assert open_corrections() is None
    assert "No corrections are kept" in caplog.text
