"""The lines that every suggestion carries and no tactic should word on its own."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.window import Window, in_words
from hotspots.effects import baseline_caution, minimum_detectable_effect
from hotspots.model.incidents import Incidents
from hotspots.tactics.reasons import Driver, Rating
from hotspots.tactics.situation import Situation


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
    """Return the smallest fall that could be told from chance, in words."""
    if expected <= 0:
        return (
            "No fall could be told from chance: no incident is expected here in "
            f"{weeks} weeks. Judge by what was delivered, not by crime."
        )
    found = minimum_detectable_effect(expected, expected * control_times)
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


def coverage(situation: Situation, used: Incidents) -> str:
    """Return what the data cover, with counts."""
    reading = situation.dataset.reading
    located = situation.dataset.incidents.n
    frame = used.frame
    wide = int(((frame["end"] - frame["start"]) > dt.timedelta(hours=4)).sum())
    places = "snapped to anonymous points" if used.snapped else "as recorded"
    return (
        f"{located:,} of {reading.rows_read:,} rows have a usable place and time; "
        f"{used.n:,} incidents chose this, {wide:,} of them with more than 4 hours "
        f"between earliest and latest time; locations are {places}."
    )


def cut_off(situation: Situation) -> dt.date:
    """Return the last day that has an incident before the plan's day."""
    last = situation.incidents.frame["start"].max()
    assert isinstance(last, dt.datetime)
    return last.date()


def dpia(tactic: str) -> str:
    """Return the data-protection stub of a tactic, to be completed by a person."""
    return str(_ratings()[tactic]["dpia"])


def equality(tactic: str) -> str:
    """Return the equality stub of a tactic, to be completed by a person."""
    return str(_ratings()[tactic]["equality"])
