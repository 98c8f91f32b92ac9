"""Who may do what: one table, default deny.

Until accounts exist there is one role, the person at this computer. A request from
another computer is refused, and so is one that reached this computer under another
name: a web page elsewhere can point its own host name at 127.0.0.1 (DNS rebinding).
"""

from __future__ import annotations

import ipaddress

from flask import Flask, abort, request

LOCAL_USER = "local user"
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})

OTHER_SITE = "Another site's page may not ask for this. Open it here, in its own tab."

POLICIES: dict[str, str] = {
    "api.areas": LOCAL_USER,
    "api.cells": LOCAL_USER,
    "api.hotspots": LOCAL_USER,
    "downloads.file": LOCAL_USER,
    "ground.basemap": LOCAL_USER,
    "ground.find": LOCAL_USER,
    "pages.cells": LOCAL_USER,
    "pages.index": LOCAL_USER,
    "pages.rejects": LOCAL_USER,
    "plan_api.plan": LOCAL_USER,
    "plan_api.streets": LOCAL_USER,
    "plans.file": LOCAL_USER,
    "plans.index": LOCAL_USER,
    "plans.plan": LOCAL_USER,
    "plans.table": LOCAL_USER,
    "questions.index": LOCAL_USER,
    "questions.cancel": LOCAL_USER,
    "questions.job": LOCAL_USER,
    "questions.question": LOCAL_USER,
    "static": LOCAL_USER,
    "status.index": LOCAL_USER,
}
"""Endpoint to the role that may use it. What is not here is refused."""


def add_policy(app: Flask) -> None:
    """Make an application ask :data:`POLICIES` before every request."""
    app.before_request(_check_request)
    app.before_request(refuse_other_sites)


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
        and not request.path.startswith(("/api/", "/static/"))
    )
    if not followed:
        abort(403, OTHER_SITE)


def endpoints_without_policy(app: Flask) -> list[str]:
    """Return the endpoints that nobody may use because no policy names them."""
    routed = {rule.endpoint for rule in app.url_map.iter_rules()}
    return sorted(routed - set(POLICIES))


def _check_request() -> None:
    if not is_loopback(request.remote_addr) or host_name() not in LOCAL_HOSTS:
        abort(
            403,
            "This server answers only on the computer it runs on. Open it there as "
            "http://127.0.0.1 with its port.",
        )
    if request.endpoint is not None and request.endpoint not in POLICIES:
        abort(403, "No policy says who may use this address, so nobody may.")


def is_loopback(address: str | None) -> bool:
    """Say whether an address is that of this computer itself."""
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def host_name() -> str:
    """Return the host of the request without its port, as it was sent."""
    host = request.headers.get("Host", "").lower()
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() and name else host
