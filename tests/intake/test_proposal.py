"""Proposed profiles: names and values that real exports use."""

from __future__ import annotations

import tomllib

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ProfileError
from hotspots.intake.profile import Profile
from hotspots.intake.proposal import propose_profile
from hotspots.intake.table import Table, plain_names


def propose(columns: dict[str, list[str]], **options: bool) -> Profile:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return propose_profile(Table.of(frame, "june.csv"), "june", **options)


PLACES = {"Easting": ["475000"], "Northing": ["319000"]}


def test_a_police_export() -> None:
    profile = propose(
        {
            "Niche Occurrence": ["24000123"],
            "Committed From": ["14/06/2025 21:30"],
            "Committed To": ["15/06/2025 07:00"],
            "Offence Type": ["Burglary"],
            "Offence Sub Type": ["Residential"],
            "Street Name": ["High Street"],
            "UPRN": ["100"],
            "Grid Ref E": ["475000"],
            "Grid Ref N": ["319000"],
            "Beat": ["B1"],
        }
    )
    assert profile.columns == {
        "reference": "Niche Occurrence",
        "start": "Committed From",
        "end": "Committed To",
        "category": "Offence Type",
        "subcategory": "Offence Sub Type",
        "street": "Street Name",
        "premises": "UPRN",
        "easting": "Grid Ref E",
        "northing": "Grid Ref N",
    }
    assert profile.crs == 27700
    assert profile.order == "day first"
    assert any("Columns not used: Beat" in line for line in profile.comments)
    assert "# Columns not used: Beat." in profile.to_toml()


def test_a_spreadsheets_day_numbers_under_a_heading_without_the_word_date() -> None:
    days = {"Committed": ["45300.04167"], "Occurrence No": ["45012"], **PLACES}
    found = propose({**days, "Offence": ["Burglary"]}).columns
    assert (found["start"], found["reference"]) == ("Committed", "Occurrence No")


@pytest.mark.parametrize(
    ("x", "y", "value", "found"),
    [
        ("x", "y", ("475000", "319000"), "easting"),
        ("X", "Y", ("-0.88", "52.76"), "longitude"),
        ("Lng", "Lat", ("-0.88", "52.76"), "longitude"),
        ("E", "N", ("475,000", "319,000"), "easting"),
        ("X_COORD", "Y_COORD", ("475000.5", "319000.25"), "easting"),
    ],
)
def test_values_decide_between_grids(
    x: str, y: str, value: tuple[str, str], found: str
) -> None:
    profile = propose(
        {"Date": ["14/06/2025"], "Type": ["ASB"], x: [value[0]], y: [value[1]]}
    )
    assert profile.columns[found] == x


def test_a_date_and_a_time_in_two_columns() -> None:
    profile = propose(
        {"Date": ["14/06/2025"], "Time": ["21:30"], "Category": ["ASB"], **PLACES}
    )
    assert profile.columns["start_date"] == "Date"
    assert profile.columns["start_time"] == "Time"


def test_a_date_is_found_by_its_values_and_that_is_said() -> None:
    profile = propose(
        {
            "zz": ["14/06/2025"] * 5,
            "Category": ["ASB"] * 5,
            "Easting": ["475000"] * 5,
            "Northing": ["319000"] * 5,
        }
    )
    assert profile.columns["start"] == "zz"
    assert any("'zz' was taken for the date" in line for line in profile.comments)


def test_a_name_without_the_values_is_not_enough() -> None:
    profile = propose(
        {"Date": ["n/a"], "Date Reported": ["14/06/2025"], "Type": ["ASB"], **PLACES}
    )
    assert profile.columns["start"] == "Date Reported"


def test_source_flags_are_named_where_plain() -> None:
    values = ["999 call", "Council CCTV", "Officer", "Other"]
    profile = propose(
        {
            "Date": ["14/06/2025"] * 4,
            "Type": ["ASB"] * 4,
            "Source": values,
            "Easting": ["475000"] * 4,
            "Northing": ["319000"] * 4,
        }
    )
    assert profile.source_flags == {
        "999 call": "public report",
        "Council CCTV": "partner",
        "Officer": "officer-generated",
    }
    assert any("'Other'" in line for line in profile.comments)


def test_without_a_category_every_row_gets_the_name() -> None:
    profile = propose({"Date": ["14/06/2025"], **PLACES})
    assert profile.category == "june"
    assert any("No column looks like a category" in line for line in profile.comments)


def test_what_is_not_there_is_a_gap_with_an_example() -> None:
    bare = propose({"Category": ["ASB"], "Colour": ["red"]})
    assert [gap.split(":")[0] for gap in bare.gaps] == [
        "no column looks like a date",
        "no columns look like coordinates",
    ]
    assert "TO FILL IN: no column looks like a date" in bare.to_toml()
    assert tomllib.loads(bare.to_toml())["columns"] == {"category": "Category"}
    with pytest.raises(ProfileError, match="must be filled in first"):
        bare.resolved(["Category"], "june.csv")
    columns = {"Date": ["14/06/2025"], "Category": ["ASB"]}
    assert len(propose(columns | {"E": ["x"], "N": ["y"]}).gaps) == 1
    assert propose(columns, needs_coordinates=False).gaps == ()


@pytest.mark.parametrize(
    ("headings", "start", "end"),
    [
        (["Reported", "Committed From", "Committed To"], 1, 2),
        (["Date/Time Reported", "DateTimeOccurred"], 1, None),
        (["Created", "Offence Committed Date From", "Offence Committed Date To"], 1, 2),
        (["Date Recorded", "First Committed Date", "Last Committed Date"], 1, 2),
        (["Last Updated", "Incident Date"], 1, None),
        (["Closed", "From", "To"], 1, 2),
        (["Date of Birth", "Date Occured"], 1, None),
    ],
)
def test_when_it_happened_comes_before_when_it_was_reported(
    headings: list[str], start: int, end: int | None
) -> None:
    dates = {name: ["14/06/2025 21:30"] for name in headings}
    profile = propose(dates | {"Type": ["ASB"], **PLACES})
    assert profile.columns["start"] == headings[start]
    assert profile.columns.get("end") == (None if end is None else headings[end])


def test_a_report_beside_a_free_date_is_warned_of_first() -> None:
    dates = {"Reported": ["14/06/2025"], "Zeit": ["13/06/2025"]}
    profile = propose(dates | {"Type": ["ASB"], **PLACES})
    assert "REPORTED" in profile.comments[0]
    assert "Zeit" in profile.comments[0]


@pytest.mark.parametrize(
    "times", [["22:30", "", ""], ["22:30", "Unknown", ""], ["2230", "930", "0005"]]
)
def test_times_beside_dates_are_taken(times: list[str]) -> None:
    columns = {
        "Date": ["14/06/2025 00:00", "15/06/2025", "2025-06-16T00:00:00"],
        "Time": times,
        "Type": ["ASB"] * 3,
        "Easting": ["475000"] * 3,
        "Northing": ["319000"] * 3,
    }
    assert propose(columns).columns["start_time"] == "Time"


def test_a_time_that_is_not_used_is_said() -> None:
    columns = {"Date": ["14/06/2025 21:30"], "Time": ["22:30"], "Type": ["ASB"]}
    profile = propose(columns | PLACES)
    assert "Columns of times that are NOT used: Time." in profile.comments


def test_columns_of_yes_and_no_become_marks() -> None:
    columns = {
        "Date": ["14/06/2025"] * 2,
        "Type": ["ASB"] * 2,
        "DV Flag": ["Y", "N"],
        "Hate Crime": ["", "Yes"],
        "Domestic risk": ["standard", "high"],
        "Easting": ["475000"] * 2,
        "Northing": ["319000"] * 2,
    }
    profile = propose(columns)
    assert profile.flags == {"DV Flag": "domestic", "Hate Crime": "hate"}
    assert "'Domestic risk' may mark" in profile.comments[0]


@pytest.mark.parametrize(
    ("heading", "value", "key"),
    [
        ("Map ref", "SK 753 194", "grid_reference"),
        ("Location", "52.7651, -0.8869", "point"),
        ("geom", "POINT (-0.8869 52.7651)", "point"),
    ],
)
def test_places_in_one_cell(heading: str, value: str, key: str) -> None:
    profile = propose({"Date": ["14/06/2025"], "Type": ["ASB"], heading: [value]})
    assert profile.columns[key] == heading


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=8), min_size=1, max_size=5, unique=True))
@example(["*"])
@example(["^.*$", "Date"])
def test_a_proposal_is_toml_for_any_headings(headings: list[str]) -> None:
    names = plain_names(headings)
    table = Table.of(pl.DataFrame(schema=dict.fromkeys(names, pl.String)), "x")
    profile = propose_profile(table, "x")
    told = tomllib.loads(profile.to_toml())
    assert told.get("columns", {}) == dict(profile.columns)
