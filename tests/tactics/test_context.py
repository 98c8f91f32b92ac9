"""What a plan may be chosen by: nothing later, nothing officer-made, named, seeded."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from town import sample_town

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import NoUsableRowsError, PlanError
from hotspots.resources import load_resources
from hotspots.tactics.context import PlanningContext
from hotspots.workflow import Dataset

UNCOUNTED = ("Drugs", "Possession of weapons")


@cache
def dataset() -> Dataset:
    return sample_town()


@cache
def town() -> PlanningContext:
    return PlanningContext.from_dataset(dataset())


def text(context: PlanningContext, column: str) -> pl.Series:
    return context.incidents.frame[column].cast(pl.String)


def test_the_plan_starts_the_day_after_the_data_end() -> None:
    assert town().day == dt.date(2025, 7, 1)
    assert str(town().window) == "1 July 2023 to 30 June 2025"
    assert any("of the last two years" in note for note in town().notes)


@pytest.mark.parametrize("day", [dt.date(2024, 2, 1), dt.date(2025, 7, 1)])
def test_nothing_on_or_after_the_day_is_used(day: dt.date) -> None:
    place = PlanningContext.from_dataset(dataset(), day=day)
    last = place.incidents.frame["start"].max()
    assert isinstance(last, dt.datetime)
    assert last < dt.datetime.combine(day, dt.time())
    assert place.window.end <= day
    assert place.recent.n == place.within(place.window).n <= place.incidents.n


def test_reports_by_officers_are_kept_apart_and_counted() -> None:
    flags = text(town(), "source_flag")
    assert not flags.is_in(["officer-generated"]).any()
    both = PlanningContext.from_dataset(dataset(), officer_generated=True)
    found = text(both, "source_flag").is_in(["officer-generated"]).sum()
    assert found == town().n_officer_generated == both.n_officer_generated > 0
    assert both.incidents.n == town().incidents.n + found
    assert any("kept apart" in note for note in town().notes)
    assert not any("kept apart" in note for note in both.notes)


def test_what_is_left_out_of_hotspots_chooses_no_place() -> None:
    kinds = set(text(town(), "category").to_list())
    assert not kinds & set(UNCOUNTED)
    marks = text(town(), "qualifiers").fill_null("")
    assert not marks.str.contains("domestic|hate").any()
    assert town().n_inside > town().incidents.n + town().n_officer_generated


def test_only_the_categories_asked_for() -> None:
    place = PlanningContext.from_dataset(dataset(), categories=["Burglary"])
    assert set(text(place, "category").to_list()) == {"Burglary"}
    assert place.incidents.n == (text(town(), "category") == "Burglary").sum()


def test_nothing_left_is_refused() -> None:
    with pytest.raises(NoUsableRowsError, match="none is inside the areas"):
        PlanningContext.from_dataset(dataset(), categories=["Piracy"])
    with pytest.raises(NoUsableRowsError, match="before 1999-01-01"):
        PlanningContext.from_dataset(dataset(), day=dt.date(1999, 1, 1))


@pytest.mark.parametrize("what", ["streets", "premises", "buildings"])
def test_what_is_of_another_district_is_refused(what: str, tmp_path: Path) -> None:
    x, y = town().incidents.xy_m.mean(axis=0)
    for away_m in (0.0, 60_000.0):
        lon, lat = bng_to_lonlat(
            np.array([x, x + 30, x + 30]) + away_m, np.array([y, y, y + 20])
        )
        ring = [*zip(lon.tolist(), lat.tolist(), strict=True)]
        shapes = {
            "streets": {"type": "LineString", "coordinates": ring},
            "buildings": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        }
        path = tmp_path / f"{what}.{'csv' if what == 'premises' else 'geojson'}"
        if what == "premises":
            home = f"1,dwelling,Row,{x + away_m},{y}"
            path.write_text(f"uprn,kind,street,easting,northing\n{home}\n")
        else:
            feature = {"type": "Feature", "properties": {}, "geometry": shapes[what]}
            whole = {"type": "FeatureCollection", "features": [feature]}
            path.write_text(json.dumps(whole))
        resources = load_resources(**{what: path}, simulated=True)
        if not away_m:
            PlanningContext.from_dataset(dataset(), resources=resources)
            continue
        with pytest.raises(PlanError, match=f"the {what} must be of the incidents'"):
            PlanningContext.from_dataset(dataset(), resources=resources)


def test_each_choice_has_random_numbers_of_its_own() -> None:
    def drawn(seed: int, what: str) -> list[float]:
        place = PlanningContext.from_dataset(dataset(), seed=seed)
        return place.rng(what).random(4).tolist()  # type: ignore[no-any-return]

    assert drawn(1, "cctv") == drawn(1, "cctv")
    assert drawn(1, "cctv") != drawn(2, "cctv")
    assert drawn(1, "cctv") != drawn(1, "patrol")
    first, second = town().rng("a"), town().rng("a")
    first.random(100)
    assert second.random() == town().rng("a").random()


def test_where_everything_came_from_is_known() -> None:
    said = town().provenance
    assert [name for name, _ in said["incidents"]] == ["simulated_incidents.csv"]
    assert len(said["areas"]) == 2
    assert said["resources"] == []
    assert all(len(digest) == 64 for _, digest in (*said["incidents"], *said["areas"]))


def test_a_point_is_named_after_the_nearest_incident_with_a_street() -> None:
    place = town()
    frame, xy = place.incidents.frame, place.incidents.xy_m
    streets = text(place, "street").fill_null("").to_list()
    known = [k for k, street in enumerate(streets) if street]
    rng = np.random.default_rng(4)
    at = xy[rng.integers(0, len(xy), 12)] + rng.normal(0, 120, (12, 2))
    wards = place.dataset.ward_of_place
    for point, name in zip(at, place.name_of(at), strict=True):
        away = np.hypot(*(xy[known] - point).T)
        nearest = [known[k] for k in np.flatnonzero(away <= away.min() + 1e-9)]
        fits = {
            ", ".join(p for p in (streets[k], wards[frame["place"][k]]) if p)
            for k in nearest
        }
        assert name in fits


def test_places_without_any_street_are_numbered() -> None:
    place = town()
    blank = place.incidents.frame.with_columns(
        street=pl.lit(None, dtype=pl.Categorical())
    )
    bare = replace(place, incidents=replace(place.incidents, frame=blank))
    assert bare.name_of([[475_000.0, 319_000.0]] * 2) == ["Place 1", "Place 2"]


def test_data_that_end_long_before_the_plan_are_said_to() -> None:
    late = PlanningContext.from_dataset(dataset(), day=dt.date(2026, 1, 1))
    assert any("185 days before the plan begins" in note for note in late.notes)
    assert not any("before the plan begins" in note for note in town().notes)
