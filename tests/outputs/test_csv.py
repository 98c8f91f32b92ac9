from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import OutputError
from hotspots.core.sanitise import clean_text
from hotspots.outputs.formats import Layer, write_csv
from hotspots.outputs.formats.csv import csv_bytes

DANGEROUS = "=+-@\t\n＝＋－＠"


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_text_is_neutralised_and_numbers_are_not(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    frame = pl.DataFrame(
        {
            "text": ["=1+1", "+44", "-5", "@x", "\tx", "\rx", "a=b", "", None],
            "lon": [-0.88, 1.0, -5.5, 0.0, None, float("nan"), 1e-9, -1e21, 2.0],
        }
    )
    write_csv(path, frame)
    rows = read(path)[1:]
    texts = [row[0] for row in rows]
    assert texts == ["'=1+1", "'+44", "'-5", "'@x", "'\tx", "'\nx", "a=b", "", ""]
    assert rows[0][1] == "-0.88"
    assert float(rows[7][1]) == -1e21
    assert rows[4][1] == rows[5][1] == ""


def test_headings_are_neutralised_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, pl.DataFrame({"=cmd()": ["a"], "n": [1]}))
    assert read(path)[0] == ["'=cmd()", "n"]


def test_bytes_are_what_the_documentation_says(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, pl.DataFrame({"name": ["Café, bar"], "n": [-1]}))
    assert path.read_bytes() == 'name,n\n"Café, bar",-1\n'.encode("utf-8-sig")


def test_gdal_reads_it(tmp_path: Path, layer: Layer, ogrinfo: Callable) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, layer.frame)
    assert "Feature Count: 6" in ogrinfo(path)


def test_lists_are_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"must be possible to write a\.csv"):
        write_csv(tmp_path / "a.csv", pl.DataFrame({"cells": [[1, 2]]}))


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_round_trip(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    write_csv(path, pl.DataFrame({"n": range(len(texts)), "text": texts}))
    for row, text in zip(read(path)[1:], texts, strict=True):
        clean = clean_text(text)
        guard = "'" if clean and clean[0] in DANGEROUS else ""
        assert row[1] == guard + clean


def test_what_a_site_sends_is_what_is_written(tmp_path: Path) -> None:
    frame = pl.DataFrame({"=cmd()": ["=1+1", "-2", "+3", "@x"], "n": [1, -2, 3, 4]})
    write_csv(tmp_path / "a.csv", frame)
    sent = csv_bytes(frame)
    assert sent == (tmp_path / "a.csv").read_bytes()
    assert sent.decode("utf-8-sig").splitlines()[:2] == ["'=cmd(),n", "'=1+1,1"]


def test_no_page_and_no_use_case_writes_a_table_past_this_door(root: Path) -> None:
    for room in ("hotspots/service", "web"):
        for path in sorted((root / room).rglob("*.py")):
            found = re.findall(r"(\S+)\.write_csv\(", path.read_text("utf-8"))
            assert set(found) <= {"self.dataset.harm.frame"}, path
