"""Meetings: what was decided and what came of it, what is new, what is late."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for

from hotspots.service import decisions, doses, tasks
from hotspots.web.map.ground import shown_basemap
from hotspots.web.parts.sessions import agency_names, reading, today, writing
from hotspots.web.parts.shapes import shapes_json
from hotspots.web.parts.wtf import FlaskForm, back, day, do, line, words
from hotspots.web.plans.decide import shown
from hotspots.web.site.identity import current_actor, current_site

blueprint = Blueprint("meetings", __name__)


class MeetingForm(FlaskForm):
    """A meeting of the partnership."""

    title = line("Title")
    held_on = day("Held on")
    note = words("Note", needed=False)


@blueprint.get("/meetings")
def index() -> str:
    """List the meetings, the latest first."""
    with reading() as session:
        made = decisions.meetings(session, current_actor())
    form = MeetingForm(formdata=None, data={"held_on": today()})
    return render_template(
        "meetings/index.html", form=form, meetings=made, page="meetings"
    )


@blueprint.post("/meetings")
def add() -> Any:
    """Make a meeting."""
    form, made = MeetingForm(), []

    def act() -> None:
        told = {name: form[name].data for name in ("title", "held_on", "note")}
        with writing() as session:
            made.append(decisions.add_meeting(session, current_actor(), **told).id)

    do(form, act, "The meeting is made.")
    where = url_for("meetings.meeting", id=made[0]) if made else ""
    return back(where or url_for("meetings.index"))


@blueprint.get("/meetings/<id>")
def meeting(id: str) -> str:
    """Show what a meeting has before it."""
    actor = current_actor()
    with reading() as session:
        agenda = decisions.agenda(session, actor, id, today())
        before, past, came = doses.of_last_meeting(session, actor, agenda.meeting)
        own = decisions.said_in(session, actor, agenda.meeting)
        new = shown(session, agenda.suggestions)
        agencies = agency_names(session)
    late = [each for each in agenda.tasks if tasks.colour(each, today()) == "red"]
    return render_template(
        "meetings/meeting.html",
        agencies=agencies,
        before=before,
        came={each.task.id: each for each in came},
        colour=lambda each: tasks.colour(each, today()),
        basemap=shown_basemap(current_site()),
        late=late,
        meeting=agenda.meeting,
        own=own,
        page="meetings",
        past=past,
        places=new["places"],
        shapes=shapes_json(
            (str(k), each.suggestion.geometry)
            for k, (each, _) in enumerate(new["standings"], 1)
        ),
        standings=new["standings"],
        undoable={
            each.decision.id
            for each in own
            if each.decision and decisions.is_fresh(each.decision)
        },
    )
