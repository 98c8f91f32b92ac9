"""Street-level files of data.police.uk, in any kind of table.

What the files are, and are not: one row a crime or incident; the month is the finest
time; coordinates are anonymous snap points, not where it happened; anti-social
behaviour has no crime ID; rows that look the same are separate events.
"""

from __future__ import annotations

from collections.abc import Iterator

from hotspots.intake.inputs import InputFile
from hotspots.intake.police_layout import known_headings, police_rows
from hotspots.intake.raw import RawRows, conform
from hotspots.intake.table import Layout
from hotspots.intake.tables import read_tables

LAYOUT = Layout(wanted=known_headings, only_known=True)


def read(item: InputFile) -> Iterator[RawRows]:
    """Read a street-level file block by block."""
    for table in read_tables(item, LAYOUT):
        yield RawRows(
            rows=conform(police_rows(table)),
            time_precision="month",
            snapped=True,
            notes=table.notes,
        )
