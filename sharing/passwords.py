"""A file of names and hashed passwords: who may open the app.

Each line is `name:scrypt:n:r:p:salt:hash`, salt and hash in hexadecimal.
"""

import hashlib
import hmac
import os
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PasswordFile", "PasswordFileError", "set_password"]

COST, BLOCK, LANES = 2**14, 8, 5  # OWASP's recommendation of 2024 for 16 MB
SALT_BYTES = 16
HASH_BYTES = 32
MEMORY_MAX_BYTES = 64 * 1024 * 1024


class PasswordFileError(ValueError):
    """The file of passwords is missing, or a line of it is not of its form."""


@dataclass(frozen=True)
class _Entry:
    cost: int
    block: int
    lanes: int
    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, password: str) -> "_Entry":
        salt = secrets.token_bytes(SALT_BYTES)
        entry = cls(COST, BLOCK, LANES, salt, b"")
        return cls(COST, BLOCK, LANES, salt, entry.hashed(password))

    def hashed(self, password: str) -> bytes:
        return hashlib.scrypt(
            password.encode("utf-8"),
            salt=self.salt,
            n=self.cost,
            r=self.block,
            p=self.lanes,
            maxmem=MEMORY_MAX_BYTES,
            dklen=HASH_BYTES,
        )

    def line(self, name: str) -> str:
        numbers = f"{self.cost}:{self.block}:{self.lanes}"
        return f"{name}:scrypt:{numbers}:{self.salt.hex()}:{self.digest.hex()}"


class PasswordFile:
    """The names and passwords in a file, as Gradio's `auth` asks for them.

    Raises:
        PasswordFileError: the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._entries = _read(path)
        if not self._entries:
            raise PasswordFileError(f"{path} names nobody. Add one: python -m sharing password NAME")
        self._nobody = _Entry.of("")  # hashed for names that are not there, so that they take as long
        self._turn = threading.Lock()  # one at a time: many guesses at once take neither memory nor cores

    def __call__(self, name: str, password: str) -> bool:
        """Return whether the password is that of the name."""
        entry = self._entries.get(name, self._nobody)
        with self._turn:
            is_same = hmac.compare_digest(entry.hashed(password), entry.digest)
        return is_same and name in self._entries


def set_password(path: Path, name: str, password: str) -> None:
    """Put a name and its password into the file, which only its owner may read.

    Raises:
        PasswordFileError: the name or the password is empty or cannot be stored, or the file is damaged.
    """
    if not name or not password or ":" in name or name != name.strip() or not name.isprintable():
        raise PasswordFileError(
            "A name holds no colon, no space around it, and neither it nor the password is empty."
        )
    entries = (_read(path) if path.exists() else {}) | {name: _Entry.of(password)}
    draft = path.with_name(f".{path.name}.draft")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.writelines(entry.line(each) + "\n" for each, entry in entries.items())
    os.replace(draft, path)


def _read(path: Path) -> dict[str, _Entry]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise PasswordFileError(f"The file of passwords {path} cannot be read: {exc}") from exc
    entries = {}
    for number, line in enumerate(lines, 1):
        try:
            name, kind, cost, block, lanes, salt, digest = line.split(":")
            if kind != "scrypt":
                raise ValueError(kind)
            entries[name] = _Entry(
                int(cost), int(block), int(lanes), bytes.fromhex(salt), bytes.fromhex(digest)
            )
        except ValueError as exc:
            raise PasswordFileError(
                f"Line {number} of {path} is not of the form name:scrypt:n:r:p:salt:hash. "
                "Make it with: python -m sharing password NAME"
            ) from exc
    return entries
