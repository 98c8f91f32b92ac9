"""Every promised rate beside the measured one, over simulated towns.

    python tests/calibration/rates.py [--quick]

Prints a table and ends with 1 where a rate lies outside what was promised by more than
chance explains. Counts are Poisson or of twice the variance; some towns decline, some
have a season; in none of them does anything happen that should be called.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import h3
import numpy as np

from hotspots.analysis.finder import HotspotRule
from hotspots.analysis.persistence import lasting
from hotspots.analysis.tabulate import significant_among
from hotspots.core.errors import TooFewError
from hotspots.core.pvalues import adjust_p
from hotspots.effects import (
    assess_effect,
    minimum_detectable_effect,
    overdispersion,
    scaled_difference,
)
from hotspots.kernels.dispersion import shrunk_dispersions
from hotspots.kernels.predictive import usual_range
from hotspots.methods.change import compare
from hotspots.methods.clock import PEAK_P, Clock, peak_p
from hotspots.methods.gistar import neighbourhood_p
from hotspots.methods.knox import knox_test
from hotspots.methods.near_repeat import measure_lift
from hotspots.model.cells import Cells

CANNOT = "cannot tell"
FALSE = ("higher", "lower")
SEASON = 1 + 0.2 * np.sin(2 * np.pi * np.arange(120) / 12)
CENTRE = "8a1943472a77fff"


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A rate as promised, from ``low`` to ``high``, and as measured in ``n`` trials."""

    what: str
    town: str
    low: float
    high: float
    measured: float
    n: int
    spread: float | None = None

    @property
    def slack(self) -> float:
        """Three standard errors of what was measured."""
        if self.spread is not None:
            return 3 * self.spread / math.sqrt(self.n)
        edge = self.high if self.measured > self.high else self.low
        return 3 * math.sqrt(max(edge * (1 - edge), 1e-4) / self.n)

    @property
    def kept(self) -> bool:
        """Whether it lies within the promise, but for chance."""
        return self.low - self.slack <= self.measured <= self.high + self.slack

    def row(self) -> str:
        """Return a line of the table."""
        promised = (
            f"{self.low:g} to {self.high:g}" if self.low else f"at most {self.high:g}"
        )
        verdict = "kept" if self.kept else "OUTSIDE"
        return (
            f"| {self.what} | {self.town} | {promised} | {self.measured:.4f} | "
            f"{self.n:,} | {verdict} |"
        )


def counts(
    rng: np.random.Generator,
    mean: np.ndarray,
    dispersion: float,
    shape: tuple[int, ...],
) -> np.ndarray:
    """Draw counts of a variance so many times the mean."""
    mean = np.broadcast_to(mean, shape)
    if dispersion == 1:
        return rng.poisson(mean)
    return rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion)


def towns() -> Iterator[tuple[str, float, np.ndarray]]:
    """Yield a name, a dispersion and a factor for each of 120 months."""
    flat = np.ones(120)
    for dispersion in (1.0, 1.5, 2.0):
        yield f"steady, variance {dispersion:g}", dispersion, flat
    for dispersion in (1.0, 2.0):
        yield f"season of 20%, variance {dispersion:g}", dispersion, SEASON


def words_of_areas(scale: int) -> Iterator[Rate]:
    """Higher or lower at 1% each way, and any that is significant overall."""
    for name, dispersion, factor in towns():
        rng = np.random.default_rng(1)
        false, families, n = 0, 0, 40 * scale
        for _ in range(n):
            means = rng.gamma(2, 8, size=(16, 1)) + 0.5
            months = counts(rng, means * factor[:24], dispersion, (16, 24)).astype(
                float
            )
            before, now = months[:, :12], months[:, 12:]
            phi = shrunk_dispersions([now, before])
            pairs = zip(now.sum(axis=1), before.sum(axis=1), phi, strict=True)
            changes = [
                compare(int(a), int(b), months=12, dispersion=float(p))
                for a, b, p in pairs
            ]
            false += sum(change.word in FALSE for change in changes)
            families += bool(significant_among(changes).any())
        yield Rate(
            what="word of an area is higher or lower",
            town=name,
            low=0,
            high=0.02,
            measured=false / (16 * n),
            n=16 * n,
        )
        yield Rate(
            what="any of 16 areas is significant overall",
            town=name,
            low=0,
            high=0.05,
            measured=families / n,
            n=n,
        )


def courses() -> Iterator[tuple[str, float, float]]:
    """Yield a name, what is left of the rate a year later, and the season's swing."""
    yield "steady", 1.0, 0.0
    yield "declining 25% a year", 0.75, 0.0
    yield "season of 20%", 1.0, 0.2
    yield "season of 30%", 1.0, 0.3
    yield "declining 25% a year, season of 20%", 0.75, 0.2


def usual_ranges(scale: int) -> Iterator[Rate]:
    """Alarms of the usual range, each side, at any time of the year."""
    ago, n = np.arange(13, 0, -1), 100 * scale
    for (name, left, swing), dispersion in product(courses(), (1.0, 1.5, 2.0)):
        rng = np.random.default_rng(2)
        words = []
        for mean in (8, 25, 80, 300):
            phase = rng.uniform(0, 2 * np.pi, (n, 1))
            wave = 1 + swing * np.sin(phase + 2 * np.pi * np.arange(14) / 13)
            rate = mean * left ** (np.arange(14) / 13) * wave
            words += [
                usual_range(int(row[-1]), row[:-1], ago=ago).word
                for row in counts(rng, rate, dispersion, (n, 14))
            ]
        for word in FALSE:
            yield Rate(
                what=f"usual range: {word}",
                town=f"{name}, variance {dispersion:g}",
                low=0,
                high=0.01,
                measured=words.count(word) / len(words),
                n=len(words),
            )


def study_cells(rings: int) -> Cells:
    """Return a round study area."""
    ids = np.array([int(c, 16) for c in h3.grid_disk(CENTRE, rings)], dtype=np.uint64)
    return Cells.from_ids(np.sort(ids), resolution=10)


def gi_star_cells(scale: int) -> Iterator[Rate]:
    """Cells called hot or cold where incidents fall anywhere alike."""
    cells = study_cells(60)
    share = cells.area_km2 / cells.area_km2.sum()
    for per_cell in (0.08, 0.5, 3.0):
        rng = np.random.default_rng(3)
        false = []
        for _ in range(10 * scale):
            drawn = rng.multinomial(int(per_cell * len(cells)), share).astype(float)
            p = neighbourhood_p(drawn, cells.neighbours, cells.area_km2)
            false.append(int((adjust_p(p) <= 0.05).sum()))
        yield Rate(
            what="Gi*: cells at 5% in a run",
            town=f"random, {per_cell:g} a cell, {len(cells):,} cells",
            low=0,
            high=1,
            measured=float(np.mean(false)),
            n=len(false),
            spread=float(np.std(false)),
        )


def knox_claims(scale: int) -> Iterator[Rate]:
    """Clustering claimed of files without any, and the lift of an alert there."""
    rng = np.random.default_rng(4)
    bands = ([0, 1, 100, 200, 400], [0, 7, 14, 28, 56])
    claimed, lifts = [], []
    for _ in range(40 * scale):
        homes = rng.uniform(0, 4_000, (250, 2))
        xy = homes[rng.integers(0, 250, 300)]
        days = rng.integers(0, 730, 300)
        test = knox_test(xy, days, *bands, n_permutations=199, rng=rng)
        claimed.append("times as many" in test.in_words())
        lifts.append(measure_lift(xy, days, 100, 14).ratio)
    yield Rate(
        what="Knox: clustering is claimed",
        town="places of lasting risk, random days",
        low=0,
        high=0.05,
        measured=float(np.mean(claimed)),
        n=len(claimed),
    )
    yield Rate(
        what="near repeats: lift of 100 m and 14 days",
        town="places of lasting risk, random days",
        low=0.97,
        high=1.03,
        measured=float(np.mean(lifts)),
        n=len(lifts),
        spread=float(np.std(lifts)),
    )


def effects(scale: int) -> Iterator[Rate]:
    """False verdicts, coverage of the interval, and power."""
    sizes, levels = (0.5, 1, 3, 10), (20, 100, 400)
    for dispersion, treated, times in product((1.0, 2.0), levels, sizes):
        rng = np.random.default_rng(5)
        n = 5_000 * scale
        for how, verdicts in (("known", _known), ("estimated", _estimated)):
            rates = [
                np.mean([not v for v in verdicts(rng, means, dispersion, n)])
                for means in _alike(treated, times)
            ]
            yield Rate(
                what=f"effect: a verdict where there is none, variance {how}",
                town=f"{treated} before, comparison {times:g} times, the worst common "
                f"change of -50 to +50%, variance {dispersion:g}",
                low=0,
                high=0.05,
                measured=float(max(rates)),
                n=n,
            )
            n //= 8
    yield from _coverage(scale)
    yield from _power(scale)


def _alike(treated: float, times: float) -> Iterator[np.ndarray]:
    for change in (-0.5, -0.25, 0.0, 0.25, 0.5):
        yield np.array([1, 1 + change, times, times * (1 + change)]) * treated


def _known(
    rng: np.random.Generator, means: np.ndarray, dispersion: float, n: int
) -> Iterator[bool]:
    """Yield whether the difference that decides says that one cannot tell."""
    for row in counts(rng, means, dispersion, (n, 4)):
        found = scaled_difference(row[:2], row[2:], dispersion=dispersion)
        yield found.word == CANNOT


def _estimated(
    rng: np.random.Generator, means: np.ndarray, dispersion: float, n: int
) -> Iterator[bool]:
    """Yield the same where the twelve months before tell how much counts vary."""
    monthly = counts(rng, means.reshape(1, 2, 2, 1) / 12, dispersion, (n, 2, 2, 12))
    for months in monthly:
        before, after = months.sum(axis=2).T
        try:
            told = overdispersion(months[:, 0], confidence=0.95)
        except TooFewError:
            told = 1.0
        found = scaled_difference(
            (before[0], after[0]), (before[1], after[1]), dispersion=told
        )
        yield found.word == CANNOT


def _coverage(scale: int) -> Iterator[Rate]:
    rng = np.random.default_rng(6)
    for treated, times, fall in ((60, 1, 0.3), (200, 3, 0.3), (400, 1, 0.0)):
        held, n = 0, 200 * scale
        means = np.array([1, 0.9 * (1 - fall), times, times * 0.9]) * treated
        true = -0.9 * fall * treated
        for row in counts(rng, means, 1.0, (n, 4)):
            difference = assess_effect(row[:2], row[2:]).difference
            held += difference.low <= true <= difference.high
        yield Rate(
            what="effect: the 95% interval holds the truth",
            town=f"{treated} before, comparison {times:g} times, fall {fall:.0%}",
            low=0.93,
            high=0.97,
            measured=held / n,
            n=n,
        )


def _power(scale: int) -> Iterator[Rate]:
    rng = np.random.default_rng(7)
    for treated, times in ((40, 1), (60, 3), (100, 1), (200, 10)):
        share = minimum_detectable_effect(treated, times * treated).share
        means = np.array([1, 1 - share, times, times]) * treated
        n = 100 * scale
        rows = counts(rng, means, 1.0, (n, 4))
        seen = sum(assess_effect(r[:2], r[2:]).word.startswith("fell") for r in rows)
        yield Rate(
            what="effect: the smallest detectable fall is noticed",
            town=f"{treated} before, comparison {times:g} times, fall {share:.0%}",
            low=0.8,
            high=1,
            measured=seen / n,
            n=n,
        )


def busiest_hours(scale: int) -> Iterator[Rate]:
    """A peak named of a week without pattern: hours, a day, a shift, hours of a day."""
    rng, clock = np.random.default_rng(8), Clock()
    named: dict[str, Callable[[np.ndarray], bool]] = {
        "busiest hours are named": lambda week: not clock.peak(week).startswith("no"),
        "a busiest day is named": lambda week: clock.busiest_day(week) is not None,
        "a busiest shift is named": lambda week: clock.busiest_shift(week) is not None,
        "peak hours of a patrol are named": lambda week: (
            peak_p(week.reshape(7, 24).sum(axis=0), length_h=3) <= PEAK_P
        ),
    }
    for n_incidents in (40, 143, 1_000):
        weeks = rng.multinomial(n_incidents, np.full(168, 1 / 168), 100 * scale)
        for what, names in named.items():
            yield Rate(
                what=f"clock: {what}",
                town=f"no pattern, {n_incidents:,} incidents",
                low=0,
                high=0.05,
                measured=float(np.mean([names(week.astype(float)) for week in weeks])),
                n=len(weeks),
            )


def places(scale: int) -> Iterator[Rate]:
    """What stability was worth later, told from the town's own past; never a change."""
    cells, rule = study_cells(12), HotspotRule(resamples=50)
    rng = np.random.default_rng(9)
    told, kept = [], []
    for _ in range(60 * scale):
        risk = rng.pareto(1.2, len(cells)) * (rng.random(len(cells)) < 0.3) + 0.01
        half_years = [
            rng.poisson(800 * risk / risk.sum()).astype(float) for _ in range(9)
        ]
        own = [_lasting(half_years[k : k + 3], cells, rule) for k in range(6)]
        n, lasted = np.sum(own, axis=0)
        told.append(lasted / n)
        later_n, later_lasted = _lasting(half_years[6:], cells, rule)
        kept.append(later_lasted / later_n)
    gap = np.array(kept) - np.array(told)
    yield Rate(
        what="persistence told less persistence found",
        town="never changes",
        low=-0.02,
        high=0.02,
        measured=float(gap.mean()),
        n=len(gap),
        spread=float(gap.std()),
    )


def _lasting(
    half_years: list[np.ndarray], cells: Cells, rule: HotspotRule
) -> tuple[int, int]:
    found = rule.find(half_years[0] + half_years[1], cells, stability=False)
    again = rule.find(half_years[2], cells, stability=False)
    return len(found), sum(lasting(found, again))


MEASURES: tuple[Callable[[int], Iterator[Rate]], ...] = (
    words_of_areas,
    usual_ranges,
    gi_star_cells,
    knox_claims,
    effects,
    busiest_hours,
    places,
)


def main() -> int:
    """Print the table; return 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a quarter of the trials")
    scale = 2 if parser.parse_args().quick else 8
    print("| what | town | promised | measured | trials | |\n|---|---|---|---|---|---|")
    kept = True
    for measure in MEASURES:
        for rate in measure(scale):
            print(rate.row(), flush=True)
            kept &= rate.kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
