"""The task board, and each task: change, comment, deploy, measure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from wtforms import HiddenField

from hotspots.rights import Owned, may
from hotspots.service import deployments, doses, outcomes, queue, tasks
from hotspots.service.places import named
from hotspots.web.parts.sessions import agency_names, reading, today, writing
from hotspots.web.parts.wtf import (
    FlaskForm,
    back,
    choices,
    day,
    do,
    line,
    one_of,
    words,
)
from hotspots.web.site.identity import current_actor

blueprint = Blueprint("tasks", __name__)

OPEN, ENDED = ("open", "in progress"), ("done", "closed")


class ChangeForm(FlaskForm):
    """What is to change of a task that is as it was seen."""

    seen = HiddenField()
    status = one_of("Status")
    due = day("Due")
    owner_role = line("Role of the owner")
    osara = one_of("Stage (OSARA)")
    result = words("Result", "What was done, and what came of it.", needed=False)


class CommentForm(FlaskForm):
    """What is said on a task."""

    text = words("Comment")


class DeployForm(FlaskForm):
    """What was put in place for a task."""

    provider = line("Provided by", "A team or an agency, never a person.")
    begins = day("From")
    ends = day("To", "Empty while it stays.", needed=False)
    review_due = day("Review due", needed=False)


@blueprint.get("/tasks")
def index() -> str:
    """Show the tasks by owner, the first due first."""
    actor, asked = current_actor(), request.args.get("owner", "")
    ended = request.args.get("show") == "ended"
    with reading() as session:
        agencies = agency_names(session)
        every = tasks.tasks(session, actor, status=list(ENDED if ended else OPEN))
        chosen = [each for each in every if asked in ("", each.owner_agency)]
        places = named(
            session, actor, {each.place_id for each in chosen if each.place_id}
        )
    owners = {each.owner_agency for each in every}
    board = {
        agencies[owner]: [each for each in chosen if each.owner_agency == owner]
        for owner in sorted(
            {each.owner_agency for each in chosen}, key=lambda owner: agencies[owner]
        )
    }
    return render_template(
        "tasks/index.html",
        agencies={owner: agencies[owner] for owner in sorted(owners)},
        board=board,
        chosen=asked,
        colour=lambda each: tasks.colour(each, today()),
        ended=ended,
        page="tasks",
        places=places,
    )


@blueprint.get("/tasks/<id>")
def task(id: str) -> str:
    """Show one task, and what can be done with it."""
    actor = current_actor()
    with reading() as session:
        found = tasks.task(session, actor, id)
        (result,) = doses.results(session, actor, [found])
        said = tasks.comments(session, actor, id)
        at = found.place_id or ""
        place = named(session, actor, {at}).get(at)
        asked = request.args.get("asked", "")[:64]
        measuring = queue.one(session, actor, asked) if asked else None
        agencies = agency_names(session)
    owned = Owned(agency=found.owner_agency)
    return render_template(
        "tasks/task.html",
        agencies=agencies,
        change=_change_form(found) if may(actor, "task.change", owned) else None,
        colour=tasks.colour(found, today()),
        comment=CommentForm(formdata=None),
        comments=said,
        deploy=_deploy_form() if may(actor, "deployment.change", owned) else None,
        measuring=measuring,
        page="tasks",
        place=place,
        result=result,
        task=found,
    )


@blueprint.post("/tasks/<id>")
def change(id: str) -> Any:
    """Change a task that is as it was read."""
    form = _with_choices(ChangeForm())

    def act(session: Any) -> None:
        told = {name: form[name].data or "" for name in _CHANGED}
        seen = int(form.seen.data) if str(form.seen.data).isdigit() else 0
        tasks.change_task(session, current_actor(), id, seen, **told)

    return _done(id, form, act, "The task is changed.")


@blueprint.post("/tasks/<id>/comments")
def comment(id: str) -> Any:
    """Say something on a task."""
    form = CommentForm()
    return _done(
        id,
        form,
        lambda session: tasks.comment(session, current_actor(), id, form.text.data),
        "Said.",
    )


@blueprint.post("/tasks/<id>/deployments")
def deploy(id: str) -> Any:
    """Register what was put in place for a task."""
    form = DeployForm()

    def act(session: Any) -> None:
        deployments.add_deployment(
            session,
            current_actor(),
            task=id,
            provider=form.provider.data,
            begins=dt.datetime.combine(form.begins.data, dt.time()),
            ends=_end_of(form.ends.data),
            review_due=form.review_due.data,
        )

    return _done(id, form, act, "The deployment is registered.")


@blueprint.post("/tasks/<id>/outcomes")
def measure(id: str) -> Any:
    """Ask for what came of a task."""
    asked: list[str] = []
    do(
        FlaskForm(),
        lambda: asked.append(
            _in_session(
                lambda session: outcomes.request_outcome(session, current_actor(), id)
            )
        ),
        "It is being measured.",
    )
    return back(url_for("tasks.task", id=id, asked=asked[0] if asked else None))


def _done(id: str, form: FlaskForm, act: Callable[[Any], object], said: str) -> Any:
    do(form, lambda: _in_session(act), said)
    return back(url_for("tasks.task", id=id))


def _in_session(act: Callable[[Any], Any]) -> Any:
    with writing() as session:
        return act(session)


def _change_form(found: Any) -> ChangeForm:
    told = {name: getattr(found, name) for name in _CHANGED}
    form = ChangeForm(formdata=None, data={**told, "seen": str(found.version)})
    return _with_choices(form)


def _with_choices(form: ChangeForm) -> ChangeForm:
    form.status.choices = _as_choices(tasks.STATUSES)
    form.osara.choices = _as_choices(tasks.OSARA)
    return form


def _as_choices(words: tuple[str, ...]) -> list[Any]:
    made: list[Any] = choices((each, each.capitalize()) for each in words)
    return made


def _deploy_form() -> DeployForm:
    return DeployForm(formdata=None, data={"begins": today()})


def _end_of(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(23, 59)) if day else None


_CHANGED = ("status", "due", "owner_role", "osara", "result")
