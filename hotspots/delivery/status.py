"""How a scheduled task stands, in a sentence, and a run that cannot fail unseen."""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hotspots.core.errors import HotspotsError, OutputError
from hotspots.core.sanitise import clean_text
from hotspots.core.small import json_of, read_small
from hotspots.core.window import in_words
from hotspots.delivery.schedule import Schedule

LATE = dt.timedelta(hours=3)
"""How long after it was due a run is missed."""

_LONGEST_MESSAGE = 2000


@dataclass(frozen=True, kw_only=True)
class Status:
    """What a status page says of a task.

    ``failures_since``: runs that failed since the last success.
    ``overdue``: whether a run that should have happened left no record.
    ``words``: the same in a sentence.
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


def read_status(
    path: Path | str,
    *,
    task: str,
    due: dt.datetime | None = None,
    now: dt.datetime | None = None,
    late: dt.timedelta = LATE,
    zone: dt.tzinfo = dt.UTC,
) -> Status:
    """Say how a task stands."""
    runs = [run for run in read_runs(path) if run.task == task]
    last = runs[-1] if runs else None
    if due is None and now is not None and last is not None:
        due = last.next_due if _passed(last.next_due, now - late) else None
    succeeded = [i for i, run in enumerate(runs) if run.ok]
    overdue = due is not None and (last is None or last.started < due)
    status = Status(
        last=last,
        last_success=runs[succeeded[-1]] if succeeded else None,
        failures_since=len(runs) - (succeeded[-1] + 1 if succeeded else 0),
        overdue=overdue,
        words="",
    )
    return Status(**{**vars(status), "words": _in_words(status, task, due, zone)})


def _passed(due: dt.datetime | None, moment: dt.datetime) -> bool:
    return due is not None and due < moment


def run_recorded(
    job: Callable[[], str],
    *,
    task: str,
    path: Path | str,
    clock: Callable[[], dt.datetime],
    say: Callable[[str], None],
    next_due: dt.datetime | None = None,
) -> int:
    """Run a job and record how it went, whatever happens."""
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
        next_due=next_due,
    )
    say(f"{task}: {'done' if run.ok else 'FAILED'}. {run.message}")
    try:
        record_run(path, run)
    except OutputError as error:
        say(f"{task}: FAILED. {error}")
        return 1
    return exit_code


def _in_words(
    status: Status, task: str, due: dt.datetime | None, zone: dt.tzinfo
) -> str:
    last, good = status.last, status.last_success
    if last is None:
        first = f"The {task} has never run."
    elif last.ok:
        first = f"The {task} last ran on {moment_in_words(last.started, zone)}: done."
    else:
        n = status.failures_since
        times = f"{n} runs" if n > 1 else "1 run"
        since = (
            f"since {moment_in_words(good.started, zone)}"
            if good
            else "and none has succeeded"
        )
        first = (
            f"The {task} failed on {moment_in_words(last.started, zone)} ({times} "
            f"failed {since}): {last.message}"
        )
    if status.overdue and due is not None:
        first += f" A run was due by {moment_in_words(due, zone)} and left no record."
    return first


def moment_in_words(when: dt.datetime, zone: dt.tzinfo) -> str:
    """Return a moment as people say it, with the name of its time.

    Examples
    --------
    >>> moment_in_words(dt.datetime(2025, 6, 9, 5, tzinfo=dt.UTC), dt.UTC)
    '9 June 2025 at 05:00 UTC'
    """
    told = when.astimezone(zone)
    return f"{in_words(told.date())} at {told:%H:%M} {told:%Z}".strip()


KEPT_RUNS = 50
"""Runs that the record keeps; older ones go."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a scheduled task.

    ``task``: for instance ``"weekly brief"``.
    ``started``, ``finished``: aware, any zone; kept in UTC.
    ``exit_code``: 0 when it succeeded.
    ``message``: what it made, or why it failed, for a person.
    ``next_due``: when the run after it is due.
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

    Raises OutputError if it cannot be written.
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
        rows = json_of(read_small(path))["runs"]
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


TASK = "weekly brief"
"""Name of the scheduled task in the record of runs."""
STATUS = "status.json"
"""The record of runs, in the folder of the weekly briefs."""

_LONGEST_SLEEP_S = 60.0


def run_scheduler(
    job: Callable[[], str],
    *,
    task: str,
    status: Path | str,
    schedule: Schedule,
    clock: Callable[[], dt.datetime],
    sleep: Callable[[float], object],
    say: Callable[[str], None],
    stop: Callable[[], bool] = lambda: False,
    catch_up: bool = True,
) -> int:
    """Run a job on schedule until told to stop, recording every run."""
    exit_code = 0
    due = schedule.next_after(clock())
    if catch_up:
        missed = schedule.last_before(clock())
        if read_status(status, task=task, due=missed).overdue:
            due = missed
    when = moment_in_words(due, schedule.tz)
    say(f"{task}: {schedule.in_words()}; next on {when}.")
    while not stop():
        wait = (due - clock()).total_seconds()
        if wait > 0:
            sleep(min(wait, _LONGEST_SLEEP_S))
            continue
        due = schedule.next_after(clock())
        exit_code = run_recorded(
            job, task=task, path=status, clock=clock, say=say, next_due=due
        )
    return exit_code
