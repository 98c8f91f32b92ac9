"""Page: what left with addresses, and a form for another export."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, abort, render_template, request

from hotspots.service import exports, feeds
from hotspots.web.api.v1.exports import export_answer
from hotspots.web.site.identity import current_actor, current_site

blueprint = Blueprint("exports", __name__)


@blueprint.get("/exports")
def index() -> str:
    """List what left, and by when it is to be deleted."""
    actor, today = current_actor(), dt.date.today()
    with current_site().store.reading() as session:
        return render_template(
            "people/exports.html",
            made=exports.exports(session, actor),
            feeds=[each.feed.name for each in feeds.feed_states(session, actor, today)]
            if actor.fresh
            else [],
            today=today,
        )


@blueprint.post("/exports")
def export() -> Response:
    """Give out the rows that were asked for."""
    form = request.form
    asked = exports.Asked(
        reason=form.get("reason", "")[:2000],
        feed=form.get("feed", "")[:200],
        first=_day(form.get("first", "")),
        last=_day(form.get("last", "")),
    )
    site = current_site()
    with site.store.writing() as session:
        made = exports.export(site, session, current_actor(), asked)
    answer: Response = export_answer(made)
    return answer


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        abort(422, f"A day must be written as 2025-06-30; got {text[:20]!r}.")
