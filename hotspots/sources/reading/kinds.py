"""What a file is, and so which reader takes it: by its suffix, mapping and header."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace

from hotspots.core.errors import EmptyFileError, NotIncidentsError, SourceError
from hotspots.intake.gazetteer import Lookups
from hotspots.intake.geofile import GEO_SUFFIXES, is_geoparquet
from hotspots.intake.inputs import InputFile
from hotspots.intake.police_layout import is_police_uk, known_headings, other_kind
from hotspots.intake.profile import Profile
from hotspots.intake.raw import RawRows
from hotspots.intake.table import Layout
from hotspots.intake.tables import holds_records, is_table, read_tables
from hotspots.sources import columns, police_uk, vector

Reader = Callable[[InputFile], Iterator[RawRows]]
GIS_SUFFIXES = tuple(s for s in GEO_SUFFIXES if s not in (".parquet", ".zip"))


def is_gis(item: InputFile) -> bool:
    """Say whether a file states places by itself."""
    if item.suffix == ".parquet":
        return is_geoparquet(item)
    return item.suffix in GIS_SUFFIXES and not holds_records(item)


def choose_reader(
    item: InputFile,
    profile: Profile | None,
    *,
    today: dt.date | None = None,
    lookups: Lookups | None = None,
) -> Reader:
    """Return the reader for a file, by its suffix, its profile and its header.

    Takes the file and yields blocks of raw rows.

    Raises NotIncidentsError if it is a table of something else; SourceError if no
    reader fits.
    """
    beside = _profile_beside(item)
    own = profile or beside
    if own is not None and lookups is not None:
        own = replace(own, lookups=own.lookups.or_else(lookups))
    if is_gis(item):
        return lambda file: vector.read(file, own, today=today)
    if not is_table(item):
        raise SourceError(
            f"{item.name} must be a table or a GIS file; its suffix is "
            f"'{item.suffix}'. Save it as CSV, XLSX or GeoJSON."
        )
    if own is not None and not (item.was_found and beside is None):
        return lambda file: columns.read(file, own, today=today)
    header = header_of(item)
    if is_police_uk(header):
        return police_uk.read
    if kind := other_kind(header):
        raise NotIncidentsError(
            f"{item.name} must be a file of incidents; it is one of {kind} "
            "(data.police.uk). Leave it out."
        )
    if own is not None and 2 * own.known_in(header) >= len(own.columns):
        return lambda file: columns.read(file, own, today=today)
    raise _unknown(item, header)


def _unknown(item: InputFile, header: list[str]) -> SourceError:
    """Tell a table of something else from incidents that lack a mapping."""
    message = (
        f"{item.name} must be a data.police.uk file or come with a column mapping; its "
        f"columns are: {', '.join(header) or 'none'}. Run `hotspots profile "
        f"{item.path.name}` to propose a mapping, check it, and give it with --profile."
    )
    if item.was_found and columns.propose(item).gaps:
        return NotIncidentsError(message)
    return SourceError(message)


def header_of(item: InputFile, layout: Layout | None = None) -> list[str]:
    """Return the headings of a table, its header found by those of police files."""
    layout = layout or Layout(wanted=known_headings)
    table = next(read_tables(item, replace(layout, is_head=True)))
    return table.frame.columns


def _profile_beside(item: InputFile) -> Profile | None:
    if item.member is not None:
        return None
    stem = item.path.name.removesuffix(".gz").removesuffix(item.suffix)
    beside = item.path.with_name(f"{stem}.toml")
    if not beside.is_file():
        return None
    try:
        return Profile.from_toml(beside)
    except (tomllib.TOMLDecodeError, EmptyFileError) as error:
        raise SourceError(f"{beside.name} must be TOML; {error}.") from error
