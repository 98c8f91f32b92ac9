"""The page on this computer: an interactive map, the same numbers as tables, downloads.

Routes only translate: they read the query string, call :mod:`hotspots.workflow` and
render. Nothing happens when this package is imported.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from hotspots import __version__
from hotspots.core.errors import OutputError
from hotspots.resources import Resources
from hotspots.web.api import cells, plans
from hotspots.web.briefs import pages as brief_pages
from hotspots.web.errors import add_errors
from hotspots.web.headers import add_headers
from hotspots.web.listen import HOST, answer_until_stopped, listen
from hotspots.web.map import downloads, ground
from hotspots.web.map import pages as map_pages
from hotspots.web.parts.asking import may_begin_at_once
from hotspots.web.parts.results import Results
from hotspots.web.parts.words import add_filters
from hotspots.web.plans import pages as plan_pages
from hotspots.web.policy import add_policy
from hotspots.web.questions import pages as question_pages
from hotspots.web.settings import WebSettings
from hotspots.workflow import Dataset, Parameters

PAGES = (
    map_pages,
    cells,
    downloads,
    ground,
    question_pages,
    plan_pages,
    plans,
    brief_pages,
)

__all__ = ["HOST", "WebSettings", "create_app", "serve"]

MAX_REQUEST_BYTES = 64 * 1024


def create_app(
    dataset: Dataset,
    settings: WebSettings | None = None,
    *,
    resources: Resources | None = None,
) -> Flask:
    """Build the application for one dataset."""
    app = Flask(__name__)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_REQUEST_BYTES,
        MAX_FORM_PARTS=100,
        SECRET_KEY=secrets.token_bytes(32),
        SESSION_COOKIE_NAME="hotspots",
        SESSION_COOKIE_SAMESITE="Strict",
        WTF_CSRF_TIME_LIMIT=None,
    )
    _check_vendored(Path(app.static_folder or ""))
    app.extensions["hotspots"] = Results(
        dataset, settings or WebSettings(), resources or Resources()
    )
    _add_templates(app, dataset)
    add_filters(app)
    add_policy(app)
    CSRFProtect(app)
    add_headers(app)
    add_errors(app)
    for module in PAGES:
        app.register_blueprint(module.blueprint)
    return app


def serve(
    dataset: Dataset,
    *,
    resources: Resources | None = None,
    briefs: Path | None = None,
    basemap: Path | None = None,
    port: int = 8765,
    say: Callable[[str], object] = print,
) -> None:
    """Answer on this computer until stopped."""
    settings = WebSettings(briefs=briefs, basemap=basemap)
    app = create_app(dataset, settings, resources=resources)
    app.extensions["hotspots"].prepare(Parameters())
    with listen(port) as listening:
        say(
            f"Hotspots is at http://{HOST}:{listening.getsockname()[1]} and answers "
            "only on this computer. Stop it with Ctrl+C."
        )
        answer_until_stopped(app, listening)


def _check_vendored(static: Path) -> None:
    needed = ("leaflet/leaflet.js", "h3-js/h3-js.umd.js")
    if not all((static / "vendor" / name).is_file() for name in needed):
        raise OutputError(
            "the page needs its front-end files; they have not been fetched. Run "
            "python tools/fetch_assets.py in the checkout, or install the wheel."
        )


def _add_templates(app: Flask, dataset: Dataset) -> None:
    govuk = PackageLoader("govuk_frontend_jinja")
    own = app.jinja_loader
    assert own is not None
    app.jinja_loader = ChoiceLoader(
        [own, PrefixLoader({"govuk_frontend_jinja": govuk})]
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {
            "address": request.host,
            "at_once": may_begin_at_once(),
            "page": "",
            "query": {},
            "simulated": dataset.simulated,
            "version": __version__,
        }
