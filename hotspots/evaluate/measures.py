"""How good a forecast of places was: hit rate, area searched, and what was possible.

A hit rate says nothing without the area that was searched for it, so both always stand
side by side. :mod:`hotspots.evaluate.rolling_origin` applies them month after month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from hotspots.core.arrays import as_number, as_numbers
from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.types import Floats
from hotspots.evaluate.capture import check_places

if TYPE_CHECKING:
    import pandas as pd


Order = npt.NDArray[np.int64]
Ties = Literal["hash", "expected"]


def accuracy(
    observed: npt.ArrayLike,
    predicted: npt.ArrayLike,
    area: npt.ArrayLike,
    *,
    ids: npt.ArrayLike | None = None,
    ties: Ties = "hash",
) -> pd.DataFrame:
    """Return how much of what happened the best-ranked places held, rank by rank.

    ``observed``: array of shape (m,), incidents; what happened in each place after the
    forecast was made.
    ``predicted``: array of shape (m,), incidents; what was forecast for each place.
    ``area``: array of shape (m,), km2; size of each place; street length in km gives
    the same measures per street-km.
    ``ids``: array of shape (m,), whole numbers; cell ids, from which ties are broken;
    the row number when left out.
    ``ties``: {"hash", "expected"}; places with the same predicted density come in the
    order of a fixed hash of their id, or as the mean over every order.

    Indexed by ``rank`` (1 is the highest predicted density) with, for all places down
    to that rank: ``share_area`` and ``hit_rate`` (0 to 1), ``pai``, ``pei``, and
    ``rri_ratio`` (predicted over observed; infinite where nothing happened).

    Raises ParameterError if the arrays are not of one length, hold anything but finite
    numbers, a count is negative or an area is not positive; TooFewError if nothing was
    observed at all.

    Notes
    -----
    ``hit_rate = n / N`` and ``pai = (n / N) / (a / A)`` for ``n`` of ``N`` incidents in
    ``a`` of the area ``A``. ``pei = pai / (best pai of the same area)``, the best being
    the places in order of what truly happened, the last of them in part; it is never
    above 1. The recovery rate has two meanings in the literature: ``rri_ratio`` here,
    and :func:`rri_levine`.

    References
    ----------
    Chainey, S., L. Tompson and S. Uhlig (2008), "The utility of hotspot mapping for
    predicting spatial patterns of crime", Security Journal 21, 4-28 (PAI). Hunt, J.
    (2016), "Do crime hot spots move?", American University (PEI). Drawve, G., and A.
    Wooditch (2019), Journal of Criminal Justice 64, 101625 (street length as area).
    Wheeler, A. P., and W. Steenbeek (2021), Journal of Quantitative Criminology 37,
    445-480 (``rri_ratio``).

    Examples
    --------
    >>> accuracy([6, 3, 0], [3, 2, 1], [1, 1, 1])["pai"].tolist()
    [2.0, 1.5, 1.0]
    """
    import pandas as pd

    happened, forecast, size = _checked(observed, predicted, area)
    _check_ties(ties)
    density = forecast / size
    order = _order(density, _checked_ids(ids, len(size)))
    n = _running(happened, density, order, ties)
    a = _running(size, density, order, ties)
    p = _running(forecast, density, order, ties)
    share_area, hit_rate = a / a[-1], n / n[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        rri_ratio = p / n
    return pd.DataFrame(
        {
            "share_area": share_area,
            "hit_rate": hit_rate,
            "pai": hit_rate / share_area,
            "pei": np.minimum(n / _best(happened, size, a), 1.0),
            "rri_ratio": rri_ratio,
        },
        index=pd.RangeIndex(1, len(n) + 1, name="rank"),
    )


def rri_levine(hit_rate_before: float, hit_rate_after: float) -> float:
    """Return the recapture rate of Levine: the hit rate now over that in training.

    The same places are looked at in both periods, so it equals the ratio of their PAI.
    It is not ``rri_ratio`` of :func:`accuracy`, which divides predicted by observed.

    ``hit_rate_before``, ``hit_rate_after``: share of the incidents of each period
    inside the chosen places, 0 to 1.

    1 where the places hold as much as before; below 1 where they have cooled.

    Raises ParameterError if a hit rate is not within 0 to 1, or the first is 0.

    References
    ----------
    Levine, N. (2008), "The 'hottest' part of a hotspot: comments on 'The utility of
    hotspot mapping for predicting spatial patterns of crime'", Security Journal 21,
    295-302.

    Examples
    --------
    >>> round(rri_levine(0.50, 0.44), 2)
    0.88
    """
    for rate in (hit_rate_before, hit_rate_after):
        if not 0 <= as_number(rate, name="a hit rate") <= 1:
            raise ParameterError(f"a hit rate must be within 0 to 1; got {rate!r}.")
    if hit_rate_before == 0:
        raise ParameterError(
            "the places must have held an incident before; got a hit rate of 0. "
            "Choose places from the earlier period."
        )
    return hit_rate_after / hit_rate_before


def _order(density: Floats, ids: npt.NDArray[np.uint64]) -> Order:
    """Return the places by falling density, ties by the hash of their id."""
    return np.lexsort((_hashed(ids), -density))


def _hashed(ids: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Mix the bits of ids (splitmix64), so that a tie follows neither place nor row."""
    with np.errstate(over="ignore"):
        z = ids + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(z ^ (z >> np.uint64(31)))


def _running(values: Floats, density: Floats, order: Order, ties: Ties) -> Floats:
    """Return the running sum down the ranks; with "expected", straight over ties."""
    sums = np.cumsum(values[order])
    if ties == "hash":
        return sums
    ends = np.flatnonzero(np.append(np.diff(density[order]) != 0, True)) + 1
    ranks = np.arange(1, len(order) + 1)
    known = np.concatenate([[0.0], sums[ends - 1]])
    return np.asarray(np.interp(ranks, np.concatenate([[0], ends]), known))


def _best(observed: Floats, area: Floats, searched: Floats) -> Floats:
    """Return the most incidents that areas of given sizes could have held."""
    order = np.argsort(-(observed / area), kind="stable")
    reached = np.concatenate([[0.0], np.cumsum(area[order])])
    held = np.concatenate([[0.0], np.cumsum(observed[order])])
    return np.asarray(np.interp(searched, reached, held))


def _checked(
    observed: npt.ArrayLike, predicted: npt.ArrayLike, area: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    happened = as_numbers(observed, name="observed")
    forecast = as_numbers(predicted, name="predicted")
    size = as_numbers(area, name="area")
    check_places(size, observed=happened, predicted=forecast)
    if (happened < 0).any():
        raise ParameterError(
            f"observed must be counts, 0 or more; the least is {happened.min():g}."
        )
    if not happened.sum() > 0:
        raise TooFewError(
            "accuracy needs at least one observed incident; got none. "
            "Choose a longer period to test on."
        )
    return happened, forecast, size


def _checked_ids(ids: npt.ArrayLike | None, n: int) -> npt.NDArray[np.uint64]:
    try:
        numbers = np.arange(n) if ids is None else np.asarray(ids)
    except ValueError:  # lists of different lengths
        numbers = np.empty(0, dtype=object)
    if numbers.shape != (n,) or numbers.dtype.kind not in "iu":
        raise ParameterError(
            f"ids must be a whole number for each of {n:,} places; got "
            f"{numbers.dtype} of shape {numbers.shape}."
        )
    return numbers.astype(np.uint64)


def _check_ties(ties: str) -> None:
    if str(ties) not in get_args(Ties):
        raise ParameterError(f"ties must be hash or expected; got {ties!r}.")
