"""The house rules, held by the code: layers, bans, sizes, exports, packages."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("hotspots", "web")


def floors() -> list[list[str]]:
    """Read the floors from the README, the lowest first, each with its rooms."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = text.split("```floors\n")[1].split("```")[0]
    rows = [row.split("   ")[0].split() for row in block.splitlines()]
    return rows[::-1]


FLOOR_OF = {room: n for n, rooms in enumerate(floors()) for room in rooms}
ONLY_IN = {
    "flask": ("web",),
    "typer": ("cli",),
    "rich": ("cli",),
    "sqlalchemy": ("store",),
    "numba": ("kernels",),
    "sklearn": ("methods",),
    "typst": ("outputs",),
    "docx": ("brief",),
    "osmium": ("intake",),
    "deltalake": ("sources", "lake"),
    "distributed": ("lake",),
}
NOT_EACH_OTHER = ("methods", "sources")


def modules() -> Iterator[tuple[str, Path]]:
    """Yield the dotted name and the file of every module."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            parts = ("hotspots", *parts) if parts[0] == "web" else parts
            yield ".".join(parts).removesuffix(".__init__"), path


def imports(path: Path) -> Iterator[str]:
    """Yield every name that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path} imports relatively"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(module: str) -> str:
    """Return the part of the name that has a layer."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


@pytest.mark.parametrize(
    ("module", "path"), list(modules()), ids=lambda v: str(v)[-40:]
)
def test_imports_only_point_down(module: str, path: Path) -> None:
    here = room(module)
    if here in ("", "__main__", "_version"):
        return
    assert here in FLOOR_OF, f"{module} stands on no floor: add '{here}' to the README"
    for name in imports(path):
        there = room(name) if name.startswith("hotspots.") else ""
        if there in FLOOR_OF and there != here:
            assert FLOOR_OF[there] < FLOOR_OF[here], f"{module} must not import {name}"


@pytest.mark.parametrize(
    ("module", "path"),
    [each for each in modules() if room(each[0]) in ("cli", "web")],
    ids=lambda v: str(v)[-40:],
)
def test_pages_and_commands_never_touch_the_store(module: str, path: Path) -> None:
    found = {name for name in imports(path) if room(name) in ("store", "work")}
    assert not found, f"{module} must go through a use case of hotspots.service"


def test_the_house_has_few_floors_and_rooms() -> None:
    assert len(floors()) <= 13
    assert len(FLOOR_OF) <= 28
    found = {room(name) for name, _ in modules()} - {"", "__main__", "_version"}
    assert found <= set(FLOOR_OF), f"not in the README: {found - set(FLOOR_OF)}"


def test_no_imports_go_in_a_circle() -> None:
    paths = dict(modules())
    graph = {
        module: {name for name in _modules_named(path, paths) if name != module}
        for module, path in paths.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail("imports go in a circle: " + " -> ".join(error.args[1]))


def _modules_named(path: Path, paths: dict[str, Path]) -> Iterator[str]:
    """Yield the modules that a file imports; a package only for what its face holds."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in paths)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in paths else node.module


@pytest.mark.parametrize(
    ("module", "path"), list(modules()), ids=lambda v: str(v)[-40:]
)
def test_each_framework_stays_in_its_room(module: str, path: Path) -> None:
    for name in imports(path):
        allowed = ONLY_IN.get(name.split(".")[0])
        if allowed is not None:
            assert room(module) in allowed, f"{module} must not import {name}"


def test_methods_and_sources_do_not_import_each_other() -> None:
    files = {name for name, path in modules() if path.name != "__init__.py"}
    beside = {name for name in files if name.count(".") == 2}
    for module, path in modules():
        if module not in beside or room(module) not in NOT_EACH_OTHER:
            continue
        for name in imports(path):
            sibling = name in beside and room(name) == room(module)
            assert not sibling, f"{module} must not import {name}"


def test_files_stay_small() -> None:
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for folder in (*PACKAGES, "tests", "tools", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
    }
    most = {"hotspots": 450, "web": 450}
    assert {
        name: n
        for name, n in sizes.items()
        if n > most.get(name.partition("/")[0], 500)
    } == {}


@pytest.mark.parametrize("module", [name for name, _ in modules()])
def test_exports_are_sorted_and_there(module: str) -> None:
    if module.endswith("__main__"):
        return
    loaded = importlib.import_module(module)
    names = getattr(loaded, "__all__", None)
    if names is None:
        return
    assert list(names) == sorted(names, key=_ruff_order), f"{module}.__all__"
    for name in names:
        assert hasattr(loaded, name), f"{module} exports {name} but has none"


def test_the_package_list_is_the_folders_on_disk() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(config["tool"]["setuptools"]["packages"])
    found = {
        str(path.parent.relative_to(ROOT)).replace("/", ".")
        for path in (ROOT / "hotspots").rglob("__init__.py")
    }
    found |= {
        ".".join(("hotspots", *path.parent.relative_to(ROOT).parts))
        for path in (ROOT / "web").rglob("__init__.py")
    }
    assert listed == found | {"hotspots.data", "hotspots.boundaries"}


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_what_the_guides_name_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:hotspots|web|docs|tests)/[\w./]+)`", text))
    assert len(named) > 10
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_public_functions_that_raise_say_so() -> None:
    silent = [
        f"{module}.{function.name}"
        for module, path in modules()
        for function in _public_functions(path)
        if _raises(function) and "Raises" not in (ast.get_docstring(function) or "")
    ]
    assert silent == []


def test_no_path_or_host_of_a_machine_is_named() -> None:
    home, here = f"{Path.home()}/", f"{ROOT}/"
    hosts = (".npmjs" + ".", "pythonhosted" + ".", "pypi" + ".org")
    forbidden = (*hosts, *(place for place in (home, here) if len(place) > 5))
    for folder in ("hotspots", "web", "tests", "tools", "benchmarks", "docs"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".md", ".toml", ".js", ".html", ".j2"}:
                text = path.read_text(encoding="utf-8")
                if path == Path(__file__).resolve() or "vendor" in path.parts:
                    continue
                for word in forbidden:
                    assert word not in text, f"{path.name} names {word}"


def _type_checking_imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for inner in node.body:
                if isinstance(inner, ast.ImportFrom) and inner.module:
                    names.add(inner.module)
                    names |= {f"{inner.module}.{a.name}" for a in inner.names}
    return names


def _public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("_"):
            continue
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        for item in inside:
            if isinstance(item, ast.FunctionDef) and not item.name.startswith("_"):
                yield item


def _raises(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Raise) and node.exc is not None
        for node in ast.walk(function)
    )


def _ruff_order(name: str) -> tuple[int, str]:
    """Sort constants first, then classes, then functions, as ruff does."""
    if name.isupper():
        return (0, name)
    return (1, name) if name[:1].isupper() else (2, name)
