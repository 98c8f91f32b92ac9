"""From a true moment to what a file says: committed from, committed to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hotspots.core.types import Floats, Ints
from hotspots.samples.clock import N_DAYS
from hotspots.samples.rng import Rng

_DAY = 1_440
_LAST = N_DAYS * _DAY - 1
_ROUND_TO_MIN = np.array((1, 5, 15, 30))
_ROUND_SHARES = np.array((0.15, 0.3, 0.3, 0.25))


def build_spans(rng: Rng, moment: Ints, span: str) -> tuple[Ints, Ints]:
    """Return the from and to times that would be recorded.

    ``moment`` (n,), minutes since the first day: when it happened, which nobody knows
    for a burglary. ``span``: {'point', 'hours', 'burglary', 'night', 'mixed', 'weeks'}.
    ``start, stop`` (n,), minutes since the first day: equal when the moment is known.
    """
    length = _LENGTHS[span](rng, len(moment))
    before = np.floor(rng.uniform(len(moment)) * length).astype(np.int64)
    start, stop = moment - before, moment - before + length.astype(np.int64)
    if span == "night":
        start, stop = _night(rng, moment)
    if span == "weeks":
        start, stop = moment - length.astype(np.int64), moment
    unit = _ROUND_TO_MIN[rng.choose(_ROUND_SHARES, len(moment))]
    known = start == stop
    start = start // unit * unit
    stop = np.where(known, start, -(-stop // unit) * unit)
    return np.clip(start, 0, _LAST), np.clip(stop, 0, _LAST)


def _night(rng: Rng, moment: Ints) -> tuple[Ints, Ints]:
    """Leave it in the evening, find it in the morning."""
    n = len(moment)
    midnight = (moment - 720) // _DAY * _DAY + _DAY
    start = midnight - 60 * 4 + np.floor(rng.normal(n) * 75).astype(np.int64)
    stop = midnight + 60 * 8 + np.floor(rng.normal(n) * 55).astype(np.int64)
    early = np.minimum(start, moment - 10)
    return early, np.maximum(stop, moment + 15)


def _points(_: Rng, n: int) -> Floats:
    return np.zeros(n)


def _lognormal(rng: Rng, n: int, median_h: float, spread: float) -> Floats:
    return np.asarray(60 * median_h * np.exp(spread * rng.normal(n)))


def _hours(rng: Rng, n: int) -> Floats:
    return np.minimum(_lognormal(rng, n, 2.5, 0.7), 14 * 60)


def _burglary(rng: Rng, n: int) -> Floats:
    """Mostly a few hours out; sometimes days away."""
    away = rng.uniform(n, 1, 9) * _DAY
    out = np.minimum(_lognormal(rng, n, 4.5, 0.7), 22 * 60)
    return np.where(rng.happens(n, 0.13), away, out)


def _mixed(rng: Rng, n: int) -> Floats:
    return np.where(rng.happens(n, 0.55), 0.0, _lognormal(rng, n, 9, 0.8))


def _weeks(rng: Rng, n: int) -> Floats:
    return np.where(rng.happens(n, 0.55), 0.0, rng.uniform(n, 2, 40) * _DAY)


_LENGTHS: dict[str, Callable[[Rng, int], Floats]] = {
    "point": _points,
    "hours": _hours,
    "burglary": _burglary,
    "night": _hours,
    "mixed": _mixed,
    "weeks": _weeks,
}
