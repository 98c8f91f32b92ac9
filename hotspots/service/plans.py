"""Plans: what one tactic suggests on one data version, frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, cast

from hotspots.core.errors import ConflictError
from hotspots.outputs.formats.plan_record import plan_record
from hotspots.outputs.plan_folder import write_plan
from hotspots.outputs.printing import Background
from hotspots.resources import Resources, load_resources
from hotspots.rights import Actor, Owned, check, may
from hotspots.service.audit import record
from hotspots.service.datasets import dataset_at
from hotspots.service.frozen import ask, folder_of, frozen, hashes, open_file, result_of
from hotspots.service.places import Found, name_places
from hotspots.service.sealed import key_of, unseal
from hotspots.service.site import PLANNED_WITH, Site
from hotspots.store import Session
from hotspots.store.models import Plan, Suggestion
from hotspots.store.queries import find, get
from hotspots.tactics.plan import Plan as MadePlan
from hotspots.tactics.planner import PlanRequest, suggest
from hotspots.tactics.suggestion import MARKINGS
from hotspots.work import Task


def request_plan(session: Session, actor: Actor, asked: PlanRequest) -> str:
    """Queue a plan and return its identifier; options are as text, by their names."""
    asked.built()
    return ask(session, actor, "plan", told_of(asked))


def told_of(asked: PlanRequest) -> dict[str, Any]:
    """Return a request as plain data."""
    told = {key: value for key, value in asdict(asked).items() if key in _FIELDS}
    told["options"] = {key: str(value) for key, value in dict(asked.options).items()}
    told["day"] = asked.day.isoformat() if asked.day else None
    return told


def made_plan(site: Site, version: int, told: Mapping[str, Any]) -> MadePlan:
    """Return a plan of a data version: as it was shown, where somebody looked at it."""
    shown = unseal(site, key_of(site, "plan", version, told))
    if shown is not None:
        return cast("MadePlan", shown)
    dataset = dataset_at(site, version)
    resources = resources_of(site, simulated=dataset.simulated)
    return suggest(dataset, _asked_of(told), resources)


def _asked_of(arguments: Mapping[str, Any]) -> PlanRequest:
    """Return what :func:`request_plan` was asked."""
    told = {key: arguments[key] for key in _FIELDS if key in arguments}
    day = told.pop("day", None)
    told["categories"] = tuple(told.get("categories", ()))
    return PlanRequest(**told, day=dt.date.fromisoformat(day) if day else None)


def perform_plan(site: Site, task: Task) -> None:
    """Make a queued plan."""
    asked = _asked_of(task.arguments)
    tactic, options = asked.tactic, asked.options
    version = task.arguments["version"]
    dataset = dataset_at(site, version)
    resources = resources_of(site, simulated=dataset.simulated)
    task.progress("choosing places")
    made = made_plan(site, version, told_of(asked))
    task.progress("writing cards")
    folder = folder_of(site, "plan", task.id)
    ground = Background.from_areas(dataset.areas, resources=resources)
    write_plan(made, folder, background=ground)
    lines = plan_record(made)
    kept = Plan(
        **frozen(task, {"tactic": tactic, **options}),
        summary={k: lines[k] for k in ("title", "headline", "made_for", "sha256")},
        files=hashes(folder),
        agency_id=task.actor.agency,
        tactic=tactic,
        marking=made.marking,
    )
    found = [
        Found(name=each.name, ward="", geometry=each.geometry)
        for each in made.suggestions
    ]
    task.sentence = made.headline
    with task.commit() as session:
        session.add(kept)
        session.flush()
        is_open = [each.marking == MARKINGS[0] for each in made.suggestions]
        named = [each for each, is_ in zip(found, is_open, strict=True) if is_]
        places = iter(name_places(session, named))
        for each, line, is_ in zip(
            made.suggestions, lines["suggestions"], is_open, strict=True
        ):
            session.add(
                Suggestion(
                    plan_id=kept.id,
                    place_id=next(places).id if is_ else None,
                    tactic=tactic,
                    rank=each.rank,
                    name=each.name,
                    row={k: v for k, v in line.items() if k not in _APART},
                    rationale=line["rationale"],
                    geometry=line["geometry"],
                    marking=each.marking,
                )
            )
        record(session, task.actor, "plan.make", kept.id, tactic=tactic)


def resources_of(site: Site, *, simulated: bool) -> Resources:
    """Return the resources of a site."""
    held = site.resource_files()
    files: dict[str, Any] = {kind: held[kind] for kind in PLANNED_WITH if kind in held}
    return load_resources(**files, simulated=simulated)


def check_marking(actor: Actor, marking: str) -> None:
    """Refuse a plan with addresses to whoever may see none of their own agency."""
    if marking != MARKINGS[0]:
        check(actor, "plan.read_personal", Owned(agency=actor.agency))


def plans(session: Session, actor: Actor, *, limit: int = 100) -> list[Plan]:
    """Return the plans that were made, the latest first."""
    check(actor, "plan.read")
    return find(session, Plan, descending=True, limit=limit)


def kept_plan(
    session: Session, actor: Actor, sha256: str
) -> tuple[Plan | None, list[Suggestion]]:
    """Return the plan of this hash and its suggestions, where it was kept."""
    known = plans(session, actor)
    made = next((each for each in known if each.summary["sha256"] == sha256), None)
    return (made, plan(session, actor, made.id)[1]) if made else (None, [])


def plan(session: Session, actor: Actor, id: str) -> tuple[Plan, list[Suggestion]]:
    """Return a plan and those of its suggestions that this actor may see.

    Suggestions with addresses are for named roles of the agency that asked for them;
    their reading is logged.
    """
    check(actor, "plan.read")
    made = result_of(session, Plan, id)
    suggestions = find(session, Suggestion, order="rank", plan_id=id)
    if made.marking == MARKINGS[0]:
        return made, suggestions
    if not may(actor, "plan.read_personal", Owned(agency=made.agency_id)):
        return made, [each for each in suggestions if each.marking == MARKINGS[0]]
    record(session, actor, "plan.read_personal", id)
    return made, suggestions


def plan_file(site: Site, session: Session, actor: Actor, id: str, name: str) -> Path:
    """Return the path of one file of a plan.

    Raises ConflictError if it holds addresses: those leave as an export only, with a
    reason.
    """
    made = result_of(session, Plan, id)
    check(actor, "plan.read")
    if made.marking != MARKINGS[0]:
        check(actor, "plan.read_personal", Owned(agency=made.agency_id))
        raise ConflictError(
            "a file with addresses must leave as an export, with a reason: POST "
            "/api/v1/exports with this plan and the name of the file."
        )
    return open_file(site, "plan", made, name)


def suggestion(session: Session, actor: Actor, id: str) -> Suggestion:
    """Return a suggestion that this actor may see."""
    check(actor, "plan.read")
    found = get(session, Suggestion, id)
    if found.marking != MARKINGS[0]:
        made = get(session, Plan, found.plan_id)
        owned = Owned(agency=made.agency_id, hidden=True)
        check(actor, "plan.read_personal", owned)
    return found


_FIELDS = {each.name for each in fields(PlanRequest)}
_APART = ("rationale", "geometry")


@dataclass(frozen=True, kw_only=True)
class Card:
    """The sheet of one suggestion, in the folder of its plan."""

    suggestion: Suggestion
    plan: Plan
    file: str

    @property
    def made_for(self) -> dt.date:
        """The first day of the plan."""
        return dt.date.fromisoformat(self.plan.summary["made_for"])


def cards(session: Session, suggestions: Sequence[Suggestion]) -> list[Card]:
    """Return the cards of suggestions; those with addresses leave as an export only."""
    named = list({each.plan_id for each in suggestions})
    plans = {each.id: each for each in find(session, Plan, id=named)}
    found = []
    for each in suggestions:
        plan, ending = plans[each.plan_id], f"_card_{each.rank:02d}.pdf"
        name = next((name for name in plan.files if name.endswith(ending)), None)
        if name and plan.marking == MARKINGS[0]:
            found.append(Card(suggestion=each, plan=plan, file=name))
    return found
