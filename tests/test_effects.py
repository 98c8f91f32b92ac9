"""Effects: published examples, naive references, calibration, relations, refusals."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
import reference_evaluate as reference
import shapely
import toy
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError, PrecisionError, TooFewError
from hotspots.core.window import Window
from hotspots.effects import (
    assess_effect,
    baseline_caution,
    before_and_after,
    choose_at_random,
    displacement_quotient,
    e_test,
    harm_weighted_difference,
    minimum_detectable_effect,
    net_effects,
    pooled_difference,
    rate_ratio,
    scaled_difference,
    weighted_displacement_difference,
)
from hotspots.model.incidents import Incidents

PAPER = ((207, 110), (308, 318), (178, 157), (150, 140))
FELL, CANNOT, ROSE = (
    "fell more than comparison",
    "cannot tell",
    "rose more than comparison",
)
pairs = st.tuples(st.integers(0, 400), st.integers(0, 400))


def test_the_example_of_wheeler_and_ratcliffe() -> None:
    wdd = weighted_displacement_difference(*PAPER)
    assert wdd.estimate == -118
    assert wdd.se == pytest.approx(math.sqrt(1568))
    assert wdd.z == pytest.approx(-2.97995, abs=5e-6)
    assert (wdd.low, wdd.high) == pytest.approx((-195.6106, -40.3894), abs=5e-5)
    assert wdd.p_value / 2 == pytest.approx(0.00144148, abs=5e-9)
    assert wdd.word == FELL


def test_counts_may_be_arrays() -> None:
    arrays = [np.array(pair) for pair in PAPER]
    assert weighted_displacement_difference(
        *arrays
    ) == weighted_displacement_difference(*PAPER)
    assert net_effects(*arrays[:3]) == net_effects(*PAPER[:3])
    assert assess_effect(*arrays) == assess_effect(*PAPER)


def test_the_readme_of_ptools() -> None:
    wdd = weighted_displacement_difference((20, 10), (20, 20), confidence=0.9)
    printed = (-10, 8.366600, -1.195229, -23.761833, 3.761833)
    values = (wdd.estimate, wdd.se, wdd.z, wdd.low, wdd.high)
    assert values == pytest.approx(printed, abs=5e-7)
    assert wdd.word == CANNOT


def test_times_of_different_length() -> None:
    wdd = weighted_displacement_difference((80, 20), (100, 50), time_weights=(2, 1))
    assert wdd.estimate == -20
    assert wdd.se == pytest.approx(math.sqrt(115))
    assert (wdd.low, wdd.high) == pytest.approx((-41.02, 1.02), abs=0.005)


def test_areas_of_different_size() -> None:
    sizes = {
        "control": 0.9,
        "treated": 1.2,
        "displacement_control": 1.6,
        "displacement": 1.5,
    }
    wdd = weighted_displacement_difference(*PAPER, area_weights=sizes)
    printed = (-99.69444444, 35.4280755, -2.813995483, -169.1321965, -30.25669241)
    values = (wdd.estimate, wdd.se, wdd.z, wdd.low, wdd.high)
    assert values == pytest.approx(printed, abs=1e-6)


def test_the_example_of_the_pai_tool() -> None:
    wdd = weighted_displacement_difference(
        (250, 160), (245, 225), (120, 130), (118, 120)
    )
    assert (wdd.estimate, wdd.local, wdd.displaced) == (-62, -70, 8)
    assert wdd.se == pytest.approx(math.sqrt(1368))
    assert round(wdd.z, 4) == -1.6763
    assert wdd.word == CANNOT


def test_harm_weights_of_the_blog_post() -> None:
    counts = {
        "vehicle": ((130, 74), (133, 91), 3),
        "theft": ((327, 202), (388, 305), 2),
        "burglary": ((398, 190), (148, 97), 5),
        "robbery": ((144, 92), (86, 64), 7),
        "assault": ((183, 96), (94, 67), 10),
    }
    parts = {
        name: weighted_displacement_difference(t, c)
        for name, (t, c, _) in counts.items()
    }
    harm = harm_weighted_difference(parts, {k: v[2] for k, v in counts.items()})
    printed = (-1721, 304.10360077, -5.65925558, -2317.03210507, -1124.96789493)
    values = (harm.estimate, harm.se, harm.z, harm.low, harm.high)
    assert values == pytest.approx(printed, rel=1e-8)
    assert "harm" in harm.sentence()


@given(
    st.tuples(pairs, pairs, pairs, pairs).filter(lambda p: sum(map(sum, p)) > 1),
    st.tuples(*[st.floats(0.2, 5)] * 6),
)
@settings(max_examples=100, deadline=None)
def test_wdd_equals_the_naive_reference(counts, weights) -> None:
    names = ("treated", "control", "displacement", "displacement_control")
    *sizes, w0, w1 = weights
    wdd = weighted_displacement_difference(
        *counts,
        area_weights=dict(zip(names, sizes, strict=True)),
        time_weights=(w0, w1),
    )
    expected = reference.wdd(counts, [(w0 * size, w1 * size) for size in sizes])
    assert (wdd.estimate, wdd.se) == pytest.approx(expected)
    swapped = weighted_displacement_difference(
        counts[1], counts[0], counts[3], counts[2]
    )
    plain = weighted_displacement_difference(*counts)
    assert (swapped.estimate, swapped.se) == pytest.approx((-plain.estimate, plain.se))


def test_wdd_is_right_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    counts = rng.poisson(10, size=(2000, 4))
    words = [
        weighted_displacement_difference((a, b), (c, d)).word for a, b, c, d in counts
    ]
    assert 0.03 < np.mean([word != CANNOT for word in words]) < 0.07


def test_dispersion_keeps_wdd_honest() -> None:
    rng = np.random.default_rng(12)
    counts = rng.negative_binomial(30, 0.5, size=(1500, 4))  # mean 30, variance 60
    plain = [weighted_displacement_difference(c[:2], c[2:]) for c in counts]
    wider = [one.with_dispersion(2.0) for one in plain]
    assert np.mean([one.word != CANNOT for one in plain]) > 0.12
    assert 0.03 < np.mean([one.word != CANNOT for one in wider]) < 0.07


def test_pooling_sums_and_narrows() -> None:
    site = weighted_displacement_difference((36, 22), (36, 36))
    pooled = pooled_difference([site, site, site, site])
    assert pooled.estimate == 4 * site.estimate
    assert pooled.se == pytest.approx(2 * site.se)
    assert pooled.z == pytest.approx(2 * site.z)
    with pytest.raises(ParameterError):
        pooled_difference([])
    other = weighted_displacement_difference((36, 22), (36, 36), confidence=0.9)
    with pytest.raises(ParameterError, match="same confidence"):
        pooled_difference([site, other])


def test_e_test_of_krishnamoorthy_and_thomson() -> None:
    assert e_test(0, 3) == e_test(3, 0) == pytest.approx(0.08837900945)
    assert e_test(6, 2) == pytest.approx(0.17487482)


def test_quotient_of_known_examples() -> None:
    # test-spillover.R of the streetlamp repository.
    assert displacement_quotient((100, 50), (100, 100), (100, 150)) == -1
    effects = net_effects((207, 110), (308, 318), (178, 157))
    assert effects.quotient == pytest.approx(0.258186, abs=5e-7)
    assert effects.total_net == pytest.approx(130.5, abs=0.05)
    assert effects.gross == 97
    assert effects.net == pytest.approx(207 / 308 - 110 / 318)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        (((10, 0), (10, 10), (10, 10)), "a count is zero"),
        (((10, 20), (10, 10), (10, 10)), "did not fall against"),
        (((10, 10), (10, 10), (10, 10)), "did not fall against"),
    ],
)
def test_an_undefined_quotient_says_why(counts, reason) -> None:
    quotient = displacement_quotient(*counts)
    assert isinstance(quotient, float)
    assert math.isnan(quotient)
    assert reason in quotient.reason


def test_net_effects_without_a_buffer_or_a_comparison() -> None:
    effects = net_effects((10, 5), (10, 10))
    assert effects.total_net == 5
    assert effects.quotient.reason == "no buffer was given"
    nothing = net_effects((10, 5), (0, 0))
    assert math.isnan(nothing.net)
    assert "count of zero" in nothing.total_net.reason


sites = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1)


@given(sites.filter(lambda s: len(s) < 5), sites.filter(lambda s: len(s) < 5))
@settings(max_examples=60, deadline=None)
def test_permutation_equals_every_draw(treated, control) -> None:
    if sum(map(sum, [*treated, *control])) < 2:
        return
    result = rate_ratio(treated, control)
    assert math.log(result.ratio) == pytest.approx(
        reference.log_ratio(treated, control)
    )
    if result.inference == "permutation":
        assert result.p_value == pytest.approx(
            reference.permutation_p(treated, control)
        )


def test_one_site_each_uses_the_model() -> None:
    result = rate_ratio((100, 60), (100, 100))
    spread = math.sqrt(1 / 100 + 1 / 60 + 2 / 100)
    assert result.inference == "Poisson model"
    assert result.ratio == pytest.approx(0.6)
    assert result.high == pytest.approx(0.6 * math.exp(1.959964 * spread))
    assert result.p_value == pytest.approx(
        math.erfc(-math.log(0.6) / spread / math.sqrt(2))
    )
    assert rate_ratio((100, 60), (100, 100), dispersion=4).word == CANNOT
    assert rate_ratio((60, 100), (100, 100)).word == ROSE


def test_permutation_is_repeatable_and_sees_a_strong_effect() -> None:
    rng = np.random.default_rng(3)
    treated = np.c_[rng.poisson(30, 12), rng.poisson(15, 12)]
    control = np.c_[rng.poisson(30, 12), rng.poisson(30, 12)]
    first = rate_ratio(treated, control, n_permutations=999, rng=5)
    again = rate_ratio(treated, control, n_permutations=999, rng=5)
    assert first == again
    assert first.inference == "permutation"
    assert first.p_value <= 0.005
    assert first.word == FELL
    assert "lower" in first.sentence()


def test_permutation_is_right_under_clustering() -> None:
    rng = np.random.default_rng(8)
    counts = rng.negative_binomial(5, 0.2, size=(300, 8, 2))
    p = np.array([rate_ratio(one[:4], one[4:]).p_value for one in counts])
    assert (p <= 0.05 + 1e-12).mean() < 0.09


@pytest.mark.parametrize(
    ("expected", "difference", "ratios"),
    [
        (10, None, (None, None, None)),
        (20, None, (87, 79, 77)),
        (40, 79, (66, 58, 56)),
        (80, 58, (50, 43, 41)),
        (100, 52, (46, 39, 37)),
        (200, 38, (34, 28, 27)),
        (640, 22, (20, 16, 15)),
    ],
)
def test_what_could_be_detected(expected, difference, ratios) -> None:
    found = [minimum_detectable_effect(expected, expected)]
    found += [
        minimum_detectable_effect(expected, k * expected, measure="ratio")
        for k in (1, 5, 20)
    ]
    for one, share in zip(found, (difference, *ratios), strict=True):
        if share is None:
            assert math.isnan(one.share)
            assert "no fall could be told" in one.sentence()
        else:
            # The table is printed in whole per cent.
            assert 100 * one.share == pytest.approx(share, abs=0.6)


@pytest.mark.parametrize(("expected", "times"), [(60, 1), (100, 3), (200, 10)])
def test_a_detectable_fall_is_noticed_as_often_as_it_says(expected, times) -> None:
    planned = minimum_detectable_effect(expected, times * expected)
    control = times * expected
    rng = np.random.default_rng(6)
    means = [expected, expected * (1 - planned.share), control, control]
    counts = rng.poisson(means, size=(500, 4))
    words = [assess_effect(c[:2], c[2:]).word for c in counts]
    assert np.mean([word == FELL for word in words]) >= 0.76


def test_more_dispersion_or_no_comparison_change_what_can_be_noticed() -> None:
    plain = minimum_detectable_effect(200, 200).share
    assert minimum_detectable_effect(200, 200, dispersion=2).share > plain
    assert minimum_detectable_effect(200, None).share < plain
    most = minimum_detectable_effect(200, 2e9).share
    assert minimum_detectable_effect(200, None).share == pytest.approx(most)


def test_each_part_of_a_ringed_difference_has_its_own_uncertainty() -> None:
    """Two comparisons: what is not known of each adds up, however small the counts."""
    rng = np.random.default_rng(12)
    means = np.array([10, 5, 100, 50, 20, 10, 200, 100])
    false = [
        scaled_difference(c[:2], c[2:4], c[4:6], c[6:]).word != CANNOT
        for c in rng.poisson(means, size=(2_000, 8))
    ]
    assert np.mean(false) <= 0.062  # 5% + 2.5 s.e.


@pytest.mark.parametrize("times", [0.5, 1, 10])
@pytest.mark.parametrize("change", [-0.5, 0, 0.5])
def test_a_change_common_to_both_is_no_effect(times, change) -> None:
    rng = np.random.default_rng(7)
    before, control = 100, 100 * times
    means = [before, before * (1 + change), control, control * (1 + change)]
    words = [
        assess_effect(c[:2], c[2:]).word for c in rng.poisson(means, size=(600, 4))
    ]
    assert np.mean([word != CANNOT for word in words]) <= 0.072  # 5% + 2.5 s.e.


def test_the_comparison_is_scaled_to_the_treated_count() -> None:
    effect = assess_effect((100, 80), (500, 400))
    assert (effect.word, effect.difference.estimate) == (CANNOT, 0)
    assert assess_effect((100, 80), (5000, 4000)).word == CANNOT
    fell = scaled_difference((100, 50), (500, 500))
    assert (fell.estimate, fell.word) == (-50, FELL)
    ringed = scaled_difference((100, 50), (500, 500), (40, 60))
    assert (ringed.local, ringed.displaced) == (-50, 20)
    both = scaled_difference((100, 50), (500, 500), (40, 60), (10, 20))
    assert both.displaced == -20
    assert math.isfinite(scaled_difference((3, 1), (0, 0)).se)


def test_choosing_at_random_is_fair_and_logged() -> None:
    draws = [choose_at_random(range(20), 4, rng=k) for k in range(400)]
    assert all(sorted(one.chosen + one.comparison) == list(range(8)) for one in draws)
    times = np.bincount([place for one in draws for place in one.chosen])
    assert times.sum() == 1600
    assert times.min() > 150
    assert choose_at_random(range(20), 4, seed=draws[0].seed) == draws[0]
    assert str(draws[0].seed) in draws[0].sentence()


def test_choosing_at_random_guards_against_a_fall_by_itself() -> None:
    rng = np.random.default_rng(9)
    level = rng.gamma(2, 5, size=300)
    tops, drawn = [], []
    for _ in range(400):
        before, after = rng.poisson(level), rng.poisson(level)
        top = np.argsort(-before)
        c = choose_at_random(top.tolist(), 4, rng=rng)
        first, rest = list(c.chosen), list(c.comparison)
        drawn.append(
            weighted_displacement_difference(
                (before[first].sum(), after[first].sum()),
                (before[rest].sum(), after[rest].sum()),
            ).estimate
        )
        chosen, others = top[:4], top[20:24]
        tops.append(
            weighted_displacement_difference(
                (before[chosen].sum(), after[chosen].sum()),
                (before[others].sum(), after[others].sum()),
            ).estimate
        )
    assert np.mean(tops) < -5
    assert abs(np.mean(drawn)) < 3 * np.std(drawn) / math.sqrt(400)


def test_a_caution_where_before_is_what_chose() -> None:
    year = Window.from_text("2024-01:2024-12")
    earlier = Window.from_text("2023-01:2023-12")
    assert "falls by itself" in baseline_caution(year, year)
    assert baseline_caution(year, earlier) == ""
    assert baseline_caution(year, year, at_random=True) == ""


def test_counts_in_a_polygon() -> None:
    incidents = toy.incidents()
    before = Window(start=dt.date(2025, 1, 1), end=dt.date(2025, 1, 8))
    after = Window(start=dt.date(2025, 1, 8), end=dt.date(2025, 1, 15))
    lon, lat = toy.centre(toy.A)
    spot = shapely.box(lon - 1e-4, lat - 1e-4, lon + 1e-4, lat + 1e-4)
    assert before_and_after(incidents, spot, before, after) == (7, 2)
    assert before_and_after(incidents, toy.town(), before, after) == (7, 7)
    with pytest.raises(ParameterError, match="must end before"):
        before_and_after(incidents, spot, after, before)
    monthly = Incidents.from_located(toy.rows(), time_precision="month")
    with pytest.raises(PrecisionError):
        before_and_after(monthly, spot, before, after)
    snapped = Incidents.from_located(toy.rows(), snapped=True)
    early = Window.from_text("2022-01:2022-06")
    late = Window.from_text("2022-07:2022-12")
    with pytest.raises(PrecisionError, match="July 2022"):
        before_and_after(snapped, spot, early, late)
    counted = before_and_after(snapped, spot, early, late, same_places=False)
    assert counted == (0, 0)


def test_everything_at_once_in_words() -> None:
    # The figures of the practice notes: a flat control, a 40 per cent fall.
    effect = assess_effect((36, 22), (36, 36))
    assert effect.word == CANNOT
    assert round(effect.difference.z, 1) == -1.2
    assert "would be noticed" in effect.sentences()[-1]
    assert effect.p_treated == e_test(36, 22)
    paper = assess_effect(*PAPER)
    assert paper.word == FELL
    assert len(paper.sentences()) == 2
    assert paper.sentences()[0] == (
        "Against comparison the change is -113 incidents (95% interval -184 to -42): "
        "fell more than comparison."
    )
    assert weighted_displacement_difference((20, 80), (50, 50)).word == ROSE


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (((1, -2), (3, 4)), {}, "treated must be two counts"),
        (((1, 2, 3), (3, 4)), {}, "treated must be two counts"),
        (((1, 2), (3, math.nan)), {}, "control must be two counts"),
        (((1, 2), (3, 4), None, (1, 2)), {}, "comparison of a buffer"),
        (((1, 2), (3, 4)), {"confidence": 95}, "confidence must be between"),
        (((1, 2), (3, 4)), {"time_weights": (1, 0)}, "time_weights must be greater"),
        (((1, 2), (3, 4)), {"area_weights": {"treatd": 1}}, "Did you mean 'treated'"),
        (((1, 2), (3, 4)), {"area_weights": {"control": 0}}, "greater than 0"),
    ],
)
def test_bad_counts_and_weights_are_refused(arguments, options, words) -> None:
    with pytest.raises(ParameterError, match=words):
        weighted_displacement_difference(*arguments, **options)


def test_other_refusals() -> None:
    wdd = weighted_displacement_difference((1, 1), (1, 1))
    for call in (
        lambda: weighted_displacement_difference((1, 0), (0, 0)),
        lambda: rate_ratio((0, 0), (0, 1)),
    ):
        with pytest.raises(TooFewError, match="at least two incidents"):
            call()
    for call in (
        lambda: wdd.with_dispersion(0.5),
        lambda: harm_weighted_difference({"a": wdd}, {"b": 1}),
        lambda: harm_weighted_difference({"a": wdd}, {"a": -1}),
        lambda: rate_ratio([[1, 2, 3]], (1, 2)),
        lambda: rate_ratio((1, -2), (1, 2)),
        lambda: rate_ratio((1, 2), (1, 2), dispersion=0),
        lambda: rate_ratio((1, 2), (1, 2), confidence=1),
        lambda: rate_ratio((1, 2), (1, 2), n_permutations=0),
        lambda: minimum_detectable_effect(0, 10),
        lambda: minimum_detectable_effect(10, 10, power=1),
        lambda: minimum_detectable_effect(10, 10, measure="x"),  # type: ignore[arg-type]
        lambda: minimum_detectable_effect(10, 10, dispersion=0.5),
        lambda: choose_at_random([1, 2, 3], 2),
        lambda: choose_at_random([1, 1, 3, 4], 2),
        lambda: choose_at_random([1, 2], 0),
        lambda: choose_at_random([1, 2], 1, seed=-1),
    ):
        with pytest.raises(ParameterError):
            call()
