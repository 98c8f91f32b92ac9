"""What lies in the best-ranked part of an area: the curve behind every hit rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.core.arrays import as_numbers
from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats


def found_at(
    measured: Floats, score: Floats, area: Floats, shares: npt.ArrayLike
) -> Floats:
    """Return how much of each quantity lies in given shares of the area, best first.

    Places with the same score are taken together, each in the same part, which is the
    mean over every order in which they could have been searched.

    ``measured`` (m,) or (k, m): quantities to sum: incidents, street lengths.
    ``score`` (m,): what the places are ranked by, highest first.
    ``area`` (m,), km2.
    ``shares``: array of shape (s,); shares of the whole area, 0 to 1.

    Returns (s,) or (k, s).

    Raises ParameterError if lengths differ, a score is not finite, an area not positive
    or a share not within 0 to 1.

    Examples
    --------
    >>> happened, score = np.array([6.0, 3.0, 0.0]), np.array([2.0, 1.0, 1.0])
    >>> found_at(happened, score, np.ones(3), 2 / 3)
    array([7.5])
    """
    rows = np.atleast_2d(as_numbers(measured, name="measured"))
    score, area = as_numbers(score, name="score"), as_numbers(area, name="area")
    wanted = as_numbers([shares], name="shares").reshape(-1)
    check_places(area, score=score)
    if rows.ndim != 2 or rows.shape[1] != len(area):
        raise ParameterError(
            f"measured must have a number for each of {len(area):,} places; got an "
            f"array of shape {np.shape(measured)}."
        )
    if not np.isfinite(rows).all():
        raise ParameterError("measured must be finite numbers; some are not.")
    if not ((wanted >= 0) & (wanted <= 1)).all():
        raise ParameterError(f"shares must be within 0 to 1; got {wanted.tolist()}.")
    order, ends = _groups(score)
    reached = _ladder(area, order, ends)
    sums = np.array(
        [
            np.interp(wanted * reached[-1], reached, _ladder(r, order, ends))
            for r in rows
        ]
    )
    return sums if np.ndim(measured) == 2 else np.asarray(sums[0])


def _groups(score: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return places by falling score and where each group of equal scores ends."""
    above = np.flatnonzero(score > score.min())
    order = above[np.argsort(-score[above], kind="stable")]
    last = np.append(np.diff(score[order]) != 0, True)[: len(order)]
    return order, np.flatnonzero(last)


def _ladder(
    values: Floats, order: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
) -> Floats:
    """Return the running sum at the end of each group, from 0 to the sum of all."""
    return np.concatenate([[0.0], np.cumsum(values[order])[ends], [values.sum()]])


def check_places(area: Floats, **arrays: Floats) -> None:
    """Refuse arrays that are not one finite number for each place with an area.

    ``area`` (m,), km2.
    ``**arrays`` (m,): by the name that the message should use.

    Raises ParameterError if a shape differs, a number is not finite or an area not
    positive.
    """
    named = {**arrays, "area": area}
    shapes = {name: array.shape for name, array in named.items()}
    if area.ndim != 1 or len(set(shapes.values())) > 1 or not len(area):
        shown = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ParameterError(
            f"there must be one number for each place; got arrays of shape {shown}."
        )
    for name, array in named.items():
        bad = ~np.isfinite(array)
        if bad.any():
            raise ParameterError(
                f"{name} must be finite numbers; {int(bad.sum()):,} of {len(array):,} "
                f"are not, the first in row {int(np.argmax(bad))}."
            )
    if not (area > 0).all():
        raise ParameterError(
            f"every area must be greater than 0; the least is {area.min():g}. "
            "Leave places without area out."
        )
