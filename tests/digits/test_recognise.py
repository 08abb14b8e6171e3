"""python -m digits recognise reads files and folders, and says what it could not read."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from digits import find_pictures, read_pictures, reading
from digits.__main__ import COLUMNS, main
from digits.recognise import ONE_PROCESS_FILES
from model import ModelFileError, Recogniser

STROKES = {"1": [(140, 50), (140, 230)], "7": [(80, 60), (200, 60), (130, 230)]}


def picture_of(digit: str, mode: str = "RGB") -> Image.Image:
    picture = Image.new(mode, (280, 280), "#0000" if mode == "RGBA" else "white")
    ImageDraw.Draw(picture).line(STROKES[digit], fill="#14143c", width=22, joint="curve")
    return picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures of several kinds, in a folder and one below it, and a file that is no picture."""
    (tmp_path / "below").mkdir()
    picture_of("7").save(tmp_path / "b.png")
    picture_of("1", "L").save(tmp_path / "c.jpg")
    picture_of("7", "RGBA").save(tmp_path / "a.webp")
    picture_of("1").save(tmp_path / "below" / "d.bmp")
    (tmp_path / "notes.txt").write_text("not a picture")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *argv: object) -> tuple[int, str]:
    status = main(["recognise", *map(str, argv)])
    return status, capsys.readouterr().out


def test_a_folder_is_read_in_the_order_of_its_names(folder: Path, capsys) -> None:
    """Each picture of a folder and those below is one object, by name, beginning with file and text."""
    status, out = run(capsys, folder)
    entries = json.loads(out)
    assert status == 0
    assert [(e["file"], e["text"]) for e in entries] == [
        ("a.webp", "7"),
        ("b.png", "7"),
        ("below/d.bmp", "1"),
        ("c.jpg", "1"),
    ]
    for entry in entries:
        assert list(entry)[:2] == ["file", "text"]
        shares = [each["confidence"] for each in entry["confidences"]]
        assert len(shares) == 3
        assert shares == sorted(shares, reverse=True)


def test_csv_has_a_row_a_file(folder: Path, capsys) -> None:
    """The table says the same as the JSON."""
    status, out = run(capsys, "--format", "csv", folder)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    assert list(rows[0]) == COLUMNS
    assert [row["text"] for row in rows] == ["7", "7", "1", "1"]
    assert all(0 < float(row["confidence"]) <= 1 for row in rows)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: data[:60] + b"\xff" * 40 + data[100:],
        lambda data: b"<svg/>",
    ],
    ids=["cut", "empty", "overwritten", "foreign"],
)
def test_a_damaged_file_is_an_entry_of_its_own(folder: Path, capsys, damage) -> None:
    """What cannot be read says why in its place, the others are read, and the status is 1."""
    path = folder / "b.png"
    path.write_bytes(damage(path.read_bytes()))
    status, out = run(capsys, folder)
    entries = json.loads(out)
    assert status == 1
    assert [e["text"] for e in entries] == ["7", "", "1", "1"]
    assert [bool(e.get("error")) for e in entries] == [False, True, False, False]


def test_a_blank_picture_is_no_digit(tmp_path: Path, capsys) -> None:
    """An empty sheet is an error entry, not a guess."""
    Image.new("RGB", (300, 300), "white").save(tmp_path / "blank.png")
    status, out = run(capsys, tmp_path)
    (entry,) = json.loads(out)
    assert status == 1
    assert entry["text"] == ""
    assert "ink" in entry["error"]


@pytest.mark.parametrize("what", ["missing.png", "."])
def test_nothing_to_read_is_status_2(tmp_path: Path, monkeypatch, capsys, what: str) -> None:
    """A path that is not there, or a folder without pictures, says so and gives no list."""
    monkeypatch.chdir(tmp_path)
    status = main(["recognise", what])
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    assert "There " in captured.err


def test_a_broken_model_is_status_2(folder: Path, monkeypatch, capsys) -> None:
    """A model that cannot be read is told in a line, not in a traceback."""

    def broken() -> Recogniser:
        raise ModelFileError("Received a truncated model.")

    reading.load_model.cache_clear()
    monkeypatch.setattr(Recogniser, "load", broken)
    assert main(["recognise", str(folder)]) == 2
    assert capsys.readouterr().err == "Received a truncated model.\n"


def test_two_files_of_one_name_keep_their_paths(folder: Path) -> None:
    """Files that would share a name go by their whole paths."""
    picture_of("1").save(folder / "below" / "b.png")
    names = [each.name for each in find_pictures([folder / "b.png", folder / "below" / "b.png"])]
    assert names == sorted(str(folder / part) for part in ("b.png", "below/b.png"))


def test_a_broken_pipe_is_no_traceback(folder: Path, root: Path) -> None:
    """When whoever reads the output stops, the command ends quietly."""
    command = [sys.executable, "-m", "digits", "recognise", *[str(folder / "b.png")] * 40]
    with subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()


@pytest.mark.slow
def test_many_files_are_shared_by_processes(tmp_path: Path) -> None:
    """What several processes read is what one reads, in the same order."""
    rng = np.random.default_rng(0)
    for number in range(ONE_PROCESS_FILES + 40):
        picture = picture_of(rng.choice(["1", "7"]))
        picture.resize((90, 90)).save(tmp_path / f"{number:03}.png")
    (tmp_path / "050.png").write_bytes(b"no picture")
    files = find_pictures([tmp_path])
    assert list(read_pictures(files, 2)) == list(read_pictures(files, 1))


def test_a_name_that_is_no_text(tmp_path: Path, root: Path) -> None:
    """A file whose name is not UTF-8 is read like any other, and its JSON can be parsed."""
    picture_of("7").save(tmp_path / "seven.png")
    os.rename(tmp_path / "seven.png", os.fsencode(tmp_path) + b"/\xff.png")
    run = subprocess.run(
        [sys.executable, "-m", "digits", "recognise", str(tmp_path)],
        cwd=root,
        env=os.environ | {"PYTHONIOENCODING": "utf-8:strict"},
        capture_output=True,
        check=True,
    )
    (entry,) = json.loads(run.stdout)
    assert (entry["file"], entry["text"]) == ("\udcff.png", "7")


def test_links_are_followed_once(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A link is read as what it points to; a dangling one, and a loop, are passed over."""
    (folder / "below" / "loop").symlink_to(folder)
    (folder / "gone.png").symlink_to(folder / "nothing.png")
    (folder / "same.png").symlink_to(folder / "b.png")
    link = tmp_path_factory.mktemp("links") / "pictures"
    link.symlink_to(folder)
    names = [each.name for each in find_pictures([link])]
    assert names == ["a.webp", "b.png", "below/d.bmp", "c.jpg", "same.png"]


@pytest.mark.parametrize("processes", ["1", "2"])
def test_an_interruption_is_no_traceback(tmp_path: Path, root: Path, processes: str) -> None:
    """Ctrl-C ends the command and its processes quietly, with the status that shells give."""
    picture_of("7").resize((60, 60)).save(tmp_path / "0.png")
    for number in range(1, 3000):
        (tmp_path / f"{number}.png").hardlink_to(tmp_path / "0.png")
    command = [sys.executable, "-m", "digits", "recognise", "--processes", processes, str(tmp_path)]
    with subprocess.Popen(
        command,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job ignores it
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"[\n"
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in told
