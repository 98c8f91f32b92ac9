"""How many near pairs are near in time too, as things were and with dates shuffled.

A row of ``LANES`` shuffled dates a point: comparing two points compares two rows, which
runs on vector registers. Whole days are kept as 16-bit numbers, since the registers
then hold most. Every shuffle has a seed of its own, so that the answer does not depend
on how shuffles are spread over lanes and threads.

References
----------
Durstenfeld, R. (1964). Algorithm 235: Random permutation. Communications of the ACM 7,
420. Steele, G. L., Lea, D. and Flood, C. H. (2014). Fast splittable pseudorandom number
generators. OOPSLA 2014, 453-472: SplitMix64.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from hotspots.core.budget import checkpoint
from hotspots.core.types import Floats, Ints
from hotspots.kernels.jit import njit, run_chunks, use_compiled
from hotspots.kernels.near_pairs import NearPairs, Portion

Seeds = npt.NDArray[np.uint64]
Days = npt.NDArray[np.uint16] | Floats

LANES = 128
MAX_VALUES = 1 << 25  # shuffled dates that a thread keeps, if 32 lanes allow
MAX_DAYS = 32_767  # the longest span of whole days that fits 16 bits
FULL = 65_535  # what a 16-bit counter holds
STEPS_AT_ONCE = 16  # rows of lanes between two looks at whether to go on
BLOCK = 1 << 14  # pairs that the NumPy twin compares at once

STEP = np.uint64(0x9E3779B97F4A7C15)
MIX_1, MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
BY_30, BY_27, BY_31, BY_11 = (np.uint64(k) for k in (30, 27, 31, 11))
TO_UNIT = 2.0**-53


def count_below(
    pairs: NearPairs, days: Floats, limits_days: Floats, seeds: Seeds | None = None
) -> Ints:
    """Return how many pairs of each distance band are less than each time apart.

    ``days`` (n,), days: finite, in the order of the points.
    ``limits_days`` (n_limits,), days: at least 0; may be infinite.
    ``seeds`` (n_shuffles,), uint64: dates are shuffled over the points once for each;
    left out, they stay.

    Returns (n_shuffles, n_bands, n_limits), int64: the number of pairs with ``abs(day -
    other day) < limit``; one shuffle, the dates as they are, where there are no seeds.
    """
    n_shuffles = 1 if seeds is None else len(seeds)
    span = float(np.ptp(days))
    below = np.zeros((n_shuffles, pairs.n_bands, len(limits_days)), np.int64)
    below[:, :, limits_days > span] = pairs.totals[:, None]
    some = (limits_days > 0) & (limits_days <= span)
    if pairs.n_bands == 0 or not some.any():
        return below
    in_rows, limits = _compact(days[pairs.order], limits_days[some])
    part = np.zeros((n_shuffles, pairs.n_bands, len(limits)), np.int64)
    n_lanes = _n_lanes(len(days))
    for portion in pairs.portions():

        def work(first: int, end: int, portion: Portion = portion) -> None:
            for lane in range(first, end):
                at = slice(lane * n_lanes, (lane + 1) * n_lanes)
                lanes = _lanes(in_rows, None if seeds is None else seeds[at])
                part[at] += _count(portion, pairs.n_bands, lanes, limits)

        n_steps = -(-n_shuffles // n_lanes)
        for first in range(0, n_steps, STEPS_AT_ONCE):
            checkpoint("shuffles", first * n_lanes, n_shuffles)
            some_lanes = partial(_moved, work, first)
            run_chunks(some_lanes, min(STEPS_AT_ONCE, n_steps - first), at_least=1)
    below[:, :, some] = part
    return below


def _moved(work: Callable[[int, int], None], by: int, first: int, end: int) -> None:
    work(first + by, end + by)


def _lanes(days: Days, seeds: Seeds | None) -> Days:
    return days[:, None] if seeds is None else shuffled(days, seeds)


def _n_lanes(n: int) -> int:
    return int(np.clip(MAX_VALUES // n // 32 * 32, 32, LANES))


def _compact(days: Floats, limits: Floats) -> tuple[Days, Floats]:
    """Return whole days as 16-bit numbers, with limits that mean the same for them."""
    whole = bool((days == np.floor(days)).all()) and np.ptp(days) <= MAX_DAYS
    if not whole:
        return np.ascontiguousarray(days), limits
    return (days - days.min()).astype(np.uint16), np.ceil(limits)


def shuffled(days: Days, seeds: Seeds) -> Days:
    """Return the days shuffled once for each seed.

    ``days`` (n,).
    ``seeds`` (n_shuffles,), uint64.

    Returns (n, n_shuffles): each column is a permutation of ``days``, every one equally
    likely.
    """
    lanes = np.empty((len(days), len(seeds)), days.dtype)
    if use_compiled():
        _shuffle(days, seeds, lanes)
        return lanes
    lanes[:] = days[:, None]
    state, column = seeds.copy(), np.arange(len(seeds))
    for k in range(len(days) - 1, 0, -1):
        state += STEP
        mixed = (state ^ (state >> BY_30)) * MIX_1
        mixed = (mixed ^ (mixed >> BY_27)) * MIX_2
        unit = ((mixed ^ (mixed >> BY_31)) >> BY_11).astype(np.float64) * TO_UNIT
        pick = (unit * (k + 1)).astype(np.int64)
        moved = lanes[k].copy()
        lanes[k] = lanes[pick, column]
        lanes[pick, column] = moved
    return lanes


@njit(exact=True)
def _shuffle(days, seeds, lanes):  # type: ignore[no-untyped-def]
    """Shuffle in one row a lane, then turn rows into columns tile by tile."""
    n, n_lanes = lanes.shape
    rows = np.empty((n_lanes, n), days.dtype)
    for lane in range(n_lanes):
        row = rows[lane]
        row[:] = days
        state = seeds[lane]
        for k in range(n - 1, 0, -1):
            state += STEP
            mixed = (state ^ (state >> BY_30)) * MIX_1
            mixed = (mixed ^ (mixed >> BY_27)) * MIX_2
            unit = ((mixed ^ (mixed >> BY_31)) >> BY_11) * TO_UNIT
            pick = np.int64(unit * (k + 1))
            row[k], row[pick] = row[pick], row[k]
    for first in range(0, n, 32):
        for lane in range(n_lanes):
            for k in range(first, min(first + 32, n)):
                lanes[k, lane] = rows[lane, k]


def _count(portion: Portion, n_bands: int, lanes: Days, limits: Floats) -> Ints:
    """Return counts of shape (n_lanes, n_bands, n_limits)."""
    n_lanes = lanes.shape[1]
    counts = np.zeros((n_bands, len(limits), n_lanes), np.int64)
    if use_compiled():
        rows = (portion.first_row, portion.end_row)
        _add_pairs(*rows, portion.starts, portion.others, lanes, limits, counts)
    else:
        _numpy_add_pairs(portion, lanes, limits, counts)
    return np.moveaxis(counts, 2, 0)


def _numpy_add_pairs(
    portion: Portion, lanes: Days, limits: Floats, counts: Ints
) -> None:
    n_bands = len(counts)
    group = np.repeat(np.arange(len(portion.starts) - 1), np.diff(portion.starts))
    row, band = portion.first_row + group // n_bands, group % n_bands
    signed = lanes.astype(np.int32) if lanes.dtype == np.uint16 else lanes
    for b in range(n_bands):
        mine, others = row[band == b], portion.others[band == b]
        for first in range(0, len(mine), BLOCK):
            some = slice(first, first + BLOCK)
            apart = np.abs(signed[mine[some]] - signed[others[some]])
            for k, limit in enumerate(limits):
                counts[b, k] += (apart < limit).sum(axis=0)


@njit(exact=True)
def _add_pairs(first_row, end_row, starts, others, lanes, limits, counts):  # type: ignore[no-untyped-def]
    """Add the pairs of some rows to the counts, through 16-bit counters."""
    n_bands, n_limits, n_lanes = counts.shape
    small = np.zeros((n_bands, n_limits, n_lanes), np.uint16)
    room = np.full(n_bands, FULL, np.int64)
    for row in range(first_row, end_row):
        mine = lanes[row]
        for band in range(n_bands):
            seat = (row - first_row) * n_bands + band
            at, end = starts[seat], starts[seat + 1]
            while at < end:
                stop = min(end, at + room[band])
                room[band] -= stop - at
                for k in range(n_limits):
                    if lanes.itemsize == 2:
                        within = np.uint16(limits[k] - 1)
                        _add_whole(
                            small[band, k], lanes, mine, others, at, stop, within
                        )
                    else:
                        _add_real(
                            small[band, k], lanes, mine, others, at, stop, limits[k]
                        )
                at = stop
                if room[band] == 0:
                    counts[band] += small[band]
                    small[band] = 0
                    room[band] = FULL
    counts += small


@njit(exact=True)
def _add_whole(small, lanes, mine, others, at, stop, within):  # type: ignore[no-untyped-def]
    """Count ``-within <= difference <= within`` by one unsigned comparison."""
    width = np.uint16(2 * within)
    for p in range(at, stop):
        theirs = lanes[others[p]]
        for lane in range(len(small)):
            small[lane] += np.uint16(mine[lane] - theirs[lane] + within) <= width


@njit(exact=True)
def _add_real(small, lanes, mine, others, at, stop, limit):  # type: ignore[no-untyped-def]
    """Count differences below a limit."""
    for p in range(at, stop):
        theirs = lanes[others[p]]
        for lane in range(len(small)):
            small[lane] += abs(mine[lane] - theirs[lane]) < limit


def pairs_below(days: Floats, limits_days: Floats) -> Ints:
    """Return how many of all pairs are less than each time apart.

    ``days`` (n,), days.
    ``limits_days`` (n_limits,), days: at least 0; may be infinite.

    Returns (n_limits,), int64: the same comparison as in :func:`count_below`, over all
    n (n - 1) / 2 pairs.

    Examples
    --------
    >>> pairs_below(np.array([0.0, 0.0, 3.0]), np.array([0.0, 1.0, 3.0, np.inf]))
    array([0, 1, 1, 3])
    """
    distinct, counts = np.unique(days, return_counts=True)
    reached = np.append(0, np.cumsum(counts))
    same = int((counts * (counts - 1) // 2).sum())
    below = [
        same + int((counts * (reached[_first_beyond(distinct, t)] - reached[1:])).sum())
        if t > 0
        else 0
        for t in limits_days
    ]
    return np.array(below, dtype=np.int64)


def _first_beyond(distinct: Floats, limit: float) -> Ints:
    """Return for each value the first one at least ``limit`` later, or the end."""
    n = len(distinct)
    at = np.searchsorted(distinct, distinct + limit)
    # the sum was rounded: what counts is the rounded difference
    early = (at < n) & (distinct[np.minimum(at, n - 1)] - distinct < limit)
    at = at + early
    late = (at > np.arange(n) + 1) & (distinct[at - 1] - distinct >= limit)
    return np.asarray(at - late)
