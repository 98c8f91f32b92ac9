"""What every suggestion is defended with: counts, alternatives, a backtest, a test.

The lines that every suggestion carries and no tactic should word on its own.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.window import Window, in_words
from hotspots.effects import baseline_caution, minimum_detectable_effect
from hotspots.model.incidents import Incidents
from hotspots.tactics.context import PlanningContext


@dataclass(frozen=True, kw_only=True)
class Driver:
    """One reason for a place, as a count.

    Parameters
    ----------
    what : str
        For instance ``"vehicle crime within 100 m"``.
    count, of : int
        ``count`` of the ``of`` such incidents in the district.
    """

    what: str
    count: int
    of: int

    def sentence(self) -> str:
        """Return the reason in words, with both counts."""
        return f"{self.what}: {self.count:,} of the district's {self.of:,}"


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another choice and what it would lose.

    Parameters
    ----------
    at : tuple of float
        Longitude and latitude, degrees.
    loss : float
        Share of this suggestion's value that would be lost, 0 to 1; below 0 where the
        alternative alone is worth more (another suggestion already covers it).
    """

    name: str
    at: tuple[float, float]
    loss: float

    def sentence(self) -> str:
        """Return the alternative in words."""
        if self.loss <= 0.05:
            return f"{self.name}: practically tied; choose on practicalities"
        return f"{self.name}: loses {self.loss:.0%} of the value"


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """How much of what came later the same choice would have met, beside a baseline.

    Parameters
    ----------
    captured, of : int
        Later incidents met, and all later incidents, over all folds.
    low, high : float
        95% interval of ``hits / of``, 0 to 1.
    baseline_captured : int
        The same for the baseline.
    baseline : str
        What the baseline is, in words.
    n_folds, horizon_days : int
        How often the choice was repeated on earlier data, and how far it looked ahead.
    counted : str
        What is counted, in the plural.
    why_not : str
        Why there is no fold, where there is none.
    """

    captured: int
    of: int
    low: float
    high: float
    baseline_captured: int
    baseline: str
    n_folds: int
    horizon_days: int
    counted: str = "incidents"
    why_not: str = "there is too little earlier data to test the choice"

    def sentence(self) -> str:
        """Return the back-test in words, with the baseline beside it."""
        if not self.of or not self.n_folds:
            return f"Cannot tell: {self.why_not}."
        share, plain = self.captured / self.of, self.baseline_captured / self.of
        return (
            f"Chosen the same way on earlier data, {self.n_folds} times, it captured "
            f"{self.captured:,} of {self.of:,} {self.counted} of the next "
            f"{self.horizon_days} days ({share:.1%}, 95% interval {self.low:.1%} to "
            f"{self.high:.1%}); {self.baseline} captured {self.baseline_captured:,} "
            f"({plain:.1%})."
        )


@dataclass(frozen=True, kw_only=True)
class Rating:
    """What research says of a tactic, with the studies that found nothing.

    Parameters
    ----------
    words : str
        The rating in one sentence.
    found, null : tuple of str
        Studies that found an effect, and that found none, with their source.
    """

    words: str
    found: tuple[str, ...]
    null: tuple[str, ...]


def drivers(
    here: Incidents, district: Incidents, *, where: str, n: int = 3
) -> tuple[Driver, ...]:
    """Return the commonest categories here, with the district's counts."""
    local = here.frame["category"].cast(pl.String).value_counts()
    whole = dict(district.frame["category"].cast(pl.String).value_counts().iter_rows())
    ranked = sorted(local.iter_rows(), key=lambda row: (-row[1], row[0]))[:n]
    return tuple(
        Driver(what=f"{category} {where}", count=count, of=whole[category])
        for category, count in ranked
    )


@cache
def _ratings() -> dict[str, Any]:
    text = files("hotspots").joinpath("tactics/tactic_evidence.toml").read_text("utf-8")
    return tomllib.loads(text)


def rating(tactic: str) -> Rating:
    """Return what research says of a tactic, null studies included."""
    entry = _ratings()[tactic]
    return Rating(
        words=entry["words"], found=tuple(entry["found"]), null=tuple(entry["null"])
    )


def detectable(expected: float, *, weeks: int, control_times: float = 1.0) -> str:
    """Return the smallest fall that could be told from chance, in words.

    ``control_times`` is how many times as large the comparison is; 0 without one.
    """
    if expected <= 0:
        return (
            "No fall could be told from chance: no incident is expected here in "
            f"{weeks} weeks. Judge by what was delivered, not by crime."
        )
    control = expected * control_times if control_times else None
    found = minimum_detectable_effect(expected, control)
    words = found.sentence()
    return f"In {weeks} weeks, {words[:1].lower()}{words[1:]}"


def success_test(what: str, *, weeks: int, start: dt.date) -> str:
    """Return the test that is declared before anything is done."""
    end = start + dt.timedelta(weeks=weeks)
    before = start - dt.timedelta(weeks=52)
    until = before + dt.timedelta(weeks=weeks)
    return (
        f"{what}, {in_words(start)} to {in_words(end - dt.timedelta(days=1))}, against "
        f"the same {weeks} weeks a year before ({in_words(before)} to "
        f"{in_words(until - dt.timedelta(days=1))}) and against the comparison places: "
        "success is a fall larger than that of the comparison places by more than "
        "chance gives (weighted displacement difference below 0, its 95% interval "
        "without 0). Anything else reads 'cannot tell' or 'rose'."
    )


def same_window_caution(chosen_on: Window, *, weeks: int, start: dt.date) -> str:
    """Return a caution where a place is judged by the time it was chosen on."""
    before = start - dt.timedelta(weeks=52)
    span = Window(start=before, end=before + dt.timedelta(weeks=weeks))
    return baseline_caution(chosen_on, span)


def pick_controls(
    counts: npt.ArrayLike,
    chosen: Sequence[int],
    names: Sequence[str],
    *,
    n_each: int = 1,
    barred: Sequence[int] = (),
) -> list[tuple[str, ...]]:
    """Return for each chosen place the unchosen ones nearest to it in earlier count.

    Parameters
    ----------
    counts : array-like of shape (m,)
        Incidents of each candidate in the time before.
    """
    values = np.asarray(counts, dtype=float)
    free = np.ones(len(values), dtype=bool)
    free[list(chosen)] = False
    free[list(barred)] = False
    picked: list[tuple[str, ...]] = []
    for place in chosen:
        order = np.argsort(np.abs(values - values[place]), kind="stable")
        mine = [int(k) for k in order if free[k]][:n_each]
        free[mine] = False
        picked.append(tuple(names[k] for k in mine))
    return picked


def coverage(context: PlanningContext, used: Incidents) -> str:
    """Return what the data cover, with counts."""
    reading = context.dataset.reading
    located = context.dataset.incidents.n
    frame = used.frame
    wide = int(((frame["end"] - frame["start"]) > dt.timedelta(hours=4)).sum())
    places = "snapped to anonymous points" if used.snapped else "as recorded"
    return (
        f"{located:,} of {reading.rows_read:,} rows have a usable place and time; "
        f"{used.n:,} incidents chose this, {wide:,} of them with more than 4 hours "
        f"between earliest and latest time; locations are {places}."
    )


def cut_off(context: PlanningContext) -> dt.date:
    """Return the last day that has an incident before the plan's day."""
    last = context.incidents.frame["start"].max()
    assert isinstance(last, dt.datetime)
    return last.date()


def dpia(tactic: str) -> str:
    """Return the data-protection stub of a tactic, to be completed by a person."""
    return str(_ratings()[tactic]["dpia"])


def equality(tactic: str) -> str:
    """Return the equality stub of a tactic, to be completed by a person."""
    return str(_ratings()[tactic]["equality"])
