"""The areas of a site: kept as they were read, from one data version to another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import shapely

from hotspots.intake.inputs import InputFile
from hotspots.model.areas import FRAME_SCHEMA, Areas
from hotspots.rights import Actor, check
from hotspots.service.audit import record
from hotspots.sources.areas import read_areas
from hotspots.store import Session
from hotspots.store.models import Area, AreaSet, SiteRecord
from hotspots.store.queries import find, hold


@dataclass(frozen=True, kw_only=True)
class ReadSet:
    """A file of areas as it was read."""

    name: str
    sha256: str
    areas: Areas


def read_set(kind: str | None, path: Path) -> ReadSet:
    """Read a file of areas."""
    file = Path(str(path).partition("::")[0])
    digest = InputFile(path=file, name=file.name).sha256()
    return ReadSet(name=file.name, sha256=digest, areas=read_areas(path, kind=kind))


def add_set(session: Session, actor: Actor, given: ReadSet) -> int:
    """Add a file of areas and return the data version that it makes."""
    check(actor, "access.give")
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
    record(session, actor, "areas.add", made.id, name=given.name, sha256=given.sha256)
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
    parts = [_areas_of(session, each) for each in sets_at(session, version)]
    together = parts[0]
    for part in parts[1:]:
        together = together.join(part)
    return together


def _areas_of(session: Session, kept: AreaSet) -> Areas:
    rows = find(session, Area, set_id=kept.id)
    columns = {name: [getattr(row, name) for row in rows] for name in FRAME_SCHEMA}
    return Areas(
        frame=pl.DataFrame(columns, schema=FRAME_SCHEMA),
        geometry=np.asarray(shapely.from_wkb([row.geometry for row in rows])),
        simulated=kept.simulated,
        notes=tuple(kept.notes),
    )
