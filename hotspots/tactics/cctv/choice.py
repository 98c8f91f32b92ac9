"""Choosing camera sites: now, on earlier days for the test, and from resamples."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import polars as pl
import shapely
from scipy.sparse import csr_matrix

from hotspots.core.errors import PlanError, TooFewError
from hotspots.core.types import Bools, Floats, Ints
from hotspots.model.incidents import Incidents
from hotspots.optimise.coverage import CoverProblem, maximise_coverage
from hotspots.optimise.coverage.greedy import choose_greedily_often
from hotspots.optimise.coverage.presolve import presolve
from hotspots.optimise.coverage.rotation import build_rotation, square_zones
from hotspots.resources.eligibility import Eligibility
from hotspots.tactics.backtest import Covers, Trial, resample_weights
from hotspots.tactics.cctv.candidates import Candidates
from hotspots.tactics.cctv.demand import harm_weights, recency_weights
from hotspots.tactics.cctv.options import CctvOptions
from hotspots.tactics.cctv.siting import NEAR_M, Siting, check_number
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import share_in, week_mask
from hotspots.tactics.selection import draw_from_top

SEARCH_SECONDS = 10.0
EXACT_FOLDS = 8
"""Up to this many cameras, without spacing, earlier choices are proven as well."""

DAYS_A_YEAR = 365.25
MIN_INCIDENTS = 20
"""Fewer choose nothing: where the next falls is chance."""
N_RESAMPLES = 100


@dataclass(frozen=True, kw_only=True)
class Chooser:
    """A tactic's options, the candidates and the incidents, ready to choose."""

    options: CctvOptions
    context: PlanningContext
    candidates: Candidates
    eligibility: Eligibility

    @property
    def mask(self) -> Bools | None:
        """Hours of the week that are monitored; None is all."""
        options = self.options
        if options.all_hours:
            return None
        return week_mask(range(7), options.monitored_from, options.monitored_to)

    def incident_weights(
        self, incidents: Incidents, end: dt.date, *, harm: str | None = None
    ) -> Floats:
        """Return the weight of each incident on a day, shape (n,), a year."""
        weight = recency_weights(
            incidents,
            self.mask,
            self.context.before(end),
            self.context.exposure,
            half_life_days=self.options.half_life_days,
        )
        table = self.context.dataset.harm
        weight = weight * harm_weights(incidents, table, harm or self.options.harm)
        return weight * self.eligibility.of(incidents)

    @property
    def tests_exactly(self) -> bool:
        """Whether the choices on earlier days are searched as far as the plan's."""
        return self.options.spacing_m == 0 and self.options.n_cameras <= EXACT_FOLDS

    def counted(self, incidents: Incidents) -> Bools:
        """Say which incidents count: eligible, in the hours in part, not seen yet.

        Returns ndarray of bool, shape (n,).
        """
        fixed = self.candidates.fixed[self.candidates.demand.rows(incidents)]
        counts = (self.eligibility.of(incidents) > 0) & ~fixed
        if self.mask is not None:
            counts &= share_in(incidents.frame, self.mask) > 0
        return np.asarray(counts)

    def choose(self) -> Siting:
        """Choose the sites of the plan.

        Raises PlanError if nothing can be seen, or the sites cannot be placed as asked;
        TooFewError if there are fewer than 20 eligible incidents.
        """
        incidents, end = self.context.recent, self.context.window.end
        weights = self.incident_weights(incidents, end)
        n_eligible = int(np.count_nonzero(weights))
        if n_eligible < MIN_INCIDENTS:
            raise TooFewError(
                f"siting a camera needs at least {MIN_INCIDENTS} incidents that it "
                f"could act on; of {incidents.n:,} in the window {n_eligible} are "
                "eligible, in the monitored hours. Widen the hours or the window."
            )
        by_period = np.array(
            [
                self.candidates.demand.total(incidents, weights * season)
                for season in self._seasons(incidents)
            ]
        )
        return self._solve(by_period)

    def otherwise(self, harm: str) -> Ints:
        """Return the sites of one period under another weighting of harm."""
        incidents, end = self.context.recent, self.context.window.end
        weights = self.incident_weights(incidents, end, harm=harm)
        options = replace(self.options, n_periods=1, randomise=False)
        chooser = replace(self, options=options)
        total = self.candidates.demand.total(incidents, weights)
        return chooser._solve(total[None], exact=False).chosen

    def without_limits(self, siting: Siting) -> dict[str, float]:
        """Return how much more could be covered without the spacing, the reserve."""
        more = {"spacing": 0.0, "reserve": 0.0}
        if self.options.spacing_m > 0:
            free = replace(self, options=replace(self.options, spacing_m=0.0))
            more["spacing"] = free._solve(siting.weight, exact=False).result.value
        if self.candidates.reserved.any() and len(siting.weight) == 1:
            candidates = replace(
                self.candidates, reserved=np.zeros_like(self.candidates.reserved)
            )
            free = replace(self, candidates=candidates)
            more["reserve"] = free._solve(siting.weight, exact=False).result.value
        return {k: max(0.0, v - siting.result.value) for k, v in more.items()}

    def trial(self) -> Trial:
        """Return how the choice is tested on earlier days, beside simple choices."""
        options, window = self.options, self.context.window
        words = (
            f"the {options.n_cameras} posts with most such incidents in the {{}} "
            f"before, each over {options.range_m:g} m from the others"
        )
        return Trial(
            choose=self._choose_on,
            baselines={
                words.format("12 months"): partial(self._highest_on, days=365),
                words.format(f"{window.days} days"): partial(
                    self._highest_on, days=window.days
                ),
            },
            relevant=pl.Series(self.counted(self.context.incidents)),
            days=7 * options.period_weeks,
        )

    def problem(self, free: Ints, weight: Floats) -> CoverProblem:
        """Return the covering problem of one period.

        ``weight`` (n,).
        """
        n_sites = self.options.n_cameras * (2 if self.options.randomise else 1)
        return CoverProblem(
            cover=self.candidates.cover[free],
            weight=weight,
            n_sites=n_sites,
            period=np.zeros(len(free), dtype=np.int64),
            xy_m=self.candidates.sites.xy_m[free],
            spacing_m=self.options.spacing_m,
        )

    # -- inside ----------------------------------------------------------------------

    def _choose_on(self, training: Incidents, day: dt.date) -> Covers:
        weights = self.incident_weights(training, day)
        total = self.candidates.demand.total(training, weights)
        chooser = replace(self, options=replace(self.options, n_periods=1))
        siting = chooser._solve(total[None], exact=self.tests_exactly)
        return self._covers(siting.chosen)

    def _highest_on(self, training: Incidents, day: dt.date, *, days: int) -> Covers:
        known = self.context.known(training, day, days)
        rates = self.context.per_day(known, self.context.before(day, days))
        total = self.candidates.demand.total(known, self.counted(known) * rates)
        seen = self.candidates.cover @ total
        seen[self.candidates.reserved] = -1.0
        xy, chosen = self.candidates.sites.xy_m, []
        for _ in range(self.options.n_cameras):
            best = int(np.argmax(seen))
            if seen[best] <= 0:
                break
            chosen.append(best)
            seen[np.hypot(*(xy - xy[best]).T) <= self.options.range_m] = -1.0
        return self._covers(np.array(chosen, dtype=np.int64))

    def _covers(self, chosen: Ints) -> Covers:
        seen = self.candidates.seen_by(chosen)
        at = shapely.points(self.candidates.sites.xy_m[chosen])
        km2 = shapely.union_all(shapely.buffer(at, self.options.range_m)).area / 1e6
        return Covers(
            lambda later: seen[self.candidates.demand.rows(later)],
            km2 / self.context.searched_km2,
        )

    def _seasons(self, incidents: Incidents) -> list[Floats]:
        """Return each incident's factor in each period: half all year, half season."""
        options, n = self.options, incidents.n
        if options.n_periods == 1 or self.context.window.days < 365:
            return [np.ones(n)] * options.n_periods
        length = 7 * options.period_weeks
        starts = incidents.frame["start"].dt.date()
        factors = []
        for when in range(options.n_periods):
            first = self.context.day + dt.timedelta(days=length * when)
            since = (starts - first).dt.total_days().to_numpy() % DAYS_A_YEAR
            factors.append(0.5 + 0.5 * (since < length) * DAYS_A_YEAR / length)
        return factors

    def _solve(self, weight: Floats, *, exact: bool = True) -> Siting:
        options, candidates = self.options, self.candidates
        free = np.nonzero(~candidates.reserved)[0]
        if options.n_periods > 1:
            free = free[candidates.cover[free] @ weight.sum(axis=0) > 0]
        problem = self.problem(free, weight[0])
        if options.n_periods > 1 and len(free):
            problem = build_rotation(
                candidates.cover[free],
                weight,
                n_sites=options.n_cameras,
                xy_m=candidates.sites.xy_m[free],
                spacing_m=options.spacing_m,
                zone=square_zones(candidates.sites.xy_m[free], side_m=options.zone_m),
                rest_periods=options.cool_off_periods,
            )
        result = maximise_coverage(problem, exact=exact, time_limit_s=SEARCH_SECONDS)
        check_number(problem, result)
        chosen, period = free[result.chosen % len(free)], problem.period[result.chosen]
        siting = Siting(chosen=chosen, period=period, weight=weight, result=result)
        return self._drawn(siting) if options.randomise else siting

    def _drawn(self, siting: Siting) -> Siting:
        """Draw the sites at random from twice as many; the others are left alone."""
        k = self.options.n_cameras
        if len(siting.chosen) < 2 * k:
            raise PlanError(
                f"drawing {k} of the best {2 * k} sites needs {2 * k} that see "
                f"anything; there are {len(siting.chosen)}. Give fewer cameras or do "
                "not randomise."
            )
        drawn, rest, words = draw_from_top(
            list(range(2 * k)), k, seed=self.context.seed
        )
        rows = np.sort(np.array(drawn, dtype=np.int64))
        return replace(
            siting,
            chosen=siting.chosen[rows],
            period=siting.period[rows],
            comparison=tuple(siting.chosen[sorted(rest)].tolist()),
            draw=words,
        )


def resampled_share(chooser: Chooser, siting: Siting) -> Floats:
    """Return the share of resamples that put a camera near each chosen site.

    Returns (k,), 0 to 1: resamples are solved by largest gain first, without exchanges.
    """
    candidates, incidents = chooser.candidates, chooser.context.recent
    weights = chooser.incident_weights(incidents, chooser.context.window.end)
    used = np.nonzero(weights > 0)[0]
    square = candidates.demand.rows(incidents)[used]
    shape = (len(candidates.demand.xy_m), len(used))
    onto = csr_matrix((weights[used], (square, np.arange(len(used)))), shape)
    drawn = resample_weights(len(used), N_RESAMPLES, chooser.context.rng("cctv"))
    free = np.nonzero(~candidates.reserved)[0]
    problem = chooser.problem(free, np.asarray(onto.sum(axis=1)).ravel())
    small, kept = presolve(problem)
    rows = free[kept]
    whole = replace(small, cover=candidates.cover[rows], weight=problem.weight)
    n = len(siting.chosen) + len(siting.comparison)
    picked = choose_greedily_often(whole, onto @ drawn.T, n_sites=n)
    xy = np.vstack([candidates.sites.xy_m[rows], [[np.inf, np.inf]]])
    at = candidates.sites.xy_m[siting.chosen]
    away = np.hypot(*(xy[picked][:, :, None] - at).transpose(3, 0, 1, 2))
    return np.asarray((away <= NEAR_M).any(axis=1).mean(axis=0))
