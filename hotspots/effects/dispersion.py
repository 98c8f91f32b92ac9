"""How much more counts vary than chance alone, from a time before anything was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.arrays import as_numbers
from hotspots.core.errors import ParameterError, TooFewError
from hotspots.effects.counts import check_confidence
from hotspots.effects.words import normal_quantile
from hotspots.model.areas import Areas
from hotspots.model.incidents import Incidents

N_MONTHS, FEWEST_MONTHS = 12, 4
"""Before the day asked about; with fewer in the files nothing can be estimated."""


def earlier_dispersion(
    incidents: Incidents,
    polygons: Sequence[Any],
    end: dt.date,
    *,
    confidence: float = 0.95,
) -> float | None:
    """Return the :func:`overdispersion` of the twelve months before one.

    Only months in which the files hold anything are counted; None where fewer than four
    of them are, or there are too few incidents.

    ``polygons``: sequence of shapely Polygon or MultiPolygon, EPSG:4326; areas that do
    not overlap: where something will be done, and the comparison.
    ``end``: the months end before that of this day, or at it where it is the
    first.
    """
    areas = Areas.from_polygons(polygons, codes=[str(k) for k in range(len(polygons))])
    places = incidents.places
    located = areas.locate(places["lon"].to_numpy(), places["lat"].to_numpy())
    area = pl.Series("area", located[incidents.frame["place"].to_numpy()])
    ago = _months_ago(incidents.frame["start"], end)
    held = sorted(set(_months_ago(incidents.days, end)) & set(range(N_MONTHS)))
    counts = np.array(
        [
            [int(((area == k) & (ago == month)).sum()) for month in held]
            for k in range(len(polygons))
        ]
    )
    if len(held) < FEWEST_MONTHS or counts.sum() < 2:
        return None
    return overdispersion(counts, confidence=confidence)


def _months_ago(days: pl.Series, end: dt.date) -> pl.Series:
    """Return how many months before ``end`` each lies; 0 is the last whole one."""
    years = end.year - days.dt.year().cast(pl.Int64)
    return years * 12 + end.month - days.dt.month() - 1


def overdispersion(counts: npt.ArrayLike, *, confidence: float | None = None) -> float:
    """Return how much more counts vary than chance alone, from a time without action.

    ``counts``: array of shape (p,) or (k, p), incidents; counts of p equal periods
    before anything was done, of one site or of k.
    ``confidence``: of the interval that will be widened by it: then it is multiplied by
    the square of Student's quantile over the normal one, because it is known from few
    periods.

    Variance over mean, at least 1 (counts that vary less are taken as Poisson).

    Raises ParameterError if counts are not finite numbers, 0 or more, or the confidence
    is not between 0 and 1; TooFewError if there are fewer than two periods or two
    incidents.

    Notes
    -----
    Pearson's ``sum (x - e)^2 / e`` over its degrees of freedom, where ``e`` is what
    each site's level and each period's level (of several sites) lead to expect. At a
    dispersion of 2 a test that takes counts for Poisson calls 16 per cent of nothing
    an effect, not 5; one that takes twelve months' estimate for the truth 7, and with
    the ``confidence`` given at most 5.

    References
    ----------
    McCullagh, P., and J. A. Nelder (1989), Generalized Linear Models, section 6.2.3.

    Examples
    --------
    >>> round(overdispersion([8, 2, 15, 3, 12, 2]), 2)
    4.46
    >>> round(overdispersion([8, 2, 15, 3, 12, 2], confidence=0.95), 2)
    7.67
    """
    x = np.atleast_2d(as_numbers(counts, name="counts"))
    if x.ndim != 2 or not (np.isfinite(x) & (x >= 0)).all():
        raise ParameterError(
            "counts must be finite numbers, 0 or more, a row for each site; got an "
            f"array of shape {x.shape}."
        )
    x = x[x.sum(axis=1) > 0]
    if x.shape[1] < 2 or x.sum() < 2:
        raise TooFewError(
            f"over-dispersion needs two periods and two incidents; got {x.shape[1]} "
            f"periods and {x.sum():g} incidents. Choose a longer time before."
        )
    n_sites, n_periods = x.shape
    if n_sites == 1:
        expected, freedom = np.full_like(x, x.mean()), n_periods - 1
    else:
        x = x[:, x.sum(axis=0) > 0]
        expected = np.outer(x.sum(axis=1), x.sum(axis=0)) / x.sum()
        freedom = (n_sites - 1) * (x.shape[1] - 1)
    if freedom == 0:
        return 1.0
    found = float(((x - expected) ** 2 / expected).sum()) / freedom
    if confidence is not None:
        found *= _student_over_normal(confidence, freedom) ** 2
    return float(max(1.0, found))


def _student_over_normal(confidence: float, freedom: int) -> float:
    from scipy.special import stdtrit

    check_confidence(confidence)
    p = 0.5 + confidence / 2
    return float(stdtrit(freedom, p)) / normal_quantile(p)
