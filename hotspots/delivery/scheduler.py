"""A loop of our own that makes the brief on schedule, where there is no systemd."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from hotspots.delivery.schedule import Schedule
from hotspots.delivery.status import moment_in_words, read_status, run_recorded

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
