"""What happened at a place: its months beside the usual range, its clock, its kinds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.analysis.dataset import Dataset
from hotspots.core.errors import PrecisionError
from hotspots.core.types import Floats
from hotspots.core.window import Window, add_months, month_start
from hotspots.kernels.predictive import UsualRange, usual_range
from hotspots.methods.aoristic import Aoristic
from hotspots.methods.clock import Clock
from hotspots.methods.series.period_counts import covered_periods
from hotspots.model.incidents import Incidents
from hotspots.rights import Actor, check
from hotspots.service.places import from_geojson
from hotspots.store.models import Place

MONTHS = 24
FEWEST = 2


@dataclass(frozen=True, kw_only=True)
class PlaceCounts:
    """Counts of one place.

    ``months`` are pairs of a month and its count, none where the files do not cover it;
    ``kinds`` are category, the last 12 months that are covered, and the 12 before.
    ``hours`` are those of the week from Monday 00:00, none where only months are known.
    """

    months: tuple[tuple[Window, int | None], ...]
    usual: UsualRange | None
    kinds: tuple[tuple[str, int, int], ...]
    hours: Floats | None
    peak: str
    repeats: str


def place_counts(dataset: Dataset, actor: Actor, place: Place) -> PlaceCounts:
    """Count what happened within a place, of the categories that are counted."""
    check(actor, "aggregate.exact")
    counted = dataset.incidents.select(dataset.weights["included"] == "yes")
    here = counted.select(_within(counted, from_geojson(place.geometry)))
    months = _months(counted, here)
    hours, peak = _hours(here)
    return PlaceCounts(
        months=months,
        usual=_usual(months),
        kinds=_kinds(here, months),
        hours=hours,
        peak=peak,
        repeats=_repeats(here, months),
    )


def _within(incidents: Incidents, shape: Any) -> pl.Series:
    places = incidents.places
    inside = shapely.contains_xy(
        shape, places["lon"].to_numpy(), places["lat"].to_numpy()
    )
    return pl.Series(inside[incidents.frame["place"].to_numpy()])


def _months(every: Incidents, here: Incidents) -> tuple[tuple[Window, int | None], ...]:
    try:
        held, gaps = covered_periods(every, window=_last_months(every))
    except PrecisionError:  # snapped places differ across July 2022
        return ()
    days = here.frame["start"].dt.date()
    counts = {
        each: int(((days >= each.start) & (days < each.end)).sum()) for each in held
    }
    ordered = sorted([*held, *gaps], key=lambda each: each.start)
    return tuple((each, counts.get(each)) for each in ordered)


def _last_months(incidents: Incidents) -> Window:
    last = incidents.frame["start"].max()
    assert isinstance(last, dt.datetime)
    end = add_months(month_start(last.date()), 1)
    return Window(start=add_months(end, -MONTHS), end=end)


def _usual(months: tuple[tuple[Window, int | None], ...]) -> UsualRange | None:
    """Set the last month that is covered beside those before it."""
    known = [(each, n) for each, n in months if n is not None]
    if not known:
        return None
    (last, now), past = known[-1], known[:-1]
    return usual_range(
        now,
        [n for _, n in past],
        days=last.days,
        past_days=[float(each.days) for each, _ in past],
    )


def _kinds(
    here: Incidents, months: tuple[tuple[Window, int | None], ...]
) -> tuple[tuple[str, int, int], ...]:
    if not months:
        return ()
    end = months[-1][0].end
    middle, start = add_months(end, -12), add_months(end, -24)
    day = pl.col("start").dt.date()
    table = (
        here.frame.filter((day >= start) & (day < end))
        .group_by(pl.col("category").cast(pl.String))
        .agg(now=(day >= middle).sum(), before=(day < middle).sum())
        .sort(["now", "before", "category"], descending=[True, True, False])
    )
    return tuple(table.select("category", "now", "before").iter_rows())


def _hours(here: Incidents) -> tuple[Floats | None, str]:
    try:
        here.check_moments("The clock of a place")
        week = Aoristic()(here)
    except PrecisionError:
        return None, ""
    if not week.n:
        return None, ""
    return week.hours, Clock().peak(week.hours)


def _repeats(here: Incidents, months: tuple[tuple[Window, int | None], ...]) -> str:
    """Say how much of the last year happened where it happened before in that year."""
    if here.snapped or not months:
        return ""
    day = pl.col("start").dt.date() >= add_months(months[-1][0].end, -12)
    sizes = here.frame.filter(day).group_by("place").len()["len"].to_numpy()
    again = sizes[sizes >= FEWEST]
    if not len(sizes):
        return ""
    return (
        f"{int(np.sum(again)):,} of {int(np.sum(sizes)):,} incidents of the last 12 "
        f"months happened at exact spots with two or more ({len(again):,} of "
        f"{len(sizes):,} spots)."
    )
