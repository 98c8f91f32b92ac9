"""How the weekly brief stands: the last runs, and why one failed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, render_template, request, url_for

from hotspots.delivery.schedule import Schedule
from hotspots.delivery.status import (
    STATUS,
    TASK,
    Run,
    moment_in_words,
    read_runs,
    read_status,
)
from hotspots.disclosure.policy import AUDIENCES
from hotspots.service import briefs as service
from hotspots.service import queue
from hotspots.web.api.v1.endpoint import file_answer
from hotspots.web.parts.results import current_kept
from hotspots.web.parts.sessions import reading, today, writing
from hotspots.web.parts.wtf import FlaskForm, back, do, line, radios, words
from hotspots.web.site.identity import current_actor, current_site

blueprint = Blueprint("status", __name__)


class BriefForm(FlaskForm):
    """The brief that is asked for."""

    period = line("Period", "A week (2025-W26), month (2025-06), quarter or year.")
    audience = radios("For", [(each, each.capitalize()) for each in AUDIENCES])
    comment = words(
        "Your comment",
        "What the numbers do not say. It stands in the brief under your name.",
        needed=False,
    )


class HandOutForm(FlaskForm):
    """To whom an approved brief goes."""

    to = line("Handed out to", "Names or roles, and how: by e-mail, on paper.")


@blueprint.get("/briefs")
def briefs() -> str:
    """List the briefs of the site; ask for one."""
    with reading() as session:
        made = [
            service.standing(session, current_actor(), each)
            for each in service.briefs(session, current_actor())
        ]
        asked = request.args.get("asked", "")[:64]
        job = queue.one(session, current_actor(), asked) if asked else None
    last = today() - dt.timedelta(days=7)
    week = last.isocalendar()
    form = BriefForm(
        formdata=None,
        data={"period": f"{week.year}-W{week.week:02d}", "audience": "operational"},
    )
    return render_template(
        "briefs/index.html",
        briefs=made,
        form=form,
        hand_out=HandOutForm,
        making=job,
        page="briefs",
    )


@blueprint.post("/briefs")
def ask() -> Any:
    """Queue a brief."""
    form, asked = BriefForm(), []

    def act() -> None:
        told = {
            name: form[name].data or "" for name in ("period", "audience", "comment")
        }
        with writing() as session:
            asked.append(service.request_brief(session, current_actor(), **told))

    do(form, act, "The draft is being made.")
    return back(url_for("status.briefs", asked=asked[0] if asked else None))


@blueprint.post("/briefs/<id>/approve")
def approve(id: str) -> Any:
    """Approve a draft."""

    def act() -> None:
        with writing() as session:
            service.approve(session, current_actor(), id)

    do(FlaskForm(), act, "Approved. It may be handed out.")
    return back(url_for("status.briefs"))


@blueprint.post("/briefs/<id>/send")
def send(id: str) -> Any:
    """Write down to whom an approved brief goes."""
    form = HandOutForm(prefix=f"b{id}-")

    def act() -> None:
        with writing() as session:
            service.hand_out(session, current_actor(), id, form.to.data)

    do(form, act, "It is written down.")
    return back(url_for("status.briefs"))


@blueprint.get("/briefs/<id>/<path:name>")
def brief_file(id: str, name: str) -> Any:
    """Send a file of a brief; the reading is logged."""
    site, actor = current_site(), current_actor()
    with writing() as session:
        path = service.brief_file(site, session, actor, id, name)
        marking = service.brief(session, actor, id).marking
    return file_answer(path, marking)


@blueprint.get("/status")
def index() -> str:
    """Show how the last runs went, the latest first."""
    folder = current_kept().settings.briefs
    if folder is None:
        return render_template(
            "briefs/status.html", page="status", status=None, runs=()
        )
    zone = Schedule().tz
    path = folder / STATUS
    found = read_status(path, task=TASK, now=dt.datetime.now(dt.UTC), zone=zone)
    runs = [_row(run, zone) for run in reversed(read_runs(path)) if run.task == TASK]
    return render_template("briefs/status.html", page="status", status=found, runs=runs)


def _row(run: Run, zone: dt.tzinfo) -> dict[str, str]:
    return {
        "when": moment_in_words(run.started, zone),
        "took": f"{(run.finished - run.started).total_seconds():.0f} s",
        "how": "done" if run.ok else "failed",
        "message": run.message,
    }
