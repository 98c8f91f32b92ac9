"""What the last runs did, in a file that the status page and the next run read."""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hotspots.errors import HotspotsError, OutputError
from hotspots.textsafe import clean_text
from hotspots.window import in_words

__all__ = ["KEPT_RUNS", "Run", "Status", "read_status", "record_run", "run_recorded"]

KEPT_RUNS = 50
"""Runs that the record keeps; older ones go."""

_LONGEST_MESSAGE = 2000


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
    """

    task: str
    started: dt.datetime
    finished: dt.datetime
    exit_code: int
    message: str

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return self.exit_code == 0


@dataclass(frozen=True, kw_only=True)
class Status:
    """What a status page says of a task.

    Parameters
    ----------
    last : Run or None
    last_success : Run or None
    failures_since : int
        Runs that failed since the last success.
    overdue : bool
        Whether a run that should have happened left no record.
    words : str
        The same in a sentence.
    """

    last: Run | None
    last_success: Run | None
    failures_since: int
    overdue: bool
    words: str

    @property
    def ok(self) -> bool:
        """Whether the last run succeeded and none is overdue."""
        return self.last is not None and self.last.ok and not self.overdue

    @property
    def exit_code(self) -> int:
        """0 when all is well, otherwise 1: for monitoring."""
        return 0 if self.ok else 1


def record_run(path: Path | str, run: Run) -> None:
    """Add a run to the record, whole or not at all.

    Parameters
    ----------
    path : path
        Made when absent, with its folder; readable by its owner and group.
    run : Run

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
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".status-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o640)
        Path(name).replace(path)
    except OSError as error:
        raise OutputError(
            f"the record of runs must be writable; {path} is not "
            f"({error.strerror or error}). Give another place or free some space."
        ) from error


def read_status(
    path: Path | str, *, task: str, due: dt.datetime | None = None
) -> Status:
    """Say how a task stands.

    Parameters
    ----------
    path : path
        Written by :func:`record_run`.
    task : str
    due : datetime, optional
        When the latest run should have begun, with a margin; a last run before it
        makes the task overdue.

    Returns
    -------
    Status

    Raises
    ------
    OutputError
        If the record is there and cannot be read.
    """
    runs = [run for run in _read_runs(Path(path)) if run.task == task]
    last = runs[-1] if runs else None
    succeeded = [i for i, run in enumerate(runs) if run.ok]
    overdue = due is not None and (last is None or last.started < due)
    status = Status(
        last=last,
        last_success=runs[succeeded[-1]] if succeeded else None,
        failures_since=len(runs) - (succeeded[-1] + 1 if succeeded else 0),
        overdue=overdue,
        words="",
    )
    return Status(**{**vars(status), "words": _in_words(status, task, due)})


def run_recorded(
    job: Callable[[], str],
    *,
    task: str,
    path: Path | str,
    clock: Callable[[], dt.datetime],
    say: Callable[[str], None],
) -> int:
    """Run a job and record how it went, whatever happens.

    Parameters
    ----------
    job : callable
        Returns the sentence to record.
    task : str
    path : path
        Record of runs.
    clock : callable
        Returns the time, aware.
    say : callable
        Told the outcome, for the journal or standard error.

    Returns
    -------
    int
        Exit status: 0 when the job succeeded, otherwise 1.
    """
    started = clock()
    try:
        message, exit_code = job(), 0
    except HotspotsError as error:
        message, exit_code = str(error), 1
    except Exception as error:
        # A failure nobody foresaw must be seen as well.
        message, exit_code = f"stopped: {type(error).__name__}: {error}", 1
    run = Run(
        task=task,
        started=started,
        finished=clock(),
        exit_code=exit_code,
        message=clean_text(message)[:_LONGEST_MESSAGE],
    )
    say(f"{task}: {'done' if run.ok else 'FAILED'}. {run.message}")
    try:
        record_run(path, run)
    except OutputError as error:
        say(f"{task}: FAILED. {error}")
        return 1
    return exit_code


def _to_row(run: Run) -> dict[str, Any]:
    row = asdict(run)
    for name in ("started", "finished"):
        row[name] = row[name].astimezone(dt.UTC).isoformat(timespec="seconds")
    return row


def _read_runs(path: Path, *, damaged_is_empty: bool = False) -> Sequence[Run]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["runs"]
        return [
            Run(
                task=str(row["task"]),
                started=dt.datetime.fromisoformat(row["started"]),
                finished=dt.datetime.fromisoformat(row["finished"]),
                exit_code=int(row["exit_code"]),
                message=str(row["message"]),
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


def _in_words(status: Status, task: str, due: dt.datetime | None) -> str:
    if status.last is None:
        first = f"The {task} has never run."
    elif status.last.ok:
        first = f"The {task} last ran on {_moment(status.last.started)}: done."
    else:
        times = (
            f"{status.failures_since} runs" if status.failures_since > 1 else "1 run"
        )
        since = (
            f"since {_moment(status.last_success.started)}"
            if status.last_success
            else "and none has succeeded"
        )
        first = (
            f"The {task} failed on {_moment(status.last.started)} ({times} failed "
            f"{since}): {status.last.message}"
        )
    if status.overdue and due is not None:
        first += f" A run was due by {_moment(due)} and left no record."
    return first


def _moment(when: dt.datetime) -> str:
    return f"{in_words(when.date())} at {when:%H:%M} {when:%Z}".strip()
