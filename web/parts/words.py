"""Numbers, dates and windows as people read them."""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from hotspots.core.window import Window, add_months, in_words
from hotspots.methods.change import MIN_BASE_FOR_PERCENT
from hotspots.register.tactics import tactic_titles

_DATED = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")


def number(value: float | None, digits: int = 0) -> str:
    """Return a number with thousands separators, or ``–`` where there is none.

    Examples
    --------
    >>> number(12345), number(2.5, 1), number(None)
    ('12,345', '2.5', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:,.{digits}f}"


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share (0 to 1) in per cent.

    Examples
    --------
    >>> percent(0.1234, 1)
    '12.3%'
    """
    return "–" if share is None else f"{100 * share:,.{digits}f}%"


def month(day: dt.date) -> str:
    """Return the month of a date.

    Examples
    --------
    >>> month(dt.date(2025, 6, 1))
    'June 2025'
    """
    return f"{day:%B %Y}"


def day_in_words(text: str) -> str:
    """Return a day that is kept as text.

    Examples
    --------
    >>> day_in_words("2025-06-09")
    '9 June 2025'
    """
    return in_words(dt.date.fromisoformat(text))


def moment_in_words(moment: dt.datetime | str, zone: str) -> str:
    """Return a moment as the clocks of a place show it.

    Examples
    --------
    >>> moment_in_words("2025-06-09T13:05:00+00:00", "Europe/London")
    '9 June 2025 at 14:05'
    """
    held = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    local = held.astimezone(ZoneInfo(zone))
    return f"{in_words(local.date())} at {local:%H:%M}"


@cache
def _titles() -> dict[str, str]:
    return tactic_titles()


def tactic_name(tactic: str) -> str:
    """Return what people call a tactic."""
    return _titles().get(tactic, tactic)


def task_title(task: Any) -> str:
    """Return a task in a few words: its tactic and place, where it stems from both.

    The action of such a task reads "what is done: where".
    """
    where = task.action.rpartition(": ")[2]
    if task.decision_id is None or task.tactic not in _titles():
        return str(task.action)
    return f"{_titles()[task.tactic]}, {where}"


def standing_hours(text: str) -> str:
    """Return what is said of when, without what is said of one day.

    Examples
    --------
    >>> standing_hours("14:00 to 22:00. Monday 9 June 2025: 14:00. Most: 22:00")
    '14:00 to 22:00. Most: 22:00'
    """
    parts = text.split(". ")
    return ". ".join(part for part in parts if not _DATED.search(part))


def sentence(message: str) -> str:
    """Return a message as a sentence of its own.

    Examples
    --------
    >>> sentence("a window must end after it starts.")
    'A window must end after it starts.'
    """
    return message[:1].upper() + message[1:]


def window_in_words(window: Window) -> str:
    """Return a window as months where it is made of whole months, else as days.

    Examples
    --------
    >>> window_in_words(Window.from_text("2023-07:2025-06"))
    'July 2023 to June 2025'
    >>> window_in_words(Window.from_text("2025-06-01:2025-06-14"))
    '1 June 2025 to 14 June 2025'
    """
    whole = window.start.day == 1 and window.end.day == 1
    if not whole:
        return f"{in_words(window.start)} to {in_words(window.last_day)}"
    if add_months(window.start, 1) == window.end:
        return month(window.start)
    return f"{month(window.start)} to {month(window.last_day)}"


def add_filters(app: Flask, zone: str) -> None:
    """Give templates the words of this module; moments are those of a time zone."""
    app.jinja_env.globals.update(
        min_base=MIN_BASE_FOR_PERCENT, tactic_name=tactic_name, task_title=task_title
    )
    app.jinja_env.filters.update(
        day_in_words=day_in_words,
        in_words=in_words,
        moment_in_words=partial(moment_in_words, zone=zone),
        month=month,
        number=number,
        percent=percent,
        sentence=sentence,
        standing_hours=standing_hours,
        window_in_words=window_in_words,
    )
