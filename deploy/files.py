"""What serving needs: the files that .dockerignore lets through, for the image and the Space alike."""

from fnmatch import fnmatch
from pathlib import Path

__all__ = ["ROOT", "serving_files"]

ROOT = Path(__file__).resolve().parent.parent


def serving_files(root: Path = ROOT) -> list[Path]:
    """Return the paths, within `root`, of all files that serving needs, by name.

    `.dockerignore` lists them: `*`, then a line `!path` for each file or folder, then what of it stays out.
    """
    lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    kept = [rule[1:] for rule in rules if rule.startswith("!")]
    left_out = [rule for rule in rules if not rule.startswith("!") and rule != "*"]
    found = set()
    for rule in kept:
        path = root / rule
        if not path.exists():
            raise FileNotFoundError(f".dockerignore names {rule}, which is not there.")
        found |= {each for each in path.rglob("*") if each.is_file()} if path.is_dir() else {path}
    paths = (each.relative_to(root) for each in found)
    return sorted(path for path in paths if not any(_matches(path, rule) for rule in left_out))


def _matches(path: Path, rule: str) -> bool:
    """Return whether a rule of .dockerignore means this path or a folder that it is in."""
    for each in (path, *path.parents[:-1]):
        text = each.as_posix()
        if fnmatch(text, rule) or (rule.startswith("**/") and fnmatch(each.name, rule[3:])):
            return True
    return False
