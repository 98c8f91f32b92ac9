"""Home: what needs whoever asks, by what they may do; and how far queued work is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from hotspots.rights import Actor, may
from hotspots.service import briefs, decisions, feeds, queue, shift, tasks
from hotspots.service.doses import active
from hotspots.web.parts.sessions import agency_names, reading, today
from hotspots.web.site.identity import current_actor, state_of_site

blueprint = Blueprint("home", __name__)

GOING = ("queued", "running")
FEW = 5


@blueprint.get("/home")
def index() -> str:
    """Show what needs this person, and nothing that they may not see."""
    actor = current_actor()
    with reading() as session:
        agencies = agency_names(session)
        found = {
            name: look(session, actor)
            for name, (action, look) in LOOKS.items()
            if may(actor, action)
        }
    return render_template(
        "home/index.html",
        agencies=agencies,
        colour=lambda each: tasks.colour(each, today()),
        empty=not state_of_site().version > 1 and not found.get("feeds"),
        page="home",
        **{name: found.get(name, []) for name in LOOKS},
    )


@blueprint.get("/working/queued/<id>")
def queued(id: str) -> ResponseReturnValue:
    """Say how far some work of the site's queue is."""
    with reading() as session:
        job = queue.one(session, current_actor(), id)
    state = "running" if job.state in GOING else "done"
    return jsonify(ok=True, state=state, done=job.done, total=job.total)


def _my_tasks(session: Any, actor: Actor) -> list[Any]:
    """Return open tasks of this person's agencies that are late or due soon."""
    every = tasks.tasks(session, actor, status=["open", "in progress"])
    own = [
        each
        for each in every
        if not actor.agencies or each.owner_agency in actor.agencies
    ]
    return [each for each in own if tasks.colour(each, today()) != "green"]


def _reviews(session: Any, actor: Actor) -> list[Any]:
    day = today()
    return [
        each
        for each in active(session, actor, day)
        if each.deployment.review_due is not None
        and each.deployment.review_due <= day + tasks.SOON
    ]


def _feeds(session: Any, actor: Actor) -> list[Any]:
    return feeds.feed_states(session, actor, today())


def _work(session: Any, actor: Actor) -> list[Any]:
    return [
        each
        for each in queue.work(session, actor, 20)
        if each.kind != queue.VIEW and each.state in (*GOING, "failed")
    ][:FEW]


def _briefs(session: Any, actor: Actor) -> list[Any]:
    return briefs.briefs(session, actor, limit=1)


def _shift(session: Any, actor: Actor) -> list[Any]:
    return [each for each in shift.stops(session, actor, today()) if each.may_log]


def _waiting(session: Any, actor: Actor) -> list[Any]:
    return decisions.waiting(session, actor, today())


def _meetings(session: Any, actor: Actor) -> list[Any]:
    made = decisions.meetings(session, actor)
    return [each for each in made if each.held_on >= today()][-1:]


LOOKS: dict[str, tuple[str, Any]] = {
    "mine": ("task.read", _my_tasks),
    "waiting": ("decision.make", _waiting),
    "meetings": ("meeting.read", _meetings),
    "shift": ("visit.log", _shift),
    "reviews": ("deployment.change", _reviews),
    "feeds": ("feed.read", _feeds),
    "briefs": ("brief.read", _briefs),
    "work": ("work.read", _work),
}
"""What is looked for, and the action without which it is nobody's business."""
