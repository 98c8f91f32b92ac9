"""The figures of the house, counted from the files: ``make figures``.

Lines, functions, rooms, imports and repeats of ``hotspots/`` and ``web/``, with nothing
but Python. A *room* is a module or package at the top of ``hotspots/``, and ``web/``;
*floors* are the longest way down from a room through its imports; a *circle* is a set
of modules that import each other, ``TYPE_CHECKING`` included.
"""

from __future__ import annotations

import ast
import io
import keyword
import re
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef
Graph = dict[str, set[str]]

FOLDERS = ("hotspots", "web")
MAX_PARAMETERS = 5
RUN = 6
MAX_PLACES = 8
"""A run that stands in more places is a habit of writing, no repeat."""
PUNCTUATION = re.compile(r"[\s()\[\]{},:;]*")
WORDS = re.compile(
    r"(?P<text>[bfrBFR]{0,2}(?:\"\"\"[^\"]*\"\"\"|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'))"
    r"|(?P<number>\b\d[\w.]*)|(?P<name>\b[A-Za-z_]\w*)"
)


@dataclass(frozen=True)
class Module:
    """One file of Python: its text, its tree and the lines that hold code."""

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file."""
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def docstring_lines(self) -> set[int]:
        """Numbers of the lines of docstrings, those below a field or constant too."""
        texts = (
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        )
        return {line for text in texts for line in _span(text)}

    @cached_property
    def code_lines(self) -> set[int]:
        """Numbers of the lines that hold code: no blank, comment or docstring."""
        passed = (
            tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT,
            tokenize.DEDENT, tokenize.ENDMARKER,
        )  # fmt: skip
        found: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type not in passed:
                found |= set(range(token.start[0], token.end[0] + 1))
        return found - self.docstring_lines

    @cached_property
    def functions(self) -> list[Function]:
        """Every function and method."""
        return [each for each in ast.walk(self.tree) if isinstance(each, Function)]

    def code_lines_of(self, function: Function) -> int:
        """Return how many lines of code a function has, its signature included."""
        return len(_span(function) & self.code_lines)


def main() -> None:
    """Print the table."""
    root = Path(__file__).resolve().parent.parent
    modules = list(read(root))
    tests = sum(
        len(path.read_text(encoding="utf-8").splitlines())
        for path in (root / "tests").rglob("*.py")
    )
    rows = [*sizes(modules, tests), *functions(modules), *structure(modules)]
    rows += repeats(modules)
    width = max(len(what) for what, _ in rows)
    for what, value in rows:
        sys.stdout.write(f"{what:<{width}}  {value}\n")


def read(root: Path) -> Iterator[Module]:
    """Yield every module, by its dotted name."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            parts = parts if parts[0] == "hotspots" else ("hotspots", *parts)
            name = ".".join(parts).removesuffix(".__init__")
            yield Module(name, path.read_text(encoding="utf-8"))


def sizes(modules: list[Module], tests: int) -> list[tuple[str, str]]:
    """Return lines, code, docstrings and files."""
    lines = sum(len(each.lines) for each in modules)
    code = sum(len(each.code_lines) for each in modules)
    docs = sum(len(each.docstring_lines) for each in modules)
    largest = max(modules, key=lambda each: len(each.lines))
    return [
        ("Python lines", f"{lines:,}"),
        ("code lines", f"{code:,}"),
        ("files", f"{len(modules):,}"),
        ("largest file", f"{len(largest.lines)} ({largest.name})"),
        ("docstrings", _percent(docs, lines)),
        ("test : source", f"{tests / lines:.2f}"),
    ]


def functions(modules: list[Module]) -> list[tuple[str, str]]:
    """Return the lengths of functions, their parameters and what they document."""
    lengths = sorted(
        each.code_lines_of(function) for each in modules for function in each.functions
    )
    wide = [f for each in modules for f in each.functions if _wide(f)]
    raising = [f for each in modules for f in _public(each) if _raises(f)]
    said = [f for f in raising if "Raises" in (ast.get_docstring(f) or "")]
    n = len(lengths)
    median, tenth = lengths[n // 2], lengths[n * 9 // 10]
    return [
        ("functions", f"{n:,}"),
        ("code lines a function, median / p90", f"{median} / {tenth}"),
        ("functions with 6+ parameters", _percent(len(wide), n)),
        ("raising functions documented", _percent(len(said), len(raising))),
        (
            "dataclasses",
            str(sum(_is_dataclass(n) for m in modules for n in ast.walk(m.tree))),
        ),
    ]


def structure(modules: list[Module]) -> list[tuple[str, str]]:
    """Return rooms, floors, arrows, circles and modules with one importer."""
    graph = imports(modules)
    rooms: Graph = defaultdict(set)
    for module, names in graph.items():
        rooms[_room(module)] |= {_room(name) for name in names} - {_room(module)}
    rooms.pop("", None)
    for names in rooms.values():
        names.discard("")
    circles = [each for each in components(graph) if len(each) > 1]
    importers = Counter(name for names in graph.values() for name in names)
    files = sum(map(len, circles))
    return [
        ("rooms", str(len(rooms))),
        ("floors", str(floors(rooms))),
        ("arrows between rooms", str(sum(map(len, rooms.values())))),
        ("circles of imports", f"{len(circles)} ({files} files)"),
        ("modules with one importer", str(sum(n == 1 for n in importers.values()))),
    ]


def imports(modules: list[Module]) -> Graph:
    """Return which modules each module imports, also inside functions."""
    names = {each.name for each in modules}
    graph: Graph = {name: set() for name in sorted(names)}
    for each in modules:
        for node in ast.walk(each.tree):
            if isinstance(node, ast.Import):
                wanted = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = [f"{node.module}.{alias.name}" for alias in node.names]
                wanted = [name if name in names else node.module for name in inner]
            else:
                continue
            graph[each.name] |= names & set(wanted) - {each.name}
    return graph


def components(graph: Graph) -> list[set[str]]:
    """Return the sets of nodes that reach each other."""
    reached = {node: _reach(graph, node) for node in graph}
    found: list[set[str]] = []
    left = set(graph)
    while left:
        node = min(left)
        alike = {other for other in reached[node] if node in reached[other]} | {node}
        found.append(alike)
        left -= alike
    return found


def floors(rooms: Graph) -> int:
    """Return the longest way down; rooms that import each other share a floor."""
    group = {room: k for k, each in enumerate(components(rooms)) for room in each}
    below: dict[int, set[int]] = defaultdict(set)
    for room, names in rooms.items():
        below[group[room]] |= {group[name] for name in names} - {group[room]}

    def depth(k: int) -> int:
        return 1 + max((depth(other) for other in below[k]), default=0)

    return max(depth(k) for k in set(group.values()))


def repeats(modules: list[Module]) -> list[tuple[str, str]]:
    """Return the pairs of files that share six lines, identical or of one shape."""
    same = {each.name: list(_kept(each.lines)) for each in modules}
    shapes = {
        name: [shape for shape in map(_shape, lines) if "N" in shape]
        for name, lines in same.items()
    }
    identical, alike = shared_runs(same), shared_runs(shapes)
    n, lines = len(identical | alike), sum(len(each.lines) for each in modules)
    return [
        ("repeats of six lines", f"{n} ({len(identical)} identical)"),
        ("repeats in 10,000 lines", f"{n / lines * 10_000:.0f}"),
    ]


def shared_runs(lines: dict[str, list[str]]) -> set[tuple[str, str]]:
    """Return the pairs of files (or a file and itself) that share a run of lines."""
    places: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    for name, texts in lines.items():
        for k in range(len(texts) - RUN + 1):
            found = places[tuple(texts[k : k + RUN])]
            if not found or found[-1][0] != name or k - found[-1][1] >= RUN:
                found.append((name, k))
    return {
        (first, second)
        for found in places.values()
        if len(found) <= MAX_PLACES
        for (first, _), (second, _) in combinations(found, 2)
    }


def _kept(lines: Iterable[str]) -> Iterator[str]:
    """Pass over blank lines, comments, imports and lone punctuation."""
    for line in lines:
        folded = " ".join(line.split())
        if folded.startswith("#") or re.match(r"(import|from) \S+( import|$)", folded):
            continue
        if not PUNCTUATION.fullmatch(folded):
            yield folded


def _shape(line: str) -> str:
    def word(found: re.Match[str]) -> str:
        if name := found["name"]:
            return name if keyword.iskeyword(name) else "N"
        return "S" if found["text"] else "0"

    return WORDS.sub(word, line)


def _span(node: ast.stmt) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%"


def _wide(function: Function) -> bool:
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([n for n in names if n not in ("self", "cls")]) > MAX_PARAMETERS


def _public(module: Module) -> Iterator[Function]:
    for node in module.tree.body:
        for each in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(each, Function) and not each.name.startswith("_"):
                yield each


def _raises(function: Function) -> bool:
    return any(isinstance(n, ast.Raise) and n.exc for n in ast.walk(function))


def _is_dataclass(node: ast.AST) -> bool:
    decorators = node.decorator_list if isinstance(node, ast.ClassDef) else []
    return any(ast.unparse(each).startswith("dataclass") for each in decorators)


def _room(module: str) -> str:
    room = module.split(".")[1] if "." in module else ""
    return "" if room in ("__main__", "_version") else room


def _reach(graph: Graph, start: str) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    return reached


if __name__ == "__main__":
    main()
