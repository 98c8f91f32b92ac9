"""Where signs go: the junctions and ends of the streets of a patch."""

from __future__ import annotations

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.types import Floats
from hotspots.optimise.patches.network import Patch
from hotspots.tactics.marking.streets import CampaignStreets
from hotspots.tactics.plan import PlanLayer


def sign_points(
    streets: CampaignStreets, patches: tuple[Patch, ...]
) -> tuple[PlanLayer, list[int]]:
    """Return a sign point at every junction and end of the patches' streets."""
    finder = _by_homes if streets.graph is None else _by_nodes
    found = [finder(streets, patch.members) for patch in patches]
    rows = [
        {"rank": rank, "name": name, "order": order, "kind": kind}
        for rank, (_, names, kinds) in enumerate(found, start=1)
        for order, (name, kind) in enumerate(zip(names, kinds, strict=True), start=1)
    ]
    xy = np.vstack([each[0] for each in found])
    lon, lat = bng_to_lonlat(xy[:, 0], xy[:, 1])
    kinds = {"rank": pl.Int64, "name": pl.String, "order": pl.Int64, "kind": pl.String}
    frame = pl.DataFrame(rows, schema=kinds)
    layer = PlanLayer(frame=frame, geometry=np.asarray(shapely.points(lon, lat)))
    return layer, [len(names) for _, names, _ in found]


def _by_nodes(
    streets: CampaignStreets, members: tuple[int, ...]
) -> tuple[Floats, list[str], list[str]]:
    graph = streets.graph
    assert graph is not None
    degree = np.bincount(graph.edges.reshape(-1), minlength=graph.n_nodes)
    mine = np.flatnonzero(np.isin(streets.of_edge, members))
    at, inside = np.unique(graph.edges[mine].reshape(-1), return_counts=True)
    meet: dict[int, list[str]] = {int(node): [] for node in at}
    for edge in np.flatnonzero(np.isin(graph.edges, at).any(axis=1)).tolist():
        for node in graph.edges[edge].tolist():
            name = graph.names[edge]
            if name and node in meet and name not in meet[node]:
                meet[node].append(name)
    nodes, kinds = [], []
    for node, here in zip(at.tolist(), inside.tolist(), strict=True):
        if degree[node] == 2 and here == 2:
            continue  # a bend, not a junction
        nodes.append(node)
        if degree[node] == 1:
            kinds.append("end of street")
        else:
            kinds.append("way in" if degree[node] > here else "junction inside")
    names = [" / ".join(meet[node]) or "unnamed path" for node in nodes]
    return graph.node_xy_m[nodes], names, kinds


def _by_homes(
    streets: CampaignStreets, members: tuple[int, ...]
) -> tuple[Floats, list[str], list[str]]:
    points, names = [], []
    for street in members:
        homes = streets.home_xy_m[streets.of_home == street]
        first = int(np.argmax(np.hypot(*(homes - homes.mean(axis=0)).T)))
        other = int(np.argmax(np.hypot(*(homes - homes[first]).T)))
        for k in dict.fromkeys((first, other)):
            points.append(homes[k])
            names.append(streets.names[street])
    return np.array(points).reshape(-1, 2), names, ["end of street"] * len(names)
