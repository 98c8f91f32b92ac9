"""Deployments and visits."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flask import abort
from pydantic import AliasChoices, BaseModel, Field

from hotspots.service import deployments
from hotspots.web.api.v1.endpoint import Answer, Body, Said, Text, endpoint

Tactic = Literal["patrol", "cctv", "marking", "packs", "youth", "operation", "other"]
Status = Literal["planned", "active", "done", "cancelled"]
Count = Field(default=None, ge=0, le=1_000_000)


class DeploymentBody(Body):
    """Something put in place; the task tells what is left out."""

    task: Text | None = None
    tactic: Tactic | Literal[""] = ""
    place: Text | None = None
    place_name: Text = Field(default="", max_length=200)
    agency: Text = Field(default="", max_length=200)
    provider: Said = Field(max_length=200)
    begins: dt.datetime = Field(
        validation_alias=AliasChoices("begins", "from", "start"),
        description="Local wall-clock time.",
    )
    ends: dt.datetime | None = Field(
        default=None, validation_alias=AliasChoices("ends", "to", "end")
    )
    status: Status = "active"
    minutes_planned: int | None = Count
    review_due: dt.date | None = Field(
        default=None, validation_alias=AliasChoices("review_due", "review")
    )
    due: dt.date | None = None
    done: dt.date | None = None
    offered: int | None = Count
    marked: int | None = Count
    contacts: int | None = Count
    reference: Text = Field(
        default="",
        max_length=200,
        validation_alias=AliasChoices("reference", "dpia_reference", "dpia"),
    )


class DeploymentChange(Body):
    """What is to change of a deployment."""

    ends: dt.datetime | None = None
    status: Status | None = None
    minutes_planned: int | None = Count
    review_due: dt.date | None = None
    due: dt.date | None = None
    done: dt.date | None = None
    offered: int | None = Count
    marked: int | None = Count
    contacts: int | None = Count
    reference: Text | None = Field(default=None, max_length=200)


class Deployment(Answer):
    """A deployment; ``version`` is its ETag."""

    id: str
    number: int
    version: int
    task_id: str | None
    place_id: str | None
    tactic: str
    place_name: str
    easting: float | None
    northing: float | None
    agency_id: str
    provider: str
    begins: str
    ends: str | None
    status: str
    minutes_planned: int | None
    review_due: dt.date | None
    due: dt.date | None
    done: dt.date | None
    offered: int | None
    marked: int | None
    contacts: int | None
    reference: str


class Visit(Answer):
    """Minutes at a deployment, by provider."""

    id: str
    deployment_id: str
    provider: str
    start: str
    end: str
    minutes: int
    state: str


class DeploymentList(Answer):
    """Deployments, the latest first."""

    deployments: list[Deployment]


class DeploymentWithVisits(Deployment):
    """A deployment and its visits."""

    visits: list[Visit]


class VisitBody(Body):
    """A visit; times are local wall clock."""

    deployment: Text
    start: dt.datetime
    end: dt.datetime
    provider: Text = Field(default="", max_length=200)
    state: Literal["planned", "logged", "verified"] = "logged"


class VisitList(Answer):
    """Visits, the latest written first."""

    visits: list[Visit]


class VisitQuery(BaseModel):
    """Of which deployment."""

    deployment: str | None = None


@endpoint("/deployments", "POST", body=DeploymentBody, returns=Deployment, status=201)
def post_deployment(
    site: Any, session: Any, actor: Any, told: DeploymentBody
) -> Deployment:
    """Register a deployment."""
    fields = told.model_dump()
    for name in ("begins", "ends"):
        fields[name] = wall_clock(site, fields[name])
    made = deployments.add_deployment(session, actor, **fields)
    return Deployment.model_validate(made)


@endpoint("/deployments", returns=DeploymentList)
def list_deployments(session: Any, actor: Any) -> DeploymentList:
    """List the deployments."""
    made = deployments.deployments(session, actor)
    return DeploymentList(deployments=[Deployment.model_validate(d) for d in made])


@endpoint("/deployments/<id>", returns=DeploymentWithVisits)
def get_deployment(session: Any, actor: Any, id: str) -> DeploymentWithVisits:
    """Read a deployment and its visits."""
    made, visits = deployments.deployment(session, actor, id)
    return DeploymentWithVisits(
        **Deployment.model_validate(made).model_dump(),
        visits=[Visit.model_validate(each) for each in visits],
    )


@endpoint("/deployments/<id>", "PATCH", body=DeploymentChange, returns=Deployment)
def patch_deployment(
    site: Any, session: Any, actor: Any, id: str, told: DeploymentChange, seen: int
) -> Deployment:
    """Change a deployment that is as it was read (If-Match)."""
    changes = told.model_dump(exclude_unset=True)
    if "ends" in changes:
        changes["ends"] = wall_clock(site, changes["ends"])
    made = deployments.change_deployment(session, actor, id, seen, **changes)
    return Deployment.model_validate(made)


@endpoint("/visits", "POST", body=VisitBody, returns=Visit, status=201)
def post_visit(site: Any, session: Any, actor: Any, told: VisitBody) -> Visit:
    """Write a visit down."""
    fields = told.model_dump()
    for name in ("start", "end"):
        fields[name] = wall_clock(site, fields[name])
    return Visit.model_validate(deployments.log_visit(session, actor, **fields))


@endpoint("/visits", query=VisitQuery, returns=VisitList)
def list_visits(session: Any, actor: Any, asked: VisitQuery) -> VisitList:
    """List the visits."""
    of = {"deployment_id": asked.deployment} if asked.deployment else {}
    made = deployments.visits(session, actor, **of)
    return VisitList(visits=[Visit.model_validate(each) for each in made])


def wall_clock(site: Any, moment: dt.datetime | None) -> dt.datetime | None:
    """Return a moment as the clocks of the site show it."""
    if moment is None or moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(ZoneInfo(site.settings.time_zone)).replace(tzinfo=None)
    except OverflowError:
        abort(409, f"A time must lie between the years 2 and 9998; got {moment}.")
