"""Every public figure of a district at once: areas x calendar spans x categories.

Tables made one by one each keep their own small counts safe, but a reader lays them
side by side: a ward beside its district, a month beside its quarter, a kind of crime
beside all crime, this release beside the last. Here all those figures are protected
together, on a fixed hierarchy, in the order of the calendar. A figure that is out
stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.core.errors import ParameterError
from hotspots.core.types import Ints
from hotspots.disclosure.figures import Figures, round_counts, with_differences
from hotspots.disclosure.hierarchy import Level, build_area_levels, build_time_levels
from hotspots.disclosure.policy import PUBLIC_POLICY, Policy
from hotspots.disclosure.suppression import Suppressed, suppress

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
