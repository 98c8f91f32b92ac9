"""Every month of every file there is: a brief is made, or refused for a reason."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import brief_fixture as toy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.analysis.dataset import Dataset
from hotspots.brief.build import build_brief
from hotspots.brief.content import Brief
from hotspots.brief.period import Period
from hotspots.core.errors import NoUsableRowsError
from hotspots.core.table import Table
from hotspots.core.window import Window, add_months
from hotspots.workflow import load

ALARMING = (10,) * 12 + (90, 90)


def test_a_district_that_is_an_alarm_itself_is_listed_once() -> None:
    """Its row stands in the table of wards and in that of neighbourhoods."""
    rising = toy.located(ALARMING, "Burglary", "Residential")
    brief = build_brief(toy.dataset(rising), period="2025-05")
    for table in ("priority", "areas"):
        assert brief.table(table).row("area:all")["word"] == "higher"
    keys = brief.table("alarms").rows["key"].to_list()
    assert keys.count("area:all") == 1
    assert len(keys) == len(set(keys))


MELTON = "melton/boundaries/melton_wards_2013.geojson"
DISTRICTS = "boundaries/llr_lad_dissolved.geojson"
SETS = {
    "melton": (["melton/police_uk"], MELTON),
    "melton, other forces": (
        ["melton/police_uk", "melton/police_uk_other_forces"],
        MELTON,
    ),
    "leicestershire": (["police_uk/leicestershire"], DISTRICTS),
    "forty forces, 2018": (
        ["scale/police_uk_street_2018-10_2019-02.parquet"],
        DISTRICTS,
    ),
    "forty forces, 2024": (["scale/police_uk_street_2024-01_04.parquet"], DISTRICTS),
}
"""Every set of British incidents there is; the others are of American cities."""


@pytest.fixture(scope="module", params=SETS)
def district(request: pytest.FixtureRequest, shared_data: Path) -> Dataset:
    files, areas = SETS[request.param]
    return load([shared_data / each for each in files], [shared_data / areas])


@pytest.mark.slow
@pytest.mark.parametrize("audience", ["operational", "public"])
def test_every_month_is_made_or_refused_for_a_reason(
    district: Dataset, audience: str
) -> None:
    start = district.incidents.frame["start"]
    month, last = start.min().date(), start.max().date()
    held = set(start.dt.strftime("%Y-%m"))
    while month <= last:
        text = f"{month:%Y-%m}"
        if text in held:
            check(build_brief(district, period=text, audience=audience), district)
        else:
            with pytest.raises(NoUsableRowsError):
                build_brief(district, period=text, audience=audience)
        month = add_months(month, 1)


def check(brief: Brief, dataset: Dataset) -> None:
    toy.check_statements(brief)
    days = dataset.incidents.frame["start"].dt.date()
    held = set(days.to_list())
    for table in brief.tables:
        check_no_count_of_nothing(table, brief.period, held)


def check_no_count_of_nothing(table: Table, period: Period, held: set[dt.date]) -> None:
    """Find no number, 0 included, of a time in which the files hold nothing at all."""
    told = {"previous": period.before, "last_year": period.a_year_before}
    for name, window in told.items():
        if name in table.rows.columns and not holds(window, held):
            assert table.rows[name].null_count() == table.rows.height, table.id
    if table.id == "trend" or "series" not in table.rows.columns:
        return
    for line in table.rows["series"].to_list():
        for back, value in enumerate(reversed(line)):
            if not holds(earlier(period, back), held):
                assert value is None, (table.id, back)


def holds(window: Window, held: set[dt.date]) -> bool:
    return any(window.start + dt.timedelta(days=k) in held for k in range(window.days))


def earlier(period: Period, back: int) -> Window:
    now = period.counted
    if period.kind == "weekly":
        moved = dt.timedelta(days=28 * back)
        return Window(start=now.start - moved, end=now.end - moved)
    start = add_months(now.start, -back)
    return Window(start=start, end=add_months(start, 1))


@settings(max_examples=12, deadline=None)
@given(
    kept=st.lists(st.booleans(), min_size=13, max_size=13),
    period=st.sampled_from(["2025-W24", "2025-05", "2025-Q1", "2024/25"]),
)
def test_a_missing_period_is_never_a_zero(kept: list[bool], period: str) -> None:
    def cut(counts: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(
            n if keep else 0 for n, keep in zip(counts, [*kept, True], strict=True)
        )

    data = toy.dataset(
        toy.located(cut(toy.BURGLARY), "Burglary", "Residential"),
        toy.located(cut(toy.DISORDER), "Anti-social behaviour", "Nuisance", "alcohol"),
    )
    try:
        brief = build_brief(data, period=period)
    except NoUsableRowsError:
        return
    check(brief, data)
