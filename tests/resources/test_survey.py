"""A survey of residents: what is read, what is refused, what is too few to show."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotspots.core.errors import ColumnError, SourceError
from hotspots.core.intervals import wilson
from hotspots.resources.survey import Survey

HEADER = "Ward,Concern,Asked,Said,Date\n"


def written(folder: Path, rows: str, header: str = HEADER) -> Path:
    path = folder / "survey.csv"
    path.write_text(header + rows, encoding="utf-8")
    return path


def test_the_leading_three_stand_with_both_counts_and_a_range(tmp_path: Path) -> None:
    rows = "".join(
        f"Market,{concern},144,{said},31/03/2025\n"
        for concern, said in (("A", 41), ("B", 54), ("C", 29), ("D", 39))
    )
    ((area, says),) = Survey.from_file(written(tmp_path, rows)).sentences()
    low, high = (round(100 * end) for end in wilson(54, 144))
    assert area == "Market"
    assert says.startswith(f"B: 54 of 144 asked (38%, {low} to {high}%); A: 41 of 144")
    assert "C: " not in says
    assert says.endswith("to 31 March 2025.")


def test_of_fewer_than_ten_nothing_is_shown(tmp_path: Path) -> None:
    path = written(tmp_path, "Market,A,9,9,\nMill,A,10,0,\n")
    assert list(Survey.from_file(path).sentences()) == [
        ("Market", "Fewer than 10 were asked: nothing is shown."),
        ("Mill", "A: 0 of 10 asked (0%, 0 to 28%)."),
    ]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("Market,A,10,11,\n", r"1 of 1 \(first: line 2\) say otherwise"),
        ("Market,A,0,0,\n", "say otherwise"),
        ("Market,A,10,1,\nmarket,a,10,2,\n", r"2 of 2 \(first: line 2\) stand twice"),
        ("Market,A,ten,1,\n", "a whole number"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, rows: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        Survey.from_file(written(tmp_path, rows))


def test_a_column_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ColumnError, match="said"):
        Survey.from_file(written(tmp_path, "Market,A,10\n", "Ward,Concern,Asked\n"))
