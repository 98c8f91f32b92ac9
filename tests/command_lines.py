"""Runs hostile command lines, each option with each bad value; prints what is wrong.

A process of its own, so that whatever a command does to it is seen:
``command_lines.py EVERY FIRST FOLDER`` runs every EVERY-th line, from FIRST.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from itertools import islice
from pathlib import Path
from typing import Any

import typer

from hotspots.cli import app, main

SECONDS = 60
"""Far more than one of these lines may need, also where many are run at once."""

VALUES = (
    "", " ", "-1", "0", "1e400", "NaN", "inf", "9" * 400, "1" * 5000, "x" * 70_000,
    "0001-01-01", "9999-12-31", "9999-12:0001-01", "all:all", "\udcff", "\x1b]0;x\x07",
    "=1+1", "../../etc/passwd", "FIFO", "FOLDER", "MISSING", "EMPTY", "BINARY",
    "LOOP/x", "http://127.0.0.1:9/x", "s3://a/b",
    "{{7*7}}", "#import", "<b>", "a=b=c", "ward=", "::", "%s%n",
)  # fmt: skip


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield the name and the command of each."""
    if not hasattr(command, "list_commands"):
        yield " ".join(path), command
        return
    context = typer.Context(command)
    for name in command.list_commands(context):
        yield from leaves(command.get_command(context, name), (*path, name))


def lines(folder: Path) -> Iterator[list[str]]:
    """Yield bad words for every command: each of its options with each value."""
    for name, command in leaves(typer.main.get_command(app)):
        files = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option"]
        begun = [*name.split(), *[str(folder / "rows.csv")] * len(files)]
        begun += [f"{p.opts[0]}={folder / 'out'}" for p in options if p.required]
        for value in VALUES:
            bad = str(folder / value) if value.isupper() and value.isalpha() else value
            yield [*name.split(), *[bad] * len(files)]
            for option in options:
                yield [*begun, f"{option.opts[0]}={bad}"]


def ended(words: list[str]) -> str:
    """Run one line; return what was wrong with how it ended."""
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["hotspots", *words]
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as error:
        status = error.code
    except BaseException as error:
        return f"{type(error).__name__}: {error}"[:200]
    else:
        status = 0
    finally:
        signal.alarm(0)
    said = out.getvalue() + err.getvalue()
    if status not in (0, 1, 2, None) or "(reference " in said:
        return f"ended with {status}: {said[-300:]}"
    if status == 2 and not err.getvalue().strip():
        return "was refused without a word"
    return "a traceback" if "Traceback (most recent" in said else ""


class _TooLongError(BaseException):
    """A line took far longer than it may."""


def _too_long(*_: object) -> None:
    raise _TooLongError(f"over {SECONDS} s")


def run() -> None:
    every, first, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    (folder / "FOLDER").mkdir()
    (folder / "FOLDER" / "mine.txt").write_text("mine")
    os.mkfifo(folder / "FIFO")
    (folder / "LOOP").symlink_to("LOOP")
    (folder / "EMPTY").touch()
    (folder / "BINARY").write_bytes(bytes(range(256)) * 40)
    (folder / "rows.csv").write_text("Reference,Place\n1,2\n")
    os.chdir(folder)
    n = 0
    for words in islice(lines(folder), first, None, every):
        n += 1
        wrong = ended(words)
        if (folder / "out").exists():
            shutil.rmtree(folder / "out")
            wrong = wrong or "left an output of rows that are none"
        if wrong:
            print(f"{[word[:60] for word in words]!r} {wrong}", flush=True)
    print(n, "lines")


if __name__ == "__main__":
    run()
