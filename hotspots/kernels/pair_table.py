"""Counts of all pairs of points by distance and time, as they are and by chance.

Only pairs within the longest finite distance are visited. What lies beyond follows from
the totals by time, which shuffling dates does not change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.core.arrays import as_datetimes, as_numbers
from hotspots.core.crs import check_metres
from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.types import Floats, Ints
from hotspots.kernels.bands import Bands, Closed, check_closed
from hotspots.kernels.knox_permutations import count_below, pairs_below
from hotspots.kernels.near_pairs import Metric, NearPairs, check_metric

MICROSECONDS_PER_DAY = 86_400_000_000


@dataclass(frozen=True, kw_only=True)
class PairTable:
    """The question that a table answers.

    ``xy_m`` (n, 2), metres.
    ``days`` (n,), days.
    ``distance_bands_m``, ``time_bands_days``: the last edge of each may be
    infinite.

    Examples
    --------
    >>> table = PairTable(
    ...     xy_m=np.array([[0.0, 0.0], [30.0, 40.0], [0.0, 500.0]]),
    ...     days=np.array([0.0, 3.0, 20.0]),
    ...     distance_bands_m=Bands([0, 100, 600]),
    ...     time_bands_days=Bands([0, 7, 28]),
    ... )
    >>> table.observed
    array([[1, 0],
           [0, 2]])
    >>> table.expected.round(2)
    array([[0.33, 0.67],
           [0.67, 1.33]])
    """

    xy_m: Floats
    days: Floats
    distance_bands_m: Bands
    time_bands_days: Bands
    metric: Metric = "euclidean"
    closed: Closed = "left"

    @cached_property
    def _pairs(self) -> NearPairs:
        limits = self.distance_bands_m.limits(self.closed)
        near = limits[np.isfinite(limits)]
        if self._has_rest and near[0] > 0:  # what is before the bands is not the rest
            near = np.append(0.0, near)
        return NearPairs(xy_m=self.xy_m, limits_m=near, metric=self.metric)

    @property
    def _has_rest(self) -> bool:
        return bool(np.isinf(self.distance_bands_m[-1]))

    @cached_property
    def observed(self) -> Ints:
        """The table of the points as they are, shape (n_distance, n_time)."""
        return np.asarray(self.tables()[0])

    def tables(self, seeds: npt.NDArray[np.uint64] | None = None) -> Ints:
        """Return a table for each shuffle of the days.

        ``seeds`` (n_shuffles,), uint64: left out, the days stay.
        """
        limits = self.time_bands_days.limits(self.closed)
        below = count_below(self._pairs, self.days, limits, seeds)
        return np.diff(self._bands_asked(below, pairs_below(self.days, limits)), axis=2)

    def _bands_asked(self, near: Ints, everything: Ints) -> Ints:
        """Add the band without an end and drop what is before the first band."""
        if self._has_rest:
            rest = everything - near.sum(axis=1, keepdims=True)
            near = np.concatenate([near, rest], axis=1)
        return near[:, -(len(self.distance_bands_m) - 1) :]

    @cached_property
    def expected(self) -> Floats:
        """The mean table over all shuffles, exact, shape (n_distance, n_time)."""
        n_pairs = len(self.days) * (len(self.days) - 1) // 2
        near = self._pairs.totals[None, :, None]
        by_distance = self._bands_asked(near, np.array([n_pairs]))[0, :, 0]
        limits = self.time_bands_days.limits(self.closed)
        by_time = np.diff(pairs_below(self.days, limits))
        return by_distance[:, None] * (by_time / n_pairs)


def build_pair_table(
    xy_m: Floats,
    days: npt.ArrayLike,
    distance_bands_m: Iterable[float],
    time_bands_days: Iterable[float],
    *,
    metric: Metric,
    closed: Closed,
) -> PairTable:
    """Check what was given and make the table of it.

    ``xy_m`` (n, 2), metres.
    ``days``: array of shape (n,), days; numbers or dates.

    Raises CrsError if coordinates are not finite metres; ParameterError if a date is
    missing, bands do not rise, or an option is not one of those; TooFewError if there
    are fewer than two points.
    """
    xy_m = np.ascontiguousarray(xy_m, dtype=np.float64)
    if len(xy_m) < 2:
        raise TooFewError(
            f"pairs need at least two incidents; got {len(xy_m)}. Choose a longer "
            "window or a wider category."
        )
    check_metres(xy_m)
    check_metric(metric)
    check_closed(closed)
    return PairTable(
        xy_m=xy_m,
        days=_as_days(days, len(xy_m)),
        distance_bands_m=Bands(distance_bands_m),
        time_bands_days=Bands(time_bands_days),
        metric=metric,
        closed=closed,
    )


def _as_days(days: npt.ArrayLike, n: int) -> Floats:
    masked = isinstance(days, np.ma.MaskedArray)
    given: npt.NDArray[Any] = days if masked else np.asarray(days)  # type: ignore[assignment]
    if given.dtype.kind == "m":
        given = given / np.timedelta64(1, "D")
    if given.dtype.kind in "MOU" and given.ndim == 1:
        moments = as_datetimes(given, name="days")
        whole = moments.astype(np.int64) / MICROSECONDS_PER_DAY
        given = np.where(np.isnat(moments), np.nan, whole)
    given = np.ascontiguousarray(as_numbers(given, name="days"))
    if given.shape != (n,):
        raise ParameterError(
            f"days must be one number for each of {n:,} incidents; got an array of "
            f"shape {given.shape}."
        )
    known = np.isfinite(given)
    if not known.all():
        raise ParameterError(
            f"every incident must have a date; {int((~known).sum()):,} of {n:,} have "
            f"none, the first in row {int(np.argmin(known))}. Leave such rows out."
        )
    return given
