"""Files of other people's making, parsed in a process of its own with limits.

The libraries that read GIS files, workbooks and columnar files are large and written in
C, C++ or Rust: a damaged or crafted file can crash them or make them take all memory.
They run in a second process (:mod:`hotspots.intake.parser`), which has no network, may
take only so much memory and time, and hands back JSON and Arrow, never objects. What
happens to it is an error of the file.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from hotspots.core import errors
from hotspots.core.budget import checkpoint
from hotspots.core.errors import SourceError
from hotspots.intake.inputs import TYPICAL_RATIO, InputFile

HEAD = struct.Struct(">IQ")
"""Before each answer: how many bytes of JSON follow, and how many of Arrow."""

BASE_MEMORY, MEMORY_PER_BYTE = 450 << 20, 30
BASE_SECONDS, BYTES_PER_SECOND = 8, 1 << 21

_PIECE = 1 << 20
_OF_SYSTEMS = ("GDAL_", "OGR_", "CPL_", "AWS_", "GS_", "AZURE_", "PYTHONINSPECT")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the parsing of one file may take.

    ``memory``: bytes. ``seconds``: of a processor. ``written``: bytes of a temporary
    file, of which only the index of an OpenStreetMap extract needs many.
    """

    memory: int
    seconds: int
    written: int

    @classmethod
    def of(cls, item: InputFile) -> Limits:
        """Return the limits for a file, by its size."""
        is_osm = item.suffix == ".pbf"
        size = item.size * (TYPICAL_RATIO if item.is_packed or is_osm else 1)
        return cls(
            memory=BASE_MEMORY + MEMORY_PER_BYTE * size,
            seconds=BASE_SECONDS + size // BYTES_PER_SECOND,
            written=size if is_osm else 1 << 20,
        )


def begin(*modules: str) -> None:
    """Begin the other process, which loads modules, before it is asked anything."""
    if not _Parser.idle:
        _Parser.idle.append(_Parser(*modules))


def parse(
    task: str, item: InputFile, **facts: Any
) -> Iterator[tuple[dict[str, Any], Any]]:
    """Have a file parsed in the other process.

    ``task``: one of :data:`hotspots.intake.parser.TASKS`.
    ``**facts``: what the task needs beside the file, as JSON can hold it.

    Yields
    ------
    (dict, pyarrow.Table or None)
        Facts and rows, as the task hands them over.

    Raises HotspotsError what the task raises; SourceError if parsing crashes, or takes
    more memory or time than such a file can need.
    """
    parser, limits = _Parser.take(), Limits.of(item)
    question = {
        "task": task,
        "item": asdict(item) | {"path": str(item.path.resolve())},
        "limits": asdict(limits),
        "facts": facts,
    }
    is_whole = False
    try:
        parser.ask(question)
        while (answer := parser.answer(item.name, limits)) is not None:
            yield answer
        is_whole = True
    finally:  # also where nobody wants the rest
        _Parser.idle.append(parser) if is_whole else parser.end()


class _Parser:
    """The other process, as it is seen from here."""

    idle: ClassVar[list[_Parser]] = []

    def __init__(self, *modules: str) -> None:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_OF_SYSTEMS) and "proxy" not in name.lower()
        }
        self.owner = os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hotspots.intake.parser", *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=Path(sys.executable).anchor,
            env=kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,
        )

    @classmethod
    def take(cls) -> _Parser:
        """Return one that waits for work, or a new one."""
        while cls.idle:
            with contextlib.suppress(IndexError):  # another thread was quicker
                parser = cls.idle.pop()
                if parser.owner == os.getpid() and parser.process.poll() is None:
                    return parser
        return cls()

    def end(self) -> None:
        """End the process, unless it is that of the process we were forked from."""
        if self.owner == os.getpid():
            self.process.kill()
            self.process.communicate()

    def ask(self, question: dict[str, Any]) -> None:
        """Put a question; what became of the process is seen when it is to answer."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.write(json.dumps(question).encode() + b"\n")

    def answer(self, name: str, limits: Limits) -> tuple[dict[str, Any], Any] | None:
        """Return the next answer; None when there is none left.

        Raises SourceError if the process ended, or handed over more than it may.
        """
        until = time.monotonic() + 4 * limits.seconds
        try:
            n_json, n_arrow = HEAD.unpack(self._read(HEAD.size, until))
            if n_json + n_arrow > limits.memory:
                raise EOFError
            told = json.loads(self._read(n_json, until))
            data = self._read(n_arrow, until)
        except (EOFError, TimeoutError) as error:
            raise SourceError(_why(self, name, limits)) from error
        if "error" in told:
            kind = getattr(errors, told["error"], SourceError)
            raise kind.__new__(kind, told["text"])
        return None if told.get("done") else (told, _table(data))

    def _read(self, n: int, until: float) -> bytearray:
        """Read n bytes, and look now and then whether they are still wanted."""
        assert self.process.stdout is not None
        data, at = bytearray(n), 0
        while at < n:
            ready, _, _ = select.select([self.process.stdout], [], [], 0.2)
            checkpoint()
            if not ready and time.monotonic() > until:
                raise TimeoutError
            if ready:
                piece = os.read(self.process.stdout.fileno(), min(_PIECE, n - at))
                if not piece:
                    raise EOFError
                data[at : at + len(piece)] = piece
                at += len(piece)
        return data


def _table(data: bytearray) -> Any:
    if not data:
        return None
    import pyarrow as pa

    return pa.ipc.open_stream(pa.py_buffer(data)).read_all()


def _why(parser: _Parser, name: str, limits: Limits) -> str:
    """Say what became of the process that was to read a file."""
    parser.process.kill() if parser.process.poll() is None else None
    code = parser.process.wait()
    if code in (-signal.SIGKILL, -getattr(signal, "SIGXCPU", 0)):
        return (
            f"{name} must be readable in {limits.seconds:,} seconds, which is ample "
            "for its size; it is not. Was it made to take long? Export it again."
        )
    return (
        f"{name} must be readable with {limits.memory >> 20:,} MB of memory; it is not "
        f"({_signal(code)}). It is damaged, or holds far more than its size says: "
        "check that it opens elsewhere and export it again."
    )


def _signal(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"code {code}"


@atexit.register
def _end_all() -> None:
    while _Parser.idle:
        _Parser.idle.pop().end()
