"""Briefs: made from the site's incidents, tasks and deployments, and frozen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotspots.brief.content import Comment
from hotspots.brief.period import Period
from hotspots.brief.public import check_public_period
from hotspots.brief.run import make_brief
from hotspots.core.errors import ConflictError, ParameterError, RightsError
from hotspots.disclosure.policy import check_audience
from hotspots.register.actions import read_actions
from hotspots.register.deployments import read_deployments
from hotspots.rights import Actor, check
from hotspots.service.audit import record
from hotspots.service.datasets import dataset_at
from hotspots.service.frozen import ask, folder_of, frozen, hashes, open_file, result_of
from hotspots.service.plans import resources_of
from hotspots.service.registers import actions_csv, deployments_csv
from hotspots.service.site import Site
from hotspots.store import Session
from hotspots.store.models import AuditEntry, AuditHead, Brief
from hotspots.store.queries import find, hold
from hotspots.work import Task


def request_brief(
    session: Session,
    actor: Actor,
    *,
    period: str,
    audience: str = "operational",
    sharing_agreement: str = "",
    comment: str = "",
) -> str:
    """Queue a draft of a brief of the data, tasks and deployments as they are now.

    ``comment`` stands in it as the analyst's own, under the actor's name.
    """
    check(actor, "brief.make")
    asked, who = Period.from_text(period), check_audience(audience)
    if who == "public":
        check_public_period(asked)
    told: dict[str, Any] = {
        "period": asked.text,
        "audience": who,
        "sharing_agreement": sharing_agreement,
        "as_at": dt.datetime.now().astimezone().date().isoformat(),
    }
    if comment.strip():
        told["comment"] = comment.strip()
    return ask(session, actor, "brief", told)


def perform_brief(site: Site, task: Task) -> None:
    """Make a queued brief."""
    told = task.arguments
    dataset = dataset_at(site, told["version"])
    with site.store.reading() as session:
        tables = {
            "actions.csv": actions_csv(session, task.actor),
            "deployments.csv": deployments_csv(session, task.actor),
        }
        previous = _previous(session, told["period"], told["audience"])
    folder = folder_of(site, "brief", task.id)
    with tempfile.TemporaryDirectory(dir=site.cache) as held:
        for name, content in tables.items():
            (Path(held) / name).write_bytes(content)
        as_at = dt.date.fromisoformat(told["as_at"])
        made = make_brief(
            dataset,
            folder,
            period=Period.from_text(told["period"]),
            audience=told["audience"],
            sharing_agreement=told["sharing_agreement"],
            actions=read_actions(Path(held) / "actions.csv", as_at=as_at),
            deployments=read_deployments(Path(held) / "deployments.csv"),
            previous=folder_of(site, "brief", previous.id) if previous else None,
            comment=Comment(comment=told["comment"], author=task.actor.name)
            if told.get("comment")
            else None,
            resources=resources_of(site, simulated=dataset.simulated),
            progress=task.progress,
        )
    kept = Brief(
        **frozen(task, told),
        summary={
            "title": made.title,
            "subtitle": made.subtitle,
            "bottom_line": [each.text for each in made.bottom_line],
            "registers": {k: hashlib.sha256(v).hexdigest() for k, v in tables.items()},
        },
        files=hashes(folder),
        period=made.period.text,
        audience=made.audience,
        marking=made.marking,
    )
    task.sentence = f"{made.title}, {made.period}."
    with task.commit() as session:
        session.add(kept)
        session.flush()
        record(session, task.actor, "brief.make", kept.id, period=kept.period)


def briefs(session: Session, actor: Actor, *, limit: int = 100) -> list[Brief]:
    """Return the briefs that were made, the latest first."""
    check(actor, "brief.read")
    return find(session, Brief, descending=True, limit=limit)


def brief(session: Session, actor: Actor, id: str) -> Brief:
    """Return a brief that was made."""
    check(actor, "brief.read")
    return result_of(session, Brief, id)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a brief stands: a draft until somebody else approves it, then handed out."""

    brief: Brief
    made: AuditEntry | None = None
    approved: AuditEntry | None = None
    sent: tuple[tuple[str, str], ...] = ()
    """Day and to whom, for each time."""
    own: bool = False

    @property
    def state(self) -> str:
        """``draft``, ``approved`` or ``handed out``."""
        return "handed out" if self.sent else "approved" if self.approved else "draft"


def standing(session: Session, actor: Actor, made: Brief) -> Standing:
    """Return how a brief stands, as the log says."""
    check(actor, "brief.read")
    said = find(session, AuditEntry, order="number", subject=made.id)
    first = {each.action: each for each in reversed(said)}
    return Standing(
        brief=made,
        made=first.get("brief.make"),
        approved=first.get("brief.approve"),
        sent=tuple(
            (each.at[:10], json.loads(each.detail)["to"])
            for each in said
            if each.action == "brief.send"
        ),
        own=made.made_by == actor.id,
    )


def approve(session: Session, actor: Actor, id: str) -> None:
    """Approve a draft: from now on it may be handed out.

    Its files were frozen when it was made; the log keeps the hash that was approved.

    Raises RightsError if the actor made it: two people stand behind a brief;
    ConflictError if it is approved already.
    """
    check(actor, "brief.approve")
    hold(session, AuditHead, 1)  # not twice at once
    stands = standing(session, actor, brief(session, actor, id))
    if stands.own:
        raise RightsError(
            "a brief must be approved by somebody else than who made it; this one is "
            "your own. Ask the chair."
        )
    if stands.approved:
        raise ConflictError("this brief is approved already.")
    record(
        session, actor, "brief.approve", id, sha256=stands.brief.files.get("brief.pdf")
    )


def hand_out(session: Session, actor: Actor, id: str, to: str) -> None:
    """Write down to whom an approved brief is handed out.

    Raises ConflictError if it is still a draft; ParameterError if nobody is named.
    """
    check(actor, "brief.make")
    if not to.strip():
        raise ParameterError("it must be said to whom the brief goes; got nothing.")
    if not standing(session, actor, brief(session, actor, id)).approved:
        raise ConflictError(
            "a brief must be approved before it is handed out; this one is a draft."
        )
    record(session, actor, "brief.send", id, to=to.strip())


def brief_file(site: Site, session: Session, actor: Actor, id: str, name: str) -> Path:
    """Return the path of one file of a brief; the reading is logged."""
    made = brief(session, actor, id)
    path = open_file(site, "brief", made, name)
    record(session, actor, "brief.read", id, file=name)
    return path


def _previous(session: Session, period: str, audience: str) -> Brief | None:
    """Return the last brief before this period, of its kind and for its readers."""
    asked = Period.from_text(period)
    earlier = [
        each
        for each in find(session, Brief, descending=True, audience=audience)
        if Period.from_text(each.period).kind == asked.kind
        and Period.from_text(each.period).window.end <= asked.window.start
    ]
    return max(
        earlier, key=lambda each: Period.from_text(each.period).window.end, default=None
    )
