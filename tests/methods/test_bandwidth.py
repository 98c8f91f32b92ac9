"""Bandwidths: by hand, a published figure, the loop, what is foretold, refusals."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import reference_kernels as naive

from hotspots.core.errors import CrsError, ParameterError, TooFewError
from hotspots.methods.bandwidth import (
    ANYWHERE,
    CANDIDATES_M,
    choose_bandwidth,
    leave_one_out,
    out_of_sample,
    rule_bandwidth,
)

CORNER = np.array([470_000.0, 310_000.0])


def town(n, seed=0, spread_m=400.0):
    return CORNER + np.random.default_rng(seed).normal(0, spread_m, (n, 2))


def test_the_rule_by_hand():
    # standard deviations of 0, 900 twice each: 519.6; their quartiles 900 / 1.34 apart
    square = CORNER + np.array([[0, 0], [900, 0], [0, 900], [900, 900]])
    spread = np.sqrt(4 * 450**2 / 3)
    gaussian = rule_bandwidth(square, kernel="gaussian")
    assert gaussian == pytest.approx(spread * 4 ** (-1 / 6))
    quartic = rule_bandwidth(square)
    # the quartic with this radius has the asymptotic error of that Gaussian:
    # roughness 9 / 5 pi against 1 / 4 pi, variance 1 / 8 against 1
    assert quartic / gaussian == pytest.approx((9 / 5 * 4 * 8**2) ** (1 / 6))
    assert rule_bandwidth(square, rule="nrd") == pytest.approx(4.24 * spread * 4**-0.2)


def test_both_axes_count():
    xy = town(300)
    wide = CORNER + (xy - CORNER) * np.array([1.0, 5.0])
    assert rule_bandwidth(wide) == pytest.approx(rule_bandwidth(wide[:, ::-1]))
    assert rule_bandwidth(wide) > 2.5 * rule_bandwidth(xy)


def test_the_published_figure_of_memphis(shared_data):
    # sfhotspot's rule gives 5,592.45 on x and 5,947.43 on y; it uses x alone by mistake
    from pyproj import Transformer

    frame = pl.read_csv(shared_data / "points" / "memphis_personal_robberies_2019.csv")
    to_utm = Transformer.from_crs(4326, 32615, always_xy=True)
    x, y = to_utm.transform(frame["longitude"].to_numpy(), frame["latitude"].to_numpy())
    on_x = rule_bandwidth(np.column_stack([x, x]), rule="nrd")
    on_y = rule_bandwidth(np.column_stack([y, y]), rule="nrd")
    both = rule_bandwidth(np.column_stack([x, y]), rule="nrd")
    assert [round(v, 2) for v in (on_x, on_y, both)] == [5592.45, 5947.43, 5769.94]


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_leave_one_out_equals_the_loop(kernel):
    xy = np.concatenate([town(25), town(25)[:5], town(1, 9)])
    tried = (60.0, 200.0, 900.0)
    expected = [naive.left_out_score(xy, h, kernel, ANYWHERE) for h in tried]
    ours = leave_one_out(xy, tried, kernel=kernel)
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


def test_repeats_do_not_pull_the_bandwidth_to_nothing():
    once = choose_bandwidth(town(150)).bandwidth_m
    snapped = np.repeat(town(150), 6, axis=0)
    assert choose_bandwidth(snapped).bandwidth_m == once
    assert once >= 300


def test_finer_towns_get_finer_bandwidths():
    chosen = [
        choose_bandwidth(town(400, spread_m=spread), kernel="gaussian").bandwidth_m
        for spread in (200.0, 800.0, 3_200.0)
    ]
    assert chosen == sorted(chosen)
    assert chosen[0] < chosen[1] < chosen[2]
    # near the best for a normal cloud, spread * n ** (-1 / 6)
    assert chosen[1] == pytest.approx(800 * 400 ** (-1 / 6), rel=0.4)


def test_out_of_sample_by_hand_and_by_chance():
    at = CORNER + np.array([[0.0, 0.0], [1_000.0, 0.0]])
    xy = np.repeat(at, [3, 1], axis=0)
    scores = out_of_sample(xy, at, [1, 1], (100.0,))
    shares = [(1 - ANYWHERE) * s + ANYWHERE / 2 for s in (0.75, 0.25)]
    assert scores[0] == pytest.approx(np.log(shares).mean())
    nowhere = out_of_sample(xy, at + 50_000, [1, 1], (100.0,))
    assert nowhere[0] == pytest.approx(np.log(ANYWHERE / 2))


def test_out_of_sample_finds_the_true_width():
    rng = np.random.default_rng(5)
    centres = rng.uniform(0, 6_000, (12, 2))
    early, late = (
        CORNER + centres[rng.integers(0, 12, 4_000)] + rng.normal(0, 250, (4_000, 2))
        for _ in range(2)
    )
    side = np.arange(-1_000, 7_000, 100.0)
    at = CORNER + np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2) + 50
    column, row = np.floor((late - CORNER + 1_000) / 100).astype(int).T
    later = np.bincount(row * 80 + column, minlength=6_400)
    choice = choose_bandwidth(early, by="out-of-sample", at_m=at, later_counts=later)
    assert 200 <= choice.bandwidth_m <= 500
    assert "where later incidents fall" in choice.note
    assert max(choice.scores, key=lambda pair: pair[1])[0] == choice.bandwidth_m


def test_the_note_says_when_the_best_is_at_an_end():
    choice = choose_bandwidth(town(400), candidates_m=(20.0, 25.0))
    assert choice.note.endswith("it is the largest tried.")
    assert [h for h, _ in choose_bandwidth(town(50)).scores] == list(CANDIDATES_M)
    rule = choose_bandwidth(town(50), by="rule")
    assert rule.scores == ()
    assert "50 incidents on both axes (rule)" in rule.note


def test_what_is_refused():
    xy = town(5)
    with pytest.raises(TooFewError, match="at least two incidents; got 1"):
        rule_bandwidth(xy[:1])
    with pytest.raises(TooFewError, match="all 4 are at one"):
        rule_bandwidth(np.repeat(xy[:1], 4, axis=0))
    with pytest.raises(TooFewError, match="at least two places; got 1"):
        leave_one_out(np.repeat(xy[:1], 4, axis=0))
    with pytest.raises(ParameterError, match="above 0; got -5"):
        leave_one_out(xy, (100.0, -5.0))
    with pytest.raises(ParameterError, match="at least one bandwidth"):
        leave_one_out(xy, ())
    with pytest.raises(ParameterError, match="kernel must be one of"):
        rule_bandwidth(xy, kernel="box")
    with pytest.raises(ParameterError, match="rule must be one of rule, nrd"):
        rule_bandwidth(xy, rule="scott")
    with pytest.raises(ParameterError, match="by must be one of"):
        choose_bandwidth(xy, by="magic")
    with pytest.raises(ParameterError, match="needs at_m"):
        choose_bandwidth(xy, by="out-of-sample")
    with pytest.raises(TooFewError, match="later incidents in the cells; got none"):
        out_of_sample(xy, xy, np.zeros(5))
    with pytest.raises(ParameterError, match="later_counts must be one number"):
        out_of_sample(xy, xy, np.zeros(4))
    with pytest.raises(CrsError, match="look like degrees"):
        choose_bandwidth(np.array([[-0.886, 52.765], [-0.887, 52.766]]))
