"""What each question's answer looks like: both counts first, then the words."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from hotspots import screen
from hotspots.window import in_words

if TYPE_CHECKING:
    from hotspots.effects import Effect
    from hotspots.evaluate import Evaluation
    from hotspots.methods.aoristic import WeekHours
    from hotspots.methods.clock import Clock
    from hotspots.methods.knox import KnoxTest
    from hotspots.methods.repeat_victimisation import Repeats
    from hotspots.methods.usual_range import PeriodReport
    from hotspots.window import Window

__all__ = [
    "show_change",
    "show_clock",
    "show_effect",
    "show_evaluation",
    "show_near_repeats",
    "show_repeats",
]

MOST_ZONES = 20


def show_repeats(found: Repeats) -> None:
    """Print how often the same place was a target again, and how soon."""
    told = found.summary
    lines = [
        *found.notes,
        "",
        f"{told['n_repeat_targets']:,} of {told['n_targets']:,} targets were targets "
        f"again within the time they were followed; they had "
        f"{told['n_at_repeat_targets']:,} of {told['n_followed']:,} incidents.",
    ]
    expected = told["expected_repeat_targets"]
    if expected is None:
        lines.append("Say --at-risk N to compare with what chance would give.")
    else:
        lines.append(
            f"Chance would give {expected:,.1f} repeat targets among "
            f"{told['n_at_risk']:,} places."
        )
    screen.show_lines([*lines, ""])
    course = found.course.select("from_days", "to_days", "n_next", "n_at_risk")
    screen.show_table(
        "How soon the next incident came",
        ["days", "came", "followed so long"],
        [(f"{a:.0f} to {b:.0f}", f"{n:,}", f"{m:,}") for a, b, n, m in course.rows()],
    )


def show_near_repeats(test: KnoxTest, zones: pl.DataFrame, day: dt.date) -> None:
    """Print the Knox table and the zones that are open on a day."""
    screen.show_lines([test.in_words(), ""])
    screen.show_table(
        "Pairs of incidents, near in place and time",
        ["distance", "time", "pairs", "by chance", "times", "p"],
        [
            (d, t, f"{n:,}", f"{e:,.1f}", f"{r:.1f}", f"{p:.3f}")
            for d, t, n, e, r, p in test.to_frame()
            .select("distance", "time", "observed", "expected", "ratio_mean", "p_value")
            .rows()
        ],
    )
    screen.show_lines([f"{zones.height:,} zones are open on {in_words(day)}."])
    shown = zones.head(MOST_ZONES).select(
        "street", "opened", "phase", "first_within_m", "alert_until", "expires"
    )
    screen.show_table(
        "Where to look first",
        ["street", "opened", "phase", "within", "alert until", "expires"],
        [
            (s or "", in_words(o), p, f"{m:.0f} m", in_words(a), in_words(e))
            for s, o, p, m, a, e in shown.rows()
        ],
    )


def show_clock(clock: Clock, week: WeekHours, span: Window) -> None:
    """Print when in the week incidents happen, by shift and day."""
    when, share = clock.busiest(week.hours)
    screen.show_lines(
        [
            f"{week.n:,} incidents, {span}.",
            *week.notes,
            f"The busiest four hours are {when}: about {share * week.n:,.0f} of "
            f"{week.n:,}.",
            "",
        ]
    )
    table = clock.shift_table(week.hours)
    screen.show_table(
        "Incidents by shift and day, shared out over windows of time",
        ["shift", "day", "hours", "incidents", "an hour"],
        [
            (shift, day, f"{hours}", f"{n:,.1f}", f"{each:,.2f}")
            for shift, day, hours, n, each in table.select(
                "shift", "day", "hours", "n_incidents", "per_hour"
            ).rows()
        ],
    )


def show_change(report: PeriodReport) -> None:
    """Print each category now beside its usual range, with a plain word."""
    rows = report.frame.select(
        "name",
        "now",
        "previous",
        "last_year",
        "usual_low",
        "usual_high",
        "word",
        "alarm",
    ).rows()
    screen.show_table(
        str(report.window),
        ["", "now", "before", "last year", "usually", "", "alarm"],
        [
            (
                name,
                f"{now:,}",
                _count(before),
                _count(last_year),
                f"{low:,} to {high:,}",
                word,
                alarm or "",
            )
            for name, now, before, last_year, low, high, word, alarm in rows
        ],
    )
    screen.show_lines(report.notes)


def show_evaluation(found: Evaluation) -> None:
    """Print whether any method beats the plain count here."""
    screen.show_lines([*found.sentences(), ""])
    rows = found.summary.select(
        "method", "share_area", "n_found", "n_incidents", "low", "high", "pai", "pei"
    ).rows()
    screen.show_table(
        "Incidents of unseen months inside the cells ranked first",
        ["method", "area", "found", "of", "95% interval", "PAI", "PEI"],
        [
            (
                method,
                f"{100 * area:.1f}%",
                f"{n:,.0f}",
                f"{total:,}",
                f"{100 * low:.1f} to {100 * high:.1f}%",
                f"{pai:.1f}",
                f"{pei:.2f}",
            )
            for method, area, n, total, low, high, pai, pei in rows
        ],
    )
    screen.show_lines(found.notes)


def show_effect(effect: Effect) -> None:
    """Print what can and cannot be said of an intervention."""
    screen.show_lines([effect.word.capitalize() + ".", "", *effect.sentences()])


def _count(value: int | None) -> str:
    return "not covered" if value is None else f"{value:,}"
