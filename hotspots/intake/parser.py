"""The process that parses other people's files: see :mod:`hotspots.intake.apart`.

It reads a question a line and answers each with any number of tables. Limits and the
cut from the network are set before a library is loaded.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from hotspots.core.without import do_without

TASKS = {
    "features": "hotspots.intake.geoparse:features",
    "layers": "hotspots.intake.geoparse:layers",
    "ground": "hotspots.intake.geoparse:ground",
    "is_geoparquet": "hotspots.intake.geoparse:is_geoparquet",
    "column_names": "hotspots.intake.tableparse:column_names",
    "columnar": "hotspots.intake.tableparse:columnar",
    "json_records": "hotspots.intake.tableparse:json_records",
    "sheet_heads": "hotspots.intake.tableparse:sheet_heads",
    "sheet": "hotspots.intake.tableparse:sheet",
    "ways": "hotspots.intake.osmparse:ways",
    "amenities": "hotspots.intake.osmparse:amenities",
    "graphml": "hotspots.intake.graphmlparse:graphml",
}
"""What can be asked for: a function that takes the file and yields facts and rows."""

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # of Linux, for unshare
_UNUSED = ("geopandas", "pandas", "polars")
"""What pyogrio and pyarrow would load for conveniences that are not used here."""

MAX_FILES = 128


def main() -> None:
    """Answer questions until there are none left."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides when to stop
    _cut_off()
    do_without(*_UNUSED)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    for name in sys.argv[1:]:
        importlib.import_module(name)
    for line in sys.stdin.buffer:
        _reply(answers, json.loads(line))


def _reply(answers: IO[bytes], question: dict[str, Any]) -> None:
    from hotspots.core.errors import HotspotsError, SourceError
    from hotspots.intake.inputs import InputFile
    from hotspots.intake.joined import check_alone

    item = InputFile(**question["item"] | {"path": Path(question["item"]["path"])})
    module, _, function = TASKS[question["task"]].partition(":")
    try:
        task: Callable[..., Iterator[tuple[dict[str, Any], Any]]]
        task = getattr(importlib.import_module(module), function)
        _limit(**question["limits"])
        check_alone(item)
        for facts, table in task(item, **question["facts"]):
            _send(answers, facts, table)
        _send(answers, {"done": True})
    except HotspotsError as error:
        _send(answers, {"error": type(error).__name__, "text": str(error)})
    except (MemoryError, ImportError):  # a library needs memory too
        os._exit(1)
    except Exception as error:
        from hotspots.core.unforeseen import record_unforeseen

        said = record_unforeseen(error, task=question["task"])
        told = f"{item.name} must be a readable {item.suffix} file; it is not. {said}"
        _send(answers, {"error": SourceError.__name__, "text": told})


def _send(answers: IO[bytes], facts: dict[str, Any], table: Any = None) -> None:
    from hotspots.intake.apart import HEAD

    data: Any = b""
    if table is not None:
        import pyarrow as pa

        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        data = sink.getvalue()
    told = json.dumps(facts).encode()
    answers.write(HEAD.pack(len(told), len(data)))
    answers.write(told)
    answers.write(data)
    answers.flush()


def _cut_off() -> None:
    """Leave the network, where the system lets a process do so by itself."""
    with contextlib.suppress(AttributeError, OSError):
        unshare = ctypes.CDLL(None).unshare
        if unshare(_NEW_NETWORK):
            unshare(_NEW_USER | _NEW_NETWORK)


def _limit(memory: int, seconds: int, written: int) -> None:
    """Set what the next file may take, beyond what was taken until now."""
    try:
        import resource
    except ImportError:  # Windows
        return
    taken = _taken()
    used = int(time.process_time()) + 1
    for kind, most in (
        (resource.RLIMIT_DATA, taken + memory if taken else None),
        (resource.RLIMIT_CPU, used + seconds),
        (resource.RLIMIT_NOFILE, MAX_FILES),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_CORE, 0),
    ):
        if most is not None:
            _, hard = resource.getrlimit(kind)
            soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(kind, (soft, hard))


def _taken() -> int:
    """Return how many bytes of data this process has; 0 where that is not known."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    found = [line.split()[1] for line in lines if line.startswith("VmData:")]
    return int(found[0]) << 10 if found else 0


if __name__ == "__main__":
    main()
