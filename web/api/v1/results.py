"""What was computed: runs, hotspots, places, plans, outcomes and briefs."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from flask import Response
from pydantic import BaseModel, Field

from hotspots.brief.period import Period
from hotspots.service import briefs, outcomes, places, plans, runs
from hotspots.service.frozen import state_of
from hotspots.service.shown import is_exact, shown_summary, shown_to
from hotspots.tactics import planner
from hotspots.web.api.v1.endpoint import (
    Answer,
    Body,
    Text,
    endpoint,
    file_answer,
    frozen_answer,
    is_frozen,
)
from hotspots.web.api.v1.work import Accepted, Page, Progress, progress_of


class Named(Answer):
    """A place by its identifier and its permanent name."""

    id: str
    number: int
    name: str
    ward: str


class RunOptions(Body):
    """The choices of an analysis; what is left out is chosen automatically."""

    resolution: int | None = Field(default=None, ge=8, le=11)
    window: Text | None = None
    window_months: int | None = Field(default=None, ge=1, le=600)
    categories: list[Text] | None = Field(default=None, min_length=1, max_length=100)
    area: Text | None = None
    bandwidth_m: float | None = None
    kernel: Literal["quartic", "gaussian"] | None = None
    n_hotspots: int | None = Field(default=None, ge=1, le=100)


class Frozen(Progress):
    """A result that is frozen once it is there."""

    made_at: dt.datetime | None = None
    parameters: dict[str, Any] = {}  # noqa: RUF012
    data_version: int | None = None
    software: str | None = None
    summary: dict[str, Any] = {}  # noqa: RUF012
    files: dict[str, str] = {}  # noqa: RUF012


class FrozenList(Answer):
    """Results, the latest first."""

    results: list[Frozen]


class Hotspot(Answer):
    """A place as one run found it."""

    rank: int
    place: Named
    properties: dict[str, Any]
    geometry: dict[str, Any]


class HotspotList(Answer):
    """The places of a run, by rank."""

    run: str
    hotspots: list[Hotspot]


class HotspotQuery(BaseModel):
    """Which run; default the latest."""

    run: str | None = None


class PlaceList(Answer):
    """Every place."""

    places: list[Named]


class PlaceHistory(Named):
    """A place with all that was found, decided and done there."""

    geometry: dict[str, Any]
    sightings: list[dict[str, Any]]
    suggestions: list[dict[str, Any]]
    decisions: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    deployments: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]


class PlanRequest(Body):
    """A tactic and its options, by the names that its command has."""

    tactic: Literal["cctv", "marking", "packs", "youth", "patrol", "operation"]
    options: dict[str, Text | int | float | bool | None] = {}  # noqa: RUF012


class Suggestion(Answer):
    """One suggestion, with every line of its rationale."""

    id: str
    rank: int
    name: str
    place: Named | None = None
    marking: str
    rationale: list[dict[str, Any]]
    geometry: dict[str, Any]


class Plan(Frozen):
    """A plan and what it suggests."""

    tactic: str | None = None
    marking: str | None = None
    suggestions: list[Suggestion] = []  # noqa: RUF012


class OutcomeRequest(Body):
    """The task whose outcome is asked for."""

    task: Text


class Outcome(Frozen):
    """What a task achieved, or that one cannot tell."""

    task: str | None = None
    word: str | None = None


class Span(Body):
    """A first and a last day."""

    start: dt.date
    end: dt.date


class BriefRequest(Body):
    """A period such as 2025-W24, 2025-06, 2025-Q2 or 2024/25, and who is to read."""

    period: Text | Span
    audience: Literal["operational", "partner", "partners", "public"] = "operational"
    sharing_agreement: Text = Field(default="", max_length=200)


class Brief(Frozen):
    """A brief as it was published."""

    period: str | None = None
    audience: str | None = None
    marking: str | None = None
    pdf_url: str | None = None


@endpoint("/runs", "POST", body=RunOptions, returns=Accepted, status=202)
def post_run(session: Any, actor: Any, told: RunOptions) -> Accepted:
    """Analyse the data as they are now."""
    return Accepted(id=runs.request_run(session, actor, told.model_dump()))


@endpoint("/runs", query=Page, returns=FrozenList)
def list_runs(session: Any, actor: Any, asked: Page) -> FrozenList:
    """List the analyses that were made."""
    made = runs.runs(session, actor, limit=asked.limit)
    kept = [_kept(session, "run", each) for each in made]
    for each in kept:
        each.summary = shown_summary(actor, each.summary)
    return FrozenList(results=kept)


@endpoint("/runs/<id>", returns=Frozen)
def get_run(session: Any, actor: Any, id: str) -> Frozen:
    """Tell how far an analysis is, and what it found."""
    made = Frozen(**_state(session, "run", id, runs.run, actor))
    made.summary = shown_summary(actor, made.summary)
    return made


@endpoint("/runs/<id>/files/<name>")
def get_run_file(site: Any, session: Any, actor: Any, id: str, name: str) -> Response:
    """Download a file of an analysis."""
    return file_answer(runs.run_file(site, session, actor, id, name))


@endpoint("/hotspots", query=HotspotQuery, returns=HotspotList)
def list_hotspots(session: Any, actor: Any, asked: HotspotQuery) -> Response:
    """List the places of a run with why they stand out."""
    sees = "exact" if is_exact(actor) else "rounded"
    run = asked.run or ""
    if not is_frozen(("hotspots", run, sees)):
        run = runs.run_id(session, actor, asked.run)
    key = ("hotspots", run, sees)
    return frozen_answer(key, lambda: _hotspots(session, actor, run))


def _hotspots(session: Any, actor: Any, run: str) -> HotspotList:
    shown = shown_to(actor)
    return HotspotList(
        run=run,
        hotspots=[
            Hotspot(
                rank=seen.rank,
                place=Named.model_validate(place),
                properties=shown(seen.row),
                geometry=seen.geometry,
            )
            for place, seen in runs.hotspots(session, actor, run)
        ],
    )


@endpoint("/places", returns=PlaceList)
def list_places(session: Any, actor: Any) -> PlaceList:
    """List every place that was ever found."""
    found = places.places(session, actor)
    return PlaceList(places=[Named.model_validate(each) for each in found])


@endpoint("/places/<id>", returns=PlaceHistory)
def get_place(session: Any, actor: Any, id: str) -> PlaceHistory:
    """Tell all that was found, decided and done at a place."""
    found = places.history(session, actor, id)
    named, shown = Named.model_validate(found.place).model_dump(), shown_to(actor)
    return PlaceHistory(
        **named,
        geometry=found.place.geometry,
        sightings=[
            {"run": s.run_id, "rank": s.rank, **shown(s.row)} for s in found.sightings
        ],
        suggestions=_rows(found.suggestions, "id", "plan_id", "tactic", "rank", "name"),
        decisions=_rows(found.decisions, "id", "verdict", "reason", "decided_on"),
        tasks=_rows(found.tasks, "id", "number", "action", "status", "due"),
        deployments=_rows(
            found.deployments, "id", "tactic", "provider", "begins", "ends", "status"
        ),
        outcomes=_rows(found.outcomes, "id", "task_id", "word", "sentence"),
    )


@endpoint("/plans", "POST", body=PlanRequest, returns=Accepted, status=202)
def post_plan(session: Any, actor: Any, told: PlanRequest) -> Accepted:
    """Plan one tactic on the data as they are now."""
    given = {key: str(v) for key, v in told.options.items() if v is not None}
    asked = planner.PlanRequest(tactic=told.tactic, options=given)
    return Accepted(id=plans.request_plan(session, actor, asked))


@endpoint("/plans", query=Page, returns=FrozenList)
def list_plans(session: Any, actor: Any, asked: Page) -> FrozenList:
    """List the plans that were made."""
    made = plans.plans(session, actor, limit=asked.limit)
    return FrozenList(results=[_kept(session, "plan", each) for each in made])


@endpoint("/plans/<id>", returns=Plan, logs=True)
def get_plan(session: Any, actor: Any, id: str) -> Plan:
    """Tell how far a plan is, and what it suggests."""
    found: list[Any] = []

    def read(*given: Any) -> Any:
        made, suggestions = plans.plan(*given)
        found.extend(suggestions)
        return made

    told = _state(session, "plan", id, read, actor)
    ids = {each.place_id for each in found if each.place_id}
    at = places.named(session, actor, ids)
    return Plan(**told, suggestions=[_suggestion(each, at) for each in found])


@endpoint("/plans/<id>/files/<path:name>", logs=True)
def get_plan_file(site: Any, session: Any, actor: Any, id: str, name: str) -> Response:
    """Download a file of a plan: cards, maps, lists."""
    return file_answer(plans.plan_file(site, session, actor, id, name))


@endpoint("/outcomes", "POST", body=OutcomeRequest, returns=Accepted, status=202)
def post_outcome(session: Any, actor: Any, told: OutcomeRequest) -> Accepted:
    """Measure what a task achieved."""
    return Accepted(id=outcomes.request_outcome(session, actor, told.task))


@endpoint("/outcomes", query=Page, returns=FrozenList)
def list_outcomes(session: Any, actor: Any, asked: Page) -> FrozenList:
    """List the outcomes that were measured."""
    made = outcomes.outcomes(session, actor, limit=asked.limit)
    return FrozenList(results=[_kept(session, "outcome", each) for each in made])


@endpoint("/outcomes/<id>", returns=Outcome)
def get_outcome(session: Any, actor: Any, id: str) -> Outcome:
    """Tell what a task achieved, or that one cannot tell."""
    told = _state(session, "outcome", id, outcomes.outcome, actor)
    return Outcome(**told, task=told["parameters"].get("task"))


@endpoint("/briefs", "POST", body=BriefRequest, returns=Accepted, status=202)
def post_brief(session: Any, actor: Any, told: BriefRequest) -> Accepted:
    """Make the brief of a week, a month, a quarter or a year."""
    asked = told.model_dump(exclude={"period"})
    asked["audience"] = told.audience.removesuffix("s")
    period = told.period
    if isinstance(period, Span):
        period = Period.from_days(period.start, period.end).text
    return Accepted(id=briefs.request_brief(session, actor, period=period, **asked))


@endpoint("/briefs", query=Page, returns=FrozenList)
def list_briefs(session: Any, actor: Any, asked: Page) -> FrozenList:
    """List the briefs that were made."""
    made = briefs.briefs(session, actor, limit=asked.limit)
    return FrozenList(results=[_kept(session, "brief", each) for each in made])


@endpoint("/briefs/<id>", returns=Brief)
def get_brief(session: Any, actor: Any, id: str) -> Brief:
    """Tell how far a brief is, and its bottom line."""
    told = _state(session, "brief", id, briefs.brief, actor)
    ready = told["state"] == "done"
    return Brief(**told, pdf_url=f"/api/v1/briefs/{id}/brief.pdf" if ready else None)


@endpoint("/briefs/<id>/<path:name>", logs=True)
def get_brief_file(site: Any, session: Any, actor: Any, id: str, name: str) -> Response:
    """Download a file of a brief, such as brief.pdf; the reading is logged."""
    path = briefs.brief_file(site, session, actor, id, name)
    return file_answer(path, briefs.brief(session, actor, id).marking)


def _state(session: Any, kind: str, id: str, read: Any, actor: Any) -> dict[str, Any]:
    """Return how far it is and, once it is there, all that was frozen."""
    job = state_of(session, kind, id, actor)
    if job.state != "done":
        return {**progress_of(job), "parameters": job.arguments}
    return {**progress_of(job), **_columns(read(session, actor, id))}


def _suggestion(each: Any, at: dict[str, Any]) -> Suggestion:
    where = at.get(each.place_id or "")
    place = Named.model_validate(where) if where else None
    return Suggestion.model_validate(each).model_copy(update={"place": place})


def _kept(session: Any, kind: str, row: Any) -> Frozen:
    job = state_of(session, kind, row.id, None)
    return Frozen(**progress_of(job), **{k: getattr(row, k) for k in _FROZEN})


def _columns(row: Any) -> dict[str, Any]:
    names = (*_FROZEN, "tactic", "marking", "word", "period", "audience")
    return {name: getattr(row, name) for name in names if hasattr(row, name)}


def _rows(found: list[Any], *names: str) -> list[dict[str, Any]]:
    return [{name: getattr(each, name) for name in names} for each in found]


_FROZEN = ("made_at", "parameters", "data_version", "software", "summary", "files")
