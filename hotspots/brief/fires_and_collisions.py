"""Deliberate fires and collisions: neither keeps the hours of other incidents."""

from __future__ import annotations

import numpy as np
import polars as pl

from hotspots.brief.period import TABLES
from hotspots.brief.period_table import period_rows
from hotspots.brief.places import look_back
from hotspots.brief.scope import Scope
from hotspots.core.table import Table, build_table
from hotspots.core.types import Bools
from hotspots.methods.aoristic import week_hours
from hotspots.methods.clock import Clock

FIRES = "deliberate fire"
COLLISION = "collision"
FEWEST_FOR_HOURS = 20


def fires_of(scope: Scope) -> Bools | None:
    """Return which incidents are deliberate fires, or None where no file could say.

    Returns (n,): by the qualifier "deliberate fire" or the sub category "arson".
    """
    frame = scope.incidents.frame
    marks = frame["qualifiers"].cast(pl.String).str.to_lowercase().fill_null("")
    finer = frame["subcategory"].cast(pl.String).str.to_lowercase().fill_null("")
    found = marks.str.split(";").list.contains(FIRES) | (finer == "arson")
    return np.asarray(found.to_numpy()) if found.any() else None


def collisions_of(scope: Scope) -> Bools | None:
    """Return which incidents are road traffic collisions, or None where none is.

    Returns shape (n,).
    """
    frame = scope.incidents.frame
    found = pl.repeat(False, frame.height, eager=True)
    for column in ("category", "subcategory"):
        text = frame[column].cast(pl.String).str.to_lowercase().fill_null("")
        found = found | text.str.contains(COLLISION, literal=True)
    return np.asarray(found.to_numpy()) if found.any() else None


def fires_and_collisions_table(
    scope: Scope, fires: Bools | None, collisions: Bools | None
) -> Table:
    """Return fires and collisions compared with their usual range.

    ``fires``, ``collisions``: shape (n,).
    """
    sets = {
        "fires": ("Deliberate fires", fires),
        "collisions": ("Collisions", collisions),
    }
    held = {key: (label, m) for key, (label, m) in sets.items() if m is not None}
    rows, notes = period_rows(scope, list(held), [m for _, m in held.values()])
    rows = rows.with_columns(
        label=pl.Series([label for label, _ in held.values()], dtype=pl.String)
    )
    return build_table(
        TABLES,
        "fires_and_collisions",
        rows,
        words=scope.period.words,
        caption=f"Recorded incidents, {scope.period.counted}.",
        notes=notes,
    )


def clock_sentences(
    scope: Scope, fires: Bools | None, collisions: Bools | None
) -> tuple[str, ...]:
    """Return when fires and collisions happen, or why that cannot be said.

    ``fires``, ``collisions``: shape (n,).
    """
    said = []
    for name, mask in (("deliberate fire", fires), ("collision", collisions)):
        if mask is None:
            said.append(
                f"The files hold no {name}s; that does not show that there were none."
            )
        else:
            said.append(_clock_sentence(scope, name, mask))
    return tuple(said)


def _clock_sentence(scope: Scope, name: str, mask: Bools) -> str:
    window = look_back(scope)
    rows = scope.incidents.frame.filter(pl.Series(mask & scope.within(window)))
    if scope.incidents.time_precision != "minute":
        return f"Times of {name}s: cannot tell; the files state no time of day."
    if rows.height < FEWEST_FOR_HOURS:
        return f"Times of {name}s: too few to say ({rows.height:,} in {window})."
    hours = week_hours(rows["start"].to_numpy(), rows["end"].to_numpy())
    busiest = Clock().busiest_day(hours)
    day = "no day stands out" if busiest is None else f"most on {busiest[0]}s"
    return f"{rows.height:,} {name}s, {window}: {day}, and {Clock().peak(hours)}."
