"""Do incidents follow each other in space and time, and where is risk open now."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.core.options import check_fields, option
from hotspots.core.window import in_words
from hotspots.methods.knox import Knox, KnoxTest
from hotspots.methods.near_repeat import NearRepeat
from hotspots.questions.answer import Answer, Table
from hotspots.questions.question import Material, Question

MAX_ZONES = 20
_BAND = re.compile(r"([\[(])(\d[\d.]*), (\d[\d.]*|inf)([\])])")


@dataclass(frozen=True, kw_only=True)
class _Day:
    on: str = option(
        "", help="The day to warn for, like 2025-06-14; default the last with data."
    )
    seed: int = option(1, help="Starts the random numbers.", ge=0)

    def __post_init__(self) -> None:
        check_fields(self)


def _ask(material: Material, method: Knox, extra: _Day) -> Answer:
    day = material.day(extra.on)
    test = method(material.incidents, rng=np.random.default_rng(extra.seed))
    zones = NearRepeat()(material.incidents, on=day)
    return Answer(
        sentences=(
            plain_band(test.in_words()),
            f"{zones.height:,} zones are open on {in_words(day)}.",
        ),
        tables=(_pairs(test), _zones(zones, day)),
        notes=(
            "A zone opens at each new incident: 400 m for 28 days, next door in the "
            "first 7, and fades to nothing at 56 days.",
        ),
    )


def plain_band(label: str) -> str:
    """Return a band in words instead of brackets.

    Examples
    --------
    >>> plain_band("[1, 100) m"), plain_band("(7, 14] days")
    ('1 to under 100 m', 'over 7 to 14 days')
    """
    return _BAND.sub(_in_words, label)


def _in_words(match: re.Match[str]) -> str:
    opening, low, high, closing = match.groups()
    first = f"over {low}" if opening == "(" else low
    if high == "inf":
        return f"{first} or more"
    return f"{first} to {'under ' if closing == ')' else ''}{high}"


def _pairs(test: KnoxTest) -> Table:
    columns = ("distance", "time", "observed", "expected", "ratio_mean", "p_value")
    return Table.of(
        "Pairs of incidents, near in place and time",
        ["Distance", "Time", "Pairs", "By chance", "Times", "p"],
        [
            (
                plain_band(d),
                plain_band(t),
                f"{n:,}",
                f"{e:,.1f}",
                f"{r:.1f}",
                f"{p:.3f}",
            )
            for d, t, n, e, r, p in test.to_frame().select(columns).rows()
        ],
        text=["Time"],
    )


def _zones(zones: pl.DataFrame, day: dt.date) -> Table:
    columns = ("street", "opened", "phase", "first_within_m", "alert_until", "expires")
    return Table.of(
        f"Where to look first on {in_words(day)}"
        + (f": the first {MAX_ZONES}" if zones.height > MAX_ZONES else ""),
        ["Street", "Opened", "Phase", "Within", "Alert until", "Expires"],
        [
            (s or "not named", in_words(o), p, f"{m:.0f} m", in_words(a), in_words(e))
            for s, o, p, m, a, e in zones.head(MAX_ZONES).select(columns).rows()
        ],
        text=["Opened", "Phase", "Alert until", "Expires"],
    )


NEAR_REPEATS = Question(
    name="near-repeats",
    title="Near repeats",
    help="Say whether incidents follow each other in space and time, and where now.",
    method=Knox,
    extra=_Day,
    ask=_ask,
    document="knox",
    formula="Pairs of incidents in each band of distance and time, beside the same "
    "with "
    "dates shuffled over places; p = (k + 1) / (n + 1).",
    when="One kind of crime with exact places and days; at least some dozens.",
    when_not="Several kinds at once, month-only files, or coordinates moved to snap "
    "points.",
    source="Knox (1964), Applied Statistics 13, 25-29; Townsley, Homel and Chaseling "
    "(2003), British Journal of Criminology 43, 615-633.",
    needs_moments="Near-repeat analysis",
)
