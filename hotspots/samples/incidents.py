"""Three years of incidents, about eleven a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl

from hotspots.core.types import Floats, Ints, Strings
from hotspots.samples.clock import FIRST_DAY, HOURS, N_DAYS, day_weights
from hotspots.samples.repeats import CONTAGION, build_offspring
from hotspots.samples.rng import Rng
from hotspots.samples.streams import Stream, read_streams
from hotspots.samples.where import Places, build_places

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


_N_BEFORE_REPEATS = 10_690
_MIDNIGHT = dt.datetime.combine(FIRST_DAY, dt.time())


def build_incidents(seed: int, premises: pl.DataFrame) -> pl.DataFrame:
    """Draw the incidents, in the order they were reported."""
    places = build_places(Rng(seed, "places"), premises)
    cold = _cold(Rng(seed, "weather"))
    frames = [
        _stream(Rng(seed, f"stream {number}"), stream, places, premises, cold)
        for number, stream in enumerate(read_streams())
    ]
    frame = _misplaced(Rng(seed, "misplaced"), pl.concat(frames), premises)
    frame = pl.concat((frame, _alike(Rng(seed, "alike"), frame)))
    frame = _reported(Rng(seed, "reported"), frame)
    keys = ("reported", "start", "category", "sub", "row", "source")
    return frame.sort(*keys, maintain_order=True)


def _cold(rng: Rng) -> Floats:
    """Return how cold each day is: spells of some days."""
    shock = rng.normal(N_DAYS)
    level = np.zeros(N_DAYS)
    for day in range(1, N_DAYS):
        level[day] = 0.72 * level[day - 1] + 0.7 * shock[day]
    return np.exp(0.6 * level)


def _stream(
    rng: Rng, stream: Stream, places: Places, premises: pl.DataFrame, cold: Floats
) -> pl.DataFrame:
    """Draw one stream: when, where, how long, who said so."""
    n = round(stream.n / 1_000 * _N_BEFORE_REPEATS)
    moment = _moments(rng, stream, n, cold)
    row = _rows(rng, stream, moment, places)
    contagion = CONTAGION.get((stream.category, stream.sub))
    if contagion:
        xy = premises.select("front_x", "front_y").to_numpy().astype(np.float64)
        weight = places.weights(stream.where, 0)
        moment, row = build_offspring(
            rng, contagion, moment, row, xy_m=xy, weight=weight
        )
    start, stop = build_spans(rng, moment, stream.span)
    n = len(moment)
    return pl.DataFrame(
        {
            "start": _times(start),
            "stop": _times(stop),
            "category": [stream.category] * n,
            "sub": [stream.sub] * n,
            "row": row,
            "on_street": rng.happens(n, stream.street),
            "source": _sources(rng, stream, n),
            "qualifiers": _qualifiers(rng, stream, n),
        }
    )


def _times(minutes: Ints) -> pl.Series:
    return pl.Series(minutes * 60_000_000).cast(pl.Duration("us")) + _MIDNIGHT


def _moments(rng: Rng, stream: Stream, n: int, cold: Floats) -> Ints:
    """Draw when each event happened, in minutes since the first day."""
    weights = day_weights(
        stream.hours, stream.season, growth=stream.growth, term=stream.term, cold=cold
    )
    day = rng.choose(weights, n)
    weekday = (day + FIRST_DAY.weekday()) % 7
    share = np.cumsum(HOURS[stream.hours], axis=1)
    share = share / share[:, -1:]
    hour = (rng.uniform(n)[:, None] > share[weekday]).sum(axis=1)
    return np.asarray(day * 1_440 + hour * 60 + rng.whole(n, 0, 60))


def _rows(rng: Rng, stream: Stream, moment: Ints, places: Places) -> Ints:
    """Draw the premises of each event, quarter by quarter."""
    quarter = np.minimum(moment // 1_440 * 12 // N_DAYS, 11)
    row = np.zeros(len(moment), dtype=np.int64)
    for number in range(12):
        mine = quarter == number
        weights = places.weights(stream.where, number)
        row[mine] = rng.choose(weights, int(mine.sum()))
    return row


def _sources(rng: Rng, stream: Stream, n: int) -> Strings:
    shares = np.array(
        (1 - stream.officer - stream.partner, stream.partner, stream.officer)
    )
    words = np.array(("Public report", "Partner", "Officer-generated"))
    return np.asarray(words[rng.choose(shares, n)])


def _qualifiers(rng: Rng, stream: Stream, n: int) -> list[str]:
    """Draw each qualifier on its own chance and join them with semicolons."""
    joined = [""] * n
    for part in filter(None, stream.tags.split(";")):
        word, chance = part.rsplit(" ", 1)
        for i in np.flatnonzero(rng.happens(n, float(chance))).tolist():
            joined[i] = f"{joined[i]};{word}" if joined[i] else word
    return joined


def _misplaced(rng: Rng, frame: pl.DataFrame, premises: pl.DataFrame) -> pl.DataFrame:
    """Put some incidents without a fixed place on the police station or hospital."""
    site = premises["site"].to_list()
    station = site.index("Brindleford Police Station")
    hospital = site.index("Brindleford Hospital")
    personal = frame["category"].is_in(
        ["Violence and sexual offences", "Other crime", "Robbery", "Other theft"]
    )
    draw = pl.Series(rng.uniform(frame.height))
    to_station, to_hospital = personal & (draw < 0.017), personal & (draw > 0.993)
    return frame.with_columns(
        pl.when(to_station)
        .then(station)
        .when(to_hospital)
        .then(hospital)
        .otherwise(pl.col("row"))
        .alias("row"),
        on_street=pl.col("on_street") & ~to_station & ~to_hospital,
    )


def _alike(rng: Rng, frame: pl.DataFrame) -> pl.DataFrame:
    """Return events that look like another: two cars in one night, two callers."""
    cars = frame["sub"] == "Criminal damage to vehicle"
    calls = (frame["category"] == "Anti-social behaviour") & (
        frame["source"] == "Public report"
    )
    picked = [
        frame.filter(pl.Series(rng.happens(frame.height, 0.05)) & cars),
        frame.filter(pl.Series(rng.happens(frame.height, 0.02)) & calls).with_columns(
            source=pl.lit("Partner")
        ),
    ]
    return pl.concat(picked)


def _reported(rng: Rng, frame: pl.DataFrame) -> pl.DataFrame:
    """Add when each was reported: mostly within hours, sometimes after days."""
    late = rng.happens(frame.height, 0.12)
    hours = np.where(late, 90.0, 2.5) * rng.exponential(frame.height, 1.0)
    wait = pl.Series(np.floor(hours * 60).astype(np.int64) * 60_000_000)
    return frame.with_columns(
        (pl.col("stop") + wait.cast(pl.Duration("us"))).alias("reported")
    )
