"""What every suggestion of a camera plan draws on, worked out once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.types import Floats
from hotspots.tactics.cctv.beside import choose_controls, place_names
from hotspots.tactics.cctv.choice import Chooser
from hotspots.tactics.cctv.siting import NEAR_M, Siting
from hotspots.tactics.cctv.stability import resampled_share
from hotspots.tactics.rationale import Backtest
from hotspots.tactics.risk import chronic_recent


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What every suggestion of a plan draws on.

    Parameters
    ----------
    siting : Siting
        Of k sites.
    stability : ndarray of shape (k,), 0 to 1
    lasting : ndarray of shape (k,), 0 to 1
        Share of the risk that is lasting; NaN where there is none.
    other_lens : str
        What another weighting of harm would change.
    seen_last_year : ndarray of shape (m,)
        Incidents that count in view of each candidate, in the last 12 months.
    """

    chooser: Chooser
    siting: Siting
    backtest: Backtest
    stability: Floats
    names: list[str]
    lasting: Floats
    controls: list[tuple[str, ...]]
    control_note: str
    binding: tuple[str, ...]
    other_lens: str
    seen_last_year: Floats

    def period(self, k: int) -> tuple[dt.date, dt.date]:
        """First day of the k-th site's period and the day of its review."""
        weeks = dt.timedelta(weeks=self.chooser.rule.period_weeks)
        first = self.chooser.context.day + weeks * int(self.siting.period[k])
        return first, first + weeks


def gather_facts(chooser: Chooser, siting: Siting) -> Facts:
    """Work out what all suggestions of a plan share."""
    context, board = chooser.context, chooser.board
    year = chooser.counted(context.incidents) & _last_year(chooser)
    total = board.demand.total(context.incidents, year.astype(float))
    seen = np.asarray(board.cover @ total)
    controls, note = choose_controls(chooser, siting, seen)
    counted = context.incidents.select(
        pl.Series(chooser.eligibility.of(context.incidents) > 0)
    )
    chronic, recent = chronic_recent(counted, board.sites.xy_m, context.window.end)
    with np.errstate(invalid="ignore"):
        lasting = (chronic / (chronic + recent))[siting.chosen]
    return Facts(
        chooser=chooser,
        siting=siting,
        backtest=chooser.test(),
        stability=resampled_share(chooser, siting),
        names=place_names(chooser, siting.chosen),
        lasting=lasting,
        controls=controls,
        control_note=note,
        binding=_binding(chooser, siting),
        other_lens=_other_lens(chooser, siting),
        seen_last_year=seen,
    )


def _last_year(chooser: Chooser) -> npt.NDArray[np.bool_]:
    end = dt.datetime.combine(chooser.context.day, dt.time())
    starts = chooser.context.incidents.frame["start"]
    return np.asarray((starts >= end - dt.timedelta(days=365)).to_numpy())


def _binding(chooser: Chooser, siting: Siting) -> tuple[str, ...]:
    """Say which limits would change the choice if they were lifted."""
    board, rule, value = chooser.board, chooser.rule, siting.result.value
    found = []
    sites = np.concatenate([siting.chosen, np.array(siting.comparison, dtype=np.int64)])
    if rule.n_periods == 1:
        left = np.where(board.seen_by(sites), 0.0, siting.weight[0])
        more = float(np.where(board.reserved, 0.0, board.cover @ left).max())
        if more > 0:
            found.append(
                f"Number of cameras: one more would add {more:,.1f} "
                f"({more / value:.0%})"
            )
    lifted = chooser.without_limits(siting)
    if lifted["spacing"] > 1e-9 * value:
        found.append(
            f"Spacing of {rule.spacing_m:g} m: without it at least "
            f"{lifted['spacing'] / value:.1%} more"
        )
    if lifted["reserve"] > 1e-9 * value:
        found.append(
            f"Permanent reserve: with its posts at least "
            f"{lifted['reserve'] / value:.1%} more"
        )
    if rule.n_periods > 1 and rule.cool_off_periods:
        found.append(
            f"Rest of a zone of {rule.zone_m:g} m for {rule.cool_off_periods} periods: "
            "sites move even where the same ones would see more"
        )
    return tuple(found)


def _other_lens(chooser: Chooser, siting: Siting) -> str:
    """Compare with the sites that another weighting of harm would give."""
    other = "square root" if chooser.rule.harm == "none" else "none"
    words = {
        "none": "Without weighing severity",
        "square root": "Weighed by the square root of severity",
    }[other]
    xy = chooser.board.sites.xy_m
    mine = xy[siting.chosen[siting.period == 0]]
    theirs = xy[chooser.otherwise(other)]
    away = np.hypot(*(mine[:, None] - theirs[None]).transpose(2, 0, 1))
    same = int((away.min(axis=1) <= NEAR_M).sum())
    return f"{words}, {same} of {len(mine)} sites stay within {NEAR_M:g} m."
