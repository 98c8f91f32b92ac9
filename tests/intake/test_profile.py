"""Profiles: TOML there and back, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ColumnError, ProfileError
from hotspots.intake.headings import COLUMNS
from hotspots.intake.profile import SOURCE_FLAGS, Profile

FULL = """
[dataset]
name = "June"
simulated = true
delimiter = ";"
sheet = "Data"

[columns]
reference = "Ref"
start_date = "Date"
start_time = "Time"
category = "Type"
easting = "E"
northing = "N"

[dates]
formats = ["%d/%m/%Y %H:%M", "%d/%m/%Y"]

[coordinates]
crs = 27700

[categories]
"BURG" = "Burglary"

[source_flags]
"Council" = "partner"
"""
NEEDED = {"start": "When", "category": "What", "longitude": "X", "latitude": "Y"}


def test_every_entry_is_read() -> None:
    profile = Profile.from_text(FULL)
    assert profile.name == "June"
    assert profile.simulated
    assert (profile.delimiter, profile.sheet) == (";", "Data")
    assert profile.columns["start_time"] == "Time"
    assert profile.coordinates == ("E", "N")
    assert profile.epsg == 27700
    assert profile.date_formats == ("%d/%m/%Y %H:%M", "%d/%m/%Y")
    assert profile.categories == {"BURG": "Burglary"}
    assert profile.source_flags == {"Council": "partner"}


def test_the_crs_follows_the_columns() -> None:
    assert Profile(columns=NEEDED).epsg == 4326
    assert Profile(columns=NEEDED, crs=4258).epsg == 4258


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@settings(max_examples=80, deadline=None)
@given(
    name=NAMES,
    columns=st.tuples(NAMES, NAMES, NAMES, NAMES),
    categories=st.dictionaries(NAMES, NAMES, max_size=3),
    flags=st.dictionaries(NAMES, st.sampled_from(SOURCE_FLAGS), max_size=3),
    comments=st.lists(st.text("ab# \n", max_size=9), max_size=2),
)
def test_toml_there_and_back(
    name: str,
    columns: tuple[str, ...],
    categories: dict[str, str],
    flags: dict[str, str],
    comments: list[str],
) -> None:
    profile = Profile(
        name=name,
        columns=dict(zip(NEEDED, columns, strict=True)),
        categories=categories,
        source_flags=flags,
        date_formats=("%d/%m/%Y",),
        comments=tuple(comments),
    )
    assert Profile.from_text(profile.to_toml()) == profile


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[columns]", "[colums]", "Did you mean 'columns'"),
        ("reference =", "referense =", "Did you mean 'reference'"),
        ("formats =", "format =", "Did you mean 'formats'"),
        ("simulated = true", 'simulated = "yes"', "true or false"),
        ("crs = 27700", 'crs = "27700"', "whole number"),
        ("crs = 27700", "crs = true", "whole number"),
        ("crs = 27700", "crs = 4326", "easting is not in EPSG:4326"),
        ('category = "Type"', "", "'category'"),
        ('category = "Type"', "category = 3", "text in quotes"),
        ('category = "Type"', 'category = ""', "text in quotes"),
        ('start_date = "Date"', "", "'start'"),
        ('northing = "N"', "", "'northing' beside 'easting'"),
        ('reference = "Ref"', 'start = "S"', "names both"),
        ('reference = "Ref"', 'longitude = "X"\nlatitude = "Y"', "names both"),
        ('"partner"', '"partners"', "Did you mean 'partner'"),
        ('"%d/%m/%Y"', '"dd/mm/yyyy"', "must have a day"),
        ('"%d/%m/%Y"', "3", "list of texts"),
        ('delimiter = ";"', 'delimiter = ";;"', "one character"),
        ("[dates]", "dates]", "must be TOML"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, message: str) -> None:
    assert old in FULL
    with pytest.raises(ProfileError, match=message):
        Profile.from_text(FULL.replace(old, new, 1))


def test_a_section_must_be_a_section() -> None:
    with pytest.raises(ProfileError, match="must be a section"):
        Profile.from_text("columns = 3")


def test_one_category_for_all_rows_will_do() -> None:
    columns = {key: name for key, name in NEEDED.items() if key != "category"}
    assert Profile(columns=columns, category="Robbery").category == "Robbery"


def test_a_file_is_named_in_its_errors(tmp_path: Path) -> None:
    path = tmp_path / "week.toml"
    with pytest.raises(ProfileError, match=r"week\.toml"):
        Profile.from_toml(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ProfileError, match="UTF-8"):
        Profile.from_toml(path)
    path.write_text("[columns]\n")
    with pytest.raises(ProfileError, match=r"profile week\.toml: .*'start'"):
        Profile.from_toml(path)


def test_notepad_writes_a_mark_in_front(tmp_path: Path) -> None:
    path = tmp_path / "week.toml"
    path.write_bytes(FULL.encode("utf-8-sig"))
    assert Profile.from_toml(path) == Profile.from_text(FULL)


def test_a_missing_column_is_named_with_the_nearest() -> None:
    profile = Profile(columns=NEEDED)
    assert profile.resolved(["When", "What", "X", "Y"], "f.csv") == profile
    folded = profile.resolved([" WHEN ", "what", "x", "Y"], "f.csv")
    assert folded.columns["start"] == " WHEN "
    with pytest.raises(ColumnError, match="Did you mean 'Wen'"):
        profile.resolved(["Wen", "What", "X", "Y"], "f.csv")
    with pytest.raises(ColumnError, match="'X' is not in"):
        profile.resolved(["When", "What"], "f.csv")
    profile.resolved(["When", "What"], "f.gpkg", needs_coordinates=False)


def test_csv_needs_coordinates() -> None:
    profile = Profile(columns={"start": "When", "category": "What"})
    with pytest.raises(ProfileError, match="easting and northing"):
        profile.resolved(["When", "What"], "f.csv")


def test_the_committed_profile_is_good(root: Path) -> None:
    profile = Profile.from_toml(root / "data" / "simulated_incidents.toml")
    assert profile.simulated
    assert Profile.from_text(profile.to_toml()) == profile


# -- docs/formats.md ---------------------------------------------------------------


def test_the_profile_in_the_documents_is_good(root: Path) -> None:
    text = (root / "docs" / "formats.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    profile = Profile.from_text(block)
    assert profile.epsg == 27700
    for word in COLUMNS:
        assert f"`{word}`" in text
    for flag in SOURCE_FLAGS:
        assert f"`{flag}`" in text
