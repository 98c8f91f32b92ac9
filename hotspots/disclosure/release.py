"""Every public figure of a district at once: areas x calendar spans x categories.

Tables made one by one each keep their own small counts safe, but a reader lays them
side by side: a ward beside its district, a month beside its quarter, a kind of crime
beside all crime, this release beside the last. Here all those figures are protected
together, on a fixed hierarchy, in the order of the calendar. A figure that is out
stays as it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from hotspots.core.errors import ParameterError
from hotspots.core.types import Ints
from hotspots.disclosure.figures import Figures, round_counts, with_differences
from hotspots.disclosure.policy import FINEST_TIMES, PUBLIC_POLICY, Policy
from hotspots.disclosure.suppression import Suppressed, suppress


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


ALL = "All"
"""The category of a figure that counts every category."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """Every figure that may be published, whatever table shows it.

    ``frame``: ``area_kind, area, span, period, category, n``; ``n`` is null where
    withheld. ``span`` is month, quarter or year; ``period`` reads ``2025-06``,
    ``2025-Q2`` or ``2025/26``.
    ``figures``: the true figures in the order of ``frame``, then differences
    of figures. Not for publication.
    ``suppressed``: the proof: a second world for every small figure. Not
    for publication.
    """

    frame: pl.DataFrame
    policy: Policy
    figures: Figures
    suppressed: Suppressed

    @property
    def suppressed_cells(self) -> int:
        """How many figures are withheld."""
        return self.frame["n"].null_count()


def build_release(
    counts: pl.DataFrame,
    *,
    areas: Sequence[str],
    month: str,
    category: str | None = None,
    n: str | None = None,
    policy: Policy = PUBLIC_POLICY,
    year_starts: int = 4,
) -> Release:
    """Protect every figure of a fixed hierarchy of areas, spans and categories.

    Raises ParameterError if a column is missing, an area lies in two larger ones, a
    value is missing, there are no rows, or no whole span is covered.

    Notes
    -----
    Figures are released in calendar order, so that a longer record has the same answers
    for its earlier spans as a shorter one, if those records are the same.
    """
    base = _base_counts(counts, areas=areas, month=month, category=category, n=n)
    if year_starts not in (1, 4, 7, 10):
        raise ParameterError(
            f"year_starts must be the first month of a quarter: 1, 4, 7 or 10; got "
            f"{year_starts}."
        )
    area_levels = build_area_levels(base, areas)
    spans, unit = build_time_levels(base["month"].to_list(), policy, year_starts)
    categories = base["category"].unique().sort().to_list()
    kinds = [
        Level("category", categories, np.arange(len(categories))),
        Level("all", [ALL], np.zeros(len(categories), dtype=np.int64)),
    ]
    kinds = kinds[1:] if category is None else kinds
    cube = _cube(base, area_levels[0].labels, areas[0], unit, categories)
    figures, frame = _lattice(cube, area_levels, spans, kinds)
    audited = with_differences(figures, policy)
    found = suppress(audited, policy)
    rounded = round_counts(figures.counts, policy)[0]
    shown = pl.Series(found.shown[: figures.n])
    frame = frame.with_columns(
        n=pl.Series(rounded).zip_with(
            shown, pl.Series([None] * figures.n, dtype=pl.Int64)
        )
    )
    return Release(frame=frame, policy=policy, figures=audited, suppressed=found)


def _base_counts(
    counts: pl.DataFrame,
    *,
    areas: Sequence[str],
    month: str,
    category: str | None,
    n: str | None,
) -> pl.DataFrame:
    wanted = [*areas, month, *([category] if category else []), *([n] if n else [])]
    missing = [name for name in wanted if name not in counts.columns]
    if missing or not areas:
        raise ParameterError(
            f"a release needs columns of areas, finest first, and of months; got "
            f"areas {list(areas)} and missing {missing} of {counts.columns}. Name them."
        )
    if counts.is_empty() or counts.select(wanted).null_count().row(0) != (0,) * len(
        wanted
    ):
        raise ParameterError(
            f"a release needs rows with {', '.join(wanted)} in each; got "
            f"{counts.height:,} rows, some without. Leave out or fill the others, and "
            "say how many."
        )
    return (
        counts.with_columns(
            pl.col(month).cast(pl.Date).dt.month_start().alias("month"),
            (pl.col(category) if category else pl.lit(ALL))
            .cast(pl.String)
            .alias("category"),
            (pl.col(n) if n else pl.lit(1)).cast(pl.Int64).alias("n"),
        )
        .group_by([*areas, "month", "category"])
        .agg(pl.col("n").sum())
        .sort([*areas, "month", "category"])
    )


def _cube(
    base: pl.DataFrame,
    areas: list[str],
    area: str,
    unit: pl.DataFrame,
    categories: list[str],
) -> Ints:
    """Return counts of shape (areas, base periods, categories), zeros included."""
    units = unit["unit"].drop_nulls().n_unique()
    rows = base.join(unit, on="month").drop_nulls("unit")
    cube = np.zeros((len(areas), units, len(categories)), dtype=np.int64)
    where = (
        pl.Series(areas).search_sorted(rows[area].cast(pl.String)).to_numpy(),
        rows["unit"].to_numpy(),
        pl.Series(categories).search_sorted(rows["category"]).to_numpy(),
    )
    np.add.at(cube, where, rows["n"].to_numpy())
    return cube


def _lattice(
    cube: Ints, areas: list[Level], spans: list[Level], kinds: list[Level]
) -> tuple[Figures, pl.DataFrame]:
    grid = np.indices(cube.shape).reshape(3, -1)
    ancestors, rows, stages, start = [], [], [], 0
    for area in areas:
        for span in spans:
            ends = [
                int(np.flatnonzero(span.of == i)[-1]) for i in range(len(span.labels))
            ]
            for kind in kinds:
                shape = (len(area.labels), len(span.labels), len(kind.labels))
                a, t, k = area.of[grid[0]], span.of[grid[1]], kind.of[grid[2]]
                flat = start + (a * shape[1] + t) * shape[2] + k
                ancestors.append(np.where(t < 0, -1, flat))
                at = np.indices(shape).reshape(3, -1)
                rows.append(_names(area, span, kind, at))
                stages.append(np.array(ends, dtype=np.int64)[at[1]])
                start += int(np.prod(shape))
    above = np.stack(ancestors, axis=1)
    figures = Figures(
        base=cube.ravel(),
        ancestors=np.where(above < 0, start, above),
        n=start,
        hidden=np.zeros(start, dtype=bool),
        stage=np.concatenate(stages),
        lane=grid[0] * cube.shape[2] + grid[2],
        whole=np.full(start, -1, dtype=np.int64),
    )
    return figures, pl.concat(rows)


def _names(area: Level, span: Level, kind: Level, at: Ints) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "area_kind": pl.repeat(area.kind, at.shape[1], eager=True),
            "area": pl.Series(area.labels, dtype=pl.String).gather(at[0]),
            "span": pl.repeat(span.kind, at.shape[1], eager=True),
            "period": pl.Series(span.labels, dtype=pl.String).gather(at[1]),
            "category": pl.Series(kind.labels, dtype=pl.String).gather(at[2]),
        }
    )
