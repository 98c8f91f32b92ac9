"""What a place page counts, beside counts made by hand."""

from __future__ import annotations

import datetime as dt

import pytest
import shapely
from site_fixture import OPERATOR, actor
from town import sample_town

from hotspots.core.errors import RightsError
from hotspots.outputs.formats.geojson import to_geojson
from hotspots.service.place_counts import MONTHS, place_counts
from hotspots.store.models import Place
from hotspots.workflow import Dataset, analyse


@pytest.fixture(scope="module")
def town() -> Dataset:
    return sample_town()


@pytest.fixture(scope="module")
def place(town: Dataset) -> Place:
    first = analyse(town).hotspots[0]
    return Place(number=1, name="A", ward="", geometry=to_geojson(first.polygon))


def by_hand(town: Dataset, place: Place) -> list[dt.datetime]:
    shape = shapely.from_geojson(str(place.geometry).replace("'", '"'))
    shape = shapely.from_geojson(shapely.to_geojson(shape))
    at = [
        shapely.contains_xy(shape, lon, lat)
        for lon, lat in town.incidents.places.select("lon", "lat").iter_rows()
    ]
    rows = town.incidents.frame.select("start", "place").iter_rows()
    included = town.weights["included"]
    return [
        start
        for (start, where), yes in zip(rows, included, strict=True)
        if at[where] and yes == "yes"
    ]


def test_months_and_kinds_are_those_counted_by_hand(
    town: Dataset, place: Place
) -> None:
    found = place_counts(town, OPERATOR, place)
    days = [each.date() for each in by_hand(town, place)]
    assert len(found.months) == MONTHS
    for window, n in found.months:
        assert n == sum(window.start <= day < window.end for day in days)
    first, end = dt.date(2024, 7, 1), dt.date(2025, 7, 1)
    year = sum(first <= day < end for day in days)
    assert sum(now for _, now, _ in found.kinds) == year
    assert found.usual is not None
    assert found.usual.now == found.months[-1][1]
    assert f"of {year:,} incidents of the last 12 months" in found.repeats
    assert found.hours is not None


def test_who_may_not_see_counts_is_refused(town: Dataset, place: Place) -> None:
    with pytest.raises(RightsError):
        place_counts(town, actor("administrator"), place)
