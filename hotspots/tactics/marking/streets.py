"""Streets as the units of a campaign: their homes, which of them meet, their lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from scipy.spatial import cKDTree

from hotspots.core.crs import bng_to_lonlat, shapes_to_degrees
from hotspots.core.errors import PlanError
from hotspots.core.types import Floats, Ints
from hotspots.model.incidents import Incidents
from hotspots.optimise.patches.network import StreetNetwork
from hotspots.resources.premises import Premises
from hotspots.resources.street_graph import StreetGraph
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.dwellings import premises_rows

FRONT_M = 100.0
"""A home farther from every street is left out."""
BESIDE_M = 60.0
"""Without a street file, streets whose homes come as near as this count as meeting."""
DOOR_M = 50.0
"""An incident without a premises number counts for the street of a home this near."""
ENOUGH_IDS = 0.9


@dataclass(frozen=True, kw_only=True, eq=False)
class CampaignStreets:
    """Sections of street between junctions, with at least one home each.

    ``homes`` (h,): rows of the premises that are homes on a street inside the areas.
    ``of_home`` (h,): street of each home, 0 to k - 1.
    ``of_edge``: street of each edge of the graph, -1 for those without homes.
    """

    premises: Premises
    homes: Ints
    of_home: Ints
    ids: tuple[str, ...]
    names: tuple[str, ...]
    wards: tuple[str, ...]
    network: StreetNetwork
    graph: StreetGraph | None
    of_edge: Ints
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def home_xy_m(self) -> Floats:
        """Places of the homes, shape (h, 2), metres."""
        return np.asarray(self.premises.xy_m[self.homes])

    @cached_property
    def centre_m(self) -> Floats:
        """Mean place of each street's homes, shape (k, 2), metres."""
        n = self.network.size
        sums = [np.bincount(self.of_home, axis, len(self)) for axis in self.home_xy_m.T]
        return np.column_stack([each / n for each in sums])

    @cached_property
    def lonlat(self) -> tuple[Floats, Floats]:
        """Longitude and latitude of the centres, degrees."""
        return bng_to_lonlat(self.centre_m[:, 0], self.centre_m[:, 1])

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self.home_xy_m)

    @cached_property
    def _street_of_row(self) -> Ints:
        street = np.full(len(self.premises) + 1, -1)
        street[self.homes] = self.of_home
        return street

    def street_of(self, incidents: Incidents) -> Ints:
        """Return the street of each incident, or -1.

        Returns (n,): by premises number or address; else of the nearest home within
        :data:`DOOR_M`.
        """
        rows = premises_rows(incidents, self.premises)
        return self._nearest(self._street_of_row[rows], incidents.xy_m)

    def street_at(self, victims: pl.DataFrame) -> Ints:
        """Return the street of each victim, or -1; found as that of an incident."""
        rows = self._street_of_row[victims["row"].to_numpy()]
        return self._nearest(rows, victims.select("x", "y").to_numpy())

    def _nearest(self, street: Ints, xy_m: Floats) -> Ints:
        """Fill in where a street is not known: that of the nearest home."""
        away, home = self._tree.query(xy_m, distance_upper_bound=DOOR_M)
        near = np.isfinite(away)
        nearest = np.where(near, self.of_home[np.where(near, home, 0)], -1)
        return np.where(street >= 0, street, nearest)

    def away_m(self, members: tuple[int, ...]) -> Floats:
        """Return how far each street's nearest home is from those of a patch.

        Returns shape (k,), metres.
        """
        inside = np.isin(self.of_home, members)
        away, _ = cKDTree(self.home_xy_m[inside]).query(self.home_xy_m)
        least = np.full(len(self), np.inf)
        np.minimum.at(least, self.of_home, away)
        return least

    def shape_of(self, members: tuple[int, ...]) -> Any:
        """Return the patch as geometry in EPSG:4326.

        Returns: the streets; without a street file, a Polygon around their homes.
        """
        if self.graph is not None:
            lines = self.graph.lines[np.isin(self.of_edge, members)]
            return shapes_to_degrees(shapely.MultiLineString(lines.tolist()))
        homes = self.home_xy_m[np.isin(self.of_home, members)]
        return shapes_to_degrees(shapely.MultiPoint(homes).convex_hull.buffer(10))


def build_streets(context: PlanningContext) -> CampaignStreets:
    """Put homes on streets and find which streets meet.

    Raises PlanError if there are no premises, or none of the homes lies inside the
    areas on a street.
    """
    premises, graph = context.resources.premises, context.resources.streets
    if premises is None:
        raise PlanError(
            "marking streets needs the list of premises, to count homes; none was "
            "given. Give a CSV with uprn, kind, street, easting and northing."
        )
    homes = np.flatnonzero(premises.is_dwelling)
    lon, lat = bng_to_lonlat(*premises.xy_m[homes].T)
    inside = context.dataset.areas.locate(lon, lat) >= 0
    n_outside = int((~inside).sum())
    homes = homes[inside]
    keys, how = (
        _by_name(premises, homes)
        if graph is None
        else _by_graph(premises, homes, graph)
    )
    on_street = np.array([bool(key) for key in keys], dtype=bool)
    n_off = int((~on_street).sum())
    homes, keys = homes[on_street], [key for key in keys if key]
    if not len(homes):
        raise PlanError(
            "marking streets needs homes on streets inside the areas; there are none "
            f"({n_outside:,} lie outside, {n_off:,} on no street). Check that "
            "premises, streets and areas are of one district."
        )
    ids, of_home = np.unique(np.array(keys), return_inverse=True)
    of_edge = _of_edge(ids, graph)
    pairs = _meeting(of_edge, graph) if graph else _beside(premises, homes, of_home)
    names, wards = _names(context, premises, homes, of_home, graph, of_edge)
    return CampaignStreets(
        premises=premises,
        homes=homes,
        of_home=of_home,
        ids=tuple(str(each) for each in ids),
        names=names,
        wards=wards,
        network=StreetNetwork(size=np.bincount(of_home), edges=pairs),
        graph=graph,
        of_edge=of_edge,
        notes=(*how, *_left_out(n_outside, n_off), *premises.notes),
    )


def _edge_ids(graph: StreetGraph) -> list[str]:
    return [each or f"edge {k}" for k, each in enumerate(graph.street_id, start=1)]


def _by_graph(
    premises: Premises, homes: Ints, graph: StreetGraph
) -> tuple[list[str], tuple[str, ...]]:
    """Street of each home by the id it carries, else the nearest line."""
    edge_ids = _edge_ids(graph)
    known = set(edge_ids)
    own = premises.frame["street_id"].gather(homes).to_list()
    keys = [each if each in known else "" for each in own]
    by_id = sum(bool(key) for key in keys)
    if by_id < ENOUGH_IDS * len(keys):
        keys, by_id = [""] * len(keys), 0
    missing = [k for k, key in enumerate(keys) if not key]
    points = shapely.points(premises.xy_m[homes[missing]])
    tree = shapely.STRtree(graph.lines)
    found, line = tree.query_nearest(points, max_distance=FRONT_M, all_matches=False)
    for k, edge in zip(found.tolist(), line.tolist(), strict=True):
        keys[missing[k]] = edge_ids[edge]
    words = (
        f"A street here is a section between junctions, never split ({graph.source}). "
        f"{by_id:,} of {len(keys):,} homes were put on it by its number, "
        f"{len(found):,} by the nearest line within {FRONT_M:g} m. Streets are "
        "neighbours where they meet at a junction."
    )
    return keys, (words,)


def _by_name(premises: Premises, homes: Ints) -> tuple[list[str], tuple[str, ...]]:
    """Street of each home without a street file: its number, else name and postcode."""
    rows = premises.frame[homes]
    keys = rows.select(
        pl.when(pl.col("street_id") != "")
        .then("street_id")
        .otherwise(pl.format("{} {}", "street", "postcode").str.strip_chars())
        .alias("key")
    )["key"].to_list()
    words = (
        "No street file was given: a street is the homes that share a street number, "
        "or a street name and postcode, and streets are taken for neighbours where "
        f"homes are within {BESIDE_M:g} m of one another, also back to back. Give a "
        "street file for junctions and signs."
    )
    return keys, (words,)


def _of_edge(ids: npt.NDArray[np.str_], graph: StreetGraph | None) -> Ints:
    if graph is None:
        return np.zeros(0, dtype=np.int64)
    position = {str(each): k for k, each in enumerate(ids)}
    return np.array([position.get(each, -1) for each in _edge_ids(graph)])


def _meeting(of_edge: Ints, graph: StreetGraph) -> Ints:
    """Pairs of streets that share a node."""
    has = of_edge >= 0
    node = graph.edges[has].reshape(-1)
    frame = pl.DataFrame({"node": node, "a": np.repeat(of_edge[has], 2)}).unique()
    both = frame.join(frame.rename({"a": "b"}), on="node").filter(
        pl.col("a") < pl.col("b")
    )
    pairs = both.select("a", "b").unique().sort("a", "b").to_numpy()
    return np.asarray(pairs, dtype=np.int64).reshape(-1, 2)


def _beside(premises: Premises, homes: Ints, of_home: Ints) -> Ints:
    """Pairs of streets with homes near one another."""
    near = cKDTree(premises.xy_m[homes]).query_pairs(BESIDE_M, output_type="ndarray")
    pairs = np.sort(of_home[near], axis=1)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    return np.asarray(pairs, dtype=np.int64).reshape(-1, 2)


def _names(
    context: PlanningContext,
    premises: Premises,
    homes: Ints,
    of_home: Ints,
    graph: StreetGraph | None,
    of_edge: Ints,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name and ward of each street: those of its first home."""
    _, first = np.unique(of_home, return_index=True)
    names = premises.frame["street"].gather(homes[first]).to_list()
    if graph is not None:
        named = {
            int(k): graph.names[e] for e, k in enumerate(of_edge) if graph.names[e]
        }
        names = [name or named.get(k, "") for k, name in enumerate(names)]
    lon, lat = bng_to_lonlat(*premises.xy_m[homes[first]].T)
    areas, kind = context.dataset.areas, context.dataset.ward_kind
    wards = [*areas.frame["name"].to_list(), ""]
    rows = areas.locate(lon, lat, kind=kind)
    return tuple(n or "unnamed street" for n in names), tuple(wards[r] for r in rows)


def _left_out(n_outside: int, n_off: int) -> tuple[str, ...]:
    notes = []
    if n_outside:
        notes.append(f"{n_outside:,} homes outside the areas were left out.")
    if n_off:
        notes.append(f"{n_off:,} homes on no street were left out.")
    return tuple(notes)
