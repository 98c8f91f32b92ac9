"""Files in: feeds and how fresh they are, uploads recognised, tried and imported."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.utils import redirect

from hotspots.core.errors import HotspotsError
from hotspots.intake.headings import COLUMNS
from hotspots.service import feeds, imports, statutory, uploads
from hotspots.service.recognise import Recognised, as_told, recognise
from hotspots.service.same_events import possible_same, same_events
from hotspots.service.views import TRIAL
from hotspots.web.api.v1.tables import csv_answer
from hotspots.web.map.ground import shown_basemap
from hotspots.web.parts.asking import asked, works
from hotspots.web.parts.results import current_kept
from hotspots.web.parts.sessions import agency_names, reading, today, writing
from hotspots.web.parts.wtf import FlaskForm, back, do
from hotspots.web.site.identity import current_actor, current_site, state_of_site

blueprint = Blueprint("imports", __name__, url_prefix="/imports")

ROLE, STRANGE = "column.", "category."
"""How the inputs of the mapping begin: the role of a column, a category not known."""
USED_HERE = ("feed", "sheet", "header_row")


@blueprint.get("/")
def index() -> str:
    """Show the feeds, what was imported, and the form for more."""
    actor = current_actor()
    with reading() as session:
        states = feeds.feed_states(session, actor, today())
        by_law = statutory.standings(session, actor, today())
        made = imports.batches(session, actor, limit=30)
        agencies = agency_names(session)
    names = {each.feed.id: each.feed.name for each in states}
    return render_template(
        "imports/index.html",
        agencies=agencies,
        by_law=by_law,
        header=statutory.HEADER,
        batches=[(each, names.get(each.feed_id, "")) for each in made],
        page="imports",
        states=states,
    )


@blueprint.post("/")
def upload() -> Any:
    """Take files in and show what they were recognised as."""
    sent = [each for each in request.files.getlist("files") if each.filename]
    try:
        id = uploads.stage(
            current_site(),
            current_actor(),
            [(each.filename or "", each.stream) for each in sent],
        )
    except HotspotsError as error:
        flash(str(error), "problem")
        return redirect(url_for("imports.index"), 303)
    feed = request.form.get("feed", "").strip()[:100]
    return redirect(url_for("imports.check", id=id, feed=feed), 303)


@blueprint.get("/<id>/check")
def check(id: str) -> Any:
    """Show what the columns are taken for; what is unknown must be said."""
    where: dict[str, Any] = {"sheet": _said("sheet"), "header_row": _header_row()}
    try:
        found = recognise(current_site(), current_actor(), id, **where)
    except HotspotsError as error:
        flash(str(error), "problem")
        return redirect(url_for("imports.index"), 303)
    return render_template(
        "imports/check.html",
        categories=current_site().harm().categories,
        feed=_said("feed") or "",
        found=found,
        id=id,
        page="imports",
        roles=COLUMNS,
        **where,
    )


@works(blueprint, "/<id>/try")
def trial(id: str) -> Any:
    """Say what an import would do, and show where its points fall."""
    site, feed = current_site(), _said("feed") or "files"
    try:
        text = _mapping(id)
        version = state_of_site().version
        told = {"id": id, "feed": feed, "text": text}
        found = current_kept().view(TRIAL, version, told)
    except HotspotsError as error:
        flash(str(error), "problem")
        kept: dict[str, Any] = {
            name: value for name in USED_HERE if (value := _said(name))
        }
        return redirect(url_for("imports.check", id=id, **kept), 303)
    return render_template(
        "imports/trial.html",
        basemap=shown_basemap(site),
        feed=feed,
        found=found,
        id=id,
        page="imports",
        points=_points(found.points),
        text=text or "",
    )


@blueprint.post("/<id>")
def begin(id: str) -> Any:
    """Queue the import of files that were looked at."""
    told = {name: request.form.get(name, "") for name in ("feed", "profile")}

    def act() -> None:
        uploads.queue_staged(
            current_site(),
            current_actor(),
            id,
            feed=told["feed"],
            profile=told["profile"] or None,
        )

    done = do(FlaskForm(), act, "The import is queued.")
    there = url_for("imports.one", id=id) if done else url_for("imports.index")
    return redirect(there, 303)


@blueprint.get("/<id>")
def one(id: str) -> str:
    """Show how far an import is, and what became of each row."""
    with reading() as session:
        found = imports.progress(session, current_actor(), id)
        pairs = possible_same(current_site(), session, id) if found.batch else ()
    return render_template(
        "imports/one.html", found=found, n_same=len(pairs), page="imports"
    )


@blueprint.get("/<id>/same-events.csv")
def same(id: str) -> Any:
    """Send the rows that another feed may hold too; the reading is logged."""
    with writing() as session:
        table = same_events(current_site(), session, current_actor(), id)
    return csv_answer(table, f"same_events_{id}.csv")


@blueprint.get("/<id>/rejects.csv")
def rejects(id: str) -> Any:
    """Send the rows that were not used, and why; the reading is logged."""
    with writing() as session:
        table = imports.rejects(session, current_actor(), id)
    return csv_answer(table, f"rejects_{id}.csv")


@blueprint.post("/<id>/undo")
def undo(id: str) -> Any:
    """Take an import back."""

    def act() -> None:
        with writing() as session:
            imports.undo(session, current_actor(), id)

    do(FlaskForm(), act, "Undone: the rows are as they were before.")
    return back(url_for("imports.one", id=id))


def _mapping(id: str) -> str | None:
    """Return the mapping as it was corrected, none where the file needs none."""
    site, actor = current_site(), current_actor()
    found: Recognised = recognise(
        site, actor, id, sheet=_said("sheet"), header_row=_header_row()
    )
    if found.profile is None:
        return None
    if not found.headings:
        return found.profile.to_toml()
    told = {role: asked().get(ROLE + role, "")[:300] for role in COLUMNS}
    categories = {
        value: asked().get(f"{STRANGE}{number}", "")[:200] or value
        for number, value in enumerate(found.strange)
    }
    return as_told(found.profile, told, categories).to_toml()


def _said(name: str) -> str | None:
    return asked().get(name, "").strip()[:100] or None


def _header_row() -> int | None:
    text = _said("header_row") or ""
    return int(text) if text.isdigit() and 0 < int(text) < 10_000 else None


def _points(points: Any) -> str:
    """Return where the rows fall, for the small map."""
    geometry = {"type": "MultiPoint", "coordinates": [list(each) for each in points]}
    return json.dumps({"type": "Feature", "properties": {}, "geometry": geometry})
