"""data.police.uk files: what they say, and what must not be read into them."""

from __future__ import annotations

import datetime as dt
import gzip
import zipfile
from pathlib import Path

import pytest
import toy

from hotspots.core.errors import (
    ColumnError,
    EmptyFileError,
    NoUsableRowsError,
    PrecisionError,
    SourceError,
)
from hotspots.sources import read_incidents
from hotspots.sources.reading.identity import SAME_MONTH, SAME_REFERENCE

TODAY = dt.date(2025, 7, 1)
LON, LAT = toy.centre(toy.A)
LINE = f"abc,2025-01,{LON},{LAT},On or near Walnut Road,Burglary"
ASB = f",2025-01,{LON},{LAT},On or near ,Anti-social behaviour"
NOWHERE = "def,2025-01,,,No Location,Burglary"


def read(*paths: Path):
    return read_incidents(list(paths), today=TODAY)


def test_month_street_and_snap_points(tmp_path: Path) -> None:
    reading = read(toy.write_police_uk(tmp_path / "a.csv", [LINE, ASB]))
    frame = reading.incidents.frame
    assert frame["start"].to_list() == [dt.datetime(2025, 1, 1)] * 2
    assert frame["end"].to_list() == [dt.datetime(2025, 2, 1)] * 2
    assert frame["street"].to_list() == ["Walnut Road", None]
    assert reading.incidents.snapped
    assert reading.incidents.time_precision == "month"


def test_identical_rows_are_separate_events(tmp_path: Path) -> None:
    reading = read(toy.write_police_uk(tmp_path / "a.csv", [ASB, ASB, ASB]))
    assert reading.incidents.n == 3


def test_rows_without_coordinates_are_kept_as_rejects(tmp_path: Path) -> None:
    reading = read(toy.write_police_uk(tmp_path / "a.csv", [LINE, NOWHERE, ASB]))
    assert reading.rows_read == 3
    assert reading.incidents.n == 2
    assert reading.rejects.rows() == [(0, 3, "rejected", "no coordinates", ",")]


def test_plain_gz_zip_and_folder_read_the_same(tmp_path: Path) -> None:
    plain = toy.write_police_uk(tmp_path / "a.csv", [LINE, ASB, NOWHERE])
    data = plain.read_bytes()
    packed = tmp_path / "packed" / "a.csv.gz"
    packed.parent.mkdir()
    packed.write_bytes(gzip.compress(data))
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("2025-01/a.csv", data)
    first = read(plain)
    for other in (packed, packed.parent, archive):
        again = read(other)
        assert again.incidents.frame.equals(first.incidents.frame)
        assert again.rows_read == 3


def test_the_same_content_twice_is_read_once(tmp_path: Path) -> None:
    one = toy.write_police_uk(tmp_path / "a.csv", [LINE, ASB])
    two = toy.write_police_uk(tmp_path / "b.csv", [LINE, ASB])
    reading = read(one, two)
    assert reading.rows_read == 2
    assert any("same content" in note for note in reading.incidents.notes)


def test_a_reference_read_again_is_not_counted_again(tmp_path: Path) -> None:
    one = toy.write_police_uk(tmp_path / "a.csv", [LINE, ASB])
    two = toy.write_police_uk(tmp_path / "b.csv", [LINE, ASB, ASB])
    reading = read(one, two)
    assert reading.rows_read == 5
    assert reading.incidents.n == 3, "the greater number of the rows alike"
    assert reading.rejects.rows() == [
        (1, 2, "rejected", SAME_REFERENCE, "abc"),
        (1, 3, "rejected", SAME_MONTH, "2025-01"),
    ]
    (note,) = (n for n in reading.incidents.notes if "hold the same" in n)
    assert note.startswith("a.csv and b.csv hold the same January 2025")


def test_one_reference_in_two_months_is_two_rows(tmp_path: Path) -> None:
    later = LINE.replace("2025-01", "2025-02")
    reading = read(
        toy.write_police_uk(tmp_path / "a.csv", [LINE]),
        toy.write_police_uk(tmp_path / "b.csv", [later]),
    )
    assert reading.incidents.n == 2
    assert any("1 reference stands" in note for note in reading.incidents.notes)


def test_empty_header_only_and_wrong_columns(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(EmptyFileError, match=r"empty\.csv .*\(0 bytes\)"):
        read(empty)
    with pytest.raises(EmptyFileError, match="a header only"):
        read(toy.write_police_uk(tmp_path / "header.csv", []))
    wrong = tmp_path / "wrong.csv"
    text = toy.write_police_uk(tmp_path / "a.csv", [LINE]).read_text("utf-8")
    wrong.write_text(text.replace("Longitude", "Longitud"), encoding="utf-8")
    with pytest.raises(ColumnError, match="Did you mean 'Longitud'"):
        read(wrong)
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="column mapping"):
        read(other)


def test_a_header_only_file_among_others_is_noted(tmp_path: Path) -> None:
    reading = read(
        toy.write_police_uk(tmp_path / "a.csv", [LINE]),
        toy.write_police_uk(tmp_path / "b.csv", []),
    )
    assert "b.csv has a header and no rows." in reading.incidents.notes


def test_a_file_of_which_nothing_is_usable_is_refused_with_counts(
    tmp_path: Path,
) -> None:
    swapped = f"x,2025-01,{LAT},{LON},Y,Burglary"
    with pytest.raises(NoUsableRowsError, match=r"swapped: 1; no coordinates: 1|: 1"):
        read(toy.write_police_uk(tmp_path / "a.csv", [swapped, NOWHERE]))


def test_a_broken_archive_and_a_missing_file_are_clear(tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK no")
    with pytest.raises(SourceError, match="zip archive"):
        read(broken)
    with pytest.raises(SourceError, match="nothing is there"):
        read(tmp_path / "absent.csv")
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(b"Crime ID,Month\n" * 5000)[:60])
    with pytest.raises(SourceError, match="copied whole"):
        read(cut)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = toy.write_police_uk(tmp_path / "a.csv", [LINE.replace("Walnut", "Café")])
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    assert read(path).incidents.frame["street"].to_list() == ["Café Road"]


def test_finer_analyses_are_refused_with_the_reason(tmp_path: Path) -> None:
    incidents = read(toy.write_police_uk(tmp_path / "a.csv", [LINE])).incidents
    for analysis in ("Weekly analysis", "Time-of-day analysis", "Near-repeat analysis"):
        with pytest.raises(PrecisionError, match="only the month"):
            incidents.check_moments(analysis)


def test_melton_and_the_force_add_up(shared_data: Path) -> None:
    melton = read_incidents([shared_data / "melton" / "police_uk"], today=TODAY)
    assert melton.rows_read == 15_319
    assert melton.incidents.n + melton.rejects.height == 15_319
    force = read_incidents([shared_data / "police_uk" / "leicestershire"], today=TODAY)
    assert force.rows_read == 433_322
    assert force.rejects.height == 11_242
    assert set(force.rejects["reason"]) == {"no coordinates"}
    assert force.incidents.places.height == 25_673


def test_blank_lines_are_no_rows_and_open_quotes_are_refused(tmp_path: Path) -> None:
    path = toy.write_police_uk(tmp_path / "a.csv", [LINE, NOWHERE, ASB])
    lines = path.read_text(encoding="utf-8").splitlines()
    spaced = tmp_path / "spaced.csv"
    spaced.write_text("\n".join([lines[0], lines[1], "", *lines[2:]]) + "\n\n")
    reading = read(spaced)
    assert reading.rows_read == 3
    assert reading.rejects["line"].to_list() == [4]
    quoted = tmp_path / "quoted.csv"
    quoted.write_text("\n".join([*lines, lines[1].replace("On", '"On')]))
    assert read(quoted).rejects["line"].to_list() == [3, 5]
