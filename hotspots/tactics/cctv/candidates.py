"""The posts that could carry a camera and what each would see."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
from hotspots.tactics.words import Says

SAYS = Says.from_toml(Path(__file__).with_name("cctv.toml"))


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Candidates, what they see, and what is seen already.

    ``sites``: inside the areas.
    ``reserved`` (m,): in the permanent reserve: never chosen.
    ``cover`` (m, n): 1 where a candidate sees a square that no fixed camera sees.
    ``fixed`` (n,): seen by a fixed camera already.
    ``buildings``: EPSG:27700.
    """

    sites: Sites
    reserved: Bools
    demand: Demand
    cover: csr_matrix
    fixed: Bools
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
    inside = context.dataset.areas.locate(*sites.lonlat.T) >= 0
    sites = _kept(sites, inside, "outside", notes)
    if sites.powered is not None:
        sites = _kept(sites, sites.powered, "no_power", notes)
    sites = _kept(sites, ~context.keeps_off(sites.xy_m), "left_out", notes)
    reserved = in_reserve(*sites.lonlat.T, percent=reserve_percent, seed=context.seed)
    if reserved.all():
        raise PlanError(SAYS("all_reserve", n=len(sites)))
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
        buildings=buildings,
        notes=tuple(notes),
    )


def _candidates(context: PlanningContext) -> tuple[Sites, list[str]]:
    columns, streets = context.resources.columns, context.resources.streets
    if columns is not None:
        return columns, [SAYS("columns", n=len(columns))]
    if streets is None:
        raise PlanError(SAYS("no_posts"))
    nodes = np.asarray(streets.node_xy_m, dtype=float)
    ids = tuple(f"corner {k + 1}" for k in range(len(nodes)))
    return Sites.from_xy(nodes, ids=ids), [SAYS("corners", n=len(nodes))]


def _kept(sites: Sites, kept: Bools, why: str, notes: list[str]) -> Sites:
    """Leave some posts out, saying so; refuse to leave out all of them."""
    if kept.all():
        return sites
    said = SAYS.about(n=len(sites), out=int((~kept).sum()), near=LEFT_OUT_M)
    if not kept.any():
        raise PlanError(said(f"all_{why}"))
    notes.append(said(why))
    return sites.only(kept)


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
) -> tuple[str, ...]:
    buildings, cameras = context.resources.buildings, context.resources.cameras
    return SAYS.about(
        c=context,
        range_m=range_m,
        n_buildings=0 if buildings is None else len(buildings),
        n_cameras=0 if cameras is None else len(cameras),
        n_fixed=int(fixed.sum()),
        of_fixed=len(fixed),
        n_reserved=int(reserved.sum()),
        n_posts=len(reserved),
    ).where(
        no_buildings=buildings is None,
        buildings=buildings is not None,
        fixed=cameras is not None,
        reserve=reserved.any(),
    )
