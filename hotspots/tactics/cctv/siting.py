"""Camera sites that were chosen, and what each adds to the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotspots.core.errors import PlanError
from hotspots.core.types import Floats, Ints
from hotspots.optimise.coverage import CoverProblem, CoverResult
from hotspots.tactics.cctv.candidates import Candidates

NEAR_M = 150.0
"""Two sites nearer than this are the same choice."""


@dataclass(frozen=True, kw_only=True)
class Siting:
    """Sites chosen, and how.

    ``chosen`` (k,): candidates of the candidates, by period and then by what each adds.
    ``period``: shape (k,).
    ``weight`` (t, n): of each square, by period.
    ``comparison``: candidates drawn to be left alone; empty without a draw.
    ``draw``: the draw in words, with its seed.
    """

    chosen: Ints
    period: Ints
    weight: Floats
    result: CoverResult
    comparison: tuple[int, ...] = ()
    draw: str = ""

    def open_weight(self, candidates: Candidates, *, without: int) -> Floats:
        """Return the weight that the other sites of a site's period leave open."""
        when = self.period[without]
        others = (self.period == when) & (np.arange(len(self.chosen)) != without)
        seen = candidates.seen_by(self.chosen[others])
        return np.where(seen, 0.0, self.weight[when])

    def in_view(self, candidates: Candidates, k: int) -> float:
        """Return the weight that the ``k``-th site sees, whatever the others see."""
        weight = self.weight[self.period[k]]
        return float(weight[candidates.cover[int(self.chosen[k])].indices].sum())

    def gain(self, candidates: Candidates, k: int) -> float:
        """Return what the plan loses without its ``k``-th site."""
        open_weight = self.open_weight(candidates, without=k)
        return float(open_weight[candidates.cover[int(self.chosen[k])].indices].sum())


def check_number(problem: CoverProblem, result: CoverResult) -> None:
    """Refuse a spacing or rest that leaves no room for the sites asked for.

    Raises PlanError if there are fewer sites than asked for and others were only
    excluded.
    """
    wanted = problem.n_sites * problem.n_periods
    if len(result.chosen) >= wanted:
        return
    excluded = np.zeros(problem.n_candidates, dtype=bool)
    for site in result.chosen.tolist():
        excluded |= problem.excluded_by(site)
    useful = problem.cover @ problem.weight > 0
    if (useful & excluded).sum() > len(result.chosen) and (
        problem.spacing_m > 0 or problem.limits is not None
    ):
        raise PlanError(
            f"{wanted} camera periods must fit; only {len(result.chosen)} do with "
            f"{problem.spacing_m:g} m between cameras and the rest of a zone. Give "
            "fewer cameras, less spacing or less rest."
        )
