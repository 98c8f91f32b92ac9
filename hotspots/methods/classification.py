"""Which places are hot all the time, newly, on and off, no more, or only once.

A hotspot map of one period cannot tell a place that has been a problem for years from
one that was a problem last month. Here each cell is judged in every period, and the
pattern gets one of five words by a rule that is printed with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from hotspots.core.options import option
from hotspots.core.pvalues import adjust_p
from hotspots.core.tunable import Tunable
from hotspots.core.types import Bools, Floats, Strings
from hotspots.core.window import Window, joined_windows
from hotspots.methods.series import cell_history
from hotspots.methods.series.period_counts import Period, covered_periods, period_counts
from hotspots.methods.series.trend import mann_kendall
from hotspots.model.cells import Cells, cell_names
from hotspots.model.incidents import Incidents


@dataclass(frozen=True, kw_only=True)
class Classified:
    """The word for every cell, and the rule behind it.

    ``labels`` (m,): one of :data:`hotspots.methods.series.cell_history.LABELS`, in the
    order of ``cells.ids``.
    ``frame``: a row a cell that was ever hot; ``cell`` (hexadecimal), ``label``,
    ``n_incidents`` in the cell itself, ``n_hot``, ``n_periods``, ``early_share``,
    ``late_share``, ``trend``, ``trend_z``, ``trend_p`` (adjusted). Most often hot
    first.
    ``hot`` (m, t).
    ``periods``: t of them; those with data.
    ``rule``: the rule in words, with its figures.
    """

    labels: Strings
    frame: pl.DataFrame
    hot: Bools
    cells: Cells
    periods: tuple[Window, ...]
    rule: str
    method: Classification
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Classification(Tunable):
    """Give each cell one of five words for its history.

    Raises ParameterError if a value is out of its range.

    Notes
    -----
    A cell is judged with its ring of neighbours (see
    :func:`hotspots.methods.series.cell_history.hot_cells`); cells must be the whole
    study area. Trends are tested (see
    :func:`hotspots.methods.series.trend.mann_kendall`) for cells hot at least twice,
    and adjusted over these. :meth:`rule` is the rule. A cell without
    incidents of its own is never hot.

    References
    ----------
    The idea of naming the history of a cell: Esri's emerging hot spot analysis, and
    Ashby, M. (sfhotspot, ``hotspot_classify``). The rule here is our own.
    """

    period: Period = option(  # noqa: RUF009
        "month",
        help="The periods compared: calendar months, or 28 days back from the end.",
        choices=("month", "28 days"),
    )
    hot_p: float = option(
        0.05, help="False discovery rate of hot cells in a period.", gt=0, le=0.5
    )
    trend_p: float = option(
        0.05, help="False discovery rate of trends among the cells.", gt=0, le=0.5
    )
    fewest: int = option(
        3,
        help="A cell and its ring with fewer in a period are not hot.",
        unit="incidents",
        ge=1,
    )
    persistent_share: float = option(
        0.75, help="Hot in this share of periods is persistent.", gt=0, le=1
    )
    shift: float = option(
        0.5,
        help="The gain between first and last third of the periods that makes a cell "
        "emerging, or diminishing.",
        gt=0,
        le=1,
    )

    def rule(self) -> str:
        """Return the rule in words, with its figures."""
        return (
            f"A cell is hot in a period if it and its ring hold at least {self.fewest} "
            "incidents and more than an even spread over the area gives (binomial, "
            f"false discovery rate {self.hot_p:g}). The first that holds: one-off: hot "
            "in one period; emerging: hot in a share of the last third of periods "
            f"{self.shift:g} or more above that of the first third; diminishing: the "
            f"same the other way; persistent: hot in {self.persistent_share:.0%} of "
            "periods or more; emerging or diminishing: hot more, or less, often in the "
            "last third than in the first, with counts that rise or fall "
            f"(Mann-Kendall, false discovery rate {self.trend_p:g}); intermittent: hot "
            "otherwise. Periods without data are left out."
        )

    def __call__(
        self,
        incidents: Incidents,
        cells: Cells,
        *,
        window: Window | None = None,
        covered: Sequence[dt.date] | None = None,
    ) -> Classified:
        """Return the word for each cell.

        ``window``: default from the first to the last day of the incidents.
        ``covered``: days on which the files have data, for instance of all incidents
        where ``incidents`` are of one category; default the days of ``incidents``.
        Periods without any of them are missing, not empty.

        Raises TooFewError if fewer than 4 periods have data; PrecisionError if exact
        places would be compared across July 2022 with snapped points, or periods of 28
        days are asked of files that state only the month.
        """
        periods, missing = covered_periods(
            incidents, window=window, period=self.period, covered=covered
        )
        cell_history.check_periods(len(periods))
        own = period_counts(incidents, cells, periods)
        around = own + cells.neighbours @ own
        reach = (1 + np.diff(cells.neighbours.indptr)) / max(len(cells), 1)
        totals = own.sum(axis=0)
        hot = cell_history.hot_cells(
            around, reach, totals, p=self.hot_p, fewest=self.fewest
        )
        hot &= own.sum(axis=1, keepdims=True) > 0
        trends = _Trends.of(around, hot, self.trend_p)
        labels = cell_history.classify(
            hot,
            trends.rising,
            trends.falling,
            persistent_share=self.persistent_share,
            shift=self.shift,
        )
        return Classified(
            labels=labels,
            frame=_frame(cells, labels, own, hot, trends),
            hot=hot,
            cells=cells,
            periods=periods,
            rule=self.rule(),
            method=self,
            notes=_notes(periods, missing, labels),
        )


class _Trends(NamedTuple):
    """z and adjusted p-value of cells hot at least twice, else 0 and 1."""

    z: Floats
    p: Floats
    rising: Bools
    falling: Bools

    @classmethod
    def of(cls, around: Floats, hot: Bools, level: float) -> _Trends:
        z, p = np.zeros(len(hot)), np.ones(len(hot))
        tested = hot.sum(axis=1) >= 2
        if tested.any():
            trend = mann_kendall(around[tested])
            z[tested], p[tested] = trend.z, adjust_p(trend.p_value)
        return cls(z, p, (z > 0) & (p <= level), (z < 0) & (p <= level))


def _frame(
    cells: Cells, labels: Strings, own: Floats, hot: Bools, trends: _Trends
) -> pl.DataFrame:
    early, late = cell_history.ends(hot)
    trend = np.select(
        [trends.rising, trends.falling], ["rising", "falling"], default="no clear trend"
    )
    ever = np.flatnonzero(hot.any(axis=1))
    frame = pl.DataFrame(
        {
            "cell": cell_names(cells.ids[ever]),
            "label": pl.Series(labels[ever].tolist(), dtype=pl.String),
            "n_incidents": own.sum(axis=1)[ever].astype(np.int64),
            "n_hot": hot.sum(axis=1)[ever],
            "n_periods": np.full(len(ever), hot.shape[1]),
            "early_share": early[ever],
            "late_share": late[ever],
            "trend": pl.Series(trend[ever].tolist(), dtype=pl.String),
            "trend_z": trends.z[ever],
            "trend_p": trends.p[ever],
        }
    )
    return frame.sort("n_hot", "n_incidents", "cell", descending=[True, True, False])


def _notes(
    periods: tuple[Window, ...], missing: tuple[Window, ...], labels: Strings
) -> tuple[str, ...]:
    span = Window(start=periods[0].start, end=periods[-1].end)
    counts = [f"{int((labels == name).sum()):,} {name}" for name in cell_history.LABELS]
    gone = "; ".join(str(window) for window in joined_windows(missing))
    return (
        f"{len(periods)} periods with data in {span}.",
        f"Without data, left out: {gone}." if gone else "No period is missing.",
        f"Cells: {', '.join(counts)}.",
    )
