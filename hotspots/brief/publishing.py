"""The one place where a brief meets disclosure control: every table goes through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hotspots.brief.gather import Gathered
from hotspots.brief.public import public_release, public_table
from hotspots.core.table import Table
from hotspots.disclosure.policy import Policy, check_audience
from hotspots.disclosure.publish import MARKING, SENSITIVE, publish

LEFT_OUT = "Points, and what leads to an address, are left out for partners."


def publish_tables(
    tables: Mapping[str, Table], found: Gathered, policy: Policy
) -> tuple[dict[str, Table], str]:
    """Return what the audience may see of every table, and the marking of it all."""
    who = check_audience(found.audience)
    if who == "public":
        release = public_release(found.scope, found.counted, policy)
        made = {
            name: public_table(table, found.scope, release)
            for name, table in tables.items()
        }
        return {n: t for n, t in made.items() if t is not None}, MARKING[who]
    seen, markings = {}, [MARKING[who]]
    for name, table in tables.items():
        seen[name], marking = _for_partners(table, who)
        markings.append(marking)
    return seen, SENSITIVE if SENSITIVE in markings else markings[0]


def _for_partners(table: Table, audience: str) -> tuple[Table, str]:
    published = publish(
        table.rows,
        audience=audience,
        counts=[c.name for c in table.columns if c.kind == "count"],
        keys=["key"],
    )
    rows = published.frame
    columns = tuple(c for c in table.columns if c.name in rows.columns)
    notes = (*table.notes, *([LEFT_OUT] if published.notes else []))
    return replace(table, rows=rows, columns=columns, notes=notes), published.marking
