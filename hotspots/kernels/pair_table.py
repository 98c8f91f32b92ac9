"""Counts of all pairs of points by distance and time, as they are and by chance.

Only pairs within the longest finite distance are visited. What lies beyond follows from
the totals by time, which shuffling dates does not change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.core.arrays import as_datetimes, as_numbers
from hotspots.core.crs import check_metres
from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.spread import Engine, gathered, telling
from hotspots.core.types import Floats, Ints
from hotspots.kernels.bands import Bands, Closed, check_closed
from hotspots.kernels.knox_permutations import LANES, Seeds, count_below, pairs_below
from hotspots.kernels.near_pairs import SLACK, Metric, NearPairs, check_metric

MICROSECONDS_PER_DAY = 86_400_000_000
SQUARE_M, REACHES = 20_000.0, 10
"""A part is a square of at least so many metres, and so many times the reach."""


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
        return NearPairs(xy_m=self.xy_m, limits_m=self._near_m, metric=self.metric)

    @cached_property
    def _near_m(self) -> Floats:
        limits = self.distance_bands_m.limits(self.closed)
        near = limits[np.isfinite(limits)]
        if self._has_rest and near[0] > 0:  # what is before the bands is not the rest
            near = np.append(0.0, near)
        return near

    @property
    def _limits_days(self) -> Floats:
        return self.time_bands_days.limits(self.closed)

    @property
    def _has_rest(self) -> bool:
        return bool(np.isinf(self.distance_bands_m[-1]))

    @cached_property
    def _totals(self) -> Ints:
        return self._pairs.totals

    @cached_property
    def observed(self) -> Ints:
        """The table of the points as they are, shape (n_distance, n_time)."""
        return np.asarray(self.tables()[0])

    def tables(self, seeds: Seeds | None = None, engine: Engine | None = None) -> Ints:
        """Return a table for each shuffle of the days.

        ``seeds`` (n_shuffles,), uint64: left out, the days stay.
        ``engine``: who makes the shuffles, some at a time; default this process, all.
        """
        if engine is None or seeds is None:
            return self._tables(
                count_below(self._pairs, self.days, self._limits_days, seeds)
            )
        some = np.array_split(seeds, range(LANES, len(seeds), LANES))
        bare = replace(self)
        told = telling("shuffles", len(some))
        parts = ((bare, each) for each in some)
        return np.concatenate(gathered(engine, PairTable.tables, parts, told))

    def counted_by(self, engine: Engine | None) -> PairTable:
        """Return the same table, its pairs counted square by square of the plane.

        A square has beside it a halo as wide as the longest finite distance, of points
        of later squares only, so that each pair is counted once.
        """
        if engine is None or not len(self._near_m):
            return self
        of = self._squares
        told = telling("pairs", int(of.max()) + 1)
        below = sum(gathered(engine, _below, self._parts(of), told))
        made = replace(self)
        observed = self._tables(below[None, :, :-1])[0]
        vars(made).update(_totals=below[:, -1], observed=observed)
        return made

    def _tables(self, below: Ints) -> Ints:
        everything = pairs_below(self.days, self._limits_days)
        return np.diff(self._bands_asked(below, everything), axis=2)

    @property
    def _squares(self) -> Ints:
        """The square that each point is in, numbered from 0."""
        side_m = max(SQUARE_M, REACHES * self._near_m[-1])
        at = np.floor(self.xy_m / side_m)
        return np.asarray(np.unique(at, axis=0, return_inverse=True)[1]).reshape(-1)

    def _parts(self, of: Ints) -> Iterator[tuple[Any, ...]]:
        """Yield the points of a square, those beside it, bands and metric."""
        reach_m = self._near_m[-1] * (1 + SLACK)
        limits = np.append(self._limits_days, np.inf)
        for square in range(int(of.max()) + 1):
            xy_m = self.xy_m[of == square]
            near = (self.xy_m >= xy_m.min(axis=0) - reach_m).all(axis=1)
            near &= (self.xy_m <= xy_m.max(axis=0) + reach_m).all(axis=1)
            yield (
                *(
                    (self.xy_m[k], self.days[k])
                    for k in (of == square, near & (of > square))
                ),
                self._near_m,
                limits,
                self.metric,
            )

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
        near = self._totals[None, :, None]
        by_distance = self._bands_asked(near, np.array([n_pairs]))[0, :, 0]
        by_time = np.diff(pairs_below(self.days, self._limits_days))
        return by_distance[:, None] * (by_time / n_pairs)


def _below(
    own: tuple[Floats, Floats],
    beside: tuple[Floats, Floats],
    near_m: Floats,
    limits_days: Floats,
    metric: Metric,
) -> Ints:
    """Count the pairs of own points, and of own with those beside."""

    def counted(xy_m: Floats, days: Floats) -> Ints:
        if len(days) < 2:
            return np.zeros((len(near_m) - 1, len(limits_days)), np.int64)
        pairs = NearPairs(xy_m=xy_m, limits_m=near_m, metric=metric)
        return np.asarray(count_below(pairs, days, limits_days)[0])

    both = (np.concatenate(each) for each in zip(own, beside, strict=True))
    return counted(*both) - counted(*beside)


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
