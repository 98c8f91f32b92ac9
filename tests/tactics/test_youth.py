"""Youth sessions end to end: the sample town, rules, refusals, last quarter's slots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from town import sample_planning

from hotspots.analysis.dataset import Dataset
from hotspots.core.errors import ParameterError, PlanError, PrecisionError, TooFewError
from hotspots.core.options import build
from hotspots.core.window import WEEKDAYS
from hotspots.outputs.formats.plan_layers import stamped
from hotspots.resources.slots import Slot, read_slots
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.plan import Plan
from hotspots.tactics.planner import make_plan
from hotspots.tactics.youth import YouthOptions


@cache
def town() -> PlanningContext:
    return sample_planning()


@cache
def plan(**options: object) -> Plan:
    return make_plan(YouthOptions(resamples=5, **options), town())  # type: ignore[arg-type]


def hours(clock: str) -> float:
    return int(clock[:2]) + int(clock[3:]) / 60


def test_every_line_of_the_rationale_is_there() -> None:
    result = plan()
    assert result.tactic == "youth"
    assert len(result.suggestions) == 3
    for suggestion in result.suggestions:
        lines = dict(suggestion.rationale())
        assert all(text.strip() for text in lines.values())
        assert "Proven best of" in lines["How it was found"]
        assert "week after week" not in lines["What"]
        assert suggestion.marking == "OFFICIAL"
        assert suggestion.geometry.is_valid
        assert len(suggestion.alternatives) == 3
        assert suggestion.expires >= town().day + dt.timedelta(weeks=9)


def test_a_stop_does_not_outlive_its_session() -> None:
    ends = {each.rank: each.expires.isoformat() for each in plan().suggestions}
    assert len(set(ends.values())) > 1
    for name in ("sessions", "stops"):
        written = stamped(plan(), plan().tables[name])
        assert written["expires"].to_list() == [
            ends[session] for session in written["session"]
        ]
    layer = stamped(plan(), plan().layers["stops"].frame)
    assert layer["expires"].to_list() == [ends[rank] for rank in layer["rank"]]


def test_the_small_share_is_said_and_nothing_is_promised() -> None:
    result = plan()
    covered = float(result.tables["sessions"]["reports_a_week"].sum())
    n_weeks = town().window.days / 7
    youth = town().recent.frame.filter(
        (pl.col("category").cast(pl.String) == "Anti-social behaviour")
        & pl.col("qualifiers").cast(pl.String).fill_null("").str.contains("youth")
    )
    assert f"{covered:.1f} of the {youth.height / n_weeks:.1f}" in result.headline
    assert "not how many reports will be prevented" in result.headline
    words = " ".join(text for s in result.suggestions for _, text in s.rationale())
    assert "intercept" not in words


def test_the_value_of_the_week_is_counted_again_by_hand() -> None:
    result = plan()
    stops = result.tables["stops"]
    frame, dataset = town().recent.frame, town().dataset
    marked = frame["qualifiers"].cast(pl.String).fill_null("").str.split(";")
    youth = frame.filter(
        (frame["category"].cast(pl.String) == "Anti-social behaviour")
        & marked.list.contains("youth")
    )
    assert (youth["start"] == youth["end"]).all()
    total = 0.0
    from shapely import STRtree, points

    for suggestion in result.suggestions:
        mine = stops.filter(pl.col("session") == suggestion.rank)
        at = youth["place"].to_numpy()
        places = dataset.incidents.places
        dots = points(places["lon"].to_numpy()[at], places["lat"].to_numpy()[at])
        inside = STRtree(dots).query(suggestion.geometry, predicate="contains")
        here = youth[inside.tolist()]
        if mine.height > 1:
            continue
        row = mine.row(0, named=True)
        then = here.filter(
            (pl.col("start").dt.weekday() - 1 == WEEKDAYS.index(row["day"]))
            & (pl.col("start").dt.hour() >= hours(row["from"]))
            & (pl.col("start").dt.hour() < hours(row["to"]))
        )
        table = result.tables["sessions"].filter(pl.col("session") == suggestion.rank)
        expected = then.height / (town().window.days / 7)
        assert table["reports_a_week"][0] == pytest.approx(expected, abs=6e-4)
        total += expected
    assert total > 0


@given(
    n_sessions=st.integers(1, 5),
    max_hours=st.integers(2, 14),
    earliest=st.integers(14, 18),
    share=st.sampled_from([0.0, 0.34, 0.5]),
    travel=st.sampled_from(["walk", "van"]),
)
@settings(max_examples=3, deadline=None)
def test_every_plan_keeps_its_rules(
    n_sessions: int, max_hours: int, earliest: int, share: float, travel: str
) -> None:
    result = make_plan(
        YouthOptions(
            n_sessions=n_sessions,
            max_hours=max_hours,
            earliest=earliest,
            outside_share=share,
            travel=travel,  # type: ignore[arg-type]
            resamples=0,
            n_places=10,
        ),
        town(),
    )
    sessions, stops = result.tables["sessions"], result.tables["stops"]
    assert sessions.height <= n_sessions
    assert sessions["day"].n_unique() == sessions.height
    lengths = [
        (hours(b) or 24) - hours(a) for a, b in sessions.select("from", "to").rows()
    ]
    assert sum(lengths) <= max_hours
    assert min(hours(a) for a in sessions["from"]) >= earliest
    assert max((hours(b) or 24) for b in sessions["to"]) <= 22
    assert stops["code"].value_counts()["count"].max() <= 2  # type: ignore[operator]
    for _, mine in stops.group_by("session", maintain_order=True):
        clock = [(hours(a), hours(b)) for a, b in mine.select("from", "to").rows()]
        assert all(b - a >= 0.5 - 1 / 60 for a, b in clock)
        assert all(left[1] <= right[0] for left, right in pairwise(clock))
    places = result.tables["places"]
    out = set(places.filter("outside_town")["code"])
    n_out = sum(bool(out & set(mine["code"])) for _, mine in stops.group_by("session"))
    assert n_out >= share * sessions.height - 1e-9


def test_same_input_same_plan() -> None:
    first, second = (make_plan(YouthOptions(resamples=3), town()) for _ in range(2))
    assert first.suggestions == second.suggestions
    assert all(first.tables[k].equals(second.tables[k]) for k in first.tables)


def test_a_vetoed_place_is_not_chosen_again() -> None:
    first = plan().tables["stops"]
    name = first["name"][0]
    again = plan(veto=name.upper())
    assert name not in again.tables["stops"]["name"].to_list()
    assert name not in again.tables["places"]["name"].to_list()
    assert any(name in line for line in again.suggestions[0].binding)
    by_code = plan(veto=first["code"][0])
    assert first["code"][0] not in by_code.tables["places"]["code"].to_list()
    with pytest.raises(ParameterError, match="Did you mean"):
        plan(veto=name[:-1])


def test_the_reserve_and_the_draw_are_kept_to() -> None:
    drawn = plan(randomise=True)
    used = set(drawn.tables["stops"]["name"])
    assert drawn.suggestions[0].controls
    assert not used & set(drawn.suggestions[0].controls)
    assert "seed" in drawn.suggestions[0].control_note
    held = plan(reserve_percent=40.0)
    assert any("reserve" in line for line in held.suggestions[0].binding)


def held(slots: Sequence[Slot]) -> PlanningContext:
    context = town()
    return replace(context, resources=replace(context.resources, slots=tuple(slots)))


def test_last_quarters_slots_are_kept_until_a_change_is_worth_it(
    tmp_path: Path,
) -> None:
    place = plan().tables["places"].row(8, named=True)
    lon, lat = place["lon"], place["lat"]
    path = tmp_path / "stops.csv"
    path.write_text(f"day,from,to,lon,lat\nMonday,17:00,19:00,{lon},{lat}\n")
    slots = read_slots(path)
    tactic = YouthOptions(resamples=0, switching_cost=5.0)
    kept = make_plan(tactic, held(slots))
    monday = kept.tables["sessions"].filter(pl.col("day") == "Monday")
    assert monday["keeps_last_quarter"].to_list() == [True]
    assert any("1 of last quarter's 1 slots are kept" in note for note in kept.notes)
    free = make_plan(replace(tactic, switching_cost=0.0), held(slots))
    assert any("Given up: Monday 17:00 to 19:00" in note for note in free.notes)
    without = plan().tables["sessions"]["reports_a_week"].sum()
    assert kept.tables["sessions"]["reports_a_week"].sum() < without


def test_this_quarters_stops_are_next_quarters_slots(tmp_path: Path) -> None:
    path = tmp_path / "stops.csv"
    plan().tables["stops"].write_csv(path)
    slots = read_slots(path)
    again = make_plan(YouthOptions(resamples=0), held(slots))
    assert again.tables["stops"].equals(plan().tables["stops"])
    assert again.tables["sessions"]["keeps_last_quarter"].all()


def test_a_slot_far_from_any_report_can_still_be_kept() -> None:
    slot = Slot(day=0, start=18, end=20, xy_m=(470000.0, 315000.0), name="Far Lane")
    kept = make_plan(YouthOptions(resamples=0, switching_cost=5.0), held([slot]))
    assert "Monday" in kept.tables["sessions"]["day"].to_list()
    assert float(kept.tables["places"]["n_youth_related"].min()) >= 0  # type: ignore[arg-type]


def test_term_and_holidays_choose_by_different_weeks() -> None:
    term, holiday = plan(term="term"), plan(term="holiday")
    assert "in school term" in " ".join(term.notes)
    assert "in school holidays" in " ".join(holiday.notes)
    # The plan starts on 1 July: some of its weeks are of the other kind.
    assert any("school holidays" in c for c in term.suggestions[0].cautions)
    assert any("school term" in c for c in holiday.suggestions[0].cautions)


def changed(**new: object) -> PlanningContext:
    dataset = town().dataset
    incidents = replace(dataset.incidents, **new)  # type: ignore[arg-type]
    made = replace(dataset, reading=replace(dataset.reading, incidents=incidents))
    assert isinstance(made, Dataset)
    return replace(
        town(),
        dataset=made,
        incidents=replace(town().incidents, **new),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("new", [{"time_precision": "month"}, {"snapped": True}])
def test_month_only_and_snapped_data_are_refused(new: dict[str, object]) -> None:
    with pytest.raises(PrecisionError, match="Choosing youth sessions needs"):
        make_plan(YouthOptions(), changed(**new))


def test_days_without_hours_are_refused() -> None:
    with pytest.raises(PrecisionError, match="only the day"):
        make_plan(YouthOptions(), changed(time_precision="day"))


def test_incidents_that_nobody_marked_are_refused_or_said() -> None:
    with pytest.raises(TooFewError, match="must be marked"):
        make_plan(YouthOptions(marks="teenage"), town())
    result = make_plan(
        YouthOptions(marks="teenage", unmarked="use all", resamples=0), town()
    )
    assert any("No incident is marked" in c for c in result.suggestions[0].cautions)


def test_what_cannot_be_met_is_refused() -> None:
    with pytest.raises(ParameterError, match="at least 10"):
        YouthOptions(weeks=9)
    with pytest.raises(ParameterError, match="must fit between"):
        YouthOptions(max_hours=1.0)
    with pytest.raises(ParameterError, match="max_hours_session"):
        YouthOptions(min_hours=3, max_hours_session=2)
    with pytest.raises(ParameterError, match="holidays must be"):
        YouthOptions(holidays="summer")
    with pytest.raises(ParameterError, match="Did you mean 'Anti-social behaviour'"):
        make_plan(YouthOptions(category="Antisocial behaviour"), town())
    with pytest.raises(ParameterError, match="town must name areas"):
        make_plan(YouthOptions(town="Atlantis"), town())
    everywhere = ";".join(town().dataset.areas.frame["name"].to_list())
    with pytest.raises(PlanError, match="outside the town"):
        make_plan(YouthOptions(town=everywhere, outside_share=0.5), town())


def test_the_fields_come_from_text() -> None:
    made = build(YouthOptions, {"n_sessions": "2", "term": "term", "randomise": "yes"})
    assert (made.n_sessions, made.term, made.randomise) == (2, "term", True)


def test_no_person_is_in_what_goes_out() -> None:
    result = plan()
    columns = {c for table in result.tables.values() for c in table.columns}
    assert not columns & {"reference", "address", "premises", "uprn"}
    assert np.isfinite(result.tables["stops"].select("lon", "lat").to_numpy()).all()
