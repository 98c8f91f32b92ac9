"""The incidents as the text of a police export, with the faults a real one has."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from hotspots.samples.rng import Rng

FAULTS: dict[str, int] = {
    "no coordinates": 12,
    "coordinates are 0,0": 6,
    "a date that does not exist": 4,
    "easting and northing swapped": 5,
    "far outside the district": 4,
    "outside Great Britain": 2,
    "to before from": 5,
    "no date": 2,
    "no category": 1,
    "words for coordinates": 1,
    "a year in the future": 2,
}
"""Deliberate faults and how many rows have each."""


def to_export(incidents: pl.DataFrame, premises: pl.DataFrame) -> pl.DataFrame:
    """Turn incidents into the columns of a police export, all text."""
    year = incidents["reported"].dt.year()
    number = pl.int_range(pl.len()).over("year") + 1
    order = pl.select(year.alias("year")).select(number)["literal"]
    there = premises.select(_address(), pl.all())[incidents["row"]]
    street = incidents["on_street"]
    when = "%d/%m/%Y %H:%M"
    return pl.DataFrame(
        {
            "Reference": [
                f"SIM-{y % 100}-{n:06d}"
                for y, n in zip(year.to_list(), order.to_list(), strict=True)
            ],
            "From": incidents["start"].dt.strftime(when),
            "To": incidents["stop"].dt.strftime(when),
            "Category": incidents["category"],
            "Sub category": incidents["sub"],
            "Easting": _either(street, there["front_x"], there["easting"]),
            "Northing": _either(street, there["front_y"], there["northing"]),
            "Street": there["street"],
            "UPRN": _blank(street, there["uprn"]),
            "Address": _blank(street, there["address"]),
            "Source": incidents["source"],
            "Qualifiers": incidents["qualifiers"],
        }
    )


def _either(street: pl.Series, on: pl.Series, off: pl.Series) -> pl.Series:
    return pl.select(pl.when(street).then(on).otherwise(off).cast(pl.String))[:, 0]


def _blank(street: pl.Series, text: pl.Series) -> pl.Series:
    return pl.select(pl.when(street).then(pl.lit("")).otherwise(text))[:, 0]


def _address() -> pl.Expr:
    """Return the address of each premises as people write it."""
    number = pl.col("house_number").cast(pl.String)
    flat = pl.col("flat_number").cast(pl.String)
    first = (
        pl.when(pl.col("kind") == "flat")
        .then(pl.format("Flat {}, {}", flat, number))
        .when(pl.col("kind") == "farm")
        .then(pl.format("Farm {},", number))
        .otherwise(number)
    )
    rest = pl.format("{} {}, {} {}", first, "street", "place", "postcode")
    site = pl.format("{}, {}", "site", "street")
    return pl.coalesce(site, rest).alias("address")


def add_faults(rng: Rng, export: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Spoil some rows on purpose, as real files are spoilt."""
    wanted = [name for name, n in FAULTS.items() for _ in range(n)]
    rows = rng.order(export.height)[: len(wanted)].tolist()
    table = {name: export[name].to_list() for name in export.columns}
    for row, fault in zip(rows, wanted, strict=True):
        _SPOIL[fault](table, row)
    faults = pl.DataFrame(
        {"reference": [table["Reference"][row] for row in rows], "fault": wanted}
    )
    return pl.DataFrame(table), faults.sort("reference")


_Table = dict[str, list[str]]


def _set(**values: str) -> Callable[[_Table, int], None]:
    def spoil(table: _Table, row: int) -> None:
        for name, value in values.items():
            table[name][row] = value

    return spoil


def _swap(first: str, second: str) -> Callable[[_Table, int], None]:
    def spoil(table: _Table, row: int) -> None:
        table[first][row], table[second][row] = table[second][row], table[first][row]

    return spoil


def _backwards(table: _Table, row: int) -> None:
    """Write a To on the day before the From."""
    day = np.datetime64(_iso(table["From"][row])) - np.timedelta64(1, "D")
    year, month, number = str(day).split("-")
    table["To"][row] = f"{number}/{month}/{year}{table['From'][row][10:]}"


def _iso(text: str) -> str:
    return f"{text[6:10]}-{text[3:5]}-{text[:2]}"


def _impossible(table: _Table, row: int) -> None:
    for name in ("From", "To"):
        table[name][row] = "31/02/2024" + table[name][row][10:]


def _future(table: _Table, row: int) -> None:
    for name in ("From", "To"):
        table[name][row] = table[name][row][:6] + "2052" + table[name][row][10:]


_SPOIL: dict[str, Callable[[_Table, int], None]] = {
    "no coordinates": _set(Easting="", Northing=""),
    "coordinates are 0,0": _set(Easting="0", Northing="0"),
    "a date that does not exist": _impossible,
    "easting and northing swapped": _swap("Easting", "Northing"),
    "far outside the district": _set(Easting="530125", Northing="180310"),
    "outside Great Britain": _set(Easting="999999", Northing="999999"),
    "to before from": _backwards,
    "no date": _set(From="", To=""),
    "no category": _set(Category="", **{"Sub category": ""}),
    "words for coordinates": _set(Easting="not known", Northing="not known"),
    "a year in the future": _future,
}
