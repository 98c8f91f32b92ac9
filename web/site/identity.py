"""Who asks: a token, or the person at this computer where there are no accounts."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from flask import abort, current_app, g, request

from hotspots.rights import Actor
from hotspots.service import Site
from hotspots.service.access import actor_of_token, has_accounts
from hotspots.web.policy import LOCAL_HOSTS, host_name, is_loopback

SCHEME = "Bearer "


def actor_of_request(site: Site) -> Actor:
    """Return who asks; refuse with 401 whoever cannot be told."""
    if "actor" not in g:
        g.actor = _of_header(site) or _at_this_computer(site)
    if g.actor is None:
        abort(401, "Say who you are: send a token as 'Authorization: Bearer ...'.")
    actor: Actor = g.actor
    return actor


def _of_header(site: Site) -> Actor | None:
    said = request.headers.get("Authorization", "")
    if not said:
        return None
    if not said.startswith(SCHEME):
        abort(401, "The token must be sent as 'Authorization: Bearer ...'.")
    found = _known(site).of(said.removeprefix(SCHEME).strip())
    if found is None:
        abort(401, "This token opens nothing: it is unknown or was revoked.")
    return found


class _Known:
    """Who showed which token within the last half second.

    No longer, so that a token that is revoked opens nothing a moment later, in every
    process.
    """

    FOR_S = 0.5
    MOST = 1_000

    def __init__(self, site: Site) -> None:
        self.site = site
        self._seen: dict[str, tuple[float, Actor]] = {}

    def of(self, secret: str) -> Actor | None:
        at, actor = self._seen.get(secret, (0.0, None))
        if actor is not None and time.monotonic() - at < self.FOR_S:
            return actor
        with self.site.store.reading() as session:
            actor = actor_of_token(session, secret)
        if actor is None:
            self._seen.pop(secret, None)
            return None
        if len(self._seen) >= self.MOST:
            self._seen.clear()
        self._seen[secret] = (time.monotonic(), actor)
        return actor


def _known(site: Site) -> _Known:
    kept: _Known = current_app.extensions.setdefault("known", _Known(site))
    return kept


def _at_this_computer(site: Site) -> Actor | None:
    """Return the operator, where nobody else could be asking in their name."""
    if not is_loopback(request.remote_addr) or host_name() not in LOCAL_HOSTS:
        return None
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return None
    with site.store.reading() as session:
        return None if has_accounts(session) else Actor.operator()
