"""``hotspots profile``: a column mapping proposed for a file, and written as TOML."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from hotspots.core.errors import OutputError, SourceError
from hotspots.intake.given import expand
from hotspots.intake.headings import known_headings
from hotspots.intake.inputs import InputFile
from hotspots.intake.police_layout import is_police_uk
from hotspots.intake.profile import Profile
from hotspots.intake.table import Layout
from hotspots.model.harm import HarmTable
from hotspots.sources import columns, vector
from hotspots.sources.reading.kinds import header_of, is_gis

MAX_ASKED = 30


def write_proposal(
    path: Path, out: Path, *, sheet: str | None = None, header_row: int | None = None
) -> str:
    """Propose a column mapping for a file and write it as TOML.

    ``out``: not overwritten where it exists.
    ``sheet``, ``header_row``: optional; where the table is, for a file in which it
    cannot be found.

    The TOML, with a comment on what was guessed and what must be filled in.

    Raises OutputError if ``out`` exists or cannot be written; SourceError if the file
    cannot be read.
    """
    if out.exists():
        raise OutputError(
            f"a proposal must not replace a mapping; {out} is already there. Choose "
            "another with --out."
        )
    text = propose(expand([path])[0], sheet=sheet, header_row=header_row).to_toml()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{out} must be writable; {error}.") from error
    return text


def propose(
    item: InputFile, *, sheet: str | None = None, header_row: int | None = None
) -> Profile:
    """Propose a mapping for a file of any kind, and ask what its categories are.

    Raises SourceError if the file needs none.
    """
    if is_gis(item):
        frame = vector.table_of(item).frame
        profile = vector.propose(item)
    else:
        layout = Layout(wanted=known_headings, sheet=sheet, header_row=header_row)
        if is_police_uk(header_of(item)):
            raise SourceError(
                f"{item.name} is a data.police.uk file, which is read without a "
                "mapping; none is needed. Give the file itself to the other commands."
            )
        frame = columns.look_at(item, layout).frame
        profile = columns.propose(item, layout)
    return replace(profile, comments=(*profile.comments, *_asked(frame, profile)))


def _asked(frame: pl.DataFrame, profile: Profile) -> tuple[str, ...]:
    """Ask about categories that the harm table does not know."""
    column = profile.columns.get("category")
    if column is None:
        return ()
    values = frame[column].drop_nulls().str.strip_chars().unique().sort()
    strange = HarmTable.default().unknown(values.to_list())
    if not strange:
        return ()
    shown = ", ".join(repr(value) for value in strange[:MAX_ASKED])
    more = f" and {len(strange) - MAX_ASKED:,} others" if strange[MAX_ASKED:] else ""
    return (
        f"The harm table does not know these categories: {shown}{more}. Say in "
        "[categories] what each is; to keep one as it is, map it to itself.",
    )
