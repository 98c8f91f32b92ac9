"""Parquet and Arrow of every make are read as a CSV of the same columns is."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pyarrow.feather
import pyarrow.parquet
import pytest
import toy

from hotspots.intake.inputs import WIDE
from hotspots.sources import Reading, read_incidents

TODAY = dt.date(2025, 7, 1)
Write = Callable[[pl.DataFrame, Path], object]


def _rows() -> pl.DataFrame:
    lon, lat = toy.centre(toy.A)
    kinds = ("Burglary", "Anti-social behaviour", "Drugs")
    return pl.DataFrame(
        {
            "Crime ID": [f"{k:064x}" if k % 4 else None for k in range(24)],
            "Month": [f"2025-{1 + k % 3:02}" for k in range(24)],
            "Longitude": [lon + k / 1e4 for k in range(24)],
            "Latitude": [lat] * 24,
            "Location": [f"On or near Row {k % 5}" for k in range(24)],
            "Crime type": [kinds[k % 3] for k in range(24)],
        }
    )


def _arrow(rows: pl.DataFrame) -> pa.Table:
    return rows.to_arrow(compat_level=pl.CompatLevel.oldest())


def _dictionaries(rows: pl.DataFrame) -> pa.Table:
    table = _arrow(rows.select(pl.col(pl.String).cast(pl.Categorical)))
    places = _arrow(rows.select("Longitude", "Latitude"))
    return pa.table({n: t[n] for t in (table, places) for n in t.column_names})


def _by_folder(*columns: str) -> Write:
    def write(rows: pl.DataFrame, path: Path) -> None:
        schema = pa.schema([(name, pa.string()) for name in columns])
        parts = pyarrow.dataset.partitioning(schema, flavor="hive")
        table = _arrow(rows)
        texts = [f for f in table.schema if pa.types.is_large_string(f.type)]
        plain = pa.schema(f.with_type(pa.string()) if f in texts else f
                          for f in table.schema)  # fmt: skip
        pyarrow.dataset.write_dataset(
            table.cast(plain), path, format="parquet", partitioning=parts
        )

    return write


def _from_duckdb(how: str) -> Write:
    def write(rows: pl.DataFrame, path: Path) -> None:
        with duckdb.connect() as database:
            database.register("rows", _arrow(rows))
            database.sql(f"copy (from rows) to '{path}' (format parquet{how})")

    return write


def _enum(rows: pl.DataFrame, path: Path) -> None:
    kinds = pl.Enum(rows["Crime type"].unique().to_list())
    rows.with_columns(pl.col("Crime type").cast(kinds)).write_parquet(path)


def _two_parts(rows: pl.DataFrame, path: Path) -> None:
    path.mkdir()
    rows[:10].write_parquet(path / "a.parquet")
    rows[10:].write_parquet(path / "b.parquet")


WRITTEN: dict[str, Write] = {
    "dictionary.parquet": lambda r, p: pa.parquet.write_table(_dictionaries(r), p),
    "categorical.parquet": lambda r, p: r.with_columns(
        pl.col(pl.String).cast(pl.Categorical)
    ).write_parquet(p),
    "enum.parquet": _enum,
    "pandas.parquet": lambda r, p: (
        r.to_pandas().astype({"Crime type": "category"}).to_parquet(p)
    ),
    "duckdb.parquet": _from_duckdb(""),
    "parts": _two_parts,
    "hive": _by_folder("Month"),
    "hive of two": _by_folder("Crime type", "Month"),
    "hive of duckdb": _from_duckdb(', partition_by ("Month")'),
    "a.feather": lambda r, p: pa.feather.write_feather(_dictionaries(r), p),
    "b.arrow": lambda r, p: r.write_ipc(p, compression="zstd"),
    "c.ipc": lambda r, p: r.write_ipc(p),
    "d.arrows": lambda r, p: r.write_ipc_stream(p),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_it_is_read_as_its_csv_is(name: str, tmp_path: Path) -> None:
    rows = _rows()
    rows.write_csv(tmp_path / "rows-street.csv")
    WRITTEN[name](rows, tmp_path / name)
    expected = read_incidents([tmp_path / "rows-street.csv"], today=TODAY)
    found = read_incidents([tmp_path / name], today=TODAY)
    assert found.rows_read == 24
    assert _said(found) == _said(expected)


def test_of_hundreds_of_columns_those_that_are_known_are_read(tmp_path: Path) -> None:
    rows = _rows()
    others = {f"other {k}": pl.lit(f"{k}" * 9) for k in range(2 * WIDE)}
    for name, headings in (("narrow", {}), ("wide", others)):
        rows.with_columns(**headings).write_parquet(tmp_path / f"{name}.parquet")
    wide, narrow = (
        read_incidents([tmp_path / f"{name}.parquet"], today=TODAY)
        for name in ("wide", "narrow")
    )
    assert wide.rows_read == 24
    assert _said(wide) == _said(narrow)


def test_text_that_is_kept_keeps_nothing_that_stood_beside_it(tmp_path: Path) -> None:
    filler = pl.Series([f"{k:05000}" for k in range(24)])
    others = {f"other {k}": filler for k in range(WIDE // 2)}
    _rows().with_columns(**others).write_parquet(tmp_path / "rows.parquet")
    tracemalloc.start()  # a block of another process arrives in memory of Python's
    found = read_incidents([tmp_path / "rows.parquet"], today=TODAY)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.rows_read == 24
    assert most > 24 * 5000 * len(others) > 4 * kept


def _said(reading: Reading) -> object:
    incidents = reading.incidents
    beside = ("file", "line", "place")
    rows = incidents.frame.join(
        incidents.places.with_row_index("place"), on="place"
    ).drop(beside)
    text = rows.with_columns(pl.col(pl.Categorical).cast(pl.String))
    return (
        sorted(map(str, text.rows())),
        incidents.time_precision,
        incidents.snapped,
        reading.rejects.height,
    )
