"""The question: when in the week do incidents happen."""

from __future__ import annotations

import polars as pl

from hotspots.core.types import Floats
from hotspots.methods.aoristic import Aoristic
from hotspots.methods.clock import Clock
from hotspots.model.incidents import Incidents
from hotspots.outputs.charts.clock import clock_svg
from hotspots.questions.answer import Answer, Picture, Table
from hotspots.questions.question import Material, Question

MIN_MIDNIGHTS = 10
MANY_TIMES = 3.0
"""Above this many times an even share of the hours, one minute of it is a filler."""


def _ask(material: Material, method: Clock, extra: Aoristic) -> Answer:
    week = extra(material.incidents)  # nosec B610
    peak = method.peak(week.hours)
    title = f"Incidents by hour and day of the week, {material.window}"
    return Answer(
        sentences=(
            f"{week.n:,} incidents, {material.window}.",
            f"{peak[:1].upper()}{peak[1:]}.",
            *_midnight(material.incidents),
        ),
        tables=(_shifts(method, week.hours), _hours(method, week.hours)),
        pictures=(
            Picture(name="clock", svg=clock_svg(week.hours, title=title, clock=method)),
        ),
        notes=week.notes,
    )


def _midnight(incidents: Incidents) -> tuple[str, ...]:
    """Warn where far more moments stand on exactly 00:00 (or 00:01) than on others."""
    frame = incidents.frame.filter(pl.col("start") == pl.col("end"))
    minutes = frame.select(pl.col("start").dt.strftime("%H:%M"))["start"]
    for fill in ("00:00", "00:01"):
        n = int((minutes == fill).sum())
        if n >= MIN_MIDNIGHTS and n > MANY_TIMES * len(minutes) / 24:
            return (
                f"{n:,} of {len(minutes):,} at exactly {fill}, which often means that "
                'the time is not known: with midnight = "unknown" under [dates] of the '
                "column mapping they are dates without a time.",
            )
    return ()


def _shifts(clock: Clock, hours: Floats) -> Table:
    columns = ("shift", "day", "hours", "n_incidents", "per_hour")
    return Table.of(
        "By shift and day, shared out over windows of time",
        ["Shift", "Day", "Hours", "Incidents", "An hour"],
        [
            (shift, day, f"{length}", f"{n:,.1f}", f"{each:,.2f}")
            for shift, day, length, n, each in clock.shift_table(hours)
            .select(columns)
            .rows()
        ],
        text=["Day"],
    )


def _hours(clock: Clock, hours: Floats) -> Table:
    table = clock.table(hours)
    first, *others = table.columns
    return Table.of(
        "By hour and day of the week",
        ["Hour", *(name.capitalize() for name in others)],
        [
            (str(row[0]), *(f"{value:,.1f}" for value in row[1:]))
            for row in table.select(first, *others).rows()
        ],
    )


CLOCK = Question(
    name="clock",
    title="Hours of the week",
    help="Say when in the week incidents happen, sharing out windows of time.",
    method=Clock,
    extra=Aoristic,
    ask=_ask,
    document="clock",
    formula="Each incident adds to each of the 168 hours of the week the share of its "
    "window that lies in the hour.",
    when="To choose shifts, sessions and camera hours.",
    when_not="Files without times; windows of more than a week say nothing of the "
    "hour.",
    source="Ratcliffe (2000), Aoristic analysis, International Journal of Geographical "
    "Information Science 14, 669-679.",
    needs_moments="Time-of-day analysis",
)
