"""What a site shows on a map of somebody else's: collections of features, by rights.

Counts are shown as :mod:`hotspots.service.shown` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pydantic_core import from_json, to_json

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import NotFoundError
from hotspots.core.once import Once
from hotspots.outputs.formats.geojson import to_geojson
from hotspots.rights import Actor, check, may
from hotspots.service import deployments, places, runs
from hotspots.service.areas import areas_at
from hotspots.service.datasets import current_version
from hotspots.service.frozen import open_file
from hotspots.service.shown import shown_to
from hotspots.service.site import Site
from hotspots.store import Session
from hotspots.store.models import Deployment, Place

KEPT = 8
Feature = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks, of which site, in which session."""

    site: Site
    session: Session
    actor: Actor

    @property
    def is_exact(self) -> bool:
        """Whether small counts are shown."""
        return may(self.actor, "aggregate.exact")


@dataclass(frozen=True, kw_only=True)
class Collection:
    """Features of one kind, and the right to read them."""

    id: str
    title: str
    description: str
    action: str
    version: Callable[[Asked], str]
    make: Callable[[Asked], Iterator[Feature]]


@dataclass(frozen=True, kw_only=True)
class Features:
    """The features of a collection as JSON, with their bounds in degrees."""

    ids: list[str]
    texts: list[str]
    bounds: Any

    @property
    def rows(self) -> list[Feature]:
        """The features as plain data."""
        return [from_json(text) for text in self.texts]

    def within(self, box: tuple[float, float, float, float]) -> list[str]:
        """Return those whose bounds meet a box: west, south, east, north."""
        west, south, east, north = box
        b = self.bounds
        meets = (
            (b[:, 0] <= east)
            & (b[:, 2] >= west)
            & (b[:, 1] <= north)
            & (b[:, 3] >= south)
        )
        return [self.texts[row] for row in np.flatnonzero(meets)]


def readable(actor: Actor) -> list[Collection]:
    """Return the collections that somebody may read."""
    return [each for each in COLLECTIONS.values() if may(actor, each.action)]


def features(asked: Asked, id: str) -> tuple[Collection, Features]:
    """Return a collection and its features as this actor may see them.

    Raises NotFoundError if there is none of this name.
    """
    collection = COLLECTIONS.get(id)
    if collection is None:
        raise NotFoundError(
            f"a collection must be one of {', '.join(COLLECTIONS)}; got '{id}'."
        )
    check(asked.actor, collection.action)
    return collection, _kept(asked, collection)


_ready: Once[tuple[Path, str, str, bool], Features] = Once(KEPT)


def _kept(asked: Asked, collection: Collection) -> Features:
    """Return features from memory where nothing has changed since."""
    version = collection.version(asked)
    key = (asked.site.folder, collection.id, version, asked.is_exact)
    return _ready.get(key, lambda: _made(asked, collection))


def _made(asked: Asked, collection: Collection) -> Features:
    ids, texts, shapes = [], [], []
    for each in collection.make(asked):
        ids.append(str(each["id"]))
        texts.append(to_json(each).decode())
        shapes.append(to_json(each["geometry"]))
    bounds = shapely.bounds(shapely.from_geojson(shapes)).reshape(-1, 4)
    return Features(ids=ids, texts=texts, bounds=bounds)


def _feature(id: Any, geometry: Feature, **properties: Any) -> Feature:
    return {"type": "Feature", "id": id, "geometry": geometry, "properties": properties}


def _latest_run(asked: Asked) -> str:
    try:
        return runs.run_id(asked.session, asked.actor)
    except NotFoundError:
        return ""


def _of_run(name: str, key: str) -> Callable[[Asked], Iterator[Feature]]:
    """Return what reads one layer of the latest run; ``key`` names its features."""

    def make(asked: Asked) -> Iterator[Feature]:
        run = _latest_run(asked)
        if not run:
            return
        file = open_file(
            asked.site, "run", runs.run(asked.session, asked.actor, run), name
        )
        shown = shown_to(asked.actor)
        for row in from_json(file.read_bytes())["features"]:
            told = shown(row["properties"])
            yield _feature(row["properties"][key], row["geometry"], **told)

    return make


def _hotspots(asked: Asked) -> Iterator[Feature]:
    run = _latest_run(asked)
    if not run:
        return
    shown = shown_to(asked.actor)
    for place, seen in runs.hotspots(asked.session, asked.actor, run):
        told = {**seen.row, "rank": seen.rank, "place": place.name}
        yield _feature(place.id, seen.geometry, **shown(told))


def _places(asked: Asked) -> Iterator[Feature]:
    for each in places.places(asked.session, asked.actor):
        told = {"number": each.number, "name": each.name, "ward": each.ward}
        yield _feature(each.id, each.geometry, **told)


def _areas(asked: Asked) -> Iterator[Feature]:
    held = areas_at(asked.session, current_version(asked.session))
    for row, shape in zip(held.frame.to_dicts(), held.geometry, strict=True):
        dates = {key: row[key] and row[key].isoformat() for key in _DATES}
        id = f"{row['kind']}:{row['code']}"
        yield _feature(id, to_geojson(shape), **{**row, **dates})


def _deployments(asked: Asked) -> Iterator[Feature]:
    known = {each.id: each for each in places.places(asked.session, asked.actor)}
    for each in deployments.deployments(asked.session, asked.actor):
        geometry = _where(each, known.get(each.place_id or ""))
        if geometry is not None:
            told = {name: getattr(each, name) for name in _SHOWN}
            due = each.review_due.isoformat() if each.review_due else None
            yield _feature(each.id, geometry, **told, review_due=due)


def _where(deployment: Deployment, place: Place | None) -> Feature | None:
    if deployment.easting is not None and deployment.northing is not None:
        lon, lat = bng_to_lonlat(
            np.array([deployment.easting]), np.array([deployment.northing])
        )
        return to_geojson(shapely.Point(lon[0], lat[0]))
    return place.geometry if place else None


def _deployments_now(asked: Asked) -> str:
    held = deployments.deployments(asked.session, asked.actor)
    return f"{len(held)}-{sum(each.version for each in held)}"


def _places_now(asked: Asked) -> str:
    return str(len(places.places(asked.session, asked.actor)))


def _data_now(asked: Asked) -> str:
    return str(current_version(asked.session))


_DATES = ("valid_from", "valid_to")
_SHOWN = (
    *("number", "tactic", "place_name", "provider", "begins", "ends", "status"),
    "minutes_planned",
)
_LISTED = (
    Collection(
        id="cells",
        title="Cells",
        description="Cells of the latest analysis with their counts.",
        action="aggregate.read",
        version=_latest_run,
        make=_of_run("cells.geojson", "cell"),
    ),
    Collection(
        id="hotspots",
        title="Hotspots",
        description="Places of the latest analysis by rank, and why they stand out.",
        action="aggregate.read",
        version=_latest_run,
        make=_hotspots,
    ),
    Collection(
        id="places",
        title="Places",
        description="Every place that was ever a hotspot, under its permanent name.",
        action="place.read",
        version=_places_now,
        make=_places,
    ),
    Collection(
        id="areas",
        title="Areas",
        description="Wards, neighbourhoods and other areas of the site.",
        action="area.read",
        version=_data_now,
        make=_areas,
    ),
    Collection(
        id="patrol-areas",
        title="Patrol areas",
        description="Areas to walk, of the latest analysis.",
        action="aggregate.read",
        version=_latest_run,
        make=_of_run("patrol_areas.geojson", "rank"),
    ),
    Collection(
        id="deployments",
        title="Deployments",
        description="What is or was deployed, where and from when to when.",
        action="deployment.read",
        version=_deployments_now,
        make=_deployments,
    ),
)
COLLECTIONS = {each.id: each for each in _LISTED}
