"""One application, of a site: pages and API, whoever asks and wherever it runs.

A page joins so. Make a folder with a module that has a ``blueprint``; name it in
:data:`PAGES`; say in :data:`hotspots.web.policy.POLICIES` which action of
:mod:`hotspots.rights` each of its endpoints needs (or ``OPEN``, or ``SIGNED_IN``); an
endpoint that is not there is refused. A view gets who asks by
:func:`hotspots.web.site.identity.current_actor`, calls one use case of
:mod:`hotspots.service` with a session of
:func:`hotspots.web.site.identity.current_site` and renders a template that extends
``parts/base.html``. Forms are Flask-WTF's and carry its token; the API takes no cookie
and therefore needs none. Who somebody is, is settled in one place,
:func:`hotspots.web.site.identity.actor_of_request`: another way of signing in joins
there.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, jsonify
from flask_wtf import CSRFProtect

from hotspots.core.errors import OutputError
from hotspots.service import Site
from hotspots.web.api.v1 import routes
from hotspots.web.api.v1.endpoint import BLUEPRINT, description
from hotspots.web.briefs import pages as brief_pages
from hotspots.web.compression import add_compression
from hotspots.web.errors import add_errors
from hotspots.web.headers import add_headers
from hotspots.web.home import pages as home_pages
from hotspots.web.imports import pages as import_pages
from hotspots.web.limits import add_limits
from hotspots.web.logs import add_logs
from hotspots.web.map import data as map_data
from hotspots.web.map import downloads, drawing, ground, overlays, periods
from hotspots.web.map import pages as map_pages
from hotspots.web.meetings import pages as meeting_pages
from hotspots.web.ogc import pages as ogc_pages
from hotspots.web.paper import pages as paper_pages
from hotspots.web.parts.look import add_look
from hotspots.web.parts.results import Kept
from hotspots.web.people import exports, join
from hotspots.web.people import pages as people_pages
from hotspots.web.people import site as site_pages
from hotspots.web.people.sign_in import add_sign_in
from hotspots.web.places import pages as place_pages
from hotspots.web.plans import data as plan_data
from hotspots.web.plans import decide
from hotspots.web.plans import pages as plan_pages
from hotspots.web.policy import add_policy
from hotspots.web.questions import pages as question_pages
from hotspots.web.settings import WebSettings
from hotspots.web.shift import pages as shift_pages
from hotspots.web.tasks import pages as task_pages

PAGES = (
    map_pages,
    map_data,
    periods,
    downloads,
    drawing,
    ground,
    overlays,
    question_pages,
    plan_pages,
    plan_data,
    brief_pages,
    people_pages,
    exports,
    ogc_pages,
    decide,
    home_pages,
    import_pages,
    join,
    meeting_pages,
    paper_pages,
    place_pages,
    shift_pages,
    site_pages,
    task_pages,
)
assert routes.MODULES  # the addresses of the API are made when its modules load

__all__ = ["WebSettings", "create_app"]


def create_app(site: Site, settings: WebSettings | None = None) -> Flask:
    """Build the application of an open site."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=site.key("session"),
        SESSION_COOKIE_NAME="hotspots",
        WTF_CSRF_TIME_LIMIT=None,
    )
    _check_vendored(Path(app.static_folder or ""))
    app.extensions["site"] = site
    app.extensions["hotspots"] = Kept(site, settings or WebSettings())
    add_logs(app)
    add_limits(app)
    add_look(app)
    csrf = CSRFProtect(app)
    csrf.exempt(BLUEPRINT)  # it takes a token in the header, and no cookie
    add_sign_in(app, site)  # before policy asks who somebody is
    add_policy(app)
    add_compression(app)
    add_headers(app)
    add_errors(app)
    app.register_blueprint(BLUEPRINT)
    for module in PAGES:
        app.register_blueprint(module.blueprint)
    _add_health(app, site)
    return app


def _add_health(app: Flask, site: Site) -> None:
    def ready() -> tuple[Response, int]:
        current = site.store.is_current
        return jsonify(ok=current), 200 if current else 503

    app.add_url_rule("/healthz", "healthz", lambda: jsonify(ok=True))
    app.add_url_rule("/readyz", "readyz", ready)
    app.add_url_rule("/api/v1/openapi.json", "openapi", lambda: jsonify(description()))


def _check_vendored(static: Path) -> None:
    needed = ("leaflet/leaflet.js", "h3-js/h3-js.umd.js")
    if not all((static / "vendor" / name).is_file() for name in needed):
        raise OutputError(
            "the page needs its front-end files; they have not been fetched. Run "
            "python tools/fetch_assets.py in the checkout, or install the wheel."
        )
