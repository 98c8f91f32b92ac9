"""How concentrated incidents are over places: Gini, its general form, Lorenz curve."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.core.arrays import as_numbers
from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.types import Floats


def gini(counts: npt.ArrayLike) -> float:
    """Return the Gini coefficient of counts over places.

    ``counts``: array of shape (n,), incidents; one for each place, places without
    incidents included.

    0 where every place has the same, ``1 - 1 / n`` where one place has all.

    Raises ParameterError if counts are not one list of finite numbers, 0 or more;
    TooFewError if the counts sum to nothing.

    Notes
    -----
    With the counts in rising order, ``G = 2 sum(i x_i) / (n sum x) - (n + 1) / n``.

    Examples
    --------
    >>> round(gini([10, 8, 2, 0, 0, 0, 0, 0, 0, 0]), 2)
    0.78
    """
    x = np.sort(_checked(counts))
    n = len(x)
    rank = np.arange(1, n + 1)
    return float(2 * (rank @ x) / (n * x.sum()) - (n + 1) / n)


def generalised_gini(counts: npt.ArrayLike) -> float:
    """Return the Gini coefficient measured against the most even spread possible.

    Where there are more places than incidents most places must be empty, and the plain
    Gini is near 1 however the incidents fall. This one is 0 when no place has more
    incidents than it must.

    The plain Gini where there are at least as many incidents as places.

    Raises ParameterError, TooFewError as :func:`gini`.

    Notes
    -----
    ``G' = max(1, n / c) (G - 1) + 1`` for ``c`` incidents on ``n`` places.

    References
    ----------
    Bernasco, W., and W. Steenbeek (2017), "More places than crimes: implications for
    evaluating the law of crime concentration at place", Journal of Quantitative
    Criminology 33(3), 451-467.

    Examples
    --------
    >>> round(generalised_gini([5, 2, 1, 0, 0, 0, 0, 0, 0, 0]), 2)
    0.75
    """
    x = _checked(counts)
    return float(max(1.0, len(x) / x.sum()) * (gini(x) - 1) + 1)


def lorenz_curve(counts: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return the Lorenz curve, fullest places first.

    Returns ``share_places, share_incidents`` (n + 1,): from 0 to 1 both.

    Raises ParameterError, TooFewError as :func:`gini`.

    Examples
    --------
    >>> places, incidents = lorenz_curve([6, 3, 0])
    >>> incidents.round(2).tolist()
    [0.0, 0.67, 1.0, 1.0]
    """
    x = np.sort(_checked(counts))[::-1]
    share_places = np.arange(len(x) + 1) / len(x)
    return share_places, np.concatenate([[0.0], np.cumsum(x) / x.sum()])


def _checked(counts: npt.ArrayLike) -> Floats:
    x = as_numbers(counts, name="counts")
    if x.ndim != 1 or not (np.isfinite(x) & (x >= 0)).all():
        raise ParameterError(
            "counts must be one list of finite numbers, 0 or more; got an array of "
            f"shape {x.shape}. Give one count for each place."
        )
    if not x.sum() > 0:
        raise TooFewError(
            f"concentration needs at least one incident; the {len(x):,} counts sum "
            "to 0."
        )
    return x
