"""Build the application of a site."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, NotFound

from hotspots.core.errors import (
    HotspotsError,
    NotFoundError,
    OutputError,
    RightsError,
    StaleError,
    StoreError,
)
from hotspots.core.unforeseen import record_unforeseen
from hotspots.service import Site
from hotspots.web.api.v1 import routes
from hotspots.web.api.v1.endpoint import BLUEPRINT, SPEC
from hotspots.web.headers import add_headers
from hotspots.web.policy import refuse_other_sites
from hotspots.web.site import join

STATUSES: dict[type[HotspotsError], int] = {
    NotFoundError: 404,
    RightsError: 403,
    StaleError: 412,
    StoreError: 503,
    OutputError: 500,
    HotspotsError: 409,
}
"""The first class that an error is an instance of gives its status.

What is not even well formed is 422; 409 is well formed and refused as the site stands.
"""
MOST_BYTES = 2 * 1024**3
MOST_JSON = 1024 * 1024
NOTHING = "There is nothing at this address."
LOG = logging.getLogger("hotspots.web")
assert routes.__name__  # the addresses are made when their modules load


def create_site_app(site: Site) -> Flask:
    """Build the application of an open site."""
    app = Flask("hotspots.web")
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_JSON,
        MAX_FORM_PARTS=1000,
    )
    app.extensions["site"] = site
    app.register_blueprint(BLUEPRINT)
    app.register_blueprint(join.blueprint)
    app.add_url_rule("/api/v1/openapi.json", "openapi", _described)
    app.add_url_rule("/healthz", "healthz", _health)
    app.add_url_rule("/readyz", "readyz", _readiness(site))
    app.before_request(_limit_json)
    app.after_request(_never_keep)
    app.before_request(refuse_other_sites)
    add_headers(app)
    app.register_error_handler(HotspotsError, _library_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)
    return app


def _described() -> Response:
    return jsonify(SPEC.spec)


def _health() -> Response:
    return jsonify(ok=True)


def _readiness(site: Site) -> Any:
    def ready() -> tuple[Response, int]:
        current = site.store.is_current
        return jsonify(ok=current), 200 if current else 503

    return ready


def _limit_json() -> None:
    if request.mimetype != "multipart/form-data":
        request.max_content_length = MOST_JSON


def _never_keep(response: Response) -> Response:
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _library_error(error: HotspotsError) -> tuple[Response, int]:
    status = next(code for kind, code in STATUSES.items() if isinstance(error, kind))
    return _answer(str(error), status), status


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return error.get_response()  # type: ignore[return-value]
    status = error.code or 500
    text = error.description or error.name
    answer = _answer(NOTHING if isinstance(error, NotFound) else text, status)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    answer.status_code = status
    return answer


def _unexpected_error(error: Exception) -> tuple[Response, int]:
    said = record_unforeseen(error, task=f"{request.method} {request.url_rule}")
    LOG.error("%s failed: %s", request.url_rule, said)
    return _answer(said, 500), 500


def _answer(message: str, status: int) -> Response:
    return jsonify(ok=False, error=message, status=status)
