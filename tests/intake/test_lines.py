"""Lines that need no mending are read as they are, to the same rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotspots.intake import tables
from hotspots.intake.inputs import InputFile
from hotspots.intake.lines import plain_records

ROWS = {
    "plain": ["1,2,3", "4,5,6"],
    "blanks at either end": [",2,", ",,6"],
    "quoted, with the delimiter inside": ['"1, or so",2,3', '4,"say ""five""",6'],
    "an empty line": ["1,2,3", "", "4,5,6"],
    "a line of delimiters": ["1,2,3", ", ,", "4,5,6"],
    "one short and one long": ["1,2", "4,5,6,7"],
    "a short line": ["1,2", "4,5,6"],
    "a line break in a field": ['1,"2', '2",3', "4,5,6"],
    "a mark that is never closed": ['1,"2,3', "4,5,6"],
    "a mark inside a field": ['1,2" x 4",3', "4,5,6"],
}


@pytest.mark.parametrize("lines", ROWS.values(), ids=ROWS)
def test_a_file_gives_the_same_rows_with_and_without_mending(
    lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["a,b,c", *lines, ""]))
    read = tables.read_table(InputFile.at(path))
    monkeypatch.setattr(tables, "plain_records", lambda *_: None)
    mended = tables.read_table(InputFile.at(path))
    for name in ("frame", "line", "n_fields", "fault"):
        assert getattr(read, name).equals(getattr(mended, name), null_equal=True), name
    assert read.notes == mended.notes


def test_what_needs_mending_is_not_plain() -> None:
    plain = {k for k, rows in ROWS.items() if plain_records(rows, ",", 3) is not None}
    assert plain == {
        "plain",
        "blanks at either end",
        "quoted, with the delimiter inside",
        "a line of delimiters",  # seen when it is parsed, as the next
        "one short and one long",
    }
