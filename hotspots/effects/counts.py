"""Counts before and after, checked once at the door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

import numpy as np
import polars as pl

from hotspots.core.arrays import as_number, as_numbers
from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.window import Window
from hotspots.model.areas import Areas
from hotspots.model.incidents import Incidents

Pair = Sequence[float]
"""A count before and a count after."""
MAXIMUM = 1e15
"""Larger counts lose whole incidents to rounding."""


def before_and_after(
    incidents: Incidents,
    polygon: Any,
    before: Window,
    after: Window,
    *,
    same_places: bool = True,
) -> tuple[int, int]:
    """Count the incidents inside a polygon in two windows.

    ``polygon``: shapely Polygon or MultiPolygon, EPSG:4326.
    ``same_places``: whether the area is so small that moved snap points would matter;
    say False for wards and larger.

    Raises ParameterError if the windows overlap or are not in order; PrecisionError if
    a window does not start and end on the first of a month where the files state only
    months, or snapped places are compared across July 2022; AreaError if the polygon is
    empty or broken.
    """
    if before.end > after.start:
        raise ParameterError(
            f"the window before must end before the one after starts; got {before} and "
            f"{after}."
        )
    if same_places:
        incidents.check_same_snap_points(before.start, after.end)
    if any(day.day != 1 for w in (before, after) for day in (w.start, w.end)):
        incidents.check_moments("An effect by days")
    area = Areas.from_polygons([polygon], codes=["chosen"])
    places = incidents.places
    inside = area.locate(places["lon"].to_numpy(), places["lat"].to_numpy()) >= 0
    start = incidents.frame["start"].filter(
        pl.Series(inside[incidents.frame["place"].to_numpy()])
    )
    return _inside(start, before), _inside(start, after)


def _inside(start: pl.Series, window: Window) -> int:
    first = dt.datetime.combine(window.start, dt.time())
    end = dt.datetime.combine(window.end, dt.time())
    return int(((start >= first) & (start < end)).sum())


def check_pair(pair: Pair, name: str) -> tuple[float, float]:
    """Return a count before and a count after as numbers.

    ``name``: what the message calls it.

    Raises ParameterError if it is not two finite numbers, 0 or more.
    """
    try:
        values = as_numbers(_as_items(pair), name=name)
    except ParameterError:
        values = np.empty(0)
    if values.shape != (2,) or not ((values >= 0) & (values <= MAXIMUM)).all():
        raise ParameterError(
            f"{name} must be two counts, before and after, each 0 or more; got "
            f"{pair!r}."
        )
    return float(values[0]), float(values[1])


def check_dispersion(dispersion: float) -> None:
    """Refuse a variance over mean that no count has.

    Raises ParameterError if it is not from 1 to a million.
    """
    if not 1 <= as_number(dispersion, name="dispersion") <= 1e6:
        raise ParameterError(
            f"dispersion must be at least 1, at most a million; got {dispersion!r}."
        )


def check_confidence(confidence: float) -> None:
    """Refuse a confidence that is not between 0 and 1.

    Raises ParameterError if it is not.
    """
    if not 0 < as_number(confidence, name="confidence") < 1:
        raise ParameterError(
            f"confidence must be between 0 and 1; got {confidence!r}. "
            "0.95 is for 95 per cent."
        )


def check_total(*pairs: Pair) -> None:
    """Refuse to compare where next to nothing happened.

    Raises TooFewError if there are fewer than two incidents in all.
    """
    total = sum(sum(pair) for pair in pairs)
    if total < 2:
        raise TooFewError(
            f"an effect needs at least two incidents in all counts; got {total:g}. "
            "Choose a longer time or more places."
        )


def _as_items(pair: object) -> object:
    """Return what stands in a pair; letters, keys and members are no counts."""
    if isinstance(pair, np.ndarray):
        return pair
    listed = isinstance(pair, Iterable) and not isinstance(pair, str | bytes)
    return list(pair) if listed and not isinstance(pair, Mapping | Set) else ()  # type: ignore[call-overload]
