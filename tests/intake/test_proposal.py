"""Proposed profiles: names and values that real exports use."""

from __future__ import annotations

import polars as pl
import pytest

from hotspots.core.errors import ProfileError
from hotspots.intake.profile import Profile
from hotspots.intake.proposal import propose_profile


def propose(columns: dict[str, list[str]], **options: bool) -> Profile:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return propose_profile(frame.columns, frame, "june", **options)


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
    assert profile.date_formats == ("%d/%m/%Y %H:%M",)
    assert any("Columns not used: Beat" in line for line in profile.comments)
    assert "# Columns not used: Beat." in profile.to_toml()


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
    assert profile.date_formats == ("%d/%m/%Y %H:%M",)


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


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(ProfileError, match="a date and coordinates"):
        propose({"Category": ["ASB"], "Colour": ["red"]})
    with pytest.raises(ProfileError, match="must name coordinates"):
        propose({"Date": ["14/06/2025"], "Category": ["ASB"], "E": ["x"], "N": ["y"]})
    columns = {"Date": ["14/06/2025"], "Category": ["ASB"]}
    assert propose(columns, needs_coordinates=False).coordinates is None
