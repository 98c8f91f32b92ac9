"""Tables of any layout, read by a profile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import polars as pl

from hotspots.intake.headings import known_headings
from hotspots.intake.inputs import InputFile
from hotspots.intake.mapping import map_table, rules_of
from hotspots.intake.profile import Profile
from hotspots.intake.proposal import propose_profile
from hotspots.intake.raw import RawRows
from hotspots.intake.table import Layout, Table
from hotspots.intake.tables import read_table, read_tables


def layout_of(profile: Profile) -> Layout:
    """Return how the table of a profile is looked for."""
    return Layout(
        wanted=profile.known_in,
        delimiter=profile.delimiter,
        sheet=profile.sheet,
        header_row=profile.header_row,
        only_known=True,
    )


def read(
    item: InputFile, profile: Profile, *, today: dt.date | None = None
) -> Iterator[RawRows]:
    """Read a table by a profile, block by block."""
    timed, order = False, None
    for table in read_tables(item, layout_of(profile)):
        own = profile.resolved(table.frame.columns, item.name)
        rules, said = rules_of(table, own, order=order)
        order = "month first" if rules.month_first else order
        mapped = map_table(table, own, today=today, rules=rules)
        timed |= mapped.time_precision == "minute"
        coarse = mapped.rows.height and not timed
        notes = (*said, *mapped.notes)
        yield RawRows(
            rows=mapped.rows,
            crs=mapped.crs,
            # A last block of a few dates must not make the whole file coarse.
            time_precision=mapped.time_precision if coarse else "minute",
            simulated=profile.simulated,
            accepted=profile.accepted,
            notes=table.notes + tuple(f"{item.name}: {note}" for note in notes),
        )


def look_at(item: InputFile, layout: Layout | None = None) -> Table:
    """Return the table of a file, its header found by known headings, without totals.

    A line of totals fills half of the columns at most.
    """
    table = read_table(item, layout or Layout(wanted=known_headings))
    n_empty = pl.sum_horizontal(pl.all() == "")
    return table.without_totals(2 * n_empty >= table.frame.width)[0]


def propose(item: InputFile, layout: Layout | None = None) -> Profile:
    """Propose a profile for a table from its header and all of its rows."""
    return propose_profile(look_at(item, layout), name=item.title)
