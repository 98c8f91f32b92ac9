"""Premises: the dwellings and other addresses of a district, from one CSV file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.crs import bng_to_lonlat, lonlat_to_bng
from hotspots.core.errors import (
    ColumnError,
    EmptyFileError,
    NoUsableRowsError,
    SourceError,
)
from hotspots.core.types import Floats
from hotspots.intake.inputs import InputFile
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
NEEDED = ("uprn", "kind", "street")
SYNONYMS = {
    "premises": "uprn",
    "class": "kind",
    "classification": "kind",
    "classification_code": "kind",
    "number": "house_number",
    "flat": "flat_number",
    "street_name": "street",
    "usrn": "street_id",
    "x": "easting",
    "x_coordinate": "easting",
    "y": "northing",
    "y_coordinate": "northing",
    "longitude": "lon",
    "latitude": "lat",
}
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

    Parameters
    ----------
    frame : DataFrame, n rows
        ``uprn`` (unique), ``kind``, ``house_number``, ``flat_number``, ``street``,
        ``postcode``, ``street_id``: text, empty where not known.
    xy_m : ndarray of shape (n, 2), metres
        EPSG:27700.
    notes : tuple of str
        What was chosen or noticed while reading.

    Raises
    ------
    SourceError
        If columns are missing, sizes differ, or a UPRN stands twice.
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
    """Read a CSV of premises.

    Raises
    ------
    ColumnError
        If a needed column is not there.
    SourceError
        If the file cannot be read, a row has no UPRN, UPRN stand twice, or places are
        not in Great Britain.
    NoUsableRowsError
        If no premises are dwellings.
    """
    path = Path(path)
    frame = _read_text(path)
    for column in NEEDED:
        if column not in frame.columns:
            raise ColumnError(column, path.name, frame.columns)
    missing = [column for column in COLUMNS if column not in frame.columns]
    xy_m = _places(frame, path.name)
    premises = Premises(
        frame=_identified(frame, path.name).select(
            pl.col(column) if column in frame.columns else pl.lit("").alias(column)
            for column in COLUMNS
        ),
        xy_m=xy_m,
        notes=_notes(path.name, missing),
    )
    if not premises.is_dwelling.any():
        kinds = sorted(set(premises.frame["kind"].to_list()))[:8]
        raise NoUsableRowsError(
            f"{path.name} must have dwellings among its premises; its kinds are "
            f"{', '.join(kinds)}. Call homes 'dwelling' or 'flat', or give the code of "
            "the national classification (RD...)."
        )
    return premises


def _read_text(path: Path) -> pl.DataFrame:
    """Read every cell as trimmed text, columns by their plain names."""
    data = InputFile(path=path, name=path.name).read_bytes()
    try:
        frame = pl.read_csv(data, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        raise SourceError(
            f"{path.name} must be a comma-separated file in UTF-8 with a header; "
            f"{first}. Save it as 'CSV UTF-8'."
        ) from error
    if frame.is_empty():
        raise EmptyFileError(f"{path.name} must hold premises; it has a header only.")
    names: dict[str, str] = {}
    for column in frame.columns:
        plain = re.sub(r"[^a-z0-9]+", "_", column.strip().lower()).strip("_")
        names[column] = SYNONYMS.get(plain, plain)
    twice = sorted(
        {name for name in names.values() if [*names.values()].count(name) > 1}
    )
    if twice:
        raise SourceError(
            f"each column of {path.name} must mean one thing; more than one means "
            f"{', '.join(twice)}. Leave one of them out."
        )
    text = pl.all().fill_null("").str.strip_chars()
    return frame.rename(names).select(text)


def _identified(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Write UPRN alike and refuse those that are missing or stand twice."""
    uprn = [normalise_premises(text) for text in frame["uprn"].to_list()]
    empty = [line for line, text in enumerate(uprn, start=2) if text is None]
    if empty:
        raise SourceError(
            f"every row of {name} must have a UPRN; {len(empty):,} of "
            f"{frame.height:,} have none (first: line {empty[0]:,}). Fill them in or "
            "leave those rows out."
        )
    series = pl.Series("uprn", uprn, dtype=pl.String)
    twice = series.is_duplicated()
    if twice.any():
        line = int(twice.arg_max() or 0) + 2
        raise SourceError(
            f"every UPRN of {name} must stand once; {int(twice.sum()):,} rows share "
            f"one (first: line {line:,}, {uprn[line - 2]}). Keep one row for each."
        )
    return frame.with_columns(series)


def _places(frame: pl.DataFrame, name: str) -> Floats:
    """Return eastings and northings, refusing what is not in Great Britain."""
    pairs = (("easting", "northing"), ("lon", "lat"))
    pair = next((p for p in pairs if set(p) <= set(frame.columns)), None)
    if pair is None:
        raise ColumnError("easting", name, frame.columns)
    first, second = (
        frame[column].cast(pl.Float64, strict=False).to_numpy() for column in pair
    )
    with np.errstate(invalid="ignore"):
        if pair[0] == "lon":
            first, second = lonlat_to_bng(
                np.nan_to_num(first, nan=999.0), np.nan_to_num(second, nan=999.0)
            )
        good = (first > 0) & (first < 700_000) & (second > 0) & (second < 1_300_000)
    if not good.all():
        line = int(np.argmin(good)) + 2
        raise SourceError(
            f"every row of {name} must lie in Great Britain ({pair[0]} and {pair[1]}); "
            f"{int((~good).sum()):,} of {len(good):,} do not (first: line {line:,}). "
            "Correct them or leave those rows out."
        )
    return np.column_stack([first, second]).astype(np.float64)


def _notes(name: str, missing: list[str]) -> tuple[str, ...]:
    if not missing:
        return ()
    words = ", ".join(column.replace("_", " ") for column in missing)
    return (f"{name} has no column for {words}; left empty.",)
