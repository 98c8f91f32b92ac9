"""Near pairs against every pair, in portions, with points in awkward places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError
from hotspots.kernels.near_pairs import NearPairs, distance_m

LIMITS = np.array([0.0, 1.0, 10.0, 25.0])


@pytest.fixture(params=["1", "0"], ids=["compiled", "numpy"])
def twin(request, monkeypatch):
    monkeypatch.setenv("HOTSPOTS_COMPILED", request.param)


def found(pairs, most=1 << 26):
    """Return each pair as (lower point, higher point, band)."""
    triples = []
    for portion in pairs.portions(most):
        for seat in range(len(portion.starts) - 1):
            row, band = divmod(seat, pairs.n_bands)
            mine = pairs.order[portion.first_row + row]
            for at in range(portion.starts[seat], portion.starts[seat + 1]):
                other = pairs.order[portion.others[at]]
                triples.append((min(mine, other), max(mine, other), band))
    return sorted(triples)


def every_pair(xy, limits, metric):
    triples = []
    for i in range(len(xy)):
        for j in range(i + 1, len(xy)):
            dx, dy = xy[i] - xy[j]
            far = abs(dx) + abs(dy) if metric == "manhattan" else np.sqrt(dx**2 + dy**2)
            triples += [
                (i, j, b)
                for b in range(len(limits) - 1)
                if limits[b] <= far < limits[b + 1]
            ]
    return triples


whole = st.integers(0, 60).map(float)
points = st.lists(st.tuples(whole | st.floats(0, 60), whole), min_size=1, max_size=40)


@pytest.mark.usefixtures("twin")
@given(points=points, most=st.sampled_from([1, 7, 1 << 26]))
@settings(max_examples=60, deadline=None)
def test_every_near_pair_is_found_once(points, most):
    xy = np.array(points)
    for metric in ("euclidean", "manhattan"):
        pairs = NearPairs(xy_m=xy, limits_m=LIMITS, metric=metric)
        expected = every_pair(xy, LIMITS, metric)
        assert found(pairs, most) == expected
        bands = [band for *_, band in expected]
        np.testing.assert_array_equal(pairs.totals, np.bincount(bands, minlength=3))


@pytest.mark.usefixtures("twin")
def test_a_portion_has_no_more_pairs_than_asked_unless_a_row_has():
    xy = np.random.default_rng(1).uniform(0, 100, (200, 2))
    pairs = NearPairs(xy_m=xy, limits_m=LIMITS)
    sizes = [len(portion.others) for portion in pairs.portions(50)]
    assert sum(sizes) == pairs.totals.sum()
    assert max(sizes) <= max(50, pairs.counts.sum(axis=1).max())
    assert len(sizes) > 10


@pytest.mark.usefixtures("twin")
def test_points_far_away_and_at_strip_edges():
    # a stray point must not blow the strips up; distances of exactly the reach count
    # only below it
    xy = np.array([[0, 0], [0, 25], [0, 50], [0, 75 - 1e-9], [1e7, 5e7], [1e7, 5e7]])
    pairs = NearPairs(xy_m=xy + 0.1, limits_m=LIMITS)
    assert found(pairs) == [(2, 3, 2), (4, 5, 0)]


def test_many_threads_find_the_same():
    xy = np.random.default_rng(2).uniform(0, 3_000, (20_000, 2))
    pairs = NearPairs(xy_m=xy, limits_m=LIMITS)
    apart = []
    for portion in pairs.portions(40_000):
        row = np.repeat(np.arange(len(portion.starts) - 1), np.diff(portion.starts))
        mine = pairs.order[portion.first_row + row // 3]
        apart.append((xy[mine] - xy[pairs.order[portion.others]], row % 3))
    difference = np.concatenate([d for d, _ in apart])
    band = np.concatenate([b for _, b in apart])
    far = distance_m(*difference.T, "euclidean")
    assert ((far >= LIMITS[band]) & (far < LIMITS[band + 1])).all()
    density = 20_000 / 3_000**2
    expected = 20_000 / 2 * density * np.pi * 25**2
    assert pairs.totals.sum() == pytest.approx(expected, rel=0.03)
    np.testing.assert_array_equal(pairs.totals, np.bincount(band))


def test_no_bands_and_an_unknown_metric():
    xy = np.zeros((3, 2))
    assert found(NearPairs(xy_m=xy, limits_m=np.array([0.0]))) == []
    with pytest.raises(ParameterError, match="metric must be one of euclidean, manh"):
        NearPairs(xy_m=xy, limits_m=LIMITS, metric="road")
