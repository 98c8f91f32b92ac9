"""Parquet files of kinds that were met: refused with a sentence, in bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hotspots.core.errors import SourceError
from hotspots.intake.inputs import InputFile
from hotspots.intake.table import Layout
from hotspots.intake.tables import read_table

N = 400
LONG = pa.array(["x" * 1_000_000] * N)
REFUSED: dict[str, tuple[Any, str]] = {
    "lists of lists": (pa.array([[[1]]] * N), "ordinary kinds"),
    "numbers of 76 digits": (pa.array([1] * N, pa.decimal256(76, 10)), "decimal256"),
    "one long word in each row": (LONG.dictionary_encode(), "made to fill a memory"),
    "the same, and no code of words": (LONG, "fill a memory|of memory|realloc"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_column_of_a_strange_kind_is_refused(kind: str, tmp_path: Path) -> None:
    column, said = REFUSED[kind]
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": ["1"] * N, "b": column}), path)
    assert path.stat().st_size < 1_500_000
    with pytest.raises(SourceError, match=said):
        read_table(InputFile.at(path), Layout(wanted=lambda names: len(names)))


def test_a_date_of_no_year_is_told_as_its_number(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    days, times = pa.array([-(2**31), 20_000]), pa.array([2**62, 0])
    pq.write_table(
        pa.table(
            {
                "day": days.cast(pa.int32()).cast(pa.date32()),
                "time": times.cast(pa.timestamp("us")),
            }
        ),
        path,
    )
    table = read_table(InputFile.at(path), Layout(wanted=lambda names: len(names)))
    assert table.frame.rows() == [
        ("-2147483648", str(2**62)),
        ("2024-10-04", "1970-01-01 00:00:00"),
    ]
