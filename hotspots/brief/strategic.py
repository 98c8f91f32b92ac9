"""The strategic assessment: how concentrated, which way, and at what time."""

from __future__ import annotations

import numpy as np
import polars as pl

from hotspots.brief.indicators import Counted
from hotspots.brief.period import TABLES
from hotspots.brief.scope import Scope
from hotspots.core.table import Table, build_table
from hotspots.core.window import WEEKDAYS
from hotspots.evaluate.concentration import generalised_gini
from hotspots.methods.aoristic import week_hours
from hotspots.methods.clock import Clock
from hotspots.methods.series.trend import mann_kendall
from hotspots.workflow import Analysis

SHARES = (0.25, 0.5, 0.75)
FEWEST_MONTHS, MONTHS = 12, 36


def concentration_table(analysis: Analysis) -> Table:
    """Return how few cells hold a quarter, a half and three quarters of incidents.

    References
    ----------
    Weisburd, D. (2015), "The law of crime concentration and the criminology of place",
    Criminology 53(2), 133-157; the Gini coefficient of Bernasco and Steenbeek (2017).
    """
    held = np.sort(analysis.surfaces["count"].values)[::-1]
    counts = np.pad(held, (0, analysis.cells.study.n - len(held)))
    reached = np.cumsum(counts)
    cells = [int(np.searchsorted(reached, s * reached[-1]) + 1) for s in SHARES]
    rows = pl.DataFrame(
        {
            "key": [f"share:{share:g}" for share in SHARES],
            "label": [f"{share:.0%} of incidents" for share in SHARES],
            "n_cells": cells,
            "share_cells": [n / len(counts) for n in cells],
        }
    )
    return build_table(
        TABLES,
        "concentration",
        rows,
        caption=(
            f"{analysis.incidents.n:,} incidents in {analysis.window} on "
            f"{len(counts):,} cells; generalised Gini coefficient "
            f"{generalised_gini(counts):.2f}."
        ),
    )


def trend_table(scope: Scope, counted: Counted) -> Table:
    """Return whether the monthly counts of each indicator rise or fall."""
    months = scope.period.steps(MONTHS)
    inside = [scope.within(m) if scope.covers(m) else None for m in months]
    while inside and inside[0] is None:
        inside.pop(0)
    lines = [
        [None if rows is None else int((mask & rows).sum()) for rows in inside]
        for mask in counted.masks
    ]
    n = sum(rows is not None for rows in inside)
    z = p = np.full(len(lines), np.nan)
    if n >= FEWEST_MONTHS:
        known = [[k for k in line if k is not None] for line in lines]
        found = mann_kendall(np.array(known, dtype=np.float64))
        z, p = found.z, found.p_value
    words = [_word(a, b) for a, b in zip(z.tolist(), p.tolist(), strict=True)]
    rows = pl.DataFrame(
        {
            "key": [i.key for i in counted.indicators],
            "label": [i.label for i in counted.indicators],
            "n_months": [n] * len(lines),
            "z": pl.Series(z).fill_nan(None),
            "p": pl.Series(p).fill_nan(None),
            "word": words,
            "series": pl.Series(lines, dtype=pl.List(pl.Int64)),
        }
    )
    return build_table(
        TABLES,
        "trend",
        rows,
        caption=(
            "Mann-Kendall test of monthly counts at 1% each way, over the months held. "
            "Not adjusted for season."
        ),
    )


def week_table(scope: Scope) -> Table | None:
    """Return how incidents fall on the policing days and shifts of the week."""
    if scope.incidents.time_precision != "minute":
        return None
    rows = scope.incidents.frame.filter(
        pl.Series(scope.within(scope.period.window) & scope.shown)
    )
    hours = week_hours(rows["start"].to_numpy(), rows["end"].to_numpy())
    shifts = Clock().shift_table(hours)
    wide = shifts.pivot(on="shift", index="day", values="share")
    day = Clock().grid(hours).sum(axis=1) / max(float(hours.sum()), 1)
    wide = wide.with_columns(
        key=pl.format("day:{}", "day"),
        all=pl.Series(day[[WEEKDAYS.index(d) for d in wide["day"]]]),
    )
    return build_table(
        TABLES,
        "week",
        wide,
        caption=(
            f"{rows.height:,} incidents of {scope.period.window}, from 06:00 to 05:59; "
            f"shifts overlap."
        ),
    )


def _word(z: float, p: float) -> str:
    if np.isnan(z):
        return "cannot tell"
    if p > 0.02:
        return "no clear trend"
    return "rising" if z > 0 else "falling"
