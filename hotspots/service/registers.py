"""The registers of a site as the files that a brief reads, and that people keep."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from typing import Any

from hotspots.intake.records import RecordField
from hotspots.register import actions, deployments
from hotspots.rights import Actor, check
from hotspots.store import Session
from hotspots.store.models import Agency, Deployment, Outcome, Place, Task, Visit
from hotspots.store.queries import find

DATE, MOMENT = "%d/%m/%Y", "%d/%m/%Y %H:%M"


def actions_csv(session: Session, actor: Actor) -> bytes:
    """Return every task as the file of actions (:mod:`hotspots.register.actions`)."""
    check(actor, "task.read")
    agencies, places = _names(session, Agency), _names(session, Place)
    said = {each.task_id: each.sentence for each in find(session, Outcome)}
    rows = [
        {
            "id": f"TASK-{task.number:04d}",
            "action": task.action,
            "owner": task.owner_role,
            "agency": agencies[task.owner_agency],
            "decided": task.set_on,
            "due": task.due,
            "status": task.status,
            "done": task.done_on,
            "result": " ".join(filter(None, (task.result, said.get(task.id)))),
            "place": places.get(task.place_id or ""),
            "reference": task.case_reference,
        }
        for task in find(session, Task, order="number")
    ]
    return _csv(actions.FIELDS, rows)


def deployments_csv(session: Session, actor: Actor) -> bytes:
    """Return every deployment as the file of deployments, a row a visit.

    A deployment without visits has a row of its own
    (:mod:`hotspots.register.deployments`).
    """
    check(actor, "deployment.read")
    agencies = _names(session, Agency)
    rows: list[dict[str, Any]] = []
    for each in find(session, Deployment, order="number"):
        own = {
            **{f.name: getattr(each, f.name, None) for f in deployments.FIELDS},
            "id": f"DEP-{each.number:04d}",
            "place": each.place_name,
            "agency": agencies[each.agency_id],
            "from": _moment(each.begins),
            "to": _moment(each.ends),
        }
        made = find(session, Visit, deployment_id=each.id)
        rows += [_visit_row(own, n, visit) for n, visit in enumerate(made, 1)] or [own]
    return _csv(deployments.FIELDS, rows)


def _visit_row(own: dict[str, Any], number: int, visit: Visit) -> dict[str, Any]:
    minutes = {f"minutes_{visit.state}": visit.minutes}
    return {
        **own,
        "minutes_planned": None,
        **minutes,
        "id": f"{own['id']}-{number}",
        "provider": visit.provider,
        "from": _moment(visit.start),
        "to": _moment(visit.end),
        "status": "planned" if visit.state == "planned" else "done",
    }


def _names(session: Session, table: Any) -> dict[str, str]:
    return {each.id: each.name for each in find(session, table)}


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _csv(fields: Iterable[RecordField], rows: list[dict[str, Any]]) -> bytes:
    names = [each.name for each in fields]
    out = io.StringIO()
    writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: _cell(v) for k, v in row.items()} for row in rows)
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.strftime(MOMENT)
    if isinstance(value, dt.date):
        return value.strftime(DATE)
    return value
