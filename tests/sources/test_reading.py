"""Folders, overlaps and identities: what is counted, and once."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import toy

from hotspots.core.errors import NotIncidentsError, ProfileError, SourceError
from hotspots.core.folders import MANIFEST
from hotspots.intake.profile import Profile
from hotspots.sources import Reading, read_incidents, write_proposal
from hotspots.sources.reading import account

TODAY = dt.date(2025, 7, 1)
LON, LAT = toy.centre(toy.A)
COLUMNS = {
    "reference": "Ref",
    "start": "When",
    "category": "Type",
    "longitude": "Lon",
    "latitude": "Lat",
}
PROFILE = Profile(columns=COLUMNS)
HEADER = "Ref,When,Type,Lon,Lat,UPRN\n"


def crime(k: int, month: str = "2025-01") -> str:
    return f"{k:064x},{month},{LON},{LAT},On or near Walnut Road,Burglary"


def asb(month: str = "2025-01") -> str:
    return f",{month},{LON},{LAT},On or near Walnut Road,Anti-social behaviour"


def read(*paths: Path, profile: Profile | None = None) -> Reading:
    return read_incidents(list(paths), profile=profile, today=TODAY)


def table(folder: Path, rows: str, name: str = "week.csv") -> Path:
    path = folder / name
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


def row(
    ref: str, when: str, what: str = "Burglary", uprn: str = "", east: float = 0
) -> str:
    return f"{ref},{when},{what},{LON + east},{LAT},{uprn}\n"


# -- folders -----------------------------------------------------------------------


def test_other_files_of_a_download_are_left_out_and_named(tmp_path: Path) -> None:
    toy.write_police_uk(tmp_path / "2025-01-street.csv", [crime(1), asb()])
    outcomes = "Crime ID,Month,Longitude,Latitude,Location,Outcome type\n"
    (tmp_path / "2025-01-outcomes.csv").write_text(outcomes)
    search = "Type,Date,Gender,Age range,Object of search,Longitude,Latitude\n"
    (tmp_path / "2025-01-stop-and-search.csv").write_text(search)
    reading = read(tmp_path)
    assert (reading.rows_read, reading.incidents.n) == (2, 2)
    notes = " ".join(reading.incidents.notes)
    assert "one of outcomes" in notes
    assert "one of stop-and-search" in notes
    with pytest.raises(NotIncidentsError, match="one of outcomes"):
        read(tmp_path / "2025-01-outcomes.csv")


def test_what_has_no_date_and_place_is_left_out_of_a_folder(tmp_path: Path) -> None:
    toy.write_police_uk(tmp_path / "street.csv", [crime(1)])
    (tmp_path / "lamps.csv").write_text("id,height\n1,6\n")
    made = tmp_path / "out"
    made.mkdir()
    (made / MANIFEST).write_text("{}")
    toy.write_police_uk(made / "again.csv", [crime(2)])
    reading = read(tmp_path)
    assert reading.rows_read == 1
    notes = " ".join(reading.incidents.notes)
    assert "lamps.csv was left out" in notes
    assert "out holds outputs of an earlier run" in notes


def test_incidents_without_a_mapping_stop_a_folder(tmp_path: Path) -> None:
    toy.write_police_uk(tmp_path / "street.csv", [crime(1)])
    table(tmp_path, row("A", "14/06/2025 10:00"))
    with pytest.raises(SourceError, match="column mapping"):
        read(tmp_path)


# -- once --------------------------------------------------------------------------


def test_overlapping_downloads_are_counted_once(tmp_path: Path) -> None:
    toy.write_police_uk(tmp_path / "july.csv", [crime(1), crime(2), asb(), asb()])
    later = [crime(1), crime(2), crime(3), asb(), asb(), asb()]
    toy.write_police_uk(tmp_path / "september.csv", later)
    reading = read(tmp_path)
    assert reading.incidents.n == 6
    assert reading.rows_read == reading.incidents.n + reading.rejects.height
    (note,) = (n for n in reading.incidents.notes if "hold the same" in n)
    assert note.startswith("july.csv and september.csv hold the same January 2025")


def test_two_parts_of_one_month_are_both_counted(tmp_path: Path) -> None:
    toy.write_police_uk(tmp_path / "north.csv", [crime(1), asb()])
    toy.write_police_uk(tmp_path / "south.csv", [crime(2), asb()])
    assert read(tmp_path).incidents.n == 4


def test_one_reference_of_one_event_is_one_crime(tmp_path: Path) -> None:
    rows = row("A", "14/06/2025 10:00") * 2 + row("A", "14/06/2025 10:00", "Robbery")
    reading = read(table(tmp_path, rows), profile=PROFILE)
    assert reading.incidents.n == 2
    assert reading.rejects["line"].to_list() == [3]


def test_spellings_of_a_category_are_one(tmp_path: Path) -> None:
    rows = "".join(
        row(str(k), "14/06/2025 10:00", what)
        for k, what in enumerate(["BURGLARY", "burglary ", "Burglary", "shop  theft"])
    )
    incidents = read(table(tmp_path, rows), profile=PROFILE).incidents
    assert incidents.frame["category"].cast(pl.String).to_list() == [
        "Burglary",
        "Burglary",
        "Burglary",
        "shop  theft",
    ]
    assert any("Spellings of a category" in note for note in incidents.notes)


@pytest.mark.parametrize("number", ["1.00091E+11", "999999999999", "Not known"])
def test_premises_that_cannot_be_one_are_not_used(tmp_path: Path, number: str) -> None:
    rows = row("A", "14/06/2025", uprn=number) + row("B", "15/06/2025", uprn=number)
    profile = Profile(columns=COLUMNS | {"premises": "UPRN"})
    frame = read(table(tmp_path, rows), profile=profile).incidents.frame
    assert frame["premises"].to_list() == [None, None]


def test_premises_at_places_far_apart_are_not_used(tmp_path: Path) -> None:
    rows = row("A", "14/06/2025", uprn="100091000000")
    rows += row("B", "15/06/2025", uprn="100091000000", east=0.005)
    rows += row("C", "15/06/2025", uprn="100091234567")
    rows += row("D", "15/06/2025", uprn="100091234567", east=0.0005)
    profile = Profile(columns=COLUMNS | {"premises": "UPRN"})
    incidents = read(table(tmp_path, rows), profile=profile).incidents
    assert incidents.frame["premises"].drop_nulls().to_list() == ["100091234567"] * 2
    assert any("over 200 m apart" in note for note in incidents.notes)


def test_one_late_date_is_warned_of(tmp_path: Path) -> None:
    rows = "".join(row(f"R{k}", f"{k:02d}/01/2024") for k in range(1, 29))
    late = row("Z", "30/06/2025")
    notes = read(table(tmp_path, rows + late), profile=PROFILE).incidents.notes
    assert any("1 of 29 incidents are dated 30/06/2025" in note for note in notes)
    alone = read(table(tmp_path, rows), profile=PROFILE).incidents.notes
    assert not any("after all others" in note for note in alone)


# -- asked about -------------------------------------------------------------------


def test_a_category_that_nobody_knows_stops_the_run_until_it_is_named(
    tmp_path: Path,
) -> None:
    path = table(tmp_path, row("A", "14/06/2025", "19C") + row("B", "14/06/2025"))
    with pytest.raises(ProfileError, match=r"not known are '19C'.*map it to itself"):
        read(path, profile=PROFILE)
    accepted = Profile(columns=COLUMNS, categories={"19C": "19C"})
    assert read(path, profile=accepted).incidents.n == 2
    text = write_proposal(path, tmp_path / "week.toml")
    assert "does not know these categories: '19C'" in text


def test_a_profile_is_written_with_its_gaps_and_any_heading(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text('"a\tb","c ""d""","e\\f"\n1,2,3\n', encoding="utf-8")
    text = write_proposal(path, tmp_path / "odd.toml")
    assert text.count("TO FILL IN") == 2
    with pytest.raises(ProfileError, match="start"):
        Profile.from_toml(tmp_path / "odd.toml")


def test_days_of_a_swapped_order_are_found_in_the_whole_column(tmp_path: Path) -> None:
    early = "".join(row(f"R{k}", "01/02/2024 10:00") for k in range(2_100))
    path = table(tmp_path, early + row("Z", "10/13/2024 10:00"))
    assert 'order = "month first"' in write_proposal(path, tmp_path / "week.toml")
    reading = read(path)
    assert reading.rejects.height == 0
    assert reading.incidents.frame["start"].min() == dt.datetime(2024, 1, 2, 10)


def test_files_read_beside_each_other_are_those_read_in_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for k in range(1, 8):
        month = f"2024-{k:02}"
        path = tmp_path / f"{month}-street.csv"
        toy.write_police_uk(path, [crime(k, month), asb(month)])
    beside = read(tmp_path)
    monkeypatch.setattr(account, "SMALL_BYTES", 0)
    in_turn = read(tmp_path)
    assert beside.incidents.n == 14
    assert beside.incidents.frame.equals(in_turn.incidents.frame)
    assert beside.inputs == in_turn.inputs


def test_small_files_are_judged_together_and_each_row_keeps_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    whole = zipfile.ZipFile.__init__

    def counted(archive: zipfile.ZipFile, *told: Any, **named: Any) -> None:
        opened.append(archive)
        whole(archive, *told, **named)

    names = [f"2025-{month:02}-street.csv" for month in range(1, 13)]
    with zipfile.ZipFile(tmp_path / "year.zip", "w") as archive:
        for k, name in enumerate(names):
            toy.write_police_uk(
                tmp_path / name,
                [crime(k), asb(), f"{k:064x},2025-13,0,0,,Drugs"][k % 2 :],
            )
            archive.write(tmp_path / name, name)
            (tmp_path / name).rename(tmp_path / f"{name}.txt")
    monkeypatch.setattr(zipfile.ZipFile, "__init__", counted)
    reading = read(tmp_path / "year.zip")
    assert len(opened) <= 4  # not once a member
    assert reading.rows_read == 30
    assert [name.split("/")[-1] for name, _ in reading.inputs] == names
    where = reading.rejects.select("file", "line").rows()
    assert where == [(k, 4 - k % 2) for k in range(12)]
