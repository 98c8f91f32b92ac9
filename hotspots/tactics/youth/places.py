"""Where a session could stop: small groups of cells with most youth-related reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial.distance import cdist

from hotspots.analysis.finder import HotspotRule
from hotspots.core.crs import bng_of, lonlat_of
from hotspots.core.errors import ParameterError, PlanError, did_you_mean
from hotspots.core.types import Bools, Floats, Ints
from hotspots.model.cells import Cells, bin_points, cell_names
from hotspots.model.incidents import Incidents
from hotspots.resources.slots import Slot
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import share_in, week_mask
from hotspots.tactics.selection import open_cells
from hotspots.tactics.youth.options import YouthOptions
from hotspots.tactics.youth.reports import Reports

RESOLUTION = 10
SAME_PLACE_M = 150.0
DETOUR = 1.3
KM_H = {"walk": 4.0, "van": 30.0}


@dataclass(frozen=True, kw_only=True)
class Places:
    """Candidate places.

    ``cells``: contiguous H3 cells of each place.
    ``xy_m``: shape (p, 2), metres.
    ``outside`` (p,): whether the place lies outside the town.
    ``town``: what the town is, in words.
    ``slot_place`` (o,): the place of each of last quarter's slots, -1 where it is
    vetoed or in reserve.
    ``n_reserved``, ``vetoed``: how many cells with reports lie in the reserve; names of
    vetoed places.
    """

    cells: tuple[npt.NDArray[np.uint64], ...]
    xy_m: Floats
    outside: Bools
    town: str
    names: tuple[str, ...]
    codes: tuple[str, ...]
    slot_place: Ints
    n_reserved: int = 0
    vetoed: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def lonlat(self) -> Floats:
        """Centres in EPSG:4326, shape (p, 2), degrees."""
        return lonlat_of(self.xy_m)

    def of(self, context: PlanningContext, incidents: Incidents) -> Ints:
        """Return the place of each incident, -1 where it lies in none.

        Returns (n,).
        """
        ids = np.concatenate(self.cells)
        owner = np.repeat(np.arange(len(self)), [len(each) for each in self.cells])
        order = np.argsort(ids, kind="stable")
        cells = Cells(ids=ids[order], resolution=RESOLUTION)
        at = context.dataset.cells_of(incidents, cells)
        return np.where(at >= 0, owner[order][at], -1)

    def polygon(self, places: Sequence[int]) -> Any:
        """Return the ground of some places, EPSG:4326."""
        ids = np.unique(np.concatenate([self.cells[k] for k in places]))
        return shapely.union_all(Cells(ids=ids, resolution=RESOLUTION).polygons())

    def only(self, keep: Ints) -> Places:
        """Return some of the places."""
        fresh = np.full(len(self) + 1, -1)
        fresh[keep] = np.arange(len(keep))
        return replace(
            self,
            cells=tuple(self.cells[k] for k in keep),
            xy_m=self.xy_m[keep],
            outside=self.outside[keep],
            names=tuple(self.names[k] for k in keep),
            codes=tuple(self.codes[k] for k in keep),
            slot_place=fresh[self.slot_place],
        )


def find_places(
    reports: Reports, slots: Sequence[Slot], *, named: bool = True
) -> Places:
    """Return the places a session could stop at, those with most reports first.

    Raises PlanError if no place is left; ParameterError if a veto or a town names
    nothing that is there.
    """
    context, options = reports.context, reports.options
    cells = context.dataset.study_cells(RESOLUTION)
    counts = _evening_counts(reports, cells)
    allowed, n_reserved = open_cells(
        context, cells, counts, reserve_percent=options.reserve_percent
    )
    cells = Cells(ids=cells.ids[allowed], resolution=RESOLUTION)
    counts = counts[allowed]
    inside_town, town = _town_of(context, options)
    out = ~inside_town(cells.lonlat)
    groups = _groups(counts, cells, options.n_places, options.place_cells)
    if options.outside_share > 0:
        apart = np.where(out, counts, 0.0)
        groups += _groups(
            apart, cells, max(4, options.n_places // 4), options.place_cells
        )
    ids = _distinct([cells.ids[group] for group in groups])
    ids, slot_place = _with_slots(ids, slots)
    if not ids:
        raise PlanError(
            "at least one place must have youth-related reports between "
            f"{options.earliest}:00 and {options.latest}:00; none has. Allow other "
            "hours, a longer window or a smaller reserve."
        )
    centres = np.array([_centre(each) for each in ids])
    wanted = named or bool(options.veto.strip())
    places = Places(
        cells=tuple(np.sort(each) for each in ids),
        xy_m=centres,
        outside=~inside_town(lonlat_of(centres)),
        town=town,
        names=tuple(context.name_of(centres)) if wanted else ("",) * len(ids),
        codes=tuple(cell_names(np.array([each[0] for each in ids]))),
        slot_place=slot_place,
        n_reserved=n_reserved,
    )
    return _without_vetoed(places, options.veto, strict=named)


def place_hours(
    places: Places, reports: Reports, *, pooling: float, drawn: Floats | None = None
) -> Floats:
    """Return youth-related reports a week by place and hour of the week.

    ``drawn`` (n,): how often each report counts. Returns shape (p, 168).
    """
    at, rates = places.of(reports.context, reports.youth), reports.per_week
    often = rates if drawn is None else drawn * rates
    shares = reports.shares * often[:, None]
    own = np.zeros((len(places), 168))
    np.add.at(own, at[at >= 0], shares[at >= 0])
    district = shares.sum(axis=0) / max(shares.sum(), 1e-12)
    spread = own.sum(axis=1, keepdims=True) * district
    return np.asarray((1 - pooling) * own + pooling * spread)


def travel_minutes(
    places: Places, context: PlanningContext, travel: str
) -> tuple[Floats, str]:
    """Return minutes between places and how they were measured, in words.

    ``travel``: {"walk", "van"}.

    Returns ``minutes`` (p, p).
    """
    apart = cdist(places.xy_m, places.xy_m)
    metres, words = apart * DETOUR, f"straight lines made {DETOUR:g} times as long"
    streets = context.resources.streets
    if streets is not None and travel == "walk":
        nodes = np.asarray(streets.nearest_node(places.xy_m))
        metres = np.maximum(apart, np.asarray(streets.walk_m(nodes, nodes)))
        words = f"the walking network ({streets.source})"
    speed = KM_H[travel]
    return metres / (1000 * speed / 60), f"{words}, at {speed:g} km/h"


def _evening_counts(reports: Reports, cells: Cells) -> Floats:
    """Count reports of each cell within the hours allowed."""
    options = reports.options
    mask = week_mask(range(7), options.earliest, options.latest)
    share, at = share_in(reports.youth.frame, mask), reports.at(cells)
    counts = np.bincount(at[at >= 0], share[at >= 0], minlength=len(cells))
    return np.asarray(counts, dtype=np.float64)


def _groups(counts: Floats, cells: Cells, n: int, most: int) -> list[Ints]:
    if not len(cells):
        return []
    rule = HotspotRule(n_hotspots=n, max_cells=most, max_price=1, resamples=0)
    return [found.positions for found in rule.find(counts, cells)]


def _distinct(groups: list[Any]) -> list[Any]:
    """Drop a group that shares a cell with an earlier one."""
    seen: set[int] = set()
    kept = []
    for group in groups:
        if seen.isdisjoint(group.tolist()):
            kept.append(group)
            seen.update(group.tolist())
    return kept


def _centre(ids: npt.NDArray[np.uint64]) -> Floats:
    cells = Cells(ids=np.sort(ids), resolution=RESOLUTION)
    return np.asarray(cells.xy_m.mean(axis=0))


def _with_slots(ids: list[Any], slots: Sequence[Slot]) -> tuple[list[Any], Ints]:
    """Find the place of each slot, adding its cell where no place is near."""
    owner = np.full(len(slots), -1)
    for number, slot in enumerate(slots):
        xy = np.array(slot.xy_m)
        far = [float(np.hypot(*(_centre(each) - xy))) for each in ids]
        if far and min(far) <= SAME_PLACE_M:
            owner[number] = int(np.argmin(far))
            continue
        cell = bin_points(*lonlat_of(xy[None]).T, resolution=RESOLUTION)
        there = [k for k, each in enumerate(ids) if cell[0] in each]
        if not there:
            ids = [*ids, cell]
        owner[number] = there[0] if there else len(ids) - 1
    return ids, owner


def _without_vetoed(places: Places, veto: str, *, strict: bool) -> Places:
    words = [part.strip() for part in veto.split(";") if part.strip()]
    excluded: set[int] = set()
    for word in words:
        hits = [
            k
            for k, (name, code) in enumerate(
                zip(places.names, places.codes, strict=True)
            )
            if _same_name(name, word)
            or _same_name(code, word)
            or _same_name(name.split(",")[0], word)
        ]
        if not hits and strict:
            known = [*places.names, *(n.split(",")[0] for n in places.names)]
            raise ParameterError(
                f"veto must name places that could be chosen, with ; between; '{word}' "
                f"is none of the {len(places)}.{did_you_mean(word, known)}"
            )
        excluded |= set(hits)
    keep = np.setdiff1d(np.arange(len(places)), sorted(excluded))
    if not len(keep):
        raise PlanError(
            f"at least one place must be left; all {len(places)} are vetoed. Take a "
            "veto back or allow more places."
        )
    vetoed = tuple(sorted({places.names[k] for k in excluded}))
    return replace(places.only(keep), vetoed=vetoed)


def _town_of(context: PlanningContext, options: YouthOptions) -> tuple[Any, str]:
    """Return a test of which points (lon, lat) lie in the town, and its words."""
    frame, shapes = context.dataset.areas.frame, context.dataset.areas.geometry
    wanted = [part.strip() for part in options.town.split(";") if part.strip()]
    if wanted:
        known = [*frame["name"].to_list(), *frame["code"].to_list()]
        rows = []
        for word in wanted:
            hits = [k % len(frame) for k, n in enumerate(known) if _same_name(n, word)]
            if not hits:
                raise ParameterError(
                    f"town must name areas that were given, with ; between; '{word}' "
                    f"is none.{did_you_mean(word, known)}"
                )
            rows += hits
        ground = shapely.union_all(shapes[rows])
        shapely.prepare(ground)
        return (
            lambda at: shapely.contains_xy(ground, at[:, 0], at[:, 1]),
            f"the areas {', '.join(wanted)}",
        )
    cells = context.dataset.cells_of_places(8)
    used = cells[context.incidents.frame["place"].to_numpy()]
    ids, counts = np.unique(used, return_counts=True)
    top = Cells(ids=ids[[int(np.argmax(counts))]], resolution=8).xy_m[0]
    radius = options.town_radius_m

    def near(at: Floats) -> Bools:
        return np.asarray(np.hypot(*(bng_of(at) - top).T) <= radius)

    return near, f"everything within {radius:,.0f} m of where most incidents are"


def _same_name(name: str, word: str) -> bool:
    """Say whether a name is a word, in any case."""
    return name.strip().lower() == word.lower()
