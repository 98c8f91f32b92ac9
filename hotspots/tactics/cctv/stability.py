"""How often the same camera sites are chosen again from resampled incidents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix

from hotspots.core.types import Floats
from hotspots.optimise.coverage.greedy import choose_greedily_often
from hotspots.optimise.coverage.presolve import presolve
from hotspots.tactics.backtest import resample_weights
from hotspots.tactics.cctv.choice import Chooser
from hotspots.tactics.cctv.siting import NEAR_M, Siting

N_RESAMPLES = 100


def resampled_share(chooser: Chooser, siting: Siting) -> Floats:
    """Return the share of resamples that put a camera near each chosen site.

    Returns
    -------
    ndarray of shape (k,), 0 to 1
        Resamples are solved greedily, without local search.
    """
    board, incidents = chooser.board, chooser.context.recent
    weights = chooser.incident_weights(incidents, chooser.context.window.end)
    used = np.nonzero(weights > 0)[0]
    square = board.demand.rows(incidents)[used]
    shape = (len(board.demand.xy_m), len(used))
    onto = csr_matrix((weights[used], (square, np.arange(len(used)))), shape)
    drawn = resample_weights(len(used), N_RESAMPLES, chooser.context.rng("cctv"))
    free = np.nonzero(~board.reserved)[0]
    problem = chooser.problem(free, np.asarray(onto.sum(axis=1)).ravel())
    small, kept = presolve(problem)
    rows = free[kept]
    whole = replace(small, cover=board.cover[rows], weight=problem.weight)
    n = len(siting.chosen) + len(siting.comparison)
    picked = choose_greedily_often(whole, onto @ drawn.T, n_sites=n)
    xy = np.vstack([board.sites.xy_m[rows], [[np.inf, np.inf]]])
    at = board.sites.xy_m[siting.chosen]
    away = np.hypot(*(xy[picked][:, :, None] - at).transpose(3, 0, 1, 2))
    return np.asarray((away <= NEAR_M).any(axis=1).mean(axis=0))
