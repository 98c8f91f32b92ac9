"""The posts that could carry a camera and what each would see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from hotspots.core.errors import PlanError
from hotspots.core.types import Bools, Floats
from hotspots.optimise.coverage import cover_sets
from hotspots.resources.buildings import line_of_sight
from hotspots.resources.sites import Sites
from hotspots.tactics.cctv.demand import Demand
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.leave_out import LEFT_OUT_M
from hotspots.tactics.selection import in_reserve


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Candidates, what they see, and what is seen already.

    ``sites``: inside the areas.
    ``reserved`` (m,): in the permanent reserve: never chosen.
    ``cover`` (m, n): 1 where a candidate sees a square that no fixed camera sees.
    ``fixed`` (n,): seen by a fixed camera already.
    ``n_fixed``: fixed cameras.
    ``buildings``: EPSG:27700.
    """

    sites: Sites
    reserved: Bools
    demand: Demand
    cover: csr_matrix
    fixed: Bools
    n_fixed: int
    buildings: npt.NDArray[np.object_] | None
    notes: tuple[str, ...]

    def seen_by(self, chosen: npt.ArrayLike) -> Bools:
        """Say which squares some candidates see, shape (n,)."""
        seen = np.zeros(len(self.demand.xy_m), dtype=bool)
        seen[self.cover[np.asarray(chosen, dtype=np.int64)].indices] = True
        return seen


def build_candidates(
    context: PlanningContext, *, range_m: float, reserve_percent: float
) -> Candidates:
    """Put candidates and incidents together.

    Raises PlanError if there is nothing that could carry a camera, or none of it inside
    the areas, with power, outside the reserve and away from places left out.
    """
    sites, notes = _candidates(context)
    inside = context.dataset.areas.locate(sites.lonlat[:, 0], sites.lonlat[:, 1]) >= 0
    if not inside.any():
        raise PlanError(
            f"at least one post must stand inside the areas; of {len(sites):,} none "
            "does. Check that the file of columns is of this district."
        )
    if not inside.all():
        notes.append(
            f"{int((~inside).sum()):,} of {len(sites):,} posts are outside the areas "
            "and were left out."
        )
        sites = sites.only(inside)
    sites = _with_power(sites, notes)
    sites = _off_places_left_out(context, sites, notes)
    reserved = in_reserve(
        sites.lonlat[:, 0],
        sites.lonlat[:, 1],
        percent=reserve_percent,
        seed=context.seed,
    )
    if reserved.all():
        raise PlanError(
            f"at least one post must stand outside the permanent reserve; all "
            f"{len(sites):,} are in it. Give a smaller reserve_percent."
        )
    demand = Demand.of(context.incidents)
    buildings = context.resources.buildings
    cover = _view(sites.xy_m, demand.xy_m, range_m, buildings)
    cameras = context.resources.cameras
    fixed = np.zeros(len(demand.xy_m), dtype=bool)
    if cameras is not None:
        seen = _view(cameras.xy_m, demand.xy_m, range_m, buildings)
        fixed[seen.indices] = True
        cover = csr_matrix(cover.multiply(~fixed[None, :]))
        cover.eliminate_zeros()
        cover.sort_indices()
    notes += _view_notes(context, range_m, reserved, fixed)
    return Candidates(
        sites=sites,
        reserved=reserved,
        demand=demand,
        cover=cover,
        fixed=fixed,
        n_fixed=0 if cameras is None else len(cameras),
        buildings=buildings,
        notes=tuple(notes),
    )


def _candidates(context: PlanningContext) -> tuple[Sites, list[str]]:
    resources = context.resources
    if resources.columns is not None:
        n = len(resources.columns)
        return resources.columns, [f"Cameras can go on {n:,} columns of the file."]
    if resources.streets is None:
        raise PlanError(
            "siting a camera needs a file of columns that can carry one (id, easting, "
            "northing), or a street network whose corners stand for them; got "
            "neither. Give columns or streets."
        )
    nodes = np.asarray(resources.streets.node_xy_m, dtype=float)
    sites = Sites.from_xy(
        nodes, ids=tuple(f"corner {k + 1}" for k in range(len(nodes)))
    )
    note = (
        f"No file of columns was given: the {len(nodes):,} corners and bends of the "
        "street network stand for them. Find a post with power near the place named."
    )
    return sites, [note]


def _off_places_left_out(
    context: PlanningContext, sites: Sites, notes: list[str]
) -> Sites:
    off = context.keeps_off(sites.xy_m)
    if not off.any():
        return sites
    if off.all():
        raise PlanError(
            f"at least one post must stand more than {LEFT_OUT_M:g} m from the places "
            f"left out; all {len(sites):,} are nearer. Leave out fewer places."
        )
    notes.append(
        f"{int(off.sum()):,} of {len(sites):,} posts are within {LEFT_OUT_M:g} m of "
        "places left out and were left out with them."
    )
    return sites.only(~off)


def _with_power(sites: Sites, notes: list[str]) -> Sites:
    if sites.powered is None or sites.powered.all():
        return sites
    if not sites.powered.any():
        raise PlanError(
            f"at least one post must have power; the file says of all {len(sites):,} "
            "inside the areas that they have none. Correct its column 'powered'."
        )
    notes.append(
        f"{int((~sites.powered).sum()):,} of {len(sites):,} posts have no power, as "
        "the file says, and were left out."
    )
    return sites.only(sites.powered)


def _view(
    sites_m: Floats,
    demand_m: Floats,
    range_m: float,
    buildings: npt.NDArray[np.object_] | None,
) -> csr_matrix:
    cover = cover_sets(sites_m, demand_m, range_m=range_m)
    if buildings is None or not cover.nnz:
        return cover
    pairs = cover.tocoo()
    clear = line_of_sight(sites_m[pairs.row], demand_m[pairs.col], buildings)
    kept = (pairs.data[clear], (pairs.row[clear], pairs.col[clear]))
    return csr_matrix(kept, shape=cover.shape)


def _view_notes(
    context: PlanningContext, range_m: float, reserved: Bools, fixed: Bools
) -> list[str]:
    resources = context.resources
    notes = []
    if resources.buildings is None:
        notes.append(
            f"No buildings were given: a camera is taken to see everything within "
            f"{range_m:g} m. Buildings hide much of that; walk the site first."
        )
    else:
        notes.append(
            f"{len(resources.buildings):,} buildings block the view, whatever their "
            "height; the one an incident is recorded in does not. Trees and parked "
            "vehicles are not known."
        )
    if resources.cameras is not None:
        notes.append(
            f"{int(fixed.sum()):,} of {len(fixed):,} places of incidents are within "
            f"view of {len(resources.cameras):,} fixed cameras already (same range) "
            "and count nothing."
        )
    if reserved.any():
        notes.append(
            f"{int(reserved.sum()):,} of {len(reserved):,} posts are in the permanent "
            f"reserve (seed {context.seed}) and are never suggested."
        )
    return notes
