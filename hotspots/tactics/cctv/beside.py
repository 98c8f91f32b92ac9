"""What stands beside a chosen site: other choices, and places held for comparison."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Floats
from hotspots.tactics.cctv.choice import Chooser
from hotspots.tactics.cctv.siting import NEAR_M, Siting
from hotspots.tactics.rationale import Alternative, pick_controls

CONTROL_AWAY_M = 500.0
MAX_CONTROL_POOL = 400


def place_names(chooser: Chooser, sites: npt.ArrayLike) -> list[str]:
    """Return id, street and ward of candidates."""
    rows = np.asarray(sites, dtype=np.int64)
    posts = chooser.board.sites
    if not len(rows):
        return []
    near = chooser.context.name_of(posts.xy_m[rows])
    names = []
    for row, place in zip(rows.tolist(), near, strict=True):
        street = posts.names[row]
        if street and not place.startswith(street):
            place = ", ".join([street, *place.split(", ")[1:]])
        names.append(f"{place} ({posts.ids[row]})")
    return names


def build_alternatives(
    chooser: Chooser, siting: Siting, k: int
) -> tuple[tuple[Alternative, ...], str]:
    """Return the three best other sites for one, and why there are fewer."""
    board, rule = chooser.board, chooser.rule
    xy, own = board.sites.xy_m, int(siting.chosen[k])
    gains = board.cover @ siting.open_weight(board, without=k)
    now = float(gains[own])
    beside = siting.period == siting.period[k]
    others = np.delete(siting.chosen[beside], np.nonzero(beside)[0].tolist().index(k))
    gains[board.reserved] = 0.0
    for other in others.tolist():
        away = np.hypot(*(xy - xy[other]).T)
        gains[(away < rule.spacing_m) | (away == 0)] = 0.0
    gains[_resting(chooser, siting, k)] = 0.0
    gains[np.hypot(*(xy - xy[own]).T) <= NEAR_M] = 0.0
    found: list[int] = []
    losses: list[float] = []
    while len(found) < 3:
        best = int(np.argmax(gains))
        if gains[best] <= 0 or now <= 0:
            break
        found.append(best)
        losses.append(1 - float(gains[best]) / now)
        gains[np.hypot(*(xy - xy[best]).T) <= NEAR_M] = 0.0
    alternatives = tuple(
        Alternative(name=name, at=(float(at[0]), float(at[1])), loss=loss)
        for name, at, loss in zip(
            place_names(chooser, found), board.sites.lonlat[found], losses, strict=True
        )
    )
    why = (
        ""
        if len(found) == 3
        else f"Only {len(found)} other sites more than {NEAR_M:g} m away see anything "
        "that the others do not."
    )
    return alternatives, why


def choose_controls(
    chooser: Chooser, siting: Siting, seen: Floats
) -> tuple[list[tuple[str, ...]], str]:
    """Return for each site a post to compare with, and how it was found.

    Parameters
    ----------
    seen : ndarray of shape (m,)
        Incidents that count, within view of each candidate in the last 12 months.
    """
    board, seed = chooser.board, chooser.context.seed
    if siting.comparison:
        names = place_names(chooser, siting.comparison)
        return [(name,) for name in names], siting.draw
    xy, chosen = board.sites.xy_m, np.unique(siting.chosen)
    free = np.ones(len(xy), dtype=bool)
    for site in chosen.tolist():
        free &= np.hypot(*(xy - xy[site]).T) >= CONTROL_AWAY_M
    pool: list[int] = []
    left = np.where(free, seen, -1.0)
    while len(pool) < MAX_CONTROL_POOL:
        best = int(np.argmax(left))
        if left[best] < 0:
            break
        pool.append(best)
        left[np.hypot(*(xy - xy[best]).T) < 2 * chooser.rule.range_m] = -1.0
    posts = [*siting.chosen.tolist(), *pool]
    labels = [*[""] * len(siting.chosen), *place_names(chooser, pool)]
    picked = pick_controls(seen[posts], range(len(siting.chosen)), labels)
    note = (
        f"The unchosen post with the nearest count of the last 12 months, at least "
        f"{CONTROL_AWAY_M:g} m from every chosen site; posts in the permanent reserve "
        f"(seed {seed}) may serve. No random draw."
    )
    if not pool:
        note = f"No post is {CONTROL_AWAY_M:g} m from every chosen site."
    return picked, note


def _resting(chooser: Chooser, siting: Siting, k: int) -> npt.NDArray[np.bool_]:
    """Say which candidates stand in a zone that rests while the ``k``-th site is up."""
    rule, xy = chooser.rule, chooser.board.sites.xy_m
    barred = np.zeros(len(xy), dtype=bool)
    if rule.n_periods == 1 or not rule.cool_off_periods:
        return barred
    zone = np.floor(xy / rule.zone_m)
    near = np.abs(siting.period - siting.period[k]) <= rule.cool_off_periods
    near[k] = False
    for other in siting.chosen[near].tolist():
        barred |= (zone == zone[other]).all(axis=1)
    return barred
