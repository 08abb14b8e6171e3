"""The project keeps the shape that its design gives it."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Who may look at whom: a module (or package) of ours, and the ones of ours that it may import.
RECOGNISING = {"model.artifact", "model.config", "model.recogniser", "preprocessing"}
SERVING = {"model.Recogniser", "model.Recognition", "model.ModelFileError", "preprocessing"}
EXPLAINING = {
    f"model.{name}" for name in ("artifact", "config", "dataset", "evaluation", "network", "recogniser")
}
ARROWS: dict[str, set[str]] = {
    "app": {"ui", "sharing", "corrections", "model.hub", "serving"} | SERVING,
    "ui": {"ui", "model.number", "sharing", "corrections"} | EXPLAINING | SERVING,
    "serving": {"serving"},
    "sharing": {"sharing"},
    "corrections": {"corrections"},
    "digits": {"digits", "model.number"} | SERVING,
    "deploy": {"deploy", "model.artifact", "model.hub", "model.ModelFileError"},
    "preprocessing": {"preprocessing"},
    "model.artifact": set(),
    "model.config": set(),
    "model.recogniser": RECOGNISING,
    "model.hub": RECOGNISING,
    "model": {"model", "preprocessing"},
    "train": {"model", "preprocessing", "corrections.archive"},
}
# Importing these must leave the training library alone: it takes seconds and hundreds of megabytes.
SERVING_MODULES = [
    "app",
    "ui",
    "preprocessing",
    "model",
    "model.recogniser",
    "model.number",
    "serving",
    "sharing",
    "corrections",
    "digits",
    "deploy",
]


def source_files(name: str) -> list[Path]:
    path = ROOT.joinpath(*name.split("."))
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def our_imports(path: Path) -> Iterator[str]:
    """Yield the dotted names of our own modules that a file imports, wherever in it."""
    ours = {p.stem for p in ROOT.glob("*.py")} | {p.parent.name for p in ROOT.glob("*/__init__.py")}
    package = dotted(path) if path.name == "__init__.py" else dotted(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level]
            base = ".".join([*above, node.module or ""] if node.level else [node.module or ""])
            names = [f"{base.strip('.')}.{alias.name}" for alias in node.names]
        yield from (name for name in names if name.split(".")[0] in ours)


def allowed(path: Path) -> set[str]:
    name = dotted(path)
    while name not in ARROWS:
        name = name.rpartition(".")[0]
    return ARROWS[name]


def may_import(target: str, permitted: set[str]) -> bool:
    return any(target == name or target.startswith(name + ".") for name in permitted)


FILES = sorted({path for name in ARROWS for path in source_files(name)})


@pytest.mark.parametrize("path", FILES, ids=dotted)
def test_arrows_point_one_way(path: Path) -> None:
    """A module imports only those of ours that stand below it."""
    wrong = sorted({name for name in our_imports(path) if not may_import(name, allowed(path))})
    assert not wrong, f"{dotted(path)} may not import {wrong}; it may import {sorted(allowed(path))}"


@pytest.mark.parametrize("name", SERVING_MODULES)
def test_serving_imports_no_tensorflow(name: str) -> None:
    """Importing what serves loads neither TensorFlow nor Keras, installed or not."""
    code = (
        f"import sys, {name}; print([m for m in ('tensorflow', 'keras', 'matplotlib') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip().endswith("[]"), run.stdout


@pytest.mark.parametrize("name", ["preprocessing", "model", "ui", "serving", "sharing", "corrections"])
def test_packages_declare_what_they_export(name: str) -> None:
    """A package's __all__ names what is there, all that it defines, and nothing of others."""
    path = ROOT / name / "__init__.py"
    declared = set(getattr(importlib.import_module(name), "__all__", ()))
    taken = {each.rpartition(".")[2] for each in our_imports(path)}
    defined = {
        node.name
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    }
    assert defined <= declared <= taken | defined


KNOW_GRADIO = ("app", "ui", "sharing.tunnel")


@pytest.mark.parametrize("path", [p for p in FILES if not dotted(p).startswith(KNOW_GRADIO)], ids=dotted)
def test_only_app_and_ui_know_gradio(path: Path) -> None:
    """The web framework is a matter of app and ui, and its tunnel of sharing."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert not {name for name in names if name.split(".")[0] == "gradio"}
