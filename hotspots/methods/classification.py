"""Which places are hot all the time, newly, on and off, no more, or only once.

A hotspot map of one period cannot tell a place that has been a problem for years from
one that was a problem last month. Here each cell is judged in every period, and the
pattern gets one of five words by a rule that is printed with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.cells import Cells, bin_points, cell_names
from hotspots.errors import ParameterError, TooFewError
from hotspots.incidents import Incidents
from hotspots.params import check_fields, option
from hotspots.pvalues import adjust_p
from hotspots.trend import FEWEST, mann_kendall
from hotspots.window import Window, add_months, month_start

__all__ = ["LABELS", "Classification", "Classified", "classify", "hot_cells"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]

LABELS = (
    "persistent",
    "emerging",
    "intermittent",
    "diminishing",
    "one-off",
    "never hot",
)


def hot_cells(
    counts: Floats, reach: Floats, *, p: float = 0.05, fewest: int = 3
) -> Bools:
    """Return in which periods each neighbourhood holds more than an even spread gives.

    Parameters
    ----------
    counts : ndarray of shape (m, t), incidents
        In the neighbourhood of each cell in each period.
    reach : ndarray of shape (m,)
        Share of all cells that the neighbourhood of each holds, 0 to 1.
    p : float
        False discovery rate over the cells of a period.
    fewest : int
        Below this many incidents a neighbourhood is never hot.

    Returns
    -------
    ndarray of shape (m, t), bool

    Raises
    ------
    ParameterError
        If shapes do not fit.

    Notes
    -----
    If the N incidents of the period fell evenly over the cells, the neighbourhood
    would hold a binomial number with probability ``reach``. The one-sided p-value is
    that of as many or more, adjusted by Benjamini and Hochberg over all cells of the
    period. N is the sum over neighbourhoods divided by the sum of ``reach``.
    """
    counts = np.asarray(counts, dtype=np.float64)
    reach = np.asarray(reach, dtype=np.float64)
    if counts.ndim != 2 or reach.shape != counts.shape[:1]:
        raise ParameterError(
            "counts must have a row for each cell and a column for each period, and "
            f"reach a value for each cell; got {counts.shape} and {reach.shape}."
        )
    hot = np.zeros(counts.shape, dtype=bool)
    for at, column in enumerate(counts.T):
        level = adjust_p(_as_many_or_more(column, reach)) if len(column) else column
        hot[:, at] = (level <= p) & (column >= fewest)
    return hot


def _as_many_or_more(counts: Floats, reach: Floats) -> Floats:
    from scipy.special import bdtrc

    n = max(round(float(counts.sum() / reach.sum())), int(counts.max(initial=0)))
    p, some = np.ones(len(counts)), counts > 0
    p[some] = bdtrc(counts[some] - 1, n, np.minimum(reach[some], 1.0))
    return p


def classify(
    hot: Bools,
    rising: Bools,
    falling: Bools,
    *,
    persistent_share: float = 0.75,
    shift: float = 0.5,
) -> Texts:
    """Return the word for each cell from the periods in which it was hot.

    Parameters
    ----------
    hot : ndarray of shape (m, t), bool
        In the order of time, missing periods left out.
    rising, falling : ndarray of shape (m,), bool
        Whether the counts have a trend.
    persistent_share, shift : float
        As for :class:`Classification`.

    Returns
    -------
    ndarray of shape (m,), str
        One of :data:`LABELS`. Turning time round swaps emerging and diminishing and
        changes nothing else.

    Raises
    ------
    TooFewError
        If there are fewer than 4 periods.

    Examples
    --------
    >>> hot = np.array([[0, 0, 0, 0, 1, 1], [1, 0, 1, 0, 0, 1], [0, 0, 1, 0, 0, 0]])
    >>> flat = np.zeros(3, dtype=bool)
    >>> classify(hot.astype(bool), flat, flat).tolist()
    ['emerging', 'intermittent', 'one-off']
    """
    hot = np.asarray(hot, dtype=bool)
    n_periods = hot.shape[1]
    if n_periods < FEWEST:
        raise TooFewError(
            f"classification needs at least {FEWEST} periods with data; got "
            f"{n_periods}. Use a longer window or shorter periods."
        )
    early, late = _ends(hot)
    n_hot, gain = hot.sum(axis=1), late - early
    rules = {
        "never hot": n_hot == 0,
        "one-off": n_hot == 1,
        "emerging": (gain >= shift) | (rising & (gain > 0)),
        "diminishing": (-gain >= shift) | (falling & (gain < 0)),
        "persistent": n_hot >= persistent_share * n_periods - 1e-9,
    }
    return np.select(list(rules.values()), list(rules), default="intermittent")


def _ends(hot: Bools) -> tuple[Floats, Floats]:
    """Return the share of hot periods in the first and in the last third."""
    third = max(1, hot.shape[1] // 3)
    return hot[:, :third].mean(axis=1), hot[:, -third:].mean(axis=1)


@dataclass(frozen=True, kw_only=True)
class Classified:
    """The word for every cell, and the rule behind it.

    Parameters
    ----------
    labels : ndarray of shape (m,), str
        One of :data:`LABELS`, in the order of ``cells.ids``.
    frame : DataFrame, a row a cell that was ever hot
        ``cell`` (hexadecimal), ``label``, ``n_incidents`` in the cell itself,
        ``n_hot``, ``n_periods``, ``early_share``, ``late_share``, ``trend``,
        ``trend_z``, ``trend_p`` (adjusted). Most often hot first.
    hot : ndarray of shape (m, t), bool
    cells : Cells
    periods : tuple of Window, t of them
        Those with data.
    rule : str
        The rule in words, with its figures.
    method : Classification
    notes : tuple of str
    """

    labels: Texts
    frame: pl.DataFrame
    hot: Bools
    cells: Cells
    periods: tuple[Window, ...]
    rule: str
    method: Classification
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Classification:
    """Give each cell one of five words for its history.

    Parameters
    ----------
    period : {"month", "28 days"}
    hot_p, trend_p : float
        False discovery rates: of hot cells in a period, of trends among cells.
    fewest : int, incidents
        A neighbourhood with fewer in a period is not hot.
    persistent_share, shift : float, 0 to 1
        Shares of periods, as the rule says.

    Raises
    ------
    ParameterError
        If a value is out of its range.

    Notes
    -----
    A cell is judged with its ring of neighbours (see :func:`hot_cells`); cells must be
    the whole study area. Trends are tested (see :func:`hotspots.trend.mann_kendall`)
    for cells hot at least twice, and adjusted over these. :meth:`rule` is the rule.

    References
    ----------
    The idea of naming the history of a cell: Esri's emerging hot spot analysis, and
    Ashby, M. (sfhotspot, ``hotspot_classify``). The rule here is our own.
    """

    period: Literal["month", "28 days"] = option(  # noqa: RUF009
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

    def __post_init__(self) -> None:
        check_fields(self)

    def rule(self) -> str:
        """Return the rule in words, with its figures."""
        return (
            f"A cell is hot in a period if it and its ring hold at least {self.fewest} "
            "incidents and more than an even spread over the area gives (binomial, "
            f"false discovery rate {self.hot_p:g}). In this order: one-off: hot in one "
            f"period; emerging: hot in a share of the last third of periods higher by "
            f"{self.shift:g} or more than of the first third, or higher at all with "
            "counts rising (Mann-Kendall, false discovery rate "
            f"{self.trend_p:g}); diminishing: the same the other way; persistent: hot "
            f"in {self.persistent_share:.0%} of periods or more; intermittent: hot "
            "otherwise. Periods without data are left out."
        )
