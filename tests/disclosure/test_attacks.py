"""Ten thousand attempts to work out a small count, with an exact solver among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from hotspots.disclosure import Policy, Release, build_release
from hotspots.disclosure.figures import Figures, round_counts, with_differences
from hotspots.disclosure.suppression import Suppressed, suppress
from hotspots.disclosure.tables import build_layout

POLICY = Policy()


def town(rng: np.random.Generator, *, months: int, wards: int) -> pl.DataFrame:
    """Return counts by ward, district, month and category, small ones common."""
    first = dt.date(2024, int(rng.choice([1, 4, 7])), 1)
    ends = pl.date_range(first, interval="1mo", end=dt.date(2026, 3, 1), eager=True)
    rows = [
        {
            "ward": f"W{ward}",
            "district": f"D{ward % 2}",
            "month": month,
            "category": category,
            "n": int(rng.negative_binomial(1.2, 0.18) if busy else rng.poisson(1.5)),
        }
        for ward in range(wards)
        for month in ends[:months]
        for category, busy in (("ASB", True), ("Burglary", False), ("Theft", True))
    ]
    return pl.DataFrame(rows)


def release(counts: pl.DataFrame) -> Release:
    return build_release(
        counts, areas=["ward", "district"], month="month", category="category", n="n"
    )


def releases(seed: int, n: int) -> Iterator[Release]:
    rng = np.random.default_rng(seed)
    for _ in range(n):
        months, wards = int(rng.integers(6, 16)), int(rng.integers(3, 8))
        yield release(town(rng, months=months, wards=wards))


def test_ten_thousand_small_figures_each_have_a_second_world() -> None:
    attacked = 0
    for made in releases(seed=20, n=45):
        figures, found = made.figures, made.suppressed
        true = figures.counts
        published = round_counts(true, POLICY)[0]
        for figure, (plus, minus) in zip(found.protected, found.witness, strict=True):
            other = figures.base.copy()
            other[plus] += plus >= 0
            other[minus] -= minus >= 0
            world = figures.totals_of(other)
            assert other.min() >= 0
            shown = found.shown
            assert (world[shown] >= POLICY.min_count).all()
            assert (round_counts(world, POLICY)[0][shown] == published[shown]).all()
            assert world[figure] != true[figure]
            attacked += 1
    assert attacked >= 10_000


def test_every_small_published_figure_is_among_those_protected() -> None:
    for made in releases(seed=21, n=4):
        n = made.frame.height
        true = made.figures.counts[:n]
        small = np.flatnonzero((true > 0) & (true < POLICY.min_count))
        assert set(small) <= set(made.suppressed.protected)
        assert made.frame["n"].gather(small).null_count() == len(small)


def solve(
    figures: Figures,
    low: npt.NDArray[np.int64],
    high: npt.NDArray[np.int64],
    figure: int,
) -> tuple[int, int]:
    """Return the least and the most a figure can be: exact, by integer programming."""
    matrix = np.zeros((figures.n, len(figures.base)))
    for cell, row in enumerate(figures.ancestors):
        matrix[row[row < figures.n], cell] = 1
    limits = LinearConstraint(matrix, low, np.where(high > 10**9, np.inf, high))
    ends = []
    for sign in (1, -1):
        result = milp(
            sign * matrix[figure],
            constraints=limits,
            bounds=Bounds(0, np.inf),
            integrality=np.ones(len(figures.base)),
        )
        ends.append(sign * round(result.fun) if result.fun is not None else 10**6)
    return ends[0], ends[1]


def table(rng: np.random.Generator) -> Figures:
    """Return a small two-way table with its margins, its cells mostly small."""
    rows, columns = int(rng.integers(2, 4)), int(rng.integers(2, 4))
    base = rng.integers(0, 7, size=(rows, columns))
    i, j = np.indices(base.shape).reshape(2, -1)
    n = base.size + rows + columns + 1
    ancestors = np.stack(
        [
            np.arange(base.size),
            base.size + i,
            base.size + rows + j,
            np.full(base.size, n - 1),
        ],
        axis=1,
    )
    return Figures(
        base=base.ravel().astype(np.int64),
        ancestors=ancestors,
        n=n,
        hidden=np.zeros(n, dtype=bool),
        stage=np.zeros(n, dtype=np.int64),
        lane=np.arange(base.size),
        whole=np.full(n, -1, dtype=np.int64),
    )


def naive(figures: Figures) -> Suppressed:
    """Withhold small counts and round the rest: what most tables do."""
    counts = figures.counts
    small = counts < 5
    _, low, high = round_counts(counts, POLICY)
    return Suppressed(
        shown=~small,
        primary=small,
        low=np.where(small, 0, low),
        high=np.where(small, 4, high),
        protected=np.flatnonzero(small & (counts > 0)),
        witness=np.empty((0, 2), dtype=np.int64),
    )


def recovered(figures: Figures, found: Suppressed) -> int:
    return sum(
        len(set(solve(figures, found.low, found.high, int(figure)))) == 1
        for figure in found.protected
    )


def test_an_exact_solver_told_which_counts_are_small_recovers_none() -> None:
    rng = np.random.default_rng(5)
    attacked = 0
    for _ in range(30):
        figures = with_differences(table(rng), POLICY)
        found = suppress(figures, POLICY)
        assert recovered(figures, found) == 0
        attacked += len(found.protected)
    assert attacked > 75


def test_the_solver_recovers_none_from_a_table_with_sums_and_unlisted_rows() -> None:
    rng = np.random.default_rng(8)
    attacked = 0
    for _ in range(15):
        month = rng.integers(0, 7, size=4)
        year = month + rng.integers(0, 6, size=4)
        frame = pl.DataFrame(
            {
                "ward": ["A", "B", "C", "All"],
                "month": [*month[:3], month.sum()],
                "year": [*year[:3], year.sum()],
            }
        )
        layout = build_layout(
            frame,
            counts=["month", "year"],
            keys=["ward"],
            totals={"ward": "All"},
            sums={"year": ["month"]},
            hidden_rows=np.zeros(4, dtype=bool),
        )
        figures = with_differences(layout.figures, POLICY)
        assert (
            figures.counts[:8] == frame.select("month", "year").to_numpy().ravel()
        ).all()
        found = suppress(figures, POLICY)
        assert recovered(figures, found) == 0
        attacked += len(found.protected)
    assert attacked > 45


def test_the_same_solver_recovers_counts_where_only_small_ones_are_withheld() -> None:
    # Two counts of 4 and their total, 8, which is published as 10: from 8 to 12.
    pair = Figures(
        base=np.array([4, 4]),
        ancestors=np.array([[0, 2], [1, 2]]),
        n=3,
        hidden=np.zeros(3, dtype=bool),
        stage=np.zeros(3, dtype=np.int64),
        lane=np.arange(2),
        whole=np.full(3, -1),
    )
    assert recovered(pair, naive(pair)) == 2
    assert recovered(pair, suppress(pair, POLICY)) == 0
    rng = np.random.default_rng(5)
    assert sum(recovered(t, naive(t)) for t in (table(rng) for _ in range(25))) > 0


def test_ten_thousand_differences_of_published_figures_pin_no_small_count() -> None:
    attacked, pinned, unrounded = 0, 0, 0
    for made in releases(seed=22, n=18):
        low, high, true, pairs = differences(made)
        rest = true[pairs[:, 0]] - true[pairs[:, 1]]
        least = low[pairs[:, 0]] - high[pairs[:, 1]]
        most = high[pairs[:, 0]] - low[pairs[:, 1]]
        small = (rest > 0) & (rest < POLICY.min_count)
        attacked += len(pairs)
        pinned += int((small & (np.maximum(least, 0) == most)).sum())
        unrounded += int(small.sum())
    assert attacked >= 10_000
    assert pinned == 0
    assert unrounded > 100, "without rounding these would have been exact"


def differences(
    made: Release,
) -> tuple[
    npt.NDArray[np.int64],
    npt.NDArray[np.int64],
    npt.NDArray[np.int64],
    npt.NDArray[np.int64],
]:
    """Return every pair of shown figures, one inside the other, with their bounds."""
    figures, shown = made.figures, made.suppressed.shown
    size = np.bincount(figures.ancestors.ravel(), minlength=figures.n + 1)
    ok = np.append(shown, False)
    codes = []
    for first in figures.ancestors.T:
        for second in figures.ancestors.T:
            fit = ok[first] & ok[second] & (size[first] > size[second])
            codes.append(first[fit] * (figures.n + 1) + second[fit])
    values, shared = np.unique(np.concatenate(codes), return_counts=True)
    pairs = np.stack(np.divmod(values, figures.n + 1), axis=1)
    pairs = pairs[shared == size[pairs[:, 1]]]
    _, low, high = round_counts(figures.counts, POLICY)
    return low, high, figures.counts, pairs


@pytest.mark.parametrize("seed", range(6))
def test_a_later_release_leaves_every_earlier_figure_as_it_was(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = town(rng, months=14, wards=4)
    whole = release(counts).frame
    for months in (3, 6, 9, 12):
        last = sorted(counts["month"].unique())[months - 1]
        part = counts.filter(pl.col("month") <= last)
        earlier = release(part).frame
        keys = ["area_kind", "area", "span", "period", "category"]
        both = earlier.join(whole, on=keys, how="left", suffix="_later")
        assert both["n"].equals(both["n_later"])


def test_the_same_records_in_another_order_give_the_same_release() -> None:
    counts = town(np.random.default_rng(3), months=8, wards=4)
    shuffled = counts.sample(fraction=1, shuffle=True, seed=1)
    assert release(counts).frame.equals(release(shuffled).frame)
