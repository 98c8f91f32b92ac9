"""A shift: the areas that are walked today, and visits written down from a phone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hotspots.core.errors import ParameterError
from hotspots.rights import Actor, Owned, check, may
from hotspots.service.deployments import as_text, log_visit
from hotspots.service.doses import Dose, active
from hotspots.store import Session
from hotspots.store.models import Decision, Place, Suggestion, Task, Visit
from hotspots.store.queries import find, get

VISIT_MINUTES = 15
"""What a visit lasts where its deployment does not say."""
WALKED = ("patrol", "operation", "youth")


@dataclass(frozen=True, kw_only=True)
class Stop:
    """An area of a shift: what is out there, why and when, and what was done today."""

    dose: Dose
    place: Place | None
    suggestion: Suggestion | None
    today: int
    wanted: int
    may_log: bool

    @property
    def is_met(self) -> bool:
        """Whether as many minutes as were planned are written down today."""
        return self.today >= self.wanted


def stops(session: Session, actor: Actor, day: dt.date) -> list[Stop]:
    """Return the areas of a day, what is not done yet first."""
    out = [
        each for each in active(session, actor, day) if each.deployment.tactic in WALKED
    ]
    found = [_stop(session, actor, each, day) for each in out]
    return sorted(found, key=lambda each: (each.is_met, each.dose.deployment.number))


def log_once(
    session: Session,
    actor: Actor,
    deployment: str,
    start: dt.datetime,
    end: dt.datetime,
) -> Visit:
    """Write a visit down; one that is written down already is returned as it is.

    A phone that does not know whether its visit arrived sends it again.

    Raises ParameterError if it ends before it starts.
    """
    if end <= start:
        raise ParameterError(f"a visit must end after it starts; got {start} to {end}.")
    check(actor, "visit.log")
    texts = (as_text(start), as_text(end))
    known = find(session, Visit, deployment_id=deployment, state="logged")
    for each in known:
        if (each.start, each.end) == texts:
            return each
    return log_visit(session, actor, deployment=deployment, start=start, end=end)


def _stop(session: Session, actor: Actor, dose: Dose, day: dt.date) -> Stop:
    out = dose.deployment
    set_by = session.get(Task, out.task_id) if out.task_id else None
    said = set_by.decision_id if set_by else None
    decided = get(session, Decision, said) if said else None
    return Stop(
        dose=dose,
        place=session.get(Place, out.place_id) if out.place_id else None,
        suggestion=get(session, Suggestion, decided.suggestion_id) if decided else None,
        today=sum(v.minutes for v in dose.on(day) if v.state != "planned"),
        wanted=out.minutes_planned or VISIT_MINUTES,
        may_log=may(actor, "visit.log", Owned(agency=out.agency_id)),
    )
