"""``hotspots`` as a person runs it: here, or apart, in a process of its own."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from hotspots.cli import main

__all__ = ["Ran", "run", "run_apart"]

SHOWN = {"COLUMNS": "120", "NO_COLOR": "1"}


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


def run(
    *words: str | Path, at: Path | None = None, given: Mapping[str, str] | None = None
) -> Ran:
    """Run the real command line here, without the second that a process costs.

    ``at`` is the working folder, ``given`` what the environment holds as well.
    """
    out, err, status = io.StringIO(), io.StringIO(), 0
    ends = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        with (
            contextlib.chdir(at or Path()),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch.dict(os.environ, {**SHOWN, **(given or {})}),
            mock.patch.object(sys, "argv", ["hotspots", *map(str, words)]),
            mock.patch.object(sys.modules["__main__"], "__package__", None),
        ):
            main()
    except SystemExit as done:
        status = int(done.code or 0)
    finally:
        for each, handler in ends.items():
            signal.signal(each, handler)
    return Ran(status, out.getvalue(), err.getvalue())


def run_apart(
    *words: str | Path, at: Path | None = None, given: Mapping[str, str] | None = None
) -> Ran:
    """Run it in a process of its own: slow, for what only a process can show."""
    done = subprocess.run(
        [sys.executable, "-m", "hotspots", *map(str, words)],
        cwd=at,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, **SHOWN, **(given or {})},
    )
    return Ran(done.returncode, done.stdout, done.stderr)
