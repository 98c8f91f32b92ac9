"""CSV and XLSX by a profile."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ColumnError, EmptyFileError, ProfileError, SourceError
from hotspots.intake import tables
from hotspots.intake.inputs import InputFile
from hotspots.intake.profile import Profile
from hotspots.intake.raw import RAW_SCHEMA, RawRows
from hotspots.sources import write_proposal
from hotspots.sources.columns import propose, read

COLUMNS = {
    "reference": "Ref",
    "start": "From",
    "end": "To",
    "category": "Type",
    "easting": "E",
    "northing": "N",
}
FORMATS = ("%d/%m/%Y %H:%M", "%d/%m/%Y")
PROFILE = Profile(columns=COLUMNS, date_formats=FORMATS)
HEADER = "Ref,From,To,Type,E,N\n"
GOOD = "A1,14/06/2025 21:30,15/06/2025 07:00,Burglary,475000,319000\n"


def an_item(folder: Path, content: str | bytes, name: str = "f.csv") -> InputFile:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return InputFile(path=path, name=name)


def read_all(item: InputFile, profile: Profile = PROFILE) -> RawRows:
    blocks = list(read(item, profile))
    assert all(dict(b.rows.schema) == RAW_SCHEMA for b in blocks)
    first = blocks[0]
    rows = pl.concat([block.rows for block in blocks])
    notes = tuple(note for block in blocks for note in block.notes)
    return RawRows(
        rows=rows,
        crs=first.crs,
        time_precision=blocks[-1].time_precision,
        simulated=first.simulated,
        notes=notes,
    )


def one(folder: Path, row: str, profile: Profile = PROFILE) -> dict[str, Any]:
    return read_all(an_item(folder, HEADER + row), profile).rows.row(0, named=True)


# -- CSV ---------------------------------------------------------------------------


def test_a_row_as_a_police_export_writes_it(tmp_path: Path) -> None:
    raw = read_all(an_item(tmp_path, HEADER + GOOD))
    assert raw.crs == 27700
    assert raw.time_precision == "minute"
    row = raw.rows.row(0, named=True)
    assert row == dict.fromkeys(RAW_SCHEMA) | {
        "line": 2,
        "x": 475000.0,
        "y": 319000.0,
        "place_text": "475000,319000",
        "start": dt.datetime(2025, 6, 14, 21, 30),
        "end": dt.datetime(2025, 6, 15, 7),
        "time_text": "14/06/2025 21:30 to 15/06/2025 07:00",
        "category": "Burglary",
        "reference": "A1",
    }


@pytest.mark.parametrize(
    ("row", "start", "end"),
    [
        ("A,14/06/2025,,T,1,2", (14, 0), (15, 0)),  # a day lasts until the next
        ("A,14/06/2025,16/06/2025,T,1,2", (14, 0), (17, 0)),
        ("A,14/06/2025 10:00,14/06/2025,T,1,2", (14, 10), (15, 0)),
        ("A,14/06/2025 10:00,,T,1,2", (14, 10), None),  # validation fills it
        ("A,14/06/2025,13/06/2025,T,1,2", (14, 0), (13, 0)),  # left for validation
        ("A,14/06/2025 10:00,13/06/2025 09:00,T,1,2", (14, 10), (13, 9)),
        ("A,31/06/2025,,T,1,2", None, None),
        ("A,,,T,1,2", None, None),
    ],
)
def test_spans(tmp_path: Path, row: str, start: Any, end: Any) -> None:
    got = one(tmp_path, row)
    for value, wanted in ((got["start"], start), (got["end"], end)):
        moment = dt.datetime(2025, 6, wanted[0], wanted[1]) if wanted else None
        assert value == moment


def test_texts_of_what_could_not_be_read_are_kept(tmp_path: Path) -> None:
    row = one(tmp_path, "A,31/06/2025,,T,not known, ")
    assert (row["x"], row["y"], row["start"]) == (None, None, None)
    assert row["place_text"] == "not known,"
    assert row["time_text"] == "31/06/2025"


def test_precision_is_that_of_the_formats(tmp_path: Path) -> None:
    day = "A,14/06/2025,,T,1,2\n"
    minute = "A,14/06/2025 10:00,,T,1,2\n"
    midnights = "A,14/06/2025 00:00,,T,1,2\n" * 30
    for rows, precision in [
        (day, "day"),
        (day + minute, "minute"),
        (midnights, "day"),
        (midnights + minute, "minute"),
        ("A,14/06/2025 00:00,,T,1,2\n", "minute"),
    ]:
        assert read_all(an_item(tmp_path, HEADER + rows)).time_precision == precision
    rows = read_all(an_item(tmp_path, HEADER + midnights)).rows
    assert rows["end"][0] == dt.datetime(2025, 6, 15)


def test_a_late_block_of_dates_does_not_make_the_file_coarse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = an_item(tmp_path, HEADER + GOOD * 3 + "A,14/06/2025,,T,1,2\n")
    monkeypatch.setattr(tables, "BLOCK_BYTES", 64)
    precisions = [raw.time_precision for raw in read(item, PROFILE)]
    assert len(precisions) > 1
    assert set(precisions) == {"minute"}


def test_date_and_time_in_two_columns(tmp_path: Path) -> None:
    columns = {"start_date": "D", "start_time": "T", "category": "C"}
    profile = Profile(
        columns=columns | {"longitude": "X", "latitude": "Y"}, date_formats=FORMATS
    )
    text = "D,T,C,X,Y\n14/06/2025,21:30,a,-1,52\n14/06/2025,,a,-1,52\n,21:30,a,-1,52\n"
    raw = read_all(an_item(tmp_path, text), profile)
    assert raw.crs == 4326
    assert raw.rows["start"].to_list() == [
        dt.datetime(2025, 6, 14, 21, 30),
        dt.datetime(2025, 6, 14),
        None,
    ]
    assert raw.rows["end"].to_list() == [None, dt.datetime(2025, 6, 15), None]
    assert raw.rows["time_text"].to_list() == ["14/06/2025 21:30", "14/06/2025", None]


def test_words_are_mapped_and_others_pass(tmp_path: Path) -> None:
    profile = Profile(
        columns=COLUMNS | {"source_flag": "Source", "qualifiers": "Marks"},
        categories={"BURG": "Burglary"},
        source_flags={"Council": "partner"},
    )
    text = (
        "Ref,From,To,Type,E,N,Source,Marks\n"
        '1,14/06/2025,,BURG,1,2,council,"Youth, Alcohol"\n'
        "2,14/06/2025,,Riot,1,2,Public report,youth ; ;alcohol;\n"
        "3,14/06/2025,, ,1,2,A bird,\n"
    )
    raw = read_all(an_item(tmp_path, text), profile)
    assert raw.rows["category"].to_list() == ["Burglary", "Riot", None]
    assert raw.rows["source_flag"].to_list() == ["partner", "public report", None]
    assert raw.rows["qualifiers"].to_list() == ["youth;alcohol", "youth;alcohol", None]
    assert any("'A bird'" in note for note in raw.notes)


def test_one_category_for_every_row(tmp_path: Path) -> None:
    columns = {key: name for key, name in COLUMNS.items() if key != "category"}
    profile = Profile(columns=columns, category="Robbery")
    assert one(tmp_path, GOOD, profile)["category"] == "Robbery"


def test_numbers_as_spreadsheets_write_them(tmp_path: Path) -> None:
    row = one(tmp_path, 'A,14/06/2025,,T,"475,000", 319000.5 ')
    assert (row["x"], row["y"]) == (475000.0, 319000.5)
    assert one(tmp_path, 'A,14/06/2025,,T,"47,50",NaN')["x"] is None


def test_an_end_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    rows = "A,14/06/2025 10:00,soon,T,1,2\nB,bad,soon,T,1,2\n"
    raw = read_all(an_item(tmp_path, HEADER + rows))
    assert raw.rows["start"][0] == dt.datetime(2025, 6, 14, 10)
    assert any(note.startswith("f.csv: 1 rows have an end") for note in raw.notes)


def test_no_row_is_lost_to_a_surplus_field(tmp_path: Path) -> None:
    shifted = "A2,14/06/2025,,Theft, of cycle,475000,319000\n"
    blank = GOOD[:-1] + ",\n"
    raw = read_all(an_item(tmp_path, HEADER + GOOD + shifted + shifted[:-1] + ",,\n"))
    assert raw.rows["fault"].str.contains("more fields than the 6").to_list() == [
        None,
        True,
        True,
    ]
    one_blank = read_all(an_item(tmp_path, HEADER + GOOD * 20 + blank)).rows
    assert one_blank["fault"].drop_nulls().len() == 1, "a blank may have moved a column"
    every = read_all(an_item(tmp_path, HEADER + blank * 20)).rows
    assert every["fault"].null_count() == 20


def test_a_line_that_ends_before_a_needed_column_is_at_fault(tmp_path: Path) -> None:
    row = one(tmp_path, "A3,14/06/2025,,Burglary,475000\n")
    assert row["fault"] == "fewer fields than the 6 of the header"
    longer = HEADER.strip() + ",Remark\n" + GOOD
    assert read_all(an_item(tmp_path, longer)).rows["fault"].to_list() == [None]


@pytest.mark.parametrize("first", ["sep=,", '"sep=,"', "Export of week 24", "x\n\ny"])
def test_lines_above_the_header(tmp_path: Path, first: str) -> None:
    raw = read_all(an_item(tmp_path, f"{first}\n{HEADER}{GOOD}"))
    assert raw.rows["line"].to_list() == [first.count("\n") + 3]


def test_a_quotation_mark_costs_at_most_its_own_line(tmp_path: Path) -> None:
    def rows(third: str) -> pl.DataFrame:
        return read_all(an_item(tmp_path, HEADER + GOOD + third + GOOD * 3)).rows

    for third in (
        '"The Bell" 2,14/06/2025,,Burglary,475000,319000\n',
        '6" pipe,14/06/2025,,Burglary,475000,319000\n',
        '"open,14/06/2025,,Burglary,475000,319000\n',
    ):
        assert rows(third)["fault"].to_list() == [None] * 5
    lost = rows('"open, and a comma,14/06/2025,,Burglary,475000,319000\n')
    assert lost["fault"].is_not_null().to_list() == [False, True, False, False, False]
    assert lost["line"].to_list() == [2, 3, 4, 5, 6]


def test_empty_lines_are_left_out_and_said(tmp_path: Path) -> None:
    raw = read_all(an_item(tmp_path, HEADER + "\n" + GOOD + ",,,,,\n" + GOOD + "\n\n"))
    assert raw.rows["line"].to_list() == [3, 5]
    assert any("4 empty lines" in note for note in raw.notes)


def test_line_breaks_in_fields(tmp_path: Path) -> None:
    rows = '"A\n1",14/06/2025,,"a ""b""",1,2\n' + GOOD
    raw = read_all(an_item(tmp_path, HEADER + rows))
    assert raw.rows["reference"].to_list() == ["A\n1", "A1"]
    assert raw.rows["line"].to_list() == [2, 4]
    assert raw.rows["category"][0] == 'a "b"'


def test_delimiters_blanks_and_twins_in_the_header(tmp_path: Path) -> None:
    text = "Ref; From ;To;Type;E;N;Type;;\n" + GOOD.strip().replace(",", ";") + ";x;;\n"
    profile = Profile(columns=COLUMNS, date_formats=FORMATS, delimiter=";")
    rows = read_all(an_item(tmp_path, text), profile).rows
    assert rows["start"].null_count() == 0
    assert rows["category"].to_list() == ["Burglary"]


def test_encodings(tmp_path: Path) -> None:
    row = GOOD.replace("A1", "café")
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        raw = read_all(an_item(tmp_path, (HEADER + row).encode(encoding)))
        assert raw.rows["reference"].to_list() == ["café"]
        assert any("Windows-1252" in n for n in raw.notes) == (encoding == "cp1252")


def test_a_header_alone_gives_no_rows(tmp_path: Path) -> None:
    assert read_all(an_item(tmp_path, HEADER)).rows.is_empty()


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(EmptyFileError, match="0 bytes"):
        read_all(an_item(tmp_path, ""))
    with pytest.raises(ColumnError, match=r"'From' is not in f\.csv.*Did you mean"):
        read_all(an_item(tmp_path, HEADER.replace("From", "Form") + GOOD))
    folded = read_all(an_item(tmp_path, HEADER.lower() + GOOD))
    assert folded.rows["x"].to_list() == [475000.0]
    with pytest.raises(ProfileError, match="easting and northing"):
        read_all(
            an_item(tmp_path, HEADER + GOOD),
            Profile(columns={"start": "From", "category": "Type"}),
        )
    with pytest.raises(SourceError, match="must be a table"):
        read_all(an_item(tmp_path, HEADER, "f.pdf"))


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(TEXT, st.integers(0, 700_000)), min_size=1, max_size=20))
def test_every_row_that_is_there_comes_out(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int]]
) -> None:
    frame = pl.DataFrame(
        {
            "Ref": [ref for ref, _ in rows],
            "From": ["14/06/2025 10:00"] * len(rows),
            "To": [""] * len(rows),
            "Type": ["T"] * len(rows),
            "E": [str(easting) for _, easting in rows],
            "N": ["1"] * len(rows),
        }
    )
    folder = tmp_path_factory.mktemp("rows")
    raw = read_all(an_item(folder, frame.write_csv(quote_style="always")))
    assert raw.rows["x"].to_list() == [float(easting) for _, easting in rows]
    assert raw.rows["reference"].to_list() == [
        pl.Series([ref]).str.strip_chars()[0] or None for ref, _ in rows
    ]


# -- XLSX --------------------------------------------------------------------------


def a_book(folder: Path, rows: list[list[Any]], name: str = "f.xlsx") -> InputFile:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in rows:
        sheet.append(row)
    book.create_sheet("Notes")
    book.save(folder / name)
    return InputFile(path=folder / name, name=name)


def test_a_workbook_with_dates_of_every_kind(tmp_path: Path) -> None:
    rows = [
        ["Ref", "From", "To", "Type", "E", "N"],
        [123, dt.datetime(2025, 6, 14, 21, 30), None, "ASB", 475000, 319000.5],
        [],
        [
            "A2",
            "14/06/2025 21:30",
            dt.datetime(2025, 6, 15, 7),
            "ASB",
            "475000",
            319000,
        ],
        ["A3", dt.date(2025, 6, 14), None, "ASB", None, 319000],
    ]
    raw = read_all(a_book(tmp_path, rows))
    assert raw.rows["line"].to_list() == [2, 4, 5]
    assert raw.rows["reference"].to_list() == ["123", "A2", "A3"]
    assert raw.rows["start"].to_list() == [
        dt.datetime(2025, 6, 14, 21, 30),
        dt.datetime(2025, 6, 14, 21, 30),
        dt.datetime(2025, 6, 14),
    ]
    assert raw.rows["end"][1] == dt.datetime(2025, 6, 15, 7)
    assert raw.rows["x"].to_list() == [475000.0, 475000.0, None]
    assert raw.rows["y"].to_list() == [319000.5, 319000.0, 319000.0]
    assert any("1 empty lines" in note for note in raw.notes)


def test_a_workbook_with_date_and_time_apart(tmp_path: Path) -> None:
    columns = {"start_date": "D", "start_time": "T", "category": "C"}
    profile = Profile(
        columns=columns | {"longitude": "X", "latitude": "Y"}, date_formats=FORMATS
    )
    rows = [
        ["D", "T", "C", "X", "Y"],
        [dt.date(2025, 6, 14), dt.time(21, 30), "a", -1, 52],
        ["14/06/2025", "21:30", "a", -1, 52],
    ]
    raw = read_all(a_book(tmp_path, rows), profile)
    assert raw.rows["start"].to_list() == [dt.datetime(2025, 6, 14, 21, 30)] * 2


def test_sheets(tmp_path: Path) -> None:
    item = a_book(tmp_path, [["Ref", "From", "To", "Type", "E", "N"]])
    assert read_all(item).rows.is_empty()
    with pytest.raises(ProfileError, match="Did you mean 'Data'"):
        read_all(item, Profile(columns=COLUMNS, sheet="Dat"))
    with pytest.raises(EmptyFileError, match="'Notes' is empty"):
        read_all(item, Profile(columns=COLUMNS, sheet="Notes"))
    with pytest.raises(SourceError, match="XLSX workbook"):
        read_all(an_item(tmp_path, b"PK no workbook", "g.xlsx"))


def test_proposals(tmp_path: Path) -> None:
    text = (HEADER + GOOD).replace(",", ";")
    profile = propose(an_item(tmp_path, text, "week_24.csv"))
    assert (profile.name, profile.delimiter) == ("week 24", ";")
    assert profile.columns == COLUMNS
    assert read_all(an_item(tmp_path, text), profile).rows["x"].to_list() == [475000.0]
    rows = [HEADER.strip().split(","), GOOD.strip().split(",")]
    assert propose(a_book(tmp_path, rows)).columns == COLUMNS


# -- real files --------------------------------------------------------------------


def test_new_york_vehicle_thefts(shared_data: Path) -> None:
    path = shared_data / "points" / "nyc_vehicle_thefts_2014_2017.csv.gz"
    item = InputFile(path=path, name=path.name)
    raw = read_all(item, propose(item))
    assert raw.rows.height == 35_746
    assert raw.rows["start"].null_count() == 0
    hours = (raw.rows["end"] - raw.rows["start"]).dt.total_minutes() / 60
    assert hours.null_count() == 2_852
    assert hours.median() == pytest.approx(10, abs=0.5)
    assert raw.time_precision == "minute"


def test_memphis_robberies(shared_data: Path) -> None:
    path = shared_data / "points" / "memphis_personal_robberies_2019.csv"
    item = InputFile(path=path, name=path.name)
    raw = read_all(item, propose(item))
    assert raw.rows.height == 2_245
    assert raw.rows["start"].null_count() == 0
    assert raw.rows["start"].dt.year().unique().to_list() == [2019]
    assert raw.rows["category"].unique().to_list() == ["personal robbery"]


def test_the_committed_sample_needs_no_hand(root: Path) -> None:
    path = root / "data" / "simulated_incidents.csv"
    item = InputFile(path=path, name=path.name)
    proposed = propose(item)
    committed = Profile.from_toml(path.with_suffix(".toml"))
    assert proposed.columns == committed.columns
    assert proposed.simulated
    assert read_all(item, committed).rows.equals(read_all(item, proposed).rows)


def test_a_line_of_totals_is_not_asked_about(tmp_path: Path) -> None:
    table = tmp_path / "week.csv"
    table.write_text(
        "Offence,Date,Easting,Northing\nBurglary,14/06/2024 10:00,475235,319123\n"
        "Robbery,15/06/2024 10:00,475235,319123\n3,Total,,\n,,,Grand total: 3\n"
    )
    said = write_proposal(table, tmp_path / "week.toml")
    assert 'start = "Date"' in said
    assert "does not know" not in said
