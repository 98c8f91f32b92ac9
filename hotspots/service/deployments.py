"""Deployments and the visits made there: minutes by provider, never by whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import shapely

from hotspots.core.crs import lonlat_to_bng
from hotspots.core.errors import ConflictError, ParameterError, did_you_mean
from hotspots.register.deployments import STATUSES
from hotspots.register.tactics import CATALOGUE, OTHER
from hotspots.rights import Actor, Owned, check
from hotspots.service.access import agency_id
from hotspots.service.audit import record
from hotspots.service.places import from_geojson
from hotspots.store import Session
from hotspots.store.models import AuditHead, Deployment, Place, Task, Visit
from hotspots.store.queries import find, get, highest, hold, replace

VISIT_STATES = ("planned", "logged", "verified")
MOST_MINUTES = 16 * 60
CHANGEABLE = (
    "ends",
    "status",
    "minutes_planned",
    "review_due",
    "due",
    "done",
    "offered",
    "marked",
    "contacts",
    "reference",
)


def add_deployment(
    session: Session,
    actor: Actor,
    *,
    provider: str,
    begins: dt.datetime,
    task: str | None = None,
    tactic: str = "",
    place: str | None = None,
    place_name: str = "",
    agency: str = "",
    ends: dt.datetime | None = None,
    status: str = "active",
    **more: Any,
) -> Deployment:
    """Register a deployment; its task gives tactic, place and agency where not told.

    ``more`` are other columns of the register (:data:`CHANGEABLE`).

    Raises ParameterError if it says no tactic or place, or ends before it begins.
    """
    set_by = get(session, Task, task) if task else None
    tactic = tactic or (set_by.tactic if set_by else "")
    _check_word("tactic", tactic, (*CATALOGUE, OTHER))
    _check_word("status", status, STATUSES)
    owner = _owner(session, actor, agency, set_by)
    check(actor, "deployment.change", Owned(agency=owner))
    place = place or (set_by.place_id if set_by else None)
    known = get(session, Place, place) if place else None
    name = place_name or (known.name if known else "")
    if not name or not provider.strip():
        raise ParameterError("a deployment must say where it is and who provides it.")
    if ends is not None and ends < begins:
        raise ParameterError(
            f"a deployment must end after it begins ({begins}); got {ends}."
        )
    middle = _middle(known) if known else (None, None)
    hold(session, AuditHead, 1)  # numbers are given one at a time
    made = Deployment(
        number=highest(session, Deployment, "number") + 1,
        task_id=set_by.id if set_by else None,
        place_id=known.id if known else None,
        tactic=tactic,
        place_name=name,
        easting=middle[0],
        northing=middle[1],
        agency_id=owner,
        provider=provider.strip(),
        begins=as_text(begins),
        ends=as_text(ends) if ends else None,
        status=status,
        made_by=actor.id,
        **more,
    )
    session.add(made)
    session.flush()
    record(session, actor, "deployment.add", made.id, tactic=tactic, task=task)
    return made


def deployments(session: Session, actor: Actor, **equals: Any) -> list[Deployment]:
    """Return deployments, the latest first."""
    check(actor, "deployment.read")
    return find(session, Deployment, order="number", descending=True, **equals)


def deployment(
    session: Session, actor: Actor, id: str
) -> tuple[Deployment, list[Visit]]:
    """Return a deployment and its visits."""
    check(actor, "deployment.read")
    return get(session, Deployment, id), find(session, Visit, deployment_id=id)


def change_deployment(
    session: Session, actor: Actor, id: str, seen: int, **changes: Any
) -> Deployment:
    """Change a deployment that is still at the version that was seen.

    Raises ParameterError if a field cannot be changed, or not to this value; StaleError
    if somebody else changed it in between.
    """
    kept = get(session, Deployment, id)
    check(actor, "deployment.change", Owned(agency=kept.agency_id))
    for name in changes:
        _check_word("field", name, CHANGEABLE)
    if "status" in changes:
        _check_word("status", changes["status"], STATUSES)
    if changes.get("ends") is not None:
        changes["ends"] = as_text(changes["ends"])
        if changes["ends"] < kept.begins:
            raise ParameterError(
                f"a deployment must end after it begins ({kept.begins}); got "
                f"{changes['ends']}."
            )
    replace(session, kept, seen, **changes)
    record(session, actor, "deployment.change", id, after=changes)
    return kept


def log_visit(
    session: Session,
    actor: Actor,
    *,
    deployment: str,
    start: dt.datetime,
    end: dt.datetime,
    provider: str = "",
    state: str = "logged",
) -> Visit:
    """Write a visit down.

    Raises ParameterError if its minutes are impossible; ConflictError if it lies
    outside its deployment or overlaps a visit of the same provider.
    """
    _check_word("state", state, VISIT_STATES)
    at = hold(session, Deployment, deployment)
    check(actor, "visit.log", Owned(agency=at.agency_id))
    minutes = round((end - start).total_seconds() / 60)
    if not 1 <= minutes <= MOST_MINUTES:
        raise ParameterError(
            f"a visit must last from 1 to {MOST_MINUTES} minutes; got {minutes}."
        )
    who = provider.strip() or at.provider
    first, last = as_text(start), as_text(end)
    if first < at.begins or (at.ends is not None and last > at.ends):
        raise ConflictError(
            f"a visit must lie within its deployment ({at.begins} to "
            f"{at.ends or 'now'}); got {first} to {last}."
        )
    for other in find(session, Visit, deployment_id=at.id, provider=who, state=state):
        if first < other.end and other.start < last:
            raise ConflictError(
                f"{who} cannot be there twice at once; {other.start} to {other.end} "
                "is written down already."
            )
    made = Visit(
        deployment_id=at.id,
        provider=who,
        start=first,
        end=last,
        minutes=minutes,
        state=state,
        made_by=actor.id,
    )
    session.add(made)
    session.flush()
    record(session, actor, "visit.log", made.id, deployment=at.id, minutes=minutes)
    return made


def visits(session: Session, actor: Actor, **equals: Any) -> list[Visit]:
    """Return visits, the latest written first."""
    check(actor, "visit.read")
    return find(session, Visit, descending=True, **equals)


def _owner(session: Session, actor: Actor, agency: str, task: Task | None) -> str:
    if agency:
        return agency_id(session, agency)
    if actor.agency:
        return actor.agency
    return task.owner_agency if task else "community-safety-partnership"


def _middle(place: Place) -> tuple[float, float]:
    point = shapely.centroid(from_geojson(place.geometry))
    x, y = lonlat_to_bng(np.array([point.x]), np.array([point.y]))
    return round(float(x[0])), round(float(y[0]))


def as_text(moment: dt.datetime) -> str:
    """Return local wall-clock time to the minute; one with a zone is not moved."""
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")


def _check_word(what: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise ParameterError(
            f"the {what} must be one of {', '.join(known)}; got {word!r}."
            f"{did_you_mean(word, known)}"
        )
