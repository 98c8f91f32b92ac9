"""Runs: an analysis of one data version, frozen, with the places that it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotspots.analysis.parameters import Parameters
from hotspots.core.errors import NotFoundError, ParameterError, did_you_mean
from hotspots.core.once import Once
from hotspots.outputs.formats.geojson import to_geojson
from hotspots.rights import Actor, check
from hotspots.service.analyses import told_of, writing_beside
from hotspots.service.audit import record
from hotspots.service.datasets import dataset_at
from hotspots.service.frozen import (
    ask,
    folder_of,
    frozen,
    frozen_again,
    hashes,
    open_file,
    result_of,
)
from hotspots.service.places import Found, name_places
from hotspots.service.site import Site
from hotspots.service.views import analysis_of
from hotspots.store import Session
from hotspots.store.models import Place, Run, Sighting
from hotspots.store.queries import find, highest
from hotspots.work import Task
from hotspots.workflow import write

OPTIONS = {
    "resolution": None,
    "window": None,
    "window_months": None,
    "categories": None,
    "area": None,
    "bandwidth_m": "kde",
    "kernel": "kde",
    "n_hotspots": "rule",
}
"""Each option of an analysis, and the method that it is a field of."""


def request_run(
    session: Session, actor: Actor, options: Mapping[str, Any] | None = None
) -> str:
    """Queue an analysis of the data as they are now and return its identifier."""
    told = {key: value for key, value in (options or {}).items() if value is not None}
    parse_options(told)
    return ask(session, actor, "run", {"options": told})


def parse_options(options: Mapping[str, Any]) -> Parameters:
    """Return the parameters of an analysis (:data:`OPTIONS`).

    Raises ParameterError if an option is unknown or impossible.
    """
    nested: dict[str, Any] = {"kde": {}, "rule": {}}
    for key, value in options.items():
        if key not in OPTIONS:
            raise ParameterError(
                f"an analysis has the options {', '.join(OPTIONS)}; got '{key}'."
                f"{did_you_mean(key, OPTIONS)}"
            )
        method = OPTIONS[key]
        if method is None:
            nested[key] = tuple(value) if key == "categories" else value
        else:
            nested[method][key] = value
    return Parameters.from_options(**nested)


@dataclass(frozen=True, kw_only=True)
class _Made:
    """What was found, and in which run it was frozen first."""

    id: str
    sentence: str
    summary: dict[str, Any]
    files: dict[str, str]
    found: list[Found]
    rows: list[dict[str, Any]]


_made: Once[tuple[Any, ...], _Made] = Once(8)
"""The last analyses of this process: an equal one has been made."""


def perform_run(site: Site, task: Task) -> None:
    """Do a queued analysis; an equal one of the same data is frozen again at once."""
    options, version = task.arguments["options"], task.arguments["version"]
    key = (site.folder, version, repr(parse_options(options)))
    made = _made.get(key, lambda: _analyse(site, task))
    if made.id != task.id and not frozen_again(
        site, "run", made.id, task.id, made.files
    ):
        _made.forget(lambda each: each == key)
        made = _made.get(key, lambda: _analyse(site, task))
    task.sentence = made.sentence
    kept = Run(**frozen(task, options), summary=made.summary, files=made.files)
    with task.commit() as session:
        session.add(kept)
        session.flush()
        places = name_places(session, made.found)
        session.add_all(
            Sighting(
                place_id=place.id,
                run_id=kept.id,
                rank=row["rank"],
                row=row,
                geometry=to_geojson(each.geometry),
            )
            for place, each, row in zip(places, made.found, made.rows, strict=True)
        )
        record(session, task.actor, "run.make", kept.id, version=kept.data_version)


def _analyse(site: Site, task: Task) -> _Made:
    told = told_of(parse_options(task.arguments["options"]))
    version, folder = task.arguments["version"], folder_of(site, "run", task.id)
    with writing_beside(dataset_at(site, version)):
        analysis = analysis_of(site, task, version, told)
        write(analysis, folder, progress=task.progress)
    return _Made(
        id=task.id,
        sentence=f"{len(analysis.hotspots)} places found in incidents from "
        f"{analysis.window}.",
        summary=analysis.summary,
        files=hashes(folder),
        found=[
            Found(name=each.name, ward=each.ward, geometry=each.polygon)
            for each in analysis.hotspots
        ],
        rows=[each.to_row() for each in analysis.hotspots],
    )


def run(session: Session, actor: Actor, id: str) -> Run:
    """Return a run that was made."""
    check(actor, "run.read")
    return result_of(session, Run, id)


def run_file(site: Site, session: Session, actor: Actor, id: str, name: str) -> Path:
    """Return the path of one file of a run; the rejected rows are not among them.

    Raises NotFoundError if it has none of this name.
    """
    if name == "rejects.csv":
        raise NotFoundError("the rows that were not used are with each import.")
    check(actor, "aggregate.exact")
    return open_file(site, "run", run(session, actor, id), name)


def runs(session: Session, actor: Actor, *, limit: int = 100) -> list[Run]:
    """Return the runs that were made, the latest first."""
    check(actor, "run.read")
    return find(session, Run, descending=True, limit=limit)


def run_id(session: Session, actor: Actor, id: str | None = None) -> str:
    """Return the identifier of a run that is there; default the latest.

    Raises NotFoundError if there is no such run, or none at all.
    """
    check(actor, "aggregate.read")
    if id is not None:
        return result_of(session, Run, id).id
    latest = highest(session, Run, "id")
    if not latest:
        raise NotFoundError("nothing was analysed yet: make a run first.")
    return str(latest)


def hotspots(session: Session, actor: Actor, id: str) -> list[tuple[Place, Sighting]]:
    """Return the places of a run by rank."""
    check(actor, "aggregate.read")
    seen = find(session, Sighting, order="rank", run_id=id)
    named = find(session, Place, id=[each.place_id for each in seen])
    places = {place.id: place for place in named}
    return [(places[each.place_id], each) for each in seen]
