"""Who asks: a token, a session, or the person at this computer without accounts."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from flask import abort, current_app, g, redirect, request, session, url_for

from hotspots.rights import Actor
from hotspots.service import Site
from hotspots.service.access import actor_of_token
from hotspots.service.signin import actor_of_session
from hotspots.service.site import SiteState, site_state

SCHEME = "Bearer "
FRESH_S = 600
"""For how long somebody counts as having proved who they are."""
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


def current_site() -> Site:
    """Return the site of the application that answers this request."""
    site: Site = current_app.extensions["site"]
    return site


def state_of_site() -> SiteState:
    """Return how the site is at this request."""
    if "state" not in g:
        with current_site().store.reading() as session:
            g.state = site_state(session)
    state: SiteState = g.state
    return state


def current_actor() -> Actor:
    """Return who asks; refuse with 401 whoever cannot be told."""
    return actor_of_request(current_site())


def actor_or_none() -> Actor | None:
    """Return who asks, none where nobody can be told."""
    if "actor" not in g:
        g.actor = None  # also where a token is refused below
        g.actor = _of_header() or _of_session() or _at_this_computer()
    actor: Actor | None = g.actor
    return actor


def actor_of_request(site: Site) -> Actor:
    """Return who asks; refuse with 401 whoever cannot be told."""
    assert site is current_site()
    actor = actor_or_none()
    if actor is None and _is_for_people() and state_of_site().has_accounts:
        abort(redirect(url_for("security.login", next=request.full_path.rstrip("?"))))
    if actor is None:
        abort(401, "Say who you are: send a token as 'Authorization: Bearer ...'.")
    return actor


def is_at_this_computer() -> bool:
    """Say whether the request comes from this computer and asks it by its own name.

    A web page elsewhere can point its own host name at 127.0.0.1 (DNS rebinding).
    """
    return is_loopback(request.remote_addr) and host_name() in LOCAL_HOSTS


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


def _is_for_people() -> bool:
    """Say whether a page was asked for; a program is told what is missing instead."""
    return request.accept_mimetypes.accept_html and not request.path.startswith(
        ("/api/", "/ogc", "/map/", "/working/")
    )


def _of_header() -> Actor | None:
    said = request.headers.get("Authorization", "")
    if not said:
        return None
    given = request.authorization
    if given is not None and given.type == "basic" and request.path.startswith("/ogc"):
        said = f"{SCHEME}{given.password}"
    if not said.startswith(SCHEME):
        abort(401, "The token must be sent as 'Authorization: Bearer ...'.")
    secret = said.removeprefix(SCHEME).strip()
    found = _known("token", actor_of_token).of(secret)
    if found is None:
        abort(401, "This token opens nothing: it is unknown or was revoked.")
    return found


def _of_session() -> Actor | None:
    """Return who signed in; the API takes no cookie and so needs no form's token."""
    uniquifier = session.get("_user_id")
    if uniquifier is None or request.path.startswith("/api/"):
        return None
    found = _known("session", actor_of_session).of(uniquifier)
    proved_s = time.time() - session.get("fs_paa", 0)
    return None if found is None else replace(found, fresh=proved_s < FRESH_S)


class _Known:
    """Who showed what within the last half second.

    No longer, so that a token that is revoked or a session that is ended opens nothing
    a moment later, in every process.
    """

    FOR_S = 0.5
    MOST = 1_000

    def __init__(self, look: Callable[[Any, str], Actor | None]) -> None:
        self._look = look
        self._seen: dict[str, tuple[float, Actor]] = {}

    def of(self, shown: str) -> Actor | None:
        at, actor = self._seen.get(shown, (0.0, None))
        if actor is not None and time.monotonic() - at < self.FOR_S:
            return actor
        with current_site().store.reading() as opened:
            actor = self._look(opened, shown)
        if actor is None:
            self._seen.pop(shown, None)
            return None
        if len(self._seen) >= self.MOST:
            self._seen.clear()
        self._seen[shown] = (time.monotonic(), actor)
        return actor


def _known(what: str, look: Callable[[Any, str], Actor | None]) -> _Known:
    every: dict[str, _Known] = current_app.extensions.setdefault("known", {})
    return every.setdefault(what, _Known(look))


def _at_this_computer() -> Actor | None:
    """Return the operator, where nobody else could be asking in their name."""
    if not is_at_this_computer():
        return None
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return None
    return None if state_of_site().has_accounts else Actor.operator()
