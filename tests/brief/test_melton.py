"""Real files: Melton's months work, its weeks are refused, its gaps are told."""

from __future__ import annotations

from pathlib import Path

import brief_fixture as toy
import pytest

from hotspots.analysis.dataset import Dataset
from hotspots.brief.build import build_brief
from hotspots.core.errors import PrecisionError
from hotspots.workflow import load


@pytest.fixture(scope="module")
def melton(shared_data: Path) -> Dataset:
    folder = shared_data / "melton"
    wards = folder / "boundaries" / "melton_wards_2013.geojson"
    return load([folder / "police_uk"], [wards])


def test_a_week_of_police_uk_is_refused_and_the_month_offered(melton: Dataset) -> None:
    with pytest.raises(PrecisionError, match=r"monthly brief instead: 2025-06"):
        build_brief(melton, period="2025-W24")


@pytest.mark.parametrize("period", ["2025-06", "2022-10", "2022-03", "2025-Q2"])
@pytest.mark.parametrize("audience", ["operational", "public"])
def test_meltons_month_works(melton: Dataset, period: str, audience: str) -> None:
    brief = build_brief(melton, period=period, audience=audience)
    toy.check_statements(brief)
    topics = {note.topic for note in brief.section("limitations").notes}
    assert "Not measured" in topics
    assert ("Months missing" in topics) == period.startswith("2025")


def test_what_melton_cannot_say_is_said(melton: Dataset) -> None:
    brief = build_brief(melton, period="2025-06")
    said = " ".join(brief.section("emerging").text + brief.section("repeats").text)
    assert "Near-repeat alerts: cannot tell" in said
    assert all(place.when.startswith("Cannot tell") for place in brief.places)
    row = brief.table("period").row("all")
    assert row["last_year"] is None
    assert row["now"] == 280


def test_places_are_not_compared_across_the_new_snap_points(melton: Dataset) -> None:
    rows = build_brief(melton, period="2022-08").table("places").rows
    assert rows["usual_low"].null_count() == rows.height
    assert rows["previous"].null_count() == 0
    assert set(rows["word"]) == {"cannot tell"}
