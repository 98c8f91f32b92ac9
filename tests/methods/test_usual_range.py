"""The usual range and the table of periods: by hand, by sums, by chance."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import polars as pl
import pytest
import toy
from country import country
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import (
    ColumnError,
    ParameterError,
    PrecisionError,
    TooFewError,
)
from hotspots.core.spread import InTurn
from hotspots.kernels.predictive import usual_range
from hotspots.methods.usual_range import PeriodTable
from hotspots.model.incidents import Incidents

END = dt.date(2025, 12, 1)
counts = st.lists(st.integers(0, 60), min_size=3, max_size=15)


def predicted(past, top):
    """Chances of 0 to ``top`` incidents next, gamma rate and Poisson counts, summed."""
    shape, k = sum(past) + 0.5, len(past)
    logs = [
        math.lgamma(shape + x)
        - math.lgamma(shape)
        - math.lgamma(x + 1)
        + shape * math.log(k / (k + 1))
        - x * math.log(k + 1)
        for x in range(top + 1)
    ]
    return [math.exp(value) for value in logs]


@settings(max_examples=60, deadline=None)
@given(past=counts, now=st.integers(0, 80))
def test_equals_the_sum_of_chances(past, now):
    found = usual_range(now, past, overdispersed=False)
    chances = predicted(past, 400)
    assert found.p_low == pytest.approx(sum(chances[: now + 1]), abs=1e-9)
    assert found.p_high == pytest.approx(1 - sum(chances[:now]), abs=1e-9)
    usual = [
        x
        for x in range(300)
        if sum(chances[: x + 1]) > 0.01 and 1 - sum(chances[:x]) > 0.01
    ]
    assert (found.low, found.high) == (usual[0], usual[-1])
    assert found.expected == pytest.approx((sum(past) + 0.5) / len(past))


@settings(max_examples=60, deadline=None)
@given(past=counts, now=st.integers(0, 80))
def test_words_range_and_chances_agree(past, now):
    found = usual_range(now, past)
    assert (found.word == "higher") == (found.p_high <= 0.01) == (now > found.high)
    assert (found.word == "lower") == (found.p_low <= 0.01) == (now < found.low)
    assert found.dispersion >= 1
    plain = usual_range(now, past, overdispersed=False)
    assert found.low <= plain.low
    # shuffled past, or each period twice as long, is the same past
    assert usual_range(now, past[::-1]).high == found.high
    same = usual_range(now, past, days=28, past_days=[28.0] * len(past))
    assert (same.low, same.high) == (found.low, found.high)


def test_the_known_figure_of_a_steady_past():
    # with a very long past of mean 8 the count to come is Poisson: 9 or more is 41%
    found = usual_range(9, [8] * 100_000)
    assert found.p_high == pytest.approx(0.4075, abs=1e-3)
    assert found.word == "usual"


def test_dispersion_by_hand():
    # mean 10: (25 + 25 + 0) / 10 over 2 degrees of freedom
    found = usual_range(10, [5, 15, 10])
    assert found.dispersion == pytest.approx(2.5)
    variance = 2.5 * (30.5 / 3) * (1 + 1 / 3)
    assert found.high > usual_range(10, [5, 15, 10], overdispersed=False).high
    assert abs(found.high - found.expected) < 8 * math.sqrt(variance)  # t of 2


def test_under_chance_alarms_are_rare():
    rng = np.random.default_rng(0)
    drawn = rng.poisson(12.0, (3_000, 14))
    words = [usual_range(row[0], row[1:]).word for row in drawn]
    assert 0.002 < words.count("higher") / 3_000 < 0.014
    assert 0.001 < words.count("lower") / 3_000 < 0.014


def test_words_for_little():
    assert usual_range(2, [1, 0, 2, 1]).word == "too few to say"
    assert usual_range(30, [1, 0, 2, 1]).word == "higher"
    assert usual_range(0, [0, 0, 0]).word == "too few to say"
    short = usual_range(5, [4, 6])
    assert (short.word, short.low, short.high) == ("cannot tell", -1, -1)
    assert short.expected == 5
    assert math.isnan(usual_range(5, []).expected)
    # one old burst: so uneven a past says little
    assert usual_range(3, [0] * 12 + [300]).word == "too few to say"


def test_periods_of_other_lengths():
    # 31 days at 2 a day, seen from 28-day periods of 56
    found = usual_range(62, [56] * 13, days=31, past_days=[28] * 13)
    assert found.expected == pytest.approx((13 * 56 + 0.5) * 31 / (13 * 28))
    assert found.word == "usual"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"now": -1}, "whole numbers, 0 or more; got -1"),
        ({"past": [1, 2, float("nan")]}, "whole numbers, 0 or more; got nan"),
        ({"past": [1, 2.5, 3]}, "whole numbers, 0 or more; got 2.5"),
        ({"past_days": [1, 2]}, "one for each of 3 periods"),
        ({"past_days": [1, 2, 0]}, "above 0"),
        ({"days": -1, "past_days": [1, 1, 1]}, "above 0"),
        ({"past_days": [1, 2, math.inf]}, "must be finite"),
        ({"level": 0.5}, "above 0 and below 0.5"),
    ],
)
def test_what_is_refused(changes, message):
    given = {"now": 4, "past": [1, 2, 3]} | changes
    with pytest.raises(ParameterError, match=message):
        usual_range(given.pop("now"), given.pop("past"), **given)


def town(by_period, *, end=END, days=28, **given):
    """Incidents of two categories with so many in each period before ``end``."""
    lon, lat = toy.centre(toy.A)
    rows = [
        {
            "lon": lon,
            "lat": lat,
            "start": dt.datetime.combine(end, dt.time())
            - dt.timedelta(days=days * step + 1 + n % 27),
            "category": category,
        }
        for category, held in by_period.items()
        for step, count in enumerate(held)
        for n in range(count)
    ]
    # the files begin on the first day of the oldest period
    oldest = max(len(held) for held in by_period.values())
    first = dt.datetime.combine(end, dt.time()) - dt.timedelta(days=days * oldest)
    rows.append({"lon": lon, "lat": lat, "start": first, "category": "Drugs"})
    return Incidents.from_located(pl.DataFrame(rows), **given)


def at(report, name):
    return report.frame.row(by_predicate=pl.col("name") == name, named=True)


def test_the_table_of_28_days():
    held = {"Robbery": [40, *[10] * 14], "Bicycle theft": [9, 8, *[9, 7, 8, 8] * 3, 5]}
    report = PeriodTable()(town(held), end=END)
    robbery, theft = at(report, "Robbery"), at(report, "Bicycle theft")
    assert (robbery["now"], robbery["previous"], robbery["last_year"]) == (40, 10, 10)
    assert (robbery["word"], robbery["alarm"], robbery["significant_overall"]) == (
        "higher",
        "rise",
        True,
    )
    assert robbery["percent"] == 300
    assert robbery["small_base"]
    assert (theft["now"], theft["previous"], theft["last_year"]) == (9, 8, 8)
    assert (theft["word"], theft["alarm"], theft["significant_overall"]) == (
        "usual",
        "",
        False,
    )
    assert theft["n_periods"] == 13
    total = report.frame.row(0, named=True)
    assert (total["name"], total["now"]) == ("All incidents", 49)
    assert report.window.days == 28
    assert "beside 13 earlier periods of 28 days" in report.notes[0]


def test_a_missing_period_is_not_a_quiet_one():
    held = [20, 20, 0, *[20] * 12]
    report = PeriodTable()(town({"Robbery": held}), end=END)
    row = at(report, "Robbery")
    assert row["n_periods"] == 13  # one more, further back
    assert row["dispersion"] == 1
    report = PeriodTable()(town({"Robbery": [20, 0, *[20] * 13]}), end=END)
    row = at(report, "Robbery")
    assert (row["previous"], row["percent"]) == (None, None)


def test_months_work_where_days_are_unknown():
    lon, lat = toy.centre(toy.A)
    months = [dt.datetime(2024 + m // 12, m % 12 + 1, 1) for m in range(20)]
    rows = [
        {"lon": lon, "lat": lat, "start": month, "category": "Robbery"}
        for month in months
        for _ in range(30)
    ]
    incidents = Incidents.from_located(pl.DataFrame(rows), time_precision="month")
    with pytest.raises(PrecisionError, match="only the month"):
        PeriodTable()(incidents)
    row = at(PeriodTable(period="month")(incidents), "Robbery")
    assert (row["now"], row["previous"], row["last_year"]) == (30, 30, 30)
    assert (row["word"], row["n_periods"]) == ("usual", 13)
    with pytest.raises(ParameterError, match="first of a month"):
        PeriodTable(period="month")(incidents, end=dt.date(2025, 8, 15))


def test_many_areas_are_adjusted():
    rng = np.random.default_rng(4)
    held = {f"W{k:02}": rng.poisson(15, 14).tolist() for k in range(60)}
    held["W00"][0] = 60
    incidents = town(held)
    areas = incidents.frame["category"].cast(pl.String)
    areas = areas.set(areas == "Drugs", None)
    report = PeriodTable()(incidents, by=areas, end=END)
    assert report.frame.height == 61
    assert report.frame.filter("significant_overall")["name"].to_list() == ["W00"]
    below = report.frame.slice(1)
    assert below["now"].to_list() == sorted(below["now"], reverse=True)
    assert "about 1.2 are expected by chance" in report.notes[1]


def test_the_order_of_the_rows_changes_nothing():
    incidents = town({"Robbery": [9, 8, 7, 6, 9], "Arson": [1, 2, 0, 1, 0]})
    mixed = Incidents(
        frame=incidents.frame.sample(fraction=1, shuffle=True, seed=1),
        places=incidents.places,
    )
    one, other = (PeriodTable()(i, end=END).frame for i in (incidents, mixed))
    assert one.equals(other)


def test_what_the_table_refuses():
    incidents = town({"Robbery": [9, 8, 7, 6, 9]})
    with pytest.raises(ColumnError, match="categry"):
        PeriodTable()(incidents, by="categry")
    with pytest.raises(ParameterError, match="one name for each"):
        PeriodTable()(incidents, by=pl.Series(["a"]))
    with pytest.raises(ParameterError, match="must be in the files"):
        PeriodTable()(incidents, end=dt.date(2020, 1, 1))
    with pytest.raises(TooFewError, match="needs incidents"):
        PeriodTable()(incidents.select(pl.lit(False)))
    with pytest.raises(ParameterError, match="n_past must be at least 3"):
        PeriodTable(n_past=1)


@pytest.mark.parametrize("dispersion", [1.0, 2.0])
@pytest.mark.parametrize(("left_after_a_year", "swing"), [(1, 0), (0.75, 0), (1, 0.3)])
def test_alarms_stay_rare_when_counts_cluster_decline_and_have_a_season(
    dispersion: float, left_after_a_year: float, swing: float
) -> None:
    rng = np.random.default_rng(8)
    phase = rng.uniform(0, 2 * np.pi, (1_000, 1))
    wave = 1 + swing * np.sin(phase + 2 * np.pi * np.arange(14) / 13)
    means = 40 * left_after_a_year ** (np.arange(14) / 13) * wave
    drawn = clustered(rng, means, dispersion)
    ago = np.arange(13, 0, -1)
    words = [usual_range(int(row[-1]), row[:-1], ago=ago).word for row in drawn]
    for word in ("higher", "lower"):
        assert words.count(word) <= 18  # 1% of 1,000 and 2.5 standard errors


def clustered(rng, means, dispersion):
    if dispersion == 1:
        return rng.poisson(means)
    return rng.negative_binomial(means / (dispersion - 1), 1 / dispersion)


def test_a_season_is_expected_again():
    """Two hundred at the turn of each year, 150 on average: high, and usual."""
    past = [round(150 + 50 * np.cos(2 * np.pi * k / 13)) for k in range(1, 14)]
    found = usual_range(200, past[::-1], ago=list(range(13, 0, -1)))
    assert found.expected == pytest.approx(200, rel=0.05)
    assert (found.word, usual_range(100, past[::-1], ago=[*range(13, 0, -1)]).word) == (
        "usual",
        "lower",
    )
    months = [round(150 + 50 * np.cos(2 * np.pi * k / 12)) for k in range(1, 13)]
    again = usual_range(200, months, ago=list(range(1, 13)), year=12)
    assert again.expected == pytest.approx(200, rel=0.05)
    with pytest.raises(ParameterError, match="year must be at least 1"):
        usual_range(200, months, ago=list(range(1, 13)), year=0)


def test_a_steady_decline_is_followed_only_where_times_are_given():
    past = [round(200 * 0.97**k) for k in range(13)]
    ago = list(range(13, 0, -1))
    steady, followed = usual_range(112, past), usual_range(112, past, ago=ago)
    assert steady.expected > 160
    assert followed.expected == pytest.approx(200 * 0.97**13, rel=0.03)
    assert (steady.word, followed.word) == ("lower", "usual")
    flat = usual_range(20, [20] * 13, ago=ago)
    assert flat.expected == pytest.approx(20, abs=0.1)
    with pytest.raises(ParameterError, match="ago must be a finite number"):
        usual_range(4, [1, 2, 3], ago=[1, 2])


def test_the_parts_of_the_country_count_what_the_whole_does():
    incidents = country(400)
    whole, parts = (
        PeriodTable()(incidents, engine=engine) for engine in (None, InTurn())
    )
    assert parts.frame.equals(whole.frame)
    assert whole.frame["now"][0] > 0
