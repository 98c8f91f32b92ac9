"""Pages of a site itself: its areas, its settings, and the log of every act."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import shapely
from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField

from hotspots.analysis.area_files import read_area_files
from hotspots.core.errors import StoreError
from hotspots.model.areas import KINDS
from hotspots.service import areas, audit
from hotspots.service.datasets import current_version
from hotspots.service.schedules import KINDS as SCHEDULED
from hotspots.service.settings import CHANGEABLE, change_settings, changeable, seen_of
from hotspots.service.uploads import take_in
from hotspots.web.map.ground import shown_basemap
from hotspots.web.parts.sessions import reading, today, writing
from hotspots.web.parts.shapes import TOLERANCE_DEG, shapes_json
from hotspots.web.parts.wtf import (
    FlaskForm,
    GovFileInput,
    back,
    choices,
    do,
    line,
    one_of,
    radios,
)
from hotspots.web.site.identity import current_actor, current_site

blueprint = Blueprint("site", __name__)

ENTRIES = 50


class AreasForm(FlaskForm):
    """A file of areas."""

    file = FileField(
        "File of areas",
        description="GeoJSON, GeoPackage, a zipped Shapefile, KML.",
        validators=[FileRequired("File of areas is needed.")],
        widget=GovFileInput(),
    )
    kind = one_of("Kind", "What its areas are.")


WEEKLY = "A weekday and a time, such as Monday 06:00; empty for never."


class SettingsForm(FlaskForm):
    """What may be changed here, and how the settings were when they were shown."""

    seen = HiddenField()
    name = line("Name of the site")
    leave_out = line(
        "Left out by name",
        "Streets or places that count nothing, with ; between.",
        needed=False,
        most=2000,
    )
    with_institutions = radios(
        "Prisons, hospitals and the like", [("no", "Set apart"), ("yes", "Count")]
    )
    brief = line("Draft of the brief", WEEKLY, needed=False)
    freshness = line("Look at how fresh the feeds are", WEEKLY, needed=False)
    purge = line("Purge of what is past its time", WEEKLY, needed=False)
    backup = line("Backup", WEEKLY, needed=False)


@blueprint.get("/areas")
def index() -> str:
    """List the areas that count, file by file, with a map."""
    with reading() as session:
        sets = areas.sets_at(session, current_version(session))
        found = areas.areas_at(session, current_version(session))
    shapes = shapely.simplify(found.geometry, TOLERANCE_DEG)
    form = AreasForm(formdata=None)
    form.kind.choices = choices((kind, kind.capitalize()) for kind in sorted(KINDS))
    kinds = found.frame.group_by("kind", maintain_order=True).agg(
        pl.len().alias("n"), pl.col("name").sort()
    )
    return render_template(
        "people/areas.html",
        basemap=shown_basemap(current_site()),
        form=form,
        kinds=kinds.rows(named=True),
        page="areas",
        sets=sets,
        shapes=shapes_json(("", json.loads(shapely.to_geojson(s))) for s in shapes),
    )


@blueprint.post("/areas")
def add() -> Any:
    """Add a file of areas."""
    form = AreasForm()
    form.kind.choices = choices((kind, kind) for kind in KINDS)

    def act() -> None:
        sent = form.file.data
        with tempfile.TemporaryDirectory(dir=current_site().spool) as folder:
            path = take_in(Path(folder), sent.filename, sent.stream)
            [given] = read_area_files([f"{form.kind.data}={path}"])
            with writing() as session:
                areas.add_set(session, current_actor(), given)

    do(form, act, "The areas count from now on.")
    return back(url_for("site.index"))


@blueprint.post("/areas/<id>/end")
def end(id: str) -> Any:
    """Let a file of areas count no longer."""

    def act() -> None:
        with writing() as session:
            areas.end_set(session, current_actor(), id)

    do(FlaskForm(), act, "These areas count no longer; what was made with them stays.")
    return back(url_for("site.index"))


@blueprint.get("/settings")
def settings() -> str:
    """Show what the site is told, and where each is changed."""
    site = current_site()
    return render_template(
        "people/settings.html",
        form=SettingsForm(
            formdata=None, seen=seen_of(site.settings), **changeable(site.settings)
        ),
        page="settings",
        scheduled=SCHEDULED,
        site=site,
        told=site.settings,
    )


@blueprint.post("/settings")
def change() -> Any:
    """Change what the site is told, if it is as it was shown."""
    form = SettingsForm()

    def act() -> None:
        told = {name: form[name].data or "" for name in CHANGEABLE}
        with writing() as session:
            change_settings(
                current_site(), session, current_actor(), told, seen=form.seen.data
            )

    do(form, act, "Changed; the log says what and by whom.")
    return back(url_for("site.settings"))


@blueprint.get("/audit")
def log() -> str:
    """Show the log, the latest first."""
    before = request.args.get("before", type=int)
    with reading() as session:
        actor = current_actor()
        found = audit.read(session, actor, before=before, limit=ENTRIES)
        end = audit.head(session, actor)
    return render_template("people/audit.html", end=end, entries=found, page="audit")


@blueprint.post("/audit")
def verify() -> Any:
    """Go through the whole chain and say whether it is as it was written."""
    with reading() as session:
        try:
            whole = audit.verify(session, current_actor())
        except StoreError as error:
            flash(str(error), "problem")
        else:
            flash(f"All {whole.number:,} entries are as they were written.", "done")
    return back(url_for("site.log"))


@blueprint.get("/audit.jsonl")
def take() -> Response:
    """Send the whole log, a line of JSON an entry, for keeping elsewhere."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "audit.jsonl"
        with reading() as session:
            audit.export(session, current_actor(), out)
        content = out.read_bytes()
    name = f"audit_{today():%Y%m%d}.jsonl"
    held = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="application/jsonl", headers=held)
