"""python -m digits recognise --number reads a whole number in each file."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digits.__main__ import main
from tests.strategies import DIGITS, draw, grey_photo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures of a number, of one digit, and an empty sheet."""
    drawn = {d: draw(DIGITS[d], side=100, left=20, top=20, width=12, pad=140) for d in (2, 0, 6)}
    number = np.hstack([drawn[d] for d in (2, 0, 2, 6)])
    Image.fromarray(grey_photo(number)).save(tmp_path / "number.png")
    Image.fromarray(grey_photo(drawn[6])).save(tmp_path / "digit.png")
    Image.new("L", (200, 100), 255).save(tmp_path / "empty.png")
    return tmp_path


def test_json_tells_each_number(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A number, a single digit, and what could not be read, in the order of the names."""
    assert main(["recognise", "--number", str(folder)]) == 1
    entries = json.loads(capsys.readouterr().out)
    assert [(e["file"], e["text"]) for e in entries] == [
        ("digit.png", "6"),
        ("empty.png", ""),
        ("number.png", "2026"),
    ]
    assert "ink" in entries[1]["error"]
    assert entries[2]["confidences"][0]["label"] == "2026"


def test_csv_tells_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A row a file."""
    main(["recognise", "--number", "--format", "csv", str(folder)])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["text"] for row in rows] == ["6", "", "2026"]
