"""When it happens: months beside what is usual, and what a brush over them counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.analysis.result import Analysis
from hotspots.analysis.selection import counted_in
from hotspots.core.types import Bools
from hotspots.core.window import Window, add_months, month_start
from hotspots.kernels.predictive import usual_range
from hotspots.model.cells import cell_names
from hotspots.model.incidents import Incidents

N_PAST, FEWEST_PAST = 12, 6
"""Earlier months that a usual range rests on, and the fewest that give one."""

MOST_PARTS = 400_000
"""Rows of the cube above which hours are left out of it."""


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """The incidents of an analysis by time.

    ``months``: a row for each month of the window: ``month`` (its first day), ``n``
    (null where the files cover no day of it), ``days_covered``, ``usual_low``,
    ``usual_high``, ``word`` (null without a range).
    ``cube``: ``cell`` (row of the analysis' table of cells), ``month`` (row of
    ``months``), ``hour`` (0 is Monday 00:00, null where no hour is known), ``n``.
    ``n_with_hour``: how many incidents are known to the hour.
    """

    months: pl.DataFrame
    cube: pl.DataFrame
    n_with_hour: int


def find_rhythm(analysis: Analysis) -> Rhythm:
    """Count the incidents of an analysis by month, hour of the week and cell."""
    months = find_months(analysis)
    cube = _cube(analysis, months["month"])
    n_with_hour = int(cube.filter(pl.col("hour").is_not_null())["n"].sum())
    if cube.height > MOST_PARTS:
        cube = cube.group_by("cell", "month", maintain_order=True).agg(
            hour=pl.lit(None, dtype=pl.Int64), n=pl.col("n").sum()
        )
    return Rhythm(months=months, cube=cube, n_with_hour=n_with_hour)


def find_months(analysis: Analysis, *, within: Bools | None = None) -> pl.DataFrame:
    """Return the months of a window beside what is usual (:class:`Rhythm`).

    ``within`` (p,): the places of the dataset that are counted, all where it is left
    out.
    """
    window = analysis.window
    shown = _month_counts(analysis, analysis.incidents, window)
    earlier = _earlier(analysis, within)
    rows = []
    for month, n, days in shown.rows():
        row = {"month": month, "n": n if days else None, "days_covered": days}
        past = earlier.filter(pl.col("month") < month).tail(N_PAST)
        if days and past.height >= FEWEST_PAST:
            found = usual_range(
                n,
                past["n"].to_list(),
                days=float(days),
                past_days=past["days_covered"].cast(pl.Float64).to_list(),
                ago=[float(ago) for ago in range(past.height, 0, -1)],
            )
            row |= {"low": found.low, "high": found.high, "word": found.word}
        rows.append(row)
    schema = {"month": pl.Date, "n": pl.Int64, "days_covered": pl.Int64}
    usual = {"low": pl.Int64, "high": pl.Int64, "word": pl.String}
    frame = pl.DataFrame(rows, schema=schema | usual)
    return frame.rename({"low": "usual_low", "high": "usual_high"})


def _earlier(analysis: Analysis, within: Bools | None) -> pl.DataFrame:
    """Return every month of the files to the window's end that they cover."""
    dataset = analysis.dataset
    first = dataset.incidents.frame["start"].min()
    assert isinstance(first, dt.datetime)
    start = min(month_start(first.date()), analysis.window.start)
    whole = Window(start=start, end=analysis.window.end)
    counted = counted_in(dataset, analysis.parameters, whole)
    if within is not None:
        counted = counted.select(pl.Series(within[counted.frame["place"].to_numpy()]))
    return _month_counts(analysis, counted, whole).filter(pl.col("days_covered") > 0)


def _month_counts(
    analysis: Analysis, incidents: Incidents, window: Window
) -> pl.DataFrame:
    """Return a row for each month of a window: incidents and days covered inside it."""
    day = incidents.frame["start"].dt.date()
    counts = day.dt.month_start().alias("month").value_counts(name="n")
    covered = analysis.dataset.exposure.covered(window)
    day = pl.Series("month", covered).cast(pl.Date)
    days = day.dt.month_start().value_counts(name="days_covered")
    months = [month_start(window.start)]
    while (following := add_months(months[-1], 1)) < window.end:
        months.append(following)
    frame = pl.DataFrame({"month": months})
    for found in (counts, days):
        frame = frame.join(found, on="month", how="left", maintain_order="left")
    return frame.select(
        "month", pl.col("n", "days_covered").fill_null(0).cast(pl.Int64)
    )


def _cube(analysis: Analysis, months: pl.Series) -> pl.DataFrame:
    frame = analysis.incidents.frame
    ids = analysis.dataset.cells_of_places(analysis.cells.resolution)
    cells = analysis.cells_table.select("cell").with_row_index("at")
    rows = pl.DataFrame({"cell": cell_names(ids[frame["place"].to_numpy()])})
    rows = rows.join(cells, on="cell", how="left", maintain_order="left")
    start = frame["start"]
    known = (frame["end"] - start) <= dt.timedelta(hours=1)
    if analysis.incidents.time_precision != "minute":
        known = pl.Series(np.zeros(len(start), dtype=bool))
    hour = (start.dt.weekday().cast(pl.Int64) - 1) * 24 + start.dt.hour()
    month = pl.DataFrame({"month": months}).with_row_index("number")
    by_month = start.dt.date().dt.month_start().alias("month").to_frame()
    number = by_month.join(month, on="month", how="left", maintain_order="left")
    return (
        rows.select(cell=pl.col("at").cast(pl.Int64))
        .with_columns(
            month=number["number"].cast(pl.Int64), hour=pl.when(known).then(hour)
        )
        .group_by("cell", "month", "hour")
        .len("n")
        .sort("cell", "month", "hour", nulls_last=True)
        .with_columns(pl.col("n").cast(pl.Int64))
    )
