"""How a scheduled task stands, in a sentence, and a run that cannot fail unseen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hotspots.core.errors import HotspotsError, OutputError
from hotspots.core.sanitise import clean_text
from hotspots.core.window import in_words
from hotspots.delivery.runs import Run, read_runs, record_run

LATE = dt.timedelta(hours=3)
"""How long after it was due a run is missed."""

_LONGEST_MESSAGE = 2000


@dataclass(frozen=True, kw_only=True)
class Status:
    """What a status page says of a task.

    Parameters
    ----------
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
