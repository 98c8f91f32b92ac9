"""Places of postcodes and UPRNs, from a file that a partnership has.

Code-Point Open, the ONS Postcode Directory or a list of one's own; OS Open UPRN. Only
the rows that are asked for are kept, so that a file of a whole country can be given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hotspots.core.crs import BNG, GB_BOUNDS, WGS84, bng_to_lonlat, lonlat_to_bng
from hotspots.core.errors import SourceError
from hotspots.intake.given import expand
from hotspots.intake.places import number
from hotspots.intake.table import Layout, fold
from hotspots.intake.tables import read_tables

POSTCODE = r"^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$"
MAX_METRES = 1_300_000
_KEYS = {
    "postcode": ("pcds", "pcd", "pcd2", "pcd7", "pcd8", "postcode", "post code", "pc"),
    "uprn": ("uprn",),
}
_X = ("oseast1m", "east1m", "eastings", "easting", "x coordinate", "x", "east")
_Y = ("osnrth1m", "north1m", "northings", "northing", "y coordinate", "y", "north")
_LON = ("long", "longitude", "lon", "lng")
_LAT = ("lat", "latitude")


@dataclass(frozen=True, kw_only=True)
class Lookups:
    """Files that say where postcodes and UPRNs are, where they are given."""

    postcodes: Path | None = None
    uprns: Path | None = None

    def or_else(self, given: Lookups) -> Lookups:
        """Return what is given, and these where nothing is."""
        return Lookups(
            postcodes=given.postcodes or self.postcodes, uprns=given.uprns or self.uprns
        )


def bare_key(text: pl.Expr, kind: str) -> pl.Expr:
    """Return a postcode or UPRN as two spellings of it share it, null where it is none.

    Examples
    --------
    >>> frame = pl.DataFrame({"t": ["le13 0aa ", "LE130AA", "unknown"]})
    >>> frame.select(bare_key(pl.col("t"), "postcode"))["t"].to_list()
    ['LE130AA', 'LE130AA', None]
    """
    plain = text.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    if kind == "uprn":
        plain = plain.str.strip_chars_start("0")
        return pl.when(plain.str.contains(r"^\d{1,12}$")).then(plain)
    return pl.when(plain.str.contains(POSTCODE)).then(plain)


def find_places(path: Path, kind: str, keys: pl.Series) -> pl.DataFrame:
    """Return where some postcodes or UPRNs are.

    ``kind``: {"postcode", "uprn"}.
    ``keys``: Series of strings, as :func:`bare_key` gives them.

    ``key``, ``x``, ``y`` (metres, EPSG:27700), one row a key that was found.

    Raises SourceError if the file has no such column, or none of places.
    """
    wanted = keys.drop_nulls().unique().implode()
    found = [block.filter(pl.col("key").is_in(wanted)) for block in _blocks(path, kind)]
    return pl.concat(found).unique("key", keep="first", maintain_order=True)


def _blocks(path: Path, kind: str) -> Iterator[pl.DataFrame]:
    known = {*_KEYS[kind], *_X, *_Y, *_LON, *_LAT}
    layout = Layout(wanted=lambda cells: sum(fold(cell) in known for cell in cells))
    for item in expand([path]):
        for table in read_tables(item, layout):
            yield _located(_with_header(table.frame), kind, item.name)


def _with_header(frame: pl.DataFrame) -> pl.DataFrame:
    """Give Code-Point Open the headings that its files lack."""
    first = re.sub(r"\W", "", frame.columns[0].upper()) if frame.columns else ""
    if not re.match(POSTCODE, first) or frame.width < 4:
        return frame
    row = {c: [re.sub(r" \(\d+\)$", "", c)] for c in frame.columns}
    whole = pl.concat([pl.DataFrame(row, schema=frame.schema), frame])
    names = ["postcode", "quality", "eastings", "northings"]
    return whole.rename(dict(zip(frame.columns, names, strict=False)))


def _located(frame: pl.DataFrame, kind: str, file: str) -> pl.DataFrame:
    """Return key, x and y of a block."""
    key = _column(frame, _KEYS[kind])
    metres = _column(frame, _X), _column(frame, _Y)
    degrees = _column(frame, _LON), _column(frame, _LAT)
    pair = next((p for p in (metres, degrees) if None not in p), None)
    if key is None or pair is None:
        raise SourceError(
            f"{file} must have a column of {kind}s and two of places (eastings and "
            "northings, or longitude and latitude), as Code-Point Open, the ONS "
            f"Postcode Directory and OS Open UPRN have; its columns are: "
            f"{', '.join(frame.columns)}."
        )
    read = frame.select(
        key=bare_key(pl.col(key), kind),
        x=number(frame[str(pair[0])]),
        y=number(frame[str(pair[1])]),
    ).drop_nulls()
    if pair == metres:
        return read.filter(
            pl.col("x").is_between(1, 700_000), pl.col("y").is_between(1, MAX_METRES)
        )
    west, south, east, north = GB_BOUNDS
    read = read.filter(
        pl.col("x").is_between(west, east), pl.col("y").is_between(south, north)
    )
    x, y = lonlat_to_bng(read["x"].to_numpy(), read["y"].to_numpy())
    return read.with_columns(x=pl.Series(x), y=pl.Series(y))


def _column(frame: pl.DataFrame, names: Sequence[str]) -> str | None:
    folded = {fold(column): column for column in reversed(frame.columns)}
    return next((folded[name] for name in names if name in folded), None)


def looked_up(
    found: pl.DataFrame, crs: int, keys: pl.DataFrame, lookups: Lookups
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Place the rows that state no place by their UPRN, else by their postcode.

    ``found``: n rows; ``x``, ``y`` (null where there is none) and ``place_text``.
    ``keys``: n rows; ``postcode`` and ``uprn``, as they stand.
    """
    notes = []
    for kind, path in (("uprn", lookups.uprns), ("postcode", lookups.postcodes)):
        if path is None or crs not in (BNG, WGS84):
            continue
        blank = pl.col("x").is_null() | pl.col("y").is_null()
        both = pl.concat([found, keys], how="horizontal").with_columns(
            k=pl.when(blank).then(bare_key(pl.col(kind), kind))
        )
        if not both["k"].count():
            continue
        known = _in_system(find_places(path, kind, both["k"]), crs)
        both = both.join(known, left_on="k", right_on="key", how="left",
                         maintain_order="left", suffix="_k")  # fmt: skip
        n_placed, n_asked = both["x_k"].count(), both["k"].count()
        found = both.select(
            x=pl.coalesce("x", "x_k"),
            y=pl.coalesce("y", "y_k"),
            place_text=pl.when(pl.col("k").is_not_null())
            .then(pl.col(kind))
            .otherwise("place_text"),
        )
        notes.append(_note(kind, path.name, n_placed, n_asked))
    return found, tuple(notes)


def _note(kind: str, file: str, n_placed: int, n_asked: int) -> str:
    where = {
        "postcode": "the middle of their postcode, good to a street and not a house",
        "uprn": "the place of their UPRN",
    }[kind]
    said = f"{n_placed:,} rows without coordinates were placed at {where} ({file})"
    missing = n_asked - n_placed
    return (
        f"{said}; {missing:,} have one that the file does not."
        if missing
        else (f"{said}.")
    )


def _in_system(known: pl.DataFrame, crs: int) -> pl.DataFrame:
    if crs == BNG or known.is_empty():
        return known
    lon, lat = bng_to_lonlat(known["x"].to_numpy(), known["y"].to_numpy())
    return known.with_columns(x=pl.Series(lon), y=pl.Series(lat))
