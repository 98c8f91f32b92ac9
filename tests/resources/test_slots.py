"""Last quarter's slots: what is read, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotspots.core.errors import ColumnError, SourceError
from hotspots.resources.slots import read_slots


def written(folder: Path, text: str) -> Path:
    path = folder / "slots.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_made_by_hand_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Day,From,To,Easting,Northing,Name\n"
        "Tue,19:00,20:30,475211,319116,Market Place\n"
        "sunday,21,0,475300,319200,\n",
    )
    first, second = read_slots(path)
    assert (first.day, first.start, first.end) == (1, 19.0, 20.5)
    assert first.xy_m == (475211.0, 319116.0)
    assert first.sentence() == "Tuesday 19:00 to 20:30, Market Place"
    assert (second.day, second.start, second.end) == (6, 21.0, 24.0)


def test_degrees_become_metres(tmp_path: Path) -> None:
    path = written(tmp_path, "day,from,to,lon,lat\nMonday,18:00,20:00,-0.886,52.765\n")
    x, y = read_slots(path)[0].xy_m
    assert x == pytest.approx(475250, abs=100)
    assert y == pytest.approx(319250, abs=150)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("Tu,19:00,20:00,1,2", "day of the week"),
        ("T,19:00,20:00,1,2", "day of the week"),
        ("Tuesday,20:00,19:00,475211,319116", "end after it starts"),
        ("Tuesday,25:00,26:00,1,2", "a time like 19:00"),
        ("Tuesday,seven,8,1,2", "a time like 19:00"),
        ("Tuesday,19:00,20:00,here,2", "'easting' must be a number"),
        ("Tuesday,19:00,20:00,9e9,2", "Great Britain"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str, words: str) -> None:
    path = written(tmp_path, f"day,from,to,easting,northing\n{row}\n")
    with pytest.raises(SourceError, match=words) as caught:
        read_slots(path)
    assert "line 2" in str(caught.value)


def test_a_missing_column_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ColumnError, match="'northing'"):
        read_slots(written(tmp_path, "day,from,to,easting\n"))
    with pytest.raises(SourceError, match="nothing is there"):
        read_slots(tmp_path / "none.csv")
