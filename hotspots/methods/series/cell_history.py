"""In which periods a cell is hot, and the one word for its history; on plain arrays."""

from __future__ import annotations

import numpy as np

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.pvalues import adjust_p
from hotspots.core.types import Bools, Floats, Strings
from hotspots.methods.series.trend import FEWEST

LABELS = (
    "persistent",
    "emerging",
    "intermittent",
    "diminishing",
    "one-off",
    "never hot",
)


def hot_cells(
    counts: Floats, reach: Floats, totals: Floats, *, p: float = 0.05, fewest: int = 3
) -> Bools:
    """Return in which periods each neighbourhood holds more than an even spread gives.

    ``counts`` (m, t), incidents: in the neighbourhood of each cell in each period.
    ``reach`` (m,): share of all cells that the neighbourhood of each holds, 0 to 1.
    ``totals`` (t,), incidents: in all cells in each period.
    ``p``: false discovery rate over the cells of a period.
    ``fewest``: below this many incidents a neighbourhood is never hot.

    Returns (m, t).

    Raises ParameterError if shapes do not fit.

    Notes
    -----
    If the incidents of the period fell evenly over the cells, the neighbourhood would
    hold a binomial number of them with probability ``reach``. The one-sided p-value is
    that of as many or more, adjusted by Benjamini and Hochberg over all cells of the
    period.

    Examples
    --------
    Of four cells in a row, each by itself, the first has 8 of 9 incidents.

    >>> counts = np.array([[8.0], [1.0], [0.0], [0.0]])
    >>> hot_cells(counts, np.full(4, 0.25), np.array([9.0])).ravel().tolist()
    [True, False, False, False]
    """
    counts = np.asarray(counts, dtype=np.float64)
    reach = np.asarray(reach, dtype=np.float64)
    totals = np.asarray(totals, dtype=np.float64)
    if counts.ndim != 2 or (*reach.shape, *totals.shape) != counts.shape:
        raise ParameterError(
            "counts must have a row for each cell and a column for each period, reach "
            "a value for each cell and totals one for each period; got "
            f"{counts.shape}, {reach.shape} and {totals.shape}."
        )
    if (counts > totals).any():
        raise ParameterError(
            "no neighbourhood can hold more incidents than all cells together."
        )
    hot = np.zeros(counts.shape, dtype=bool)
    for at, column in enumerate(counts.T):
        level = adjust_p(_as_many_or_more(column, reach, float(totals[at])))
        hot[:, at] = (level <= p) & (column >= fewest)
    return hot


def _as_many_or_more(counts: Floats, reach: Floats, total: float) -> Floats:
    from scipy.special import bdtrc

    p, some = np.ones(len(counts)), counts > 0
    p[some] = bdtrc(counts[some] - 1, int(total), np.minimum(reach[some], 1.0))
    return p


def classify(
    hot: Bools,
    rising: Bools,
    falling: Bools,
    *,
    persistent_share: float = 0.75,
    shift: float = 0.5,
) -> Strings:
    """Return the word for each cell from the periods in which it was hot.

    ``hot`` (m, t): in the order of time, missing periods left out.
    ``rising``, ``falling`` (m,): whether the counts have a trend.
    ``persistent_share``, ``shift``: as for
    :class:`hotspots.methods.classification.Classification`.

    Returns (m,): one of :data:`LABELS`. Turning time round swaps emerging and
    diminishing and changes nothing else.

    Raises TooFewError if there are fewer than 4 periods.

    Examples
    --------
    >>> hot = np.array([[0, 0, 0, 0, 1, 1], [1, 0, 1, 0, 0, 1], [0, 0, 1, 0, 0, 0]])
    >>> flat = np.zeros(3, dtype=bool)
    >>> classify(hot.astype(bool), flat, flat).tolist()
    ['emerging', 'intermittent', 'one-off']
    """
    hot = np.asarray(hot, dtype=bool)
    n_periods = hot.shape[1]
    check_periods(n_periods)
    early, late = ends(hot)
    n_hot, gain = hot.sum(axis=1), late - early
    rules = (
        ("never hot", n_hot == 0),
        ("one-off", n_hot == 1),
        ("emerging", gain >= shift),
        ("diminishing", -gain >= shift),
        ("persistent", n_hot >= persistent_share * n_periods - 1e-9),
        ("emerging", rising & (gain > 0)),
        ("diminishing", falling & (gain < 0)),
    )
    return np.select(
        [holds for _, holds in rules],
        [name for name, _ in rules],
        default="intermittent",
    )


def check_periods(n_periods: int) -> None:
    """Refuse too few periods.

    ``n_periods``: those with data.

    Raises TooFewError if there are fewer than 4.
    """
    if n_periods < FEWEST:
        raise TooFewError(
            f"classification needs at least {FEWEST} periods with data; got "
            f"{n_periods}. Use a longer window or shorter periods."
        )


def ends(hot: Bools) -> tuple[Floats, Floats]:
    """Return the share of hot periods in the first and in the last third."""
    third = max(1, hot.shape[1] // 3)
    return hot[:, :third].mean(axis=1), hot[:, -third:].mean(axis=1)
