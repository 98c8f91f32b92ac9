"""Institutions and named places are set apart, listed, and put back when asked."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
import shapely

from hotspots.core.errors import ParameterError
from hotspots.model.incidents import Incidents
from hotspots.model.institutions import (
    ASKED,
    BY_PATTERN,
    IN_FILE,
    PLACE_REASON,
    Apart,
    Grounds,
    apart_notes,
)

TOWN = ("Burglary", "Vehicle crime", "Anti-social behaviour", "Violence", "Shoplifting")
WALLS = ("Violence and sexual offences", "Other crime", "Drugs")


def rows(street: str | None, at: int, kinds: tuple[str, ...], n: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "lon": [-0.9 + at / 100] * n,
            "lat": [52.7] * n,
            "start": [dt.datetime(2025, 1, 1)] * n,
            "category": [kinds[k % len(kinds)] for k in range(n)],
            "street": [street] * n,
        },
        schema_overrides={"street": pl.String},
    )


def incidents(*parts: pl.DataFrame, apart: Apart | None = None) -> Incidents:
    return Incidents.from_located(pl.concat(parts), apart=apart)


def told(of: Incidents) -> dict[str, str | None]:
    frame = of.frame.with_columns(pl.col("street", "apart").cast(pl.String))
    pairs = frame.select("street", "apart").unique().rows()
    return {street or "": reason for street, reason in pairs}


def town() -> pl.DataFrame:
    streets = [rows(f"Street {k}", k, TOWN, 40) for k in range(20)]
    return pl.concat(streets)


def test_what_looks_closed_is_known_by_what_is_recorded_there() -> None:
    found = told(incidents(town(), rows("Mews", 30, WALLS, 60)))
    assert found.pop("Mews") == BY_PATTERN
    assert set(found.values()) == {None}


def test_small_points_beside_a_closed_place_are_its_own() -> None:
    beside = rows("Gate", 30, WALLS, 12).with_columns(lon=pl.col("lon") + 0.002)
    away = rows("Elsewhere", 50, WALLS, 12)
    found = told(incidents(town(), rows("Mews", 30, WALLS, 60), beside, away))
    assert found["Gate"] == BY_PATTERN
    assert found["Elsewhere"] is None


@pytest.mark.parametrize(
    "parts",
    [
        (rows("Mews", 30, WALLS, 60),),  # nothing else to hold it against
        (town(), rows("Mews", 30, WALLS, 25)),  # too few
        (town(), rows("Mews", 30, (*WALLS, *TOWN[:1]), 60)),  # burglaries too
        (town(), rows("Mews", 30, ("Drugs",), 60)),  # a festival
        (town(), rows("Nightclub", 30, WALLS, 60)),
        (town(), rows("The Bell Inn", 30, WALLS, 60)),
    ],
)
def test_what_the_pattern_does_not_prove(parts: tuple[pl.DataFrame, ...]) -> None:
    assert set(told(incidents(*parts)).values()) == {None}


def test_names_that_were_asked_for_and_institutions_put_back() -> None:
    parts = (rows("Hospital", 1, TOWN, 3), rows("Priory Lane", 2, TOWN, 3))
    asked = Apart(leave_out="priory lane;  ; Priory  Lane", institutions=False)
    assert asked.names == ("priory lane", "Priory Lane")
    assert told(incidents(*parts, apart=asked)) == {
        "Hospital": None,
        "Priory Lane": f"{ASKED}priory lane",
    }
    assert told(incidents(*parts))["Hospital"] == PLACE_REASON
    with pytest.raises(ParameterError, match="3 letters"):
        Apart(leave_out="St")


def test_a_file_says_where_an_institution_is() -> None:
    parts = (rows("Mill Lane", 1, TOWN, 3), rows("Far Lane", 9, TOWN, 3))
    xy = incidents(*parts).places.select("x", "y").to_numpy()
    square = shapely.box(*(xy[0] - 50), *(xy[0] + 50))
    point = shapely.Point(xy[1] + [0, 90])
    for shape, street in ((square, "Mill Lane"), (point, "Far Lane")):
        shapes = np.array([shape], dtype=object)
        apart = Apart(grounds=Grounds(names=("HMP Made",), shapes=shapes))
        found = told(incidents(*parts, apart=apart))
        assert found.pop(street) == f"{IN_FILE}HMP Made"
        assert set(found.values()) == {None}


def test_all_are_listed_with_where_they_are() -> None:
    apart = Apart(leave_out="Street 3")
    of = incidents(town(), rows("Hospital", 40, TOWN, 2), apart=apart)
    asked, rest = apart_notes(of.frame, of.places)
    assert asked == "Left out as asked: 'Street 3' (40 incidents)."
    assert "Hospital (TF 014 124" in rest
    assert "2 rows, by name" in rest
    assert "--with-institutions" in rest
    assert apart_notes(of.frame.clear(), of.places) == ()


def test_a_place_that_nobody_knew_on_a_day_is_no_institution_on_it() -> None:
    later = rows("Mews", 30, WALLS, 60).with_columns(
        start=pl.lit(dt.datetime(2025, 3, 1))
    )
    both = incidents(town(), later)
    assert told(both)["Mews"] == BY_PATTERN
    assert set(told(both.known_on(dt.date(2025, 2, 1))).values()) == {None}
    assert told(both.known_on(dt.date(2025, 4, 1))) == told(both)
