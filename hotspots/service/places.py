"""Places: a hotspot keeps the name and the page that it first had.

A polygon that overlaps a place by half or more of the smaller of the two is that place,
so that map, brief, card and task all call it the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from hotspots.core.crs import bng_to_lonlat, lonlat_to_bng
from hotspots.outputs.formats.geojson import to_geojson
from hotspots.rights import Actor, check, may
from hotspots.store import Session
from hotspots.store.models import (
    AuditHead,
    Decision,
    Deployment,
    Outcome,
    Place,
    Sighting,
    Suggestion,
    Task,
)
from hotspots.store.queries import Row, find, get, highest, hold

SAME = 0.5
POINT_M = 60.0
"""A point or a line is taken as the ground within this distance."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something that was found somewhere, to be given its place."""

    name: str
    ward: str
    geometry: Any


@dataclass(frozen=True, kw_only=True)
class History:
    """Everything that was found, decided and done at a place, latest first."""

    place: Place
    sightings: list[Sighting]
    suggestions: list[Suggestion]
    decisions: list[Decision]
    tasks: list[Task]
    deployments: list[Deployment]
    outcomes: list[Outcome]


def name_places(session: Session, found: Sequence[Found]) -> list[Place]:
    """Return the place of each, new ones where there is none; two never share one."""
    hold(session, AuditHead, 1)  # one at a time, so that no two make the same place
    known = find(session, Place, order="number")
    shapes = np.array([from_geojson(each.geometry) for each in known], dtype=object)
    taken: set[int] = set()
    places: list[Place] = []
    number = highest(session, Place, "number")
    for each in found:
        area = as_area(each.geometry)
        row = _same(area, shapes, taken)
        if row is not None:
            taken.add(row)
            places.append(known[row])
            continue
        number += 1
        made = Place(
            number=number, name=each.name, ward=each.ward, geometry=to_geojson(area)
        )
        session.add(made)
        places.append(made)
    session.flush()
    return places


def places(session: Session, actor: Actor) -> list[Place]:
    """Return every place."""
    check(actor, "place.read")
    return find(session, Place, order="number")


def named(session: Session, actor: Actor, ids: set[str]) -> dict[str, Place]:
    """Return some places by their identifiers."""
    check(actor, "place.read")
    return {each.id: each for each in find(session, Place, id=ids)}


def history(session: Session, actor: Actor, id: str) -> History:
    """Return a place with what happened there, as far as somebody may read it."""
    check(actor, "place.read")
    place = get(session, Place, id)

    def latest(table: type[Row], action: str, **equals: Any) -> list[Row]:
        readable = may(actor, action)
        return find(session, table, descending=True, **equals) if readable else []

    suggestions = latest(Suggestion, "plan.read", place_id=id)
    tasks = latest(Task, "task.read", place_id=id)
    said, done = [each.id for each in suggestions], [each.id for each in tasks]
    return History(
        place=place,
        sightings=latest(Sighting, "run.read", place_id=id),
        suggestions=[each for each in suggestions if each.marking == "OFFICIAL"],
        decisions=latest(Decision, "decision.read", suggestion_id=said),
        tasks=tasks,
        deployments=latest(Deployment, "deployment.read", place_id=id),
        outcomes=latest(Outcome, "outcome.read", task_id=done),
    )


def as_area(geometry: Any) -> Any:
    """Return the ground of a geometry: a polygon as it is, else what is near it."""
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return geometry
    return widened(geometry, POINT_M)


def widened(geometry: Any, metres: float) -> Any:
    """Return a geometry in degrees with the ground around it."""
    flat = shapely.transform(geometry, lonlat_to_bng, interleaved=False)
    return shapely.transform(
        shapely.buffer(flat, metres), bng_to_lonlat, interleaved=False
    )


def from_geojson(geometry: dict[str, Any]) -> Any:
    """Return a geometry from GeoJSON."""
    return shapely.from_geojson(json.dumps(geometry))


def _same(area: Any, shapes: Any, taken: set[int]) -> int | None:
    if not len(shapes):
        return None
    smaller = np.minimum(shapely.area(shapes), shapely.area(area))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(
            shapely.area(shapely.intersection(shapes, area)) / smaller
        )
    share[list(taken)] = 0
    best = int(np.argmax(share))
    return best if share[best] >= SAME else None
