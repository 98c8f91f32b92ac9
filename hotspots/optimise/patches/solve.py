"""Connected patches of streets: the most value that a budget of dwellings can hold.

A connected-subgraph knapsack, which is hard to solve exactly at the size of a district.
Patches are grown street by street from many starts, looking two streets ahead, then
improved by local search; :func:`patch_bound` says how far that can be from the best.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from hotspots.core.budget import checkpoint
from hotspots.core.errors import ParameterError, PlanError
from hotspots.core.types import Bools, Floats
from hotspots.optimise.patches.network import Patch, StreetNetwork
from hotspots.optimise.patches.search import PatchSearch

N_STARTS = 40
N_IMPROVED = 6


def grow_patch(
    network: StreetNetwork,
    value: Floats,
    budget: int,
    *,
    allowed: Bools | None = None,
    n_starts: int = N_STARTS,
    n_improved: int = N_IMPROVED,
) -> Patch:
    """Find a connected patch of high value within a budget of dwellings.

    ``value`` (m,): 0 or more.
    ``allowed``: ndarray of bool, shape (m,); streets that may be used; default all.

    Notes
    -----
    Growth adds the neighbour, or neighbour and its neighbour, with most value a
    dwelling that still fits. Exchange takes a street out that is not needed for
    connection, or puts one in and the weakest out, and fills up again; it stops where
    none improves the patch. Nothing is drawn at random: ties go to the lower
    street number.
    """
    values, fits = _usable(network, value, budget, allowed)
    search = PatchSearch(network, values, budget, fits)
    grown = {search.filled({start}) for start in search.starts(n_starts)}
    ranked = sorted(grown, key=lambda s: (-search.worth(s), sorted(s)))
    improved = {search.improved(patch) for patch in ranked[:n_improved]}
    best = min(improved, key=lambda s: (-search.worth(s), sorted(s)))
    return patch_of(network, values, best)


def choose_patches(
    network: StreetNetwork,
    value: Floats,
    budget: int,
    turns: Iterable[object],
    *,
    allowed: Bools | None = None,
    apart: bool = True,
    n_starts: int = N_STARTS,
    n_improved: int = N_IMPROVED,
) -> tuple[Patch, ...]:
    """Choose patches one after another, each the best that is left.

    ``turns``: one for each patch, such as ``range(3)``; fewer where nothing is left.
    """
    free = np.ones(len(network), bool) if allowed is None else allowed.copy()
    chosen: list[Patch] = []
    for _ in turns:
        checkpoint()
        try:
            patch = grow_patch(
                network,
                value,
                budget,
                allowed=free,
                n_starts=n_starts,
                n_improved=n_improved,
            )
        except PlanError:
            if not chosen:
                raise
            break
        chosen.append(patch)
        free[list(patch.members)] = False
        if apart:
            free[list(network.beside(patch.members))] = False
    return tuple(chosen)


def patch_bound(
    network: StreetNetwork,
    value: Floats,
    budget: int,
    *,
    allowed: Bools | None = None,
    at_least: float = 0.0,
) -> float:
    """Return a value that no connected patch within the budget can exceed.

    Notes
    -----
    The street of most value in the best patch is some street s. All others then have
    no more value and lie within the budget of dwellings from s along such streets, so
    that the knapsack over those, streets divisible and connection forgotten, bounds
    every patch headed by s. The largest of these bounds holds for all.
    """
    heads = open_heads(network, value, budget, allowed=allowed, above=at_least)
    return max([at_least, *(limit for _, _, limit in heads)])


def open_heads(
    network: StreetNetwork,
    value: Floats,
    budget: int,
    *,
    allowed: Bools | None = None,
    above: float,
) -> list[tuple[int, list[int], float]]:
    """Return the streets that could head a patch worth more than a known one."""
    values, fits = _usable(network, value, budget, allowed)
    search = PatchSearch(network, values, budget, fits)
    found = []
    for head in search.heads:
        if search.knapsack(search.by_ratio, head) > above:
            reach, limit = search.refined(search.reach(head), head, above)
            if limit > above:
                found.append((head, reach, limit))
    return found


def _usable(
    network: StreetNetwork, value: Floats, budget: int, allowed: Bools | None
) -> tuple[Floats, Bools]:
    values = np.asarray(value, dtype=np.float64)
    if values.shape != (len(network),) or not (values >= 0).all():
        raise ParameterError(
            f"there must be one value of 0 or more for each of {len(network):,} "
            f"streets; got shape {values.shape}."
        )
    fits = network.size <= budget
    if allowed is not None:
        fits &= allowed
    if not (values[fits] > 0).any():
        raise PlanError(
            "a patch needs a street that may be used, has some risk and no more than "
            f"{budget:,} dwellings; there is none of {len(network):,}. Raise the "
            "number of kits, lower the number of patches or the reserve, or look "
            "further back."
        )
    return values, fits


def patch_of(network: StreetNetwork, value: Floats, members: Iterable[int]) -> Patch:
    """Return the patch of some streets."""
    rows = sorted(members)
    return Patch(
        members=tuple(rows),
        value=float(value[rows].sum()),
        size=int(network.size[rows].sum()),
    )
