"""Repeat victimisation: a street with known repeats, a naive recount, relations."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from country import country
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError, PrecisionError, TooFewError
from hotspots.core.spread import InTurn
from hotspots.core.window import Window
from hotspots.methods.repeat_victimisation import RepeatVictimisation
from hotspots.model.cells import Cells, bin_points
from hotspots.model.incidents import Incidents, TimePrecision

WINDOW = Window.from_text("2022-01:2024-12")
Event = tuple[str, str]  # premises, date


def street(
    events: Sequence[Event],
    *,
    category: Sequence[str] | None = None,
    precision: TimePrecision = "minute",
    snapped: bool = False,
) -> Incidents:
    """Homes 30 m apart by the number of their premises."""
    frame = pl.DataFrame(
        {
            "premises": [e[0] for e in events],
            "start": [dt.datetime.fromisoformat(e[1]) for e in events],
            "lon": [-0.886 + 0.0004 * float(e[0]) for e in events],
            "lat": [52.765] * len(events),
            "category": list(category or ["Burglary"] * len(events)),
            "file": [0] * len(events),
            "line": list(range(len(events))),
        }
    )
    return Incidents.from_located(frame, time_precision=precision, snapped=snapped)


EVENTS = [
    ("1", "2022-03-01"),  # again after 5 days and, too late to count, two years on
    ("1", "2022-03-06"),
    ("1", "2024-03-06"),
    ("2", "2022-12-20"),  # again over new year: a calendar year would miss it
    ("2", "2023-01-10"),
    ("3", "2022-05-01"),  # again on the very day that the twelve months end: not
    ("3", "2023-05-01"),
    ("4", "2024-11-01"),  # followed for two months only
    ("5", "2022-06-01"),
]


def test_the_hand_counted_street() -> None:
    found = RepeatVictimisation()(street(EVENTS), window=WINDOW, n_at_risk=100)
    s = found.summary
    assert (s["n_incidents"], s["n_targets"], s["n_repeat_targets"]) == (9, 5, 2)
    assert s["share_targets"] == pytest.approx(2 / 5)
    assert (s["n_followed"], s["n_at_repeat_targets"]) == (7, 4)
    assert s["share_incidents"] == pytest.approx(4 / 7)
    assert (s["n_followed_in_full"], s["n_repeat_in_full"]) == (4, 2)
    rate = 9 / (100 * 1096)
    expected = 4 * (1 - math.exp(-365 * rate)) + 1 - math.exp(-61 * rate)
    assert s["expected_repeat_targets"] == pytest.approx(expected)
    assert s["times_chance"] == pytest.approx(2 / expected)
    assert s["p_value"] == pytest.approx(1 - math.exp(-expected) * (1 + expected))
    assert "9 placed by premises number" in found.notes[0]
    assert found.course["n_next"].to_list() == [1, 0, 1, 0, 0, 0, 0]


def test_a_row_a_target_with_its_score() -> None:
    found = RepeatVictimisation(decay_days=100)(street(EVENTS), window=WINDOW)
    one = found.frame.filter(pl.col("premises") == "1").row(0, named=True)
    ages = [(dt.date(2025, 1, 1) - dt.date.fromisoformat(e[1])).days for e in EVENTS]
    assert one["score"] == pytest.approx(sum(math.exp(-a / 100) for a in ages[:3]))
    assert (one["n_incidents"], one["n_followed"], one["n_latest"]) == (3, 2, 1)
    assert one["followed_days"] == 365
    assert found.frame["score"].is_sorted(descending=True)
    assert found.summary["p_value"] is None
    assert "Nothing is said of chance" in found.notes[-1]


def test_within_each_category_and_area() -> None:
    category = ["Burglary", "Arson"] + ["Burglary"] * 7
    incidents = street(EVENTS, category=category)
    method = RepeatVictimisation()
    table = method.by(incidents, incidents.frame["category"], window=WINDOW)
    assert table["label"].to_list() == ["Burglary", "Arson"]
    assert table["n_repeat_targets"].to_list() == [1, 0]
    assert table["n_incidents"].to_list() == [8, 1]
    east = pl.Series(["east"] * 5 + [None] * 2 + ["west"] * 2)
    areas = method.by(incidents, east, window=WINDOW)
    assert areas["label"].to_list() == ["east", "west"]
    assert areas["n_repeat_targets"].to_list() == [2, 0]
    assert areas["share_targets_in_full"].to_list() == [1.0, 0.0]
    with pytest.raises(ParameterError, match="one label for each of 9"):
        method.by(incidents, east[:3])
    with pytest.raises(TooFewError, match="none of 9 has"):
        method.by(incidents, pl.Series([None] * 9, dtype=pl.String))


def test_cells_hold_the_scores_of_repeat_targets() -> None:
    incidents, method = street(EVENTS), RepeatVictimisation()
    found = method(incidents, window=WINDOW)
    lon, lat = (incidents.places[name].to_numpy() for name in ("lon", "lat"))
    cells = Cells.from_ids(bin_points(lon, lat, resolution=10), resolution=10)
    surface = method.surface(found, cells)
    assert surface.values.sum() == pytest.approx(
        found.frame.filter("repeat")["score"].sum()
    )
    none = Cells.from_ids(bin_points(lon - 1, lat, resolution=10), resolution=10)
    outside = method.surface(found, none)
    assert outside.values.sum() == 0
    assert outside.notes == ("2 repeat targets lie outside the cells.",)


def recount(events: Sequence[tuple[int, int]], months: int) -> tuple[int, int, int]:
    """Repeat targets, incidents followed, incidents at repeat targets."""
    days: dict[int, list[dt.date]] = defaultdict(list)
    for home, day in events:
        days[home].append(dt.date(2022, 1, 1) + dt.timedelta(days=day))
    n_repeat = n_followed = n_at_repeat = 0
    for dates in days.values():
        first = min(dates)
        year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
        limit = dt.date(year, month + 1, first.day)
        inside = sum(date < limit for date in dates)
        n_followed += inside
        n_repeat += inside > 1
        n_at_repeat += inside * (inside > 1)
    return n_repeat, n_followed, n_at_repeat


plain_days = st.integers(0, 1095).filter(
    lambda k: (dt.date(2022, 1, 1) + dt.timedelta(days=k)).day <= 28
)
some_events = st.lists(
    st.tuples(st.integers(1, 5), plain_days), min_size=2, max_size=12
)


@given(some_events, st.sampled_from([1, 6, 12]), st.randoms())
@settings(max_examples=40, deadline=None)
def test_equals_a_recount_in_any_order(events: list, months: int, random) -> None:
    shuffled = random.sample(events, len(events))
    start = dt.date(2022, 1, 1)
    incidents = street(
        [(str(h), str(start + dt.timedelta(days=d))) for h, d in shuffled]
    )
    found = RepeatVictimisation(months=months)(incidents, window=WINDOW)
    s = found.summary
    ours = (s["n_repeat_targets"], s["n_followed"], s["n_at_repeat_targets"])
    assert ours == recount(events, months)
    assert s["n_incidents"] == len(events)


def test_refusals() -> None:
    method = RepeatVictimisation()
    monthly = street(EVENTS, precision="month")
    with pytest.raises(PrecisionError, match="needs the day and time"):
        method(monthly)
    with pytest.raises(PrecisionError, match="snap points"):
        method(street(EVENTS, snapped=True))
    with pytest.raises(TooFewError, match="at least two incidents; got 1"):
        method(street(EVENTS[:1]))
    with pytest.raises(TooFewError, match="got 0 in no file"):
        method(street(EVENTS).select(pl.lit(False)))
    with pytest.raises(ParameterError, match="at least the 5 targets"):
        method(street(EVENTS), window=WINDOW, n_at_risk=4)
    for bad in ({"months": 0}, {"tolerance_m": -1.0}, {"decay_days": 0.0}):
        with pytest.raises(ParameterError, match=next(iter(bad))):
            RepeatVictimisation(**bad)  # type: ignore[arg-type]


def test_the_simulated_town_repeats_far_beyond_chance(root: Path) -> None:
    from hotspots.sources import read_incidents

    read = read_incidents([root / "data" / "simulated_incidents.csv"]).incidents
    burglary = read.select(pl.col("subcategory") == "Residential")
    found = RepeatVictimisation()(burglary, n_at_risk=17_001)
    assert found.summary["times_chance"] > 5  # type: ignore[operator]
    times = found.course["times_chance"].to_numpy()
    assert times[0] > times[3] > times[-1]
    assert np.diff(found.course["share_by_end"]).min() >= 0


def test_targets_followed_part_by_part_are_those_followed_at_once() -> None:
    incidents, method = country(300), RepeatVictimisation()
    whole, parts = (method(incidents, engine=each) for each in (None, InTurn()))
    assert parts.frame.equals(whole.frame)
    assert parts.summary == whole.summary
    assert whole.summary["n_repeat_targets"]
    kinds = incidents.frame["category"]
    by, by_parts = (method.by(incidents, kinds, engine=e) for e in (None, InTurn()))
    assert by_parts.equals(by)
