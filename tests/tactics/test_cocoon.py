"""The rapid list: next doors by hand, deadlines, one row each, no score of anybody."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from hotspots.model.incidents import Incidents
from hotspots.resources.premises import COLUMNS, Premises
from hotspots.tactics.cocoon import Deadlines, cocoon_list, same_building, same_side
from hotspots.tactics.dwellings import Victims, dwelling_burglaries, premises_rows

DAY = dt.date(2025, 7, 1)
FOUND = dt.datetime(2025, 6, 29, 20, 0)


def street(numbers: list[str], *, name: str = "Elm Road", north: float = 0) -> list:
    """Return homes 10 m apart in the order given: number, flat, street, x, y."""
    return [
        (number.partition("/")[0], number.partition("/")[2], name, 10.0 * k, north)
        for k, number in enumerate(numbers)
    ]


def premises(homes: list, *, kind: str = "dwelling") -> Premises:
    rows = [
        (str(900 + k), kind, number, flat, name, "ZZ1 1AA", "")
        for k, (number, flat, name, *_) in enumerate(homes)
    ]
    xy = np.array([(475_000 + x, 319_000 + y) for *_, x, y in homes])
    return Premises(frame=pl.DataFrame(rows, schema=COLUMNS, orient="row"), xy_m=xy)


def victims(*events: tuple[int, dt.datetime], at: Premises) -> Victims:
    rows = [
        {
            "reference": f"R{k}",
            "found": found,
            "address": at.addresses[row],
            "uprn": at.frame["uprn"][row],
            "row": row,
            "repeat": False,
            "lon": -0.9,
            "lat": 52.7,
            "x": at.xy_m[row, 0],
            "y": at.xy_m[row, 1],
        }
        for k, (row, found) in enumerate(events, start=1)
    ]
    return Victims(frame=pl.DataFrame(rows))


def numbers_of(at: Premises, rows: np.ndarray) -> list[str]:
    return at.frame["house_number"].gather(rows).to_list()


def test_next_doors_are_on_the_same_side() -> None:
    at = premises(street([str(n) for n in range(1, 21)]))
    assert numbers_of(at, same_side(at, 9, 4)) == [
        *("2", "4", "6", "8"),
        *("12", "14", "16", "18"),
    ]


def test_at_the_end_of_the_street_there_are_fewer() -> None:
    at = premises(street(["1", "3", "5", "7", "9", "11", "2"]))
    assert numbers_of(at, same_side(at, 0, 4)) == ["3", "5", "7", "9"]


def test_letters_and_flats_count_as_numbers_of_the_street() -> None:
    at = premises(street(["12", "12A", "14/1", "14/2", "16", "18", "13"]))
    assert numbers_of(at, same_side(at, 0, 2)) == ["12A", "14", "14"]
    assert numbers_of(at, same_building(at, 2)) == ["14"]
    assert same_building(at, 0).tolist() == []


def test_a_street_of_the_same_name_elsewhere_is_another() -> None:
    at = premises([*street(["2", "4"]), *street(["6", "8"], north=5_000)])
    assert numbers_of(at, same_side(at, 0, 4)) == ["4"]


def test_homes_without_a_number_take_the_nearest_of_the_street() -> None:
    at = premises(street(["", "", "", "", ""]))
    assert same_side(at, 0, 1).tolist() == [1, 2]


def test_deadlines_by_circle() -> None:
    elm = street([str(n) for n in range(2, 14, 2)])
    oak = street(["1", "30"], name="Oak Close", north=60)
    at = premises([*elm, *oak, ("3", "", "Far Lane", 400.0, 0.0)])
    table = cocoon_list(victims((0, FOUND), at=at), at, DAY)
    got = dict(table.select("address", "who").iter_rows())
    assert got == {
        "2 Elm Road, ZZ1 1AA": "victim",
        **{f"{n} Elm Road, ZZ1 1AA": "next door, same side" for n in (4, 6, 8, 10)},
        "12 Elm Road, ZZ1 1AA": "within reach",
        "1 Oak Close, ZZ1 1AA": "within reach",
        "30 Oak Close, ZZ1 1AA": "within reach",
    }
    due = dict(table.select("who", "deadline").iter_rows())
    assert due == {
        "victim": "2025-06-30 20:00",
        "next door, same side": "2025-07-01 20:00",
        "within reach": "2025-07-06 20:00",
    }
    assert set(table["expires"]) == {"2025-08-24"}
    status = dict(table.select("who", "status").iter_rows())
    assert (status["victim"], status["within reach"]) == ("overdue", "due")


def test_one_row_an_address_and_the_earliest_deadline_wins() -> None:
    at = premises(street(["2", "4", "6"]))
    earlier = FOUND - dt.timedelta(days=10)
    table = cocoon_list(victims((0, earlier), (1, FOUND), at=at), at, DAY)
    row = table.filter(pl.col("address").str.starts_with("4 ")).row(0, named=True)
    assert table["uprn"].n_unique() == table.height == 3
    assert (row["who"], row["because_of"]) == ("next door, same side", "R1")
    assert row["deadline"] == "2025-06-21 20:00"
    assert row["expires"] == "2025-08-24"


def test_after_56_days_nobody_is_listed() -> None:
    at = premises(street(["2", "4"]))
    old = dt.datetime(2025, 5, 5, 12)
    assert cocoon_list(victims((0, old), at=at), at, DAY).is_empty()
    longer = Deadlines(expires_days=60)
    assert cocoon_list(victims((0, old), at=at), at, DAY, longer).height == 2


def test_the_list_is_by_deadline_and_address_without_a_score() -> None:
    at = premises(street([str(n) for n in range(2, 60, 2)]))
    table = cocoon_list(victims((3, FOUND), (20, FOUND), at=at), at, DAY)
    pairs = list(table.select("deadline", "address").iter_rows())
    assert pairs == sorted(pairs)
    assert set(table["marking"]) == {"OFFICIAL-SENSITIVE"}
    assert all(kind == pl.String for kind in table.dtypes)
    assert not [c for c in table.columns if "rank" in c or "score" in c or "risk" in c]


def test_shops_are_not_visited() -> None:
    at = premises(street(["2", "4"]), kind="shop")
    assert cocoon_list(victims((0, FOUND), at=at), at, DAY)["who"].to_list() == [
        "victim"
    ]


@pytest.mark.parametrize(
    ("category", "sub", "qualifiers", "uprn", "expected"),
    [
        ("Burglary", "Residential", "", "", True),
        ("Burglary", "Business and community", "", "900", False),
        ("BURGLARY DWELLING", None, "", "", True),
        ("Burglary other than dwelling", None, "", "900", False),
        ("Burglary", "Non-residential", "", "900", False),
        ("Burglary", None, "", "900", True),
        ("Burglary", None, "business", "900", False),
        ("Burglary", None, "", "", False),
        ("Criminal damage", "Residential", "", "900", False),
    ],
)
def test_what_is_a_dwelling_burglary(
    category: str, sub: str | None, qualifiers: str, uprn: str, expected: bool
) -> None:
    incidents = Incidents.from_located(
        pl.DataFrame(
            {
                "lon": [-0.9],
                "lat": [52.7],
                "start": [FOUND],
                "category": [category],
                "subcategory": [sub],
                "qualifiers": [qualifiers],
                "premises": [uprn],
            }
        )
    )
    found, undecided = dwelling_burglaries(incidents, premises(street(["2"])))
    assert found.to_list() == [expected]
    plain = category == "Burglary" and sub is None and not qualifiers
    assert undecided == int(plain and not uprn)


def test_a_home_is_found_by_number_or_address_never_by_place() -> None:
    at = premises(street(["2", "4/1", "4/2"]))
    rows = [("0900", None), (None, "Flat 2, 4 Elm Rd, ZZ1 1AA"), (None, "Elm Road")]
    incidents = Incidents.from_located(
        pl.DataFrame(
            {
                "lon": [-0.9] * 3,
                "lat": [52.7] * 3,
                "start": [FOUND] * 3,
                "category": ["Burglary"] * 3,
                "premises": [uprn for uprn, _ in rows],
                "address": [address for _, address in rows],
            }
        )
    )
    assert premises_rows(incidents, at).tolist() == [0, 2, -1]
