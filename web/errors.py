"""Errors on the way out: one table of statuses, one JSON shape, one page."""

from __future__ import annotations

from flask import Flask, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from hotspots.core.errors import HotspotsError, OutputError, PrecisionError, TooFewError

STATUSES: dict[type[HotspotsError], int] = {
    TooFewError: 422,
    PrecisionError: 422,
    OutputError: 500,
    HotspotsError: 400,
}
"""The first class that an error is an instance of gives its status."""

UNEXPECTED = (
    "Something went wrong in the software. What happened is in the window in which "
    "the server was started."
)


def status_of(error: HotspotsError) -> int:
    """Return the HTTP status of one of the library's errors."""
    return next(code for kind, code in STATUSES.items() if isinstance(error, kind))


def add_errors(app: Flask) -> None:
    """Make an application answer every error as JSON or as a page."""
    app.register_error_handler(HotspotsError, _library_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)


def _library_error(error: HotspotsError) -> tuple[str | Response, int]:
    return _answer(str(error), status_of(error))


def _http_error(error: HTTPException) -> tuple[str | Response, int]:
    if error.code == 404:
        return _answer("There is nothing at this address.", 404)
    return _answer(error.description or error.name, error.code or 500)


def _unexpected_error(error: Exception) -> tuple[str | Response, int]:
    current_app.logger.error("%s failed", request.path, exc_info=error)
    return _answer(UNEXPECTED, 500)


def _answer(message: str, status: int) -> tuple[str | Response, int]:
    if request.path.startswith("/api/"):
        return jsonify(ok=False, error=message, status=status), status
    return render_template("parts/error.html", message=message, status=status), status
