"""The fixed hierarchy of public figures: areas that nest, and calendar spans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from hotspots.core.errors import ParameterError
from hotspots.core.types import Ints
from hotspots.disclosure.policy import FINEST_TIMES, Policy


class Level(NamedTuple):
    """One level of one dimension: which value each base position has.

    ``of`` holds the position in ``labels`` of each base position; -1 for none.
    """

    kind: str
    labels: list[str]
    of: Ints


def build_area_levels(base: pl.DataFrame, areas: Sequence[str]) -> list[Level]:
    """Return a level for each kind of area, finest first.

    Raises ParameterError if an area lies in two larger ones.
    """
    finest = base.select(areas).unique().sort(areas)
    if finest[areas[0]].is_duplicated().any():
        twice = finest.filter(finest[areas[0]].is_duplicated())[areas[0]][0]
        raise ParameterError(
            f"each area must lie in one larger area only; '{twice}' lies in several. "
            "Use areas that nest."
        )
    levels = []
    for name in areas:
        labels = finest[name].cast(pl.String).unique().sort()
        of = labels.search_sorted(finest[name].cast(pl.String))
        levels.append(Level(name, labels.to_list(), of.to_numpy().astype(np.int64)))
    return levels


def build_time_levels(
    months: list[dt.date], policy: Policy, year_starts: int
) -> tuple[list[Level], pl.DataFrame]:
    """Return the spans over the base periods, and the base period of each month.

    Raises ParameterError if no whole span is covered.
    """
    first, last = min(months), max(months)
    every = pl.date_range(first, last, "1mo", eager=True).to_list()
    name_of = {
        "month": [f"{day:%Y-%m}" for day in every],
        "quarter": [f"{day.year}-Q{(day.month + 2) // 3}" for day in every],
        "year": [_year_label(day, year_starts) for day in every],
    }
    length = {"month": 1, "quarter": 3, "year": 12}
    wanted = FINEST_TIMES[FINEST_TIMES.index(policy.finest_time) :]
    whole = {
        span: {name for name in names if names.count(name) == length[span]}
        for span, names in name_of.items()
    }
    units = [
        name for name in dict.fromkeys(name_of[wanted[0]]) if name in whole[wanted[0]]
    ]
    if not units:
        raise ParameterError(
            f"the incidents must cover a whole {wanted[0]} at least; they are from "
            f"{first:%B %Y} to {last:%B %Y}. Publish when it is over."
        )
    levels = []
    for span in wanted:
        by_unit = dict(zip(name_of[wanted[0]], name_of[span], strict=True))
        labels = [
            s for s in dict.fromkeys(by_unit[u] for u in units) if s in whole[span]
        ]
        at = {label: i for i, label in enumerate(labels)}
        of = np.array([at.get(by_unit[unit], -1) for unit in units], dtype=np.int64)
        levels.append(Level(span, labels, of))
    unit_of = pl.DataFrame(
        {
            "month": every,
            "unit": [
                units.index(name) if name in whole[wanted[0]] else None
                for name in name_of[wanted[0]]
            ],
        },
        schema={"month": pl.Date, "unit": pl.Int64},
    )
    return levels, unit_of


def _year_label(day: dt.date, starts: int) -> str:
    year = day.year - (day.month < starts)
    return f"{year}" if starts == 1 else f"{year}/{(year + 1) % 100:02d}"
