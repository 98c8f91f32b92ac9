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
from hotspots.methods.near_repeat import NearRepeat, group_zones
from hotspots.questions.answer import Answer, Table
from hotspots.questions.question import Material, Question

MAX_GROUPS = 10
"""More cannot be visited in a day."""
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
    rule = NearRepeat()
    zones = rule(material.incidents, on=day)
    groups = group_zones(zones, most=MAX_GROUPS)
    n_groups = zones.filter(pl.col("phase") != "fading")["chain"].n_unique()
    return Answer(
        sentences=(
            plain_band(test.in_words()),
            *(lift.sentence() for lift in rule.lift(material.incidents, on=day)),
            f"{zones.height:,} zones are open on {in_words(day)}; {n_groups:,} groups "
            "of incidents are on alert.",
        ),
        tables=(_pairs(test), _zones(groups, n_groups, day)),
        notes=(
            f"An alert covers {rule.radius_m:g} m for {rule.alert_days} days, next "
            f"door in the first {rule.next_door_days}; incidents that follow one "
            f"another so are one group. Most pressing first, at most {MAX_GROUPS}.",
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


def _zones(groups: pl.DataFrame, n_groups: int, day: dt.date) -> Table:
    columns = (
        "street",
        "n_in_chain",
        "opened",
        "phase",
        "first_within_m",
        "alert_until",
    )
    return Table.of(
        f"Where to look first on {in_words(day)}"
        + (f": the first {MAX_GROUPS} of {n_groups:,}" * (n_groups > MAX_GROUPS)),
        ["Street", "Incidents", "Latest", "Phase", "Within", "Alert until"],
        [
            (s or "not named", f"{n:,}", in_words(o), p, f"{m:.0f} m", in_words(a))
            for s, n, o, p, m, a in groups.select(columns).rows()
        ],
        text=["Latest", "Phase", "Alert until"],
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
