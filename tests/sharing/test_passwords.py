"""Only who knows a password opens the app, and the file tells nobody what it is."""

import io
import stat
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import gradio as gr
import pytest

from sharing import PasswordFile, PasswordFileError
from sharing.__main__ import main
from sharing.passwords import set_password


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with two people in it."""
    set_password(tmp_path / "passwords.txt", "ann", "correct horse")
    set_password(tmp_path / "passwords.txt", "小明", "密碼 with space")
    return tmp_path / "passwords.txt"


@pytest.mark.parametrize(
    ("name", "password", "may"),
    [
        ("ann", "correct horse", True),
        ("小明", "密碼 with space", True),
        ("ann", "Correct horse", False),
        ("ann", "", False),
        ("小明", "correct horse", False),
        ("bob", "", False),
        ("", "", False),
    ],
)
def test_only_the_right_pair_opens(path: Path, name: str, password: str, may: bool) -> None:
    """A name opens with its own password and no other; nobody unknown does."""
    assert PasswordFile(path)(name, password) is may


def test_the_file_holds_no_password(path: Path) -> None:
    """The file is its owner's alone, and the same password never looks the same."""
    set_password(path, "eve", "correct horse")
    text = path.read_text("utf-8")
    assert "correct" not in text
    hashes = [line.rpartition(":")[2] for line in text.splitlines()]
    assert len(set(hashes)) == len(hashes) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_password_can_be_changed(path: Path) -> None:
    """The new password counts, the old one does not, and others keep theirs."""
    set_password(path, "ann", "another")
    people = PasswordFile(path)
    assert people("ann", "another")
    assert not people("ann", "correct horse")
    assert people("小明", "密碼 with space")


@pytest.mark.parametrize("text", ["", "ann:secret\n", "ann:scrypt:a:8:1:00:00\n", "ann:md5:1:8:1:00:00\n"])
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    """What is no file of passwords is said to be none, rather than locking or opening the door."""
    (tmp_path / "p").write_text(text)
    with pytest.raises(PasswordFileError, match="python -m sharing password"):
        PasswordFile(tmp_path / "p")


@pytest.mark.parametrize(
    ("name", "password"), [("", "x"), ("a:b", "x"), ("a", ""), (" a", "x"), ("a\n", "x")]
)
def test_what_cannot_be_stored_is_refused(tmp_path: Path, name: str, password: str) -> None:
    """A name that would break the file, or an empty password, is not taken."""
    with pytest.raises(PasswordFileError):
        set_password(tmp_path / "p", name, password)


def test_the_command_makes_the_file(tmp_path: Path, monkeypatch, capsys) -> None:
    """python -m sharing password NAME reads the password from a pipe too, and names the next step."""
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    assert main(["password", "ann", "--file", str(tmp_path / "p")]) == 0
    assert "--auth-file" in capsys.readouterr().out
    assert PasswordFile(tmp_path / "p")("ann", "correct horse")


def test_gradio_asks_for_it(path: Path) -> None:
    """The app served so refuses those without, and lets those in who know the password."""
    with gr.Blocks() as blocks:
        gr.Markdown("inside")
    _, url, _ = blocks.launch(auth=PasswordFile(path), prevent_thread_lock=True, quiet=True)
    try:
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{url}config", timeout=10)
        for password, status in [("wrong", 400), ("correct horse", 200)]:
            form = urllib.parse.urlencode({"username": "ann", "password": password}).encode()
            try:
                answer = urllib.request.urlopen(f"{url}login", form, timeout=10).status
            except urllib.error.HTTPError as exc:
                answer = exc.code
            assert answer == status
    finally:
        blocks.close()
