"""The question: when in the week do incidents happen."""

from __future__ import annotations

import polars as pl

from hotspots.core.table import Table, filled_table
from hotspots.core.types import Floats
from hotspots.methods.aoristic import Aoristic
from hotspots.methods.clock import Clock
from hotspots.model.incidents import Incidents
from hotspots.outputs.charts.clock import clock_svg
from hotspots.questions.answer import Answer, Picture
from hotspots.questions.question import Material, question

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
    cells = {
        "Shift": "{shift}",
        "Day": "{day}",
        "Hours": "{hours}",
        "Incidents": "{n_incidents:,.1f}",
        "An hour": "{per_hour:,.2f}",
    }
    rows = clock.shift_table(hours).rows(named=True)
    title = "By shift and day, shared out over windows of time"
    return filled_table(title, rows, cells, words=["Day"])


def _hours(clock: Clock, hours: Floats) -> Table:
    table = clock.table(hours)
    first, *days = table.columns
    cells = {name.capitalize(): f"{{{name}:,.1f}}" for name in days}
    rows = table.rows(named=True)
    return filled_table(
        "By hour and day of the week", rows, {"Hour": f"{{{first}}}", **cells}
    )


CLOCK = question(
    "clock",
    method=Clock,
    extra=Aoristic,
    ask=_ask,
    needs_moments="Time-of-day analysis",
)
