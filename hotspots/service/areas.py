"""The areas of a site: kept as they were read, from one data version to another."""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
import shapely

from hotspots.analysis.area_files import AreaFile
from hotspots.core.errors import AreaError, NotFoundError
from hotspots.model.areas import FRAME_SCHEMA, Areas
from hotspots.rights import Actor, check
from hotspots.service.audit import record
from hotspots.store import Session
from hotspots.store.models import Area, AreaSet, SiteRecord
from hotspots.store.queries import find, hold

ROUNDING_DEGREES = 1e-6
"""About 10 cm: a shape drawn along a boundary is inside it."""


def add_set(session: Session, actor: Actor, given: AreaFile) -> int:
    """Add a file of areas and return the data version that it makes."""
    check(actor, "access.give")
    return _keep(session, actor, given, action="areas.add")


def _keep(session: Session, actor: Actor, given: AreaFile, *, action: str) -> int:
    site = hold(session, SiteRecord, 1)
    site.data_version += 1
    made = AreaSet(
        name=given.name,
        sha256=given.sha256,
        simulated=given.areas.simulated,
        notes=list(given.areas.notes),
        since=site.data_version,
        made_by=actor.id,
    )
    session.add(made)
    session.flush()
    shapes = shapely.to_wkb(given.areas.geometry)
    session.add_all(
        Area(set_id=made.id, geometry=shape, **row)
        for shape, row in zip(shapes, given.areas.frame.to_dicts(), strict=True)
    )
    record(session, actor, action, made.id, name=given.name, sha256=given.sha256)
    return site.data_version


def draw_area(session: Session, actor: Actor, drawn: Areas, *, version: int) -> int:
    """Keep an area that somebody has drawn; return the data version that it makes.

    Raises AreaError if it does not lie inside the areas of the site, or its name is
    taken.
    """
    check(actor, "area.draw")
    there = areas_at(session, version)
    (shape,), (row,) = drawn.geometry, drawn.frame.to_dicts()
    if not shapely.covers(shapely.buffer(there.outline, ROUNDING_DEGREES), shape):
        raise AreaError(
            "an area must lie inside the areas of the site; a part of this one does "
            "not. Draw it once more."
        )
    same = there.frame.filter(kind=row["kind"], name=row["name"])
    if same.height:
        raise AreaError(
            f"the name of a {row['kind']} must be its own; '{row['name']}' is taken."
        )
    digest = hashlib.sha256(shapely.to_wkb(shape)).hexdigest()
    given = AreaFile(name=row["name"], sha256=digest, areas=drawn)
    return _keep(session, actor, given, action="areas.draw")


def end_set(session: Session, actor: Actor, id: str) -> int:
    """Let areas count no longer, and return the data version that this makes.

    Raises NotFoundError if they do not count; AreaError if they are the last: a site
    without areas counts nothing.
    """
    check(actor, "access.give")
    site = hold(session, SiteRecord, 1)
    there = sets_at(session, site.data_version)
    ended = next((each for each in there if each.id == id), None)
    if ended is None:
        raise NotFoundError("no areas of this identifier count now.")
    if len(there) == 1:
        raise AreaError(
            f"a site must have areas; '{ended.name}' are its last. Add others first."
        )
    site.data_version += 1
    ended.until = site.data_version
    record(session, actor, "areas.end", id, name=ended.name)
    return site.data_version


def sets_at(session: Session, version: int) -> list[AreaSet]:
    """Return the files of areas that count at a data version, earliest first."""
    every = find(session, AreaSet, order="since")
    return [
        each
        for each in every
        if each.since <= version and (each.until is None or each.until > version)
    ]


def areas_at(session: Session, version: int) -> Areas:
    """Return the areas that count at a data version, as the files gave them."""
    first, *others = (_areas_of(session, each) for each in sets_at(session, version))
    return first.join(*others)


def _areas_of(session: Session, kept: AreaSet) -> Areas:
    rows = find(session, Area, set_id=kept.id)
    columns = {name: [getattr(row, name) for row in rows] for name in FRAME_SCHEMA}
    return Areas(
        frame=pl.DataFrame(columns, schema=FRAME_SCHEMA),
        geometry=np.asarray(shapely.from_wkb([row.geometry for row in rows])),
        simulated=kept.simulated,
        notes=tuple(kept.notes),
    )
