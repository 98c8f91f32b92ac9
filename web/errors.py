"""Errors on the way out: one table of statuses, one JSON shape, one page."""

from __future__ import annotations

from flask import (
    Flask,
    Response,
    current_app,
    jsonify,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import HTTPException

from hotspots.core.budget import CancelledError
from hotspots.core.errors import HotspotsError, OutputError, PrecisionError, TooFewError
from hotspots.core.unforeseen import record_unforeseen
from hotspots.web.parts.jobs import BusyError, NotReadyError

STATUSES: dict[type[HotspotsError], int] = {
    BusyError: 503,
    CancelledError: 503,
    TooFewError: 422,
    PrecisionError: 422,
    OutputError: 500,
    HotspotsError: 400,
}
"""The first class that an error is an instance of gives its status."""

NOT_YET, WORKING = 409, 202
"""What has not been made yet: for a program, and for a page that will show it."""


def status_of(error: HotspotsError) -> int:
    """Return the HTTP status of one of the library's errors."""
    return next(code for kind, code in STATUSES.items() if isinstance(error, kind))


def add_errors(app: Flask) -> None:
    """Make an application answer every error as JSON or as a page."""
    app.register_error_handler(NotReadyError, _not_ready)
    app.register_error_handler(HotspotsError, _library_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)


def _library_error(error: HotspotsError) -> tuple[str | Response, int]:
    return _answer(str(error), status_of(error))


def _http_error(error: HTTPException) -> tuple[str | Response, int]:
    if error.code == 404:
        return _answer("There is nothing at this address.", 404)
    return _answer(error.description or error.name, error.code or 500)


def _not_ready(error: NotReadyError) -> tuple[str | Response, int]:
    if not is_for_program():
        return render_template("parts/working.html", waiting=error), WORKING
    job = url_for("questions.job", key=error.key) if error.key else None
    said = {"ok": False, "error": str(error), "status": NOT_YET, "job": job}
    return jsonify(said), NOT_YET


def _unexpected_error(error: Exception) -> tuple[str | Response, int]:
    said = record_unforeseen(error, task=str(request.url_rule))
    current_app.logger.error("%s failed: %s", request.url_rule, said)
    return _answer(f"{said}", 500)


def is_for_program() -> bool:
    """Say whether a program asked, which is answered in JSON."""
    return request.path.startswith(("/api/", "/working/"))


def _answer(message: str, status: int) -> tuple[str | Response, int]:
    if is_for_program():
        return jsonify(ok=False, error=message, status=status), status
    return render_template("parts/error.html", message=message, status=status), status
