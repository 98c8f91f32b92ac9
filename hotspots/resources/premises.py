"""Premises: the dwellings and other addresses of a district, from one table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import ColumnError, NoUsableRowsError, SourceError
from hotspots.core.types import Floats
from hotspots.intake.records import (
    PLACE,
    RecordField,
    Records,
    check_rows,
    places_of,
    read_records,
)
from hotspots.methods.repeats.addresses import normalise_premises

COLUMNS = [
    "uprn",
    "kind",
    "house_number",
    "flat_number",
    "street",
    "postcode",
    "street_id",
]
FIELDS = (
    RecordField(
        name="uprn",
        kind="text",
        required=True,
        help="Unique property reference number.",
        also=("premises", "premises id"),
    ),
    RecordField(
        name="kind",
        kind="text",
        required=True,
        help="A word, or a code of the national classification.",
        also=("class", "classification", "classification code"),
    ),
    RecordField(
        name="house_number", kind="text", help="Of the house.", also=("number",)
    ),
    RecordField(name="flat_number", kind="text", help="Of the flat.", also=("flat",)),
    RecordField(
        name="street",
        kind="text",
        required=True,
        help="Its name.",
        also=("street name", "thoroughfare"),
    ),
    RecordField(name="postcode", kind="text", help="Such as ZZ1 5GN."),
    RecordField(
        name="street_id", kind="text", help="Of the section of street.", also=("usrn",)
    ),
    *PLACE,
)
DWELLING_KINDS = frozenset(
    [
        "dwelling",
        "flat",
        "house",
        "bungalow",
        "maisonette",
        "apartment",
        "terraced",
        "semi-detached",
        "detached",
        "farmhouse",
        "cottage",
        "residential",
        "bedsit",
        "houseboat",
        "caravan",
    ]
)
"""Words for a home. A code of the national classification that begins RD is one too."""


@dataclass(frozen=True, kw_only=True)
class Premises:
    """Addresses with their place.

    ``frame``: n rows; ``uprn`` (unique), ``kind``, ``house_number``, ``flat_number``,
    ``street``, ``postcode``, ``street_id``: text, empty where not known.
    ``xy_m`` (n, 2), metres: EPSG:27700.
    ``notes``: what was chosen or noticed while reading.

    Raises SourceError if columns are missing, sizes differ, or a UPRN stands twice.
    """

    frame: pl.DataFrame
    xy_m: Floats
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for column in COLUMNS:
            if column not in self.frame.columns:
                raise ColumnError(column, "the premises", self.frame.columns)
        if self.xy_m.shape != (self.frame.height, 2):
            raise SourceError(
                "premises must have one easting and northing each; got "
                f"{self.frame.height:,} premises and places of shape {self.xy_m.shape}."
            )
        if self.frame["uprn"].is_duplicated().any():
            raise SourceError("premises must each have a UPRN of their own.")

    def __len__(self) -> int:
        return self.frame.height

    @cached_property
    def is_dwelling(self) -> npt.NDArray[np.bool_]:
        """Whether somebody lives there, shape (n,), by :func:`is_dwelling_kind`."""
        kinds = self.frame["kind"].to_list()
        known = {kind: is_dwelling_kind(kind) for kind in set(kinds)}
        return np.array([known[kind] for kind in kinds], dtype=bool)

    @cached_property
    def lonlat(self) -> tuple[Floats, Floats]:
        """Longitude and latitude, degrees, each of shape (n,)."""
        return bng_to_lonlat(self.xy_m[:, 0], self.xy_m[:, 1])

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Row of each UPRN."""
        return {uprn: row for row, uprn in enumerate(self.frame["uprn"].to_list())}

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """Each address in one line, as it is written on an envelope."""
        flat = pl.col("flat_number")
        flat = (
            pl.when(flat == "")
            .then(pl.lit(""))
            .otherwise(
                pl.when(flat.str.contains(r"[A-Za-z]{2}"))
                .then(pl.format("{}, ", flat))
                .otherwise(pl.format("Flat {}, ", flat))
            )
        )
        line = pl.concat_str(
            flat,
            pl.concat_str("house_number", "street", separator=" ").str.strip_chars(),
            pl.concat_str(pl.lit(", "), "postcode").str.strip_chars_end(", "),
        )
        return tuple(self.frame.select(line.alias("line"))["line"].to_list())


def is_dwelling_kind(kind: str) -> bool:
    """Say whether a kind of premises is a home.

    Examples
    --------
    >>> [is_dwelling_kind(kind) for kind in ("Flat", "RD04", "shop", "farm", "CR08")]
    [True, True, False, False, False]
    """
    plain = kind.strip().lower()
    words = set(re.split(r"[\s,/()]+", plain))
    return bool(words & DWELLING_KINDS) or plain.startswith("rd")


def read_premises(path: Path | str) -> Premises:
    """Read a table of premises.

    Raises ColumnError if a needed column is not there; EmptyFileError if there is no
    row; SourceError if the file cannot be read, a row has no UPRN, UPRN stand twice, or
    places are not in Great Britain; NoUsableRowsError if no premises are dwellings.
    """
    records = read_records(path, FIELDS, unique=None)
    check_rows(records, "premises")
    xy_m, _ = places_of(records)
    missing = [column for column in COLUMNS if column not in records.columns]
    frame = records.frame.select(pl.col(COLUMNS).fill_null(""))
    premises = Premises(
        frame=_identified(frame, records),
        xy_m=xy_m,
        notes=(*records.notes, *_notes(records.name, missing)),
    )
    if not premises.is_dwelling.any():
        kinds = sorted(set(premises.frame["kind"].to_list()))[:8]
        raise NoUsableRowsError(
            f"{records.name} must have dwellings among its premises; its kinds are "
            f"{', '.join(kinds)}. Call homes 'dwelling' or 'flat', or give the code of "
            "the national classification (RD...)."
        )
    return premises


def _identified(frame: pl.DataFrame, records: Records) -> pl.DataFrame:
    """Write UPRN alike and refuse those that are no number or stand twice."""
    uprn = [normalise_premises(text) for text in frame["uprn"].to_list()]
    series = pl.Series("uprn", uprn, dtype=pl.String)
    empty = series.is_null()
    if empty.any():
        raise SourceError(
            f"every row of {records.name} must have a UPRN; {records.where(empty)} "
            "have none. Fill them in or leave those rows out."
        )
    spoilt = series.str.contains(r"(?i)^\d+(\.\d+)?E\+?\d+$")
    if spoilt.any():
        raise SourceError(
            f"every UPRN of {records.name} must be whole; {records.where(spoilt)} were "
            "shortened by a spreadsheet. Export the column as text."
        )
    twice = series.is_duplicated()
    if twice.any():
        raise SourceError(
            f"every UPRN of {records.name} must stand once; {records.where(twice)} "
            "share one. Keep one row for each."
        )
    return frame.with_columns(series)


def _notes(name: str, missing: list[str]) -> tuple[str, ...]:
    if not missing:
        return ()
    words = ", ".join(column.replace("_", " ") for column in missing)
    return (f"{name} has no column for {words}; left empty.",)
