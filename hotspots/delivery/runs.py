"""The record of what scheduled runs did: a file that the next run and a page read."""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hotspots.core.errors import OutputError

KEPT_RUNS = 50
"""Runs that the record keeps; older ones go."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a scheduled task.

    Parameters
    ----------
    task : str
        For instance ``"weekly brief"``.
    started, finished : datetime
        Aware, any zone; kept in UTC.
    exit_code : int
        0 when it succeeded.
    message : str
        What it made, or why it failed, for a person.
    next_due : datetime, optional
        When the run after it is due.
    """

    task: str
    started: dt.datetime
    finished: dt.datetime
    exit_code: int
    message: str
    next_due: dt.datetime | None = None

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return self.exit_code == 0


def record_run(path: Path | str, run: Run) -> None:
    """Add a run to the record, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    path = Path(path)
    earlier = _read_runs(path, damaged_is_empty=True)
    rows = [_to_row(one) for one in [*earlier, run][-KEPT_RUNS:]]
    text = json.dumps({"runs": rows}, indent=1, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
    except OSError as error:
        raise OutputError(
            f"the record of runs must be writable; {path} is not "
            f"({error.strerror or error}). Give another place or free some space."
        ) from error


def _replace(path: Path, text: str) -> None:
    """Write a file beside the one it replaces, and swap them when it is whole."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".status-")
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(0o640)
        made.replace(path)
    except OSError:
        made.unlink(missing_ok=True)
        raise


def read_runs(path: Path | str) -> tuple[Run, ...]:
    """Return the runs on record, the earliest first."""
    return tuple(_read_runs(Path(path)))


def _to_row(run: Run) -> dict[str, Any]:
    row = asdict(run)
    for name in ("started", "finished", "next_due"):
        if row[name] is not None:
            row[name] = row[name].astimezone(dt.UTC).isoformat(timespec="seconds")
    return row


def _read_runs(path: Path, *, damaged_is_empty: bool = False) -> Sequence[Run]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["runs"]
        return [
            Run(
                task=str(row["task"]),
                started=_moment(row["started"]),
                finished=_moment(row["finished"]),
                exit_code=int(row["exit_code"]),
                message=str(row["message"]),
                next_due=_moment(row["next_due"]) if row.get("next_due") else None,
            )
            for row in rows
        ]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError, TypeError, KeyError) as error:
        if damaged_is_empty and not isinstance(error, OSError):
            return []
        raise OutputError(
            f"the record of runs must be as the scheduler wrote it; {path} cannot be "
            f"read ({type(error).__name__}). Move it away; a run makes a new one."
        ) from error


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return moment
