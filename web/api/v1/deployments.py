"""Deployments and visits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import AliasChoices, BaseModel, Field

from hotspots.service import deployments
from hotspots.web.api.v1.endpoint import Answer, Body, endpoint

Count = Field(default=None, ge=0, le=1_000_000)


class DeploymentBody(Body):
    """Something put in place; the task tells what is left out."""

    task: str | None = None
    tactic: str = ""
    place: str | None = None
    place_name: str = Field(default="", max_length=200)
    agency: str = Field(default="", max_length=200)
    provider: str = Field(min_length=1, max_length=200)
    begins: dt.datetime = Field(
        validation_alias=AliasChoices("begins", "from", "start"),
        description="Local wall-clock time.",
    )
    ends: dt.datetime | None = Field(
        default=None, validation_alias=AliasChoices("ends", "to", "end")
    )
    status: str = "active"
    minutes_planned: int | None = Count
    review_due: dt.date | None = Field(
        default=None, validation_alias=AliasChoices("review_due", "review")
    )
    due: dt.date | None = None
    done: dt.date | None = None
    offered: int | None = Count
    marked: int | None = Count
    contacts: int | None = Count
    reference: str = Field(
        default="",
        max_length=200,
        validation_alias=AliasChoices("reference", "dpia_reference", "dpia"),
    )


class DeploymentChange(Body):
    """What is to change of a deployment."""

    ends: dt.datetime | None = None
    status: str | None = None
    minutes_planned: int | None = Count
    review_due: dt.date | None = None
    due: dt.date | None = None
    done: dt.date | None = None
    offered: int | None = Count
    marked: int | None = Count
    contacts: int | None = Count
    reference: str | None = Field(default=None, max_length=200)


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

    deployment: str
    start: dt.datetime
    end: dt.datetime
    provider: str = Field(default="", max_length=200)
    state: str = "logged"


class VisitList(Answer):
    """Visits, the latest written first."""

    visits: list[Visit]


class VisitQuery(BaseModel):
    """Of which deployment."""

    deployment: str | None = None


@endpoint("/deployments", "POST", body=DeploymentBody, returns=Deployment, status=201)
def post_deployment(session: Any, actor: Any, told: DeploymentBody) -> Deployment:
    """Register a deployment."""
    made = deployments.add_deployment(session, actor, **told.model_dump())
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
    session: Any, actor: Any, id: str, told: DeploymentChange, seen: int
) -> Deployment:
    """Change a deployment that is as it was read (If-Match)."""
    changes = told.model_dump(exclude_unset=True)
    made = deployments.change_deployment(session, actor, id, seen, **changes)
    return Deployment.model_validate(made)


@endpoint("/visits", "POST", body=VisitBody, returns=Visit, status=201)
def post_visit(session: Any, actor: Any, told: VisitBody) -> Visit:
    """Write a visit down."""
    return Visit.model_validate(
        deployments.log_visit(session, actor, **told.model_dump())
    )


@endpoint("/visits", query=VisitQuery, returns=VisitList)
def list_visits(session: Any, actor: Any, asked: VisitQuery) -> VisitList:
    """List the visits."""
    of = {"deployment_id": asked.deployment} if asked.deployment else {}
    made = deployments.visits(session, actor, **of)
    return VisitList(visits=[Visit.model_validate(each) for each in made])
