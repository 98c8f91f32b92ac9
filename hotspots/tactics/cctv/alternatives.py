"""What stands beside a chosen site: other choices, and places held for comparison."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Floats
from hotspots.tactics.cctv.choice import Chooser
from hotspots.tactics.cctv.siting import NEAR_M, Siting
from hotspots.tactics.rationale import Alternative

CONTROL_AWAY_M = 500.0


def place_names(chooser: Chooser, sites: npt.ArrayLike) -> list[str]:
    """Return id, street and ward of candidates."""
    rows = np.asarray(sites, dtype=np.int64)
    posts = chooser.candidates.sites
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
) -> tuple[Alternative, ...]:
    """Return the three best other sites for one."""
    candidates, options = chooser.candidates, chooser.options
    xy, own = candidates.sites.xy_m, int(siting.chosen[k])
    gains = candidates.cover @ siting.open_weight(candidates, without=k)
    now = float(gains[own])
    same = siting.period == siting.period[k]
    others = np.delete(siting.chosen[same], np.nonzero(same)[0].tolist().index(k))
    gains[candidates.reserved] = 0.0
    for other in others.tolist():
        away = np.hypot(*(xy - xy[other]).T)
        gains[(away < options.spacing_m) | (away == 0)] = 0.0
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
    names, at = place_names(chooser, found), candidates.sites.lonlat[found]
    return tuple(
        Alternative(name=name, at=(float(lon), float(lat)), loss=loss)
        for name, (lon, lat), loss in zip(names, at, losses, strict=True)
    )


def choose_controls(
    chooser: Chooser, siting: Siting, seen: Floats
) -> tuple[list[tuple[str, ...]], str]:
    """Return for each site a post to compare with, and how it was found.

    ``seen`` (m,): incidents that count, within view of each candidate in the last 12
    months.
    """
    candidates, seed = chooser.candidates, chooser.context.seed
    if siting.comparison:
        names = place_names(chooser, siting.comparison)
        return [(name,) for name in names], siting.draw
    xy, chosen = candidates.sites.xy_m, np.unique(siting.chosen)
    free = np.ones(len(xy), dtype=bool)
    for site in chosen.tolist():
        free &= np.hypot(*(xy - xy[site]).T) >= CONTROL_AWAY_M
    picked: list[tuple[str, ...]] = []
    for site in siting.chosen.tolist():
        gap = np.where(free, np.abs(seen - seen[site]), np.inf)
        best = int(np.argmin(gap))
        if not np.isfinite(gap[best]):
            break
        (name,) = place_names(chooser, [best])
        counts = f"{seen[best]:,.0f} incidents against {seen[site]:,.0f} here"
        picked.append((f"{name} ({counts})",))
        free &= np.hypot(*(xy - xy[best]).T) >= 2 * chooser.options.range_m
    if not picked:
        return picked, f"No post is {CONTROL_AWAY_M:g} m from every chosen site."
    return picked, (
        f"The unchosen post with the nearest count of the last 12 months, at least "
        f"{CONTROL_AWAY_M:g} m from every chosen site; posts in the permanent reserve "
        f"(seed {seed}) may serve. No random draw."
    )


def _resting(chooser: Chooser, siting: Siting, k: int) -> npt.NDArray[np.bool_]:
    """Say which candidates stand in a zone that rests while the ``k``-th site is up."""
    options, xy = chooser.options, chooser.candidates.sites.xy_m
    excluded = np.zeros(len(xy), dtype=bool)
    if options.n_periods == 1 or not options.cool_off_periods:
        return excluded
    zone = np.floor(xy / options.zone_m)
    near = np.abs(siting.period - siting.period[k]) <= options.cool_off_periods
    near[k] = False
    for other in siting.chosen[near].tolist():
        excluded |= (zone == zone[other]).all(axis=1)
    return excluded
