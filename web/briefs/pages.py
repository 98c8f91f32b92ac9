"""How the weekly brief stands: the last runs, and why one failed."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, render_template

from hotspots.delivery.schedule import Schedule
from hotspots.delivery.status import (
    STATUS,
    TASK,
    Run,
    moment_in_words,
    read_runs,
    read_status,
)
from hotspots.web.parts.results import current_kept

blueprint = Blueprint("status", __name__)


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
