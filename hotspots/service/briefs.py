"""Briefs: made from the site's incidents, tasks and deployments, and frozen."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from pathlib import Path
from typing import Any

from hotspots.brief.period import Period
from hotspots.brief.public import check_public_period
from hotspots.brief.run import make_brief
from hotspots.disclosure.policy import check_audience
from hotspots.register.actions import read_actions
from hotspots.register.deployments import read_deployments
from hotspots.rights import Actor, check
from hotspots.service.audit import record
from hotspots.service.datasets import dataset_at
from hotspots.service.frozen import ask, folder_of, frozen, hashes, open_file
from hotspots.service.plans import resources_of
from hotspots.service.registers import actions_csv, deployments_csv
from hotspots.service.site import Site
from hotspots.store import Session
from hotspots.store.models import Brief
from hotspots.store.queries import find, get
from hotspots.work import Task


def request_brief(
    session: Session,
    actor: Actor,
    *,
    period: str,
    audience: str = "operational",
    sharing_agreement: str = "",
) -> str:
    """Queue a brief of the data, tasks and deployments as they are now."""
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
    return get(session, Brief, id)


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
