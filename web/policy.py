"""Who may do what: one table, default deny.

Each address names the action of :mod:`hotspots.rights` that it needs; the use case
behind it asks for rights again. While a site has no accounts it answers only at this
computer, and under its own name (DNS rebinding).
"""

from __future__ import annotations

from flask import Flask, abort, request

from hotspots.rights import check
from hotspots.web.site.identity import current_actor, is_at_this_computer, state_of_site

OPEN = "open"
"""For anybody who can reach the site."""
SIGNED_IN = "signed in"
"""For everybody who is known."""
API = ("v1.", "security.")
"""Their endpoints settle who asks themselves, and their use cases what they may."""

OTHER_SITE = "Another site's page may not ask for this. Open it here, in its own tab."

POLICIES: dict[str, str] = {
    "decide.decide": "decision.make",
    "decide.keep": "plan.make",
    "decide.suggestion": "plan.read",
    "decide.undo": "decision.make",
    "downloads.file": "aggregate.exact",
    "drawing.inside": "aggregate.exact",
    "drawing.keep": "area.draw",
    "exports.export": "export.personal",
    "exports.index": "export.read",
    "ground.basemap": "area.read",
    "ground.find": "place.read",
    "healthz": OPEN,
    "home.index": SIGNED_IN,
    "home.queued": "work.read",
    "imports.begin": "batch.import",
    "imports.check": "batch.import",
    "imports.index": "batch.read",
    "imports.one": "batch.read",
    "imports.rejects": "reject.read",
    "imports.same": "batch.import",
    "imports.trial": "batch.import",
    "imports.undo": "batch.undo",
    "imports.upload": "batch.import",
    "join.form": OPEN,
    "join.join": OPEN,
    "map_data.areas": "area.read",
    "map_data.cells": "aggregate.exact",
    "map_data.hotspots": "aggregate.exact",
    "ogc.api": OPEN,
    "ogc.collection": SIGNED_IN,
    "ogc.collections": SIGNED_IN,
    "ogc.conformance": OPEN,
    "ogc.item": SIGNED_IN,
    "ogc.items": SIGNED_IN,
    "ogc.landing": OPEN,
    "meetings.add": "meeting.change",
    "meetings.index": "meeting.read",
    "meetings.meeting": "meeting.read",
    "openapi": OPEN,
    "overlays.over": "aggregate.exact",
    "overlays.tables": "aggregate.exact",
    "pages.cells": "aggregate.exact",
    "pages.difference": "aggregate.exact",
    "pages.index": "aggregate.exact",
    "pages.rejects": "reject.read",
    "people.account": SIGNED_IN,
    "people.enable": "access.give",
    "people.index": "access.read",
    "people.invite": "access.give",
    "people.own_token": SIGNED_IN,
    "people.reset": "access.give",
    "people.role": "access.give",
    "paper.meeting": "meeting.read",
    "paper.shift_sheet": "deployment.read",
    "paper.wall": "aggregate.exact",
    "periods.difference": "aggregate.exact",
    "periods.rhythm": "aggregate.exact",
    "places.card": "plan.read",
    "places.index": "place.read",
    "places.months": "aggregate.exact",
    "places.outline": "place.read",
    "places.place": "task.read",
    "plan_data.plan": "plan.read",
    "plan_data.streets": "plan.read",
    "plans.file": "plan.read",
    "plans.index": "plan.read",
    "plans.plan": "plan.read",
    "plans.table": "plan.read",
    "questions.cancel": "work.cancel",
    "questions.index": "aggregate.exact",
    "questions.job": "work.read",
    "questions.question": "aggregate.exact",
    "readyz": OPEN,
    "shift.index": "deployment.read",
    "shift.log": "visit.log",
    "shift.worker": OPEN,
    "site.add": "access.give",
    "site.change": "settings.change",
    "site.end": "access.give",
    "site.index": "area.read",
    "site.log": "audit.read",
    "site.settings": "access.read",
    "site.take": "audit.read",
    "site.verify": "audit.read",
    "static": OPEN,
    "status.approve": "brief.approve",
    "status.ask": "brief.make",
    "status.brief_file": "brief.read",
    "status.briefs": "brief.read",
    "status.index": "brief.read",
    "status.send": "brief.make",
    "tasks.change": "task.change",
    "tasks.comment": "comment.make",
    "tasks.deploy": "deployment.change",
    "tasks.index": "task.read",
    "tasks.measure": "outcome.make",
    "tasks.task": "task.read",
}
"""Endpoint to the action that it needs. What is not here is refused."""


def add_policy(app: Flask) -> None:
    """Make an application ask :data:`POLICIES` before every request."""
    app.before_request(refuse_other_sites)
    app.before_request(_check_request)


def refuse_other_sites() -> None:
    """Refuse what another page asks for in the name of whoever has it open.

    A browser says where a request comes from (Fetch Metadata, and Origin with every
    POST). A person may follow a link to one of our pages from anywhere; no other page
    may read, embed or send anything. A program that says neither is no browser.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/"):
        abort(403, OTHER_SITE)
    if request.headers.get("Sec-Fetch-Site") in (None, "same-origin", "none"):
        return
    followed = (
        request.method in ("GET", "HEAD")
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and request.headers.get("Sec-Fetch-Dest") == "document"
        and not request.path.startswith(("/api/", "/map/", "/static/"))
    )
    if not followed:
        abort(403, OTHER_SITE)


def endpoints_without_policy(app: Flask) -> list[str]:
    """Return the endpoints that nobody may use because no policy names them."""
    routed = {rule.endpoint for rule in app.url_map.iter_rules()}
    own = {name for name in routed if name.startswith(API)}
    return sorted(routed - own - set(POLICIES))


def _check_request() -> None:
    endpoint = request.endpoint or ""
    if endpoint.startswith(API) or POLICIES.get(endpoint) == OPEN:
        return
    if not is_at_this_computer() and not state_of_site().has_accounts:
        abort(
            403,
            "This server answers only on the computer it runs on. Open it there as "
            "http://127.0.0.1 with its port.",
        )
    if not endpoint:
        return
    action = POLICIES.get(endpoint)
    if action is None:
        abort(403, "No policy says who may use this address, so nobody may.")
    actor = current_actor()
    if action != SIGNED_IN:
        check(actor, action)
