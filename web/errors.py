"""Errors on the way out: one table of statuses, one JSON shape, one page."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    has_request_context,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import HTTPException

from hotspots.core.budget import CancelledError
from hotspots.core.errors import (
    HotspotsError,
    NotFoundError,
    OutputError,
    PrecisionError,
    RightsError,
    StaleError,
    StepUpError,
    StoreError,
    TooFewError,
)
from hotspots.core.unforeseen import record_unforeseen
from hotspots.service.datasets import EmptySiteError
from hotspots.service.views import BusyError, UnfinishedError
from hotspots.web.parts.waiting import NotReadyError

STATUSES: dict[type[HotspotsError], int] = {
    BusyError: 503,
    CancelledError: 503,
    EmptySiteError: 404,
    NotFoundError: 404,
    StepUpError: 401,
    RightsError: 403,
    StaleError: 412,
    StoreError: 503,
    UnfinishedError: 503,
    TooFewError: 422,
    PrecisionError: 422,
    OutputError: 500,
    HotspotsError: 400,
}
"""The first class that an error is an instance of gives its status on a page."""
_REFUSED = (EmptySiteError, HotspotsError, PrecisionError, TooFewError)
IN_API = {**STATUSES, **dict.fromkeys(_REFUSED, 409)}
"""And in the API: 422 is not even well formed, 409 is refused as the site stands."""

STEP_UP = 'Bearer error="insufficient_user_authentication", max_age=600'
NOT_YET, WORKING = 409, 202
"""What has not been made yet: for a program, and for a page that will show it."""
FOR_PROGRAMS = ("/api/", "/map/", "/ogc", "/working/")
NOTHING = "There is nothing at this address."
LOG = logging.getLogger("hotspots.web")


def status_of(error: HotspotsError) -> int:
    """Return the HTTP status of one of the library's errors."""
    table = IN_API if has_request_context() and is_api() else STATUSES
    return next(code for kind, code in table.items() if isinstance(error, kind))


def add_errors(app: Flask) -> None:
    """Make an application answer every error as JSON or as a page."""
    app.register_error_handler(NotReadyError, _not_ready)
    app.register_error_handler(HotspotsError, _library_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)


def is_api() -> bool:
    """Say whether the API of the site is asked."""
    return request.path.startswith("/api/")


def is_for_program() -> bool:
    """Say whether a program asked, which is answered in JSON."""
    return request.is_json or request.path.startswith(FOR_PROGRAMS)


def _library_error(error: HotspotsError) -> Response:
    if isinstance(error, StepUpError) and not is_for_program():
        back = request.path if request.method == "GET" else _page_before()
        return redirect(url_for("security.verify", next=back))  # type: ignore[return-value]
    answer = _answer(str(error), status_of(error))
    if isinstance(error, StepUpError):  # RFC 9470
        answer.headers["WWW-Authenticate"] = STEP_UP
    return answer


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return error.get_response()  # type: ignore[return-value]
    status = error.code or 500
    said = NOTHING if status == 404 else error.description or error.name
    answer = _answer(said, status)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    if status == 401:
        asks_password = request.path.startswith("/ogc")  # a GIS knows nothing else
        scheme = 'Basic realm="Hotspots"' if asks_password else "Bearer"
        answer.headers["WWW-Authenticate"] = scheme
    return answer


def _page_before() -> str:
    """Return the page whose form was sent; this site's own, as policy checks."""
    return urlsplit(request.headers.get("Referer", "")).path or "/"


def _not_ready(error: NotReadyError) -> tuple[str | Response, int]:
    if not is_for_program():
        return render_template("parts/working.html", waiting=error), WORKING
    job = url_for("questions.job", key=error.key) if error.key else None
    said = {"ok": False, "error": str(error), "status": NOT_YET, "job": job}
    return jsonify(said), NOT_YET


def _unexpected_error(error: Exception) -> Response:
    said = record_unforeseen(error, task=f"{request.method} {request.url_rule}")
    LOG.error("%s failed: %s", request.url_rule, said)
    return _answer(said, 500)


def _answer(message: str, status: int) -> Response:
    if is_for_program():
        answer = jsonify(ok=False, error=message, status=status)
    else:
        page = render_template("parts/error.html", message=message, status=status)
        answer = Response(page, mimetype="text/html")
    answer.status_code = status
    return answer
