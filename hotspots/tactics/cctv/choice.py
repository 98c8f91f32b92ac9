"""Choosing camera sites: now, on earlier days for the test, and from resamples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hotspots.core.errors import PlanError, TooFewError
from hotspots.core.types import Bools, Floats, Ints
from hotspots.model.incidents import Incidents
from hotspots.optimise.coverage import CoverProblem, maximise_coverage
from hotspots.optimise.coverage.rotation import build_rotation, square_zones
from hotspots.resources.eligibility import Eligibility
from hotspots.tactics.backtest import Covers, back_test
from hotspots.tactics.cctv.board import Board
from hotspots.tactics.cctv.demand import harm_weights, recency_weights
from hotspots.tactics.cctv.siting import Siting, check_number
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import share_in, week_mask
from hotspots.tactics.rationale import Backtest
from hotspots.tactics.reserve import draw_from_top

if TYPE_CHECKING:
    from hotspots.tactics.cctv.tactic import MobileCctv


SEARCH_SECONDS = 10.0
EXACT_FOLDS = 8
"""Up to this many cameras, without spacing, earlier choices are proven as well."""

DAYS_A_YEAR = 365.25
MIN_INCIDENTS = 20
"""Fewer choose nothing: where the next falls is chance."""


@dataclass(frozen=True, kw_only=True)
class Chooser:
    """A tactic's options, the board and the incidents, ready to choose."""

    rule: MobileCctv
    context: PlanningContext
    board: Board
    eligibility: Eligibility

    @property
    def mask(self) -> Bools | None:
        """Hours of the week that are monitored; None is all."""
        rule = self.rule
        if rule.all_hours:
            return None
        return week_mask(range(7), rule.monitored_from, rule.monitored_to)

    def incident_weights(
        self, incidents: Incidents, end: dt.date, *, harm: str | None = None
    ) -> Floats:
        """Return the weight of each incident on a day, shape (n,), a year."""
        weight = recency_weights(
            incidents,
            self.mask,
            end=end,
            days=self.context.window.days,
            half_life_days=self.rule.half_life_days,
        )
        table = self.context.dataset.harm
        weight = weight * harm_weights(incidents, table, harm or self.rule.harm)
        return weight * self.eligibility.of(incidents)

    @property
    def tests_exactly(self) -> bool:
        """Whether the choices on earlier days are searched as far as the plan's."""
        return self.rule.spacing_m == 0 and self.rule.n_cameras <= EXACT_FOLDS

    def counted(self, incidents: Incidents) -> Bools:
        """Say which incidents count: eligible, in the hours in part, not seen yet.

        Returns
        -------
        ndarray of bool, shape (n,)
        """
        fixed = self.board.fixed[self.board.demand.rows(incidents)]
        counts = (self.eligibility.of(incidents) > 0) & ~fixed
        if self.mask is not None:
            frame = incidents.frame
            counts &= share_in(frame["start"], frame["end"], self.mask) > 0
        return np.asarray(counts)

    def choose(self) -> Siting:
        """Choose the sites of the plan.

        Raises
        ------
        PlanError
            If nothing can be seen, or the sites cannot be placed as asked.
        TooFewError
            If there are fewer than 20 eligible incidents.
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
                self.board.demand.total(incidents, weights * season)
                for season in self._seasons(incidents)
            ]
        )
        return self._solve(by_period)

    def otherwise(self, harm: str) -> Ints:
        """Return the sites of one period under another weighting of harm."""
        incidents, end = self.context.recent, self.context.window.end
        weights = self.incident_weights(incidents, end, harm=harm)
        rule = replace(self.rule, n_periods=1, randomise=False)
        chooser = replace(self, rule=rule)
        total = self.board.demand.total(incidents, weights)
        return chooser._solve(total[None], exact=False).chosen

    def without_limits(self, siting: Siting) -> dict[str, float]:
        """Return how much more could be covered without the spacing, the reserve."""
        more = {"spacing": 0.0, "reserve": 0.0}
        if self.rule.spacing_m > 0:
            free = replace(self, rule=replace(self.rule, spacing_m=0.0))
            more["spacing"] = free._solve(siting.weight, exact=False).result.value
        if self.board.reserved.any() and len(siting.weight) == 1:
            board = replace(self.board, reserved=np.zeros_like(self.board.reserved))
            free = replace(self, board=board)
            more["reserve"] = free._solve(siting.weight, exact=False).result.value
        return {k: max(0.0, v - siting.result.value) for k, v in more.items()}

    def test(self) -> Backtest:
        """Choose on earlier days and count what came after."""
        rule = self.rule
        counted = pl.Series(self.counted(self.context.incidents))
        return back_test(
            self.context,
            self._choose_on,
            self._baseline_on,
            baseline_words=(
                f"the {rule.n_cameras} posts with most such incidents in the 12 months "
                f"before, each over {rule.range_m:g} m from the others,"
            ),
            relevant=pl.lit(counted),
        )

    def problem(self, free: Ints, weight: Floats) -> CoverProblem:
        """Return the covering problem of one period.

        Parameters
        ----------
        weight : ndarray of shape (n,)
        """
        n_sites = self.rule.n_cameras * (2 if self.rule.randomise else 1)
        return CoverProblem(
            cover=self.board.cover[free],
            weight=weight,
            n_sites=n_sites,
            period=np.zeros(len(free), dtype=np.int64),
            xy_m=self.board.sites.xy_m[free],
            spacing_m=self.rule.spacing_m,
        )

    # -- inside ----------------------------------------------------------------------

    def _choose_on(self, training: Incidents, day: dt.date) -> Covers:
        weights = self.incident_weights(training, day)
        total = self.board.demand.total(training, weights)
        chooser = replace(self, rule=replace(self.rule, n_periods=1))
        siting = chooser._solve(total[None], exact=self.tests_exactly)
        return self._covers(siting.chosen)

    def _baseline_on(self, training: Incidents, day: dt.date) -> Covers:
        frame = training.frame
        year = frame["start"] >= dt.datetime.combine(day, dt.time()) - dt.timedelta(365)
        counts = self.counted(training) & year.to_numpy()
        total = self.board.demand.total(training, counts.astype(float))
        seen = self.board.cover @ total
        seen[self.board.reserved] = -1.0
        xy, chosen = self.board.sites.xy_m, []
        for _ in range(self.rule.n_cameras):
            best = int(np.argmax(seen))
            if seen[best] <= 0:
                break
            chosen.append(best)
            seen[np.hypot(*(xy - xy[best]).T) <= self.rule.range_m] = -1.0
        return self._covers(np.array(chosen, dtype=np.int64))

    def _covers(self, chosen: Ints) -> Callable[[Incidents], Bools]:
        seen = self.board.seen_by(chosen)
        return lambda later: seen[self.board.demand.rows(later)]

    def _seasons(self, incidents: Incidents) -> list[Floats]:
        """Return each incident's factor in each period: half all year, half season."""
        rule, n = self.rule, incidents.n
        if rule.n_periods == 1 or self.context.window.days < 365:
            return [np.ones(n)] * rule.n_periods
        length = 7 * rule.period_weeks
        starts = incidents.frame["start"].dt.date()
        factors = []
        for when in range(rule.n_periods):
            first = self.context.day + dt.timedelta(days=length * when)
            since = (starts - first).dt.total_days().to_numpy() % DAYS_A_YEAR
            factors.append(0.5 + 0.5 * (since < length) * DAYS_A_YEAR / length)
        return factors

    def _solve(self, weight: Floats, *, exact: bool = True) -> Siting:
        rule, board = self.rule, self.board
        free = np.nonzero(~board.reserved)[0]
        if rule.n_periods > 1:
            free = free[board.cover[free] @ weight.sum(axis=0) > 0]
        problem = self.problem(free, weight[0])
        if rule.n_periods > 1 and len(free):
            problem = build_rotation(
                board.cover[free],
                weight,
                n_sites=rule.n_cameras,
                xy_m=board.sites.xy_m[free],
                spacing_m=rule.spacing_m,
                zone=square_zones(board.sites.xy_m[free], side_m=rule.zone_m),
                rest_periods=rule.cool_off_periods,
            )
        result = maximise_coverage(problem, exact=exact, time_limit_s=SEARCH_SECONDS)
        check_number(problem, result)
        chosen, period = free[result.chosen % len(free)], problem.period[result.chosen]
        siting = Siting(chosen=chosen, period=period, weight=weight, result=result)
        return self._drawn(siting) if rule.randomise else siting

    def _drawn(self, siting: Siting) -> Siting:
        """Draw the sites at random from twice as many; the others are left alone."""
        k = self.rule.n_cameras
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
