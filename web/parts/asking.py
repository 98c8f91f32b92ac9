"""Addresses that are looked at by GET, and whose work is begun by POST.

A form or a script sends what is wanted by POST with its token; the work begins, and
the browser is sent back to look. So a link, a picture or a reload never begins work.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from hotspots.web.parts.waiting import NotReadyError

View = TypeVar("View", bound=Callable[..., Any])
TOKEN = "csrf_token"
SERVICE_UNAVAILABLE = 503


def asked() -> MultiDict[str, str]:
    """Return what is asked for: what a form sent, else the query string."""
    sent = MultiDict(request.form)
    sent.poplist(TOKEN)
    return sent or request.args


def works(blueprint: Blueprint, rule: str) -> Callable[[View], View]:
    """Register a view that shows work on GET and begins it on POST."""

    def register(view: View) -> View:
        @wraps(view)
        def answer(**given: Any) -> Any:
            if request.method == "GET":
                return view(**given)
            return _begun(view, given)

        blueprint.route(rule, methods=["GET", "POST"])(answer)
        return view

    return register


def _begun(view: Callable[..., Any], given: dict[str, Any]) -> Any:
    try:
        shown = view(**given)
    except NotReadyError:
        return _look()
    if isinstance(shown, tuple) and shown[1] == SERVICE_UNAVAILABLE:
        return shown
    return _look()


def _look() -> Response | BaseResponse:
    """Send the browser to the same address with what was asked in its query."""
    query = urlencode([pair for pair in asked().items(multi=True) if pair[1]])
    return redirect(f"{request.path}?{query}" if query else request.path, 303)


def tagged(tag: str, build: Callable[[], dict[str, Any]]) -> Response:
    """Answer 304 without any work where the browser has this answer already."""
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = jsonify(build())
    response.set_etag(tag)
    return response


def may_begin_at_once() -> bool:
    """Say whether a script may begin the work of this page without being told to.

    Only where the person came from one of our own pages, or typed the address: a page
    of somebody else's could open ours over and over.
    """
    return request.headers.get("Sec-Fetch-Site") in ("same-origin", "none")
