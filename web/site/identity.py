"""Who asks: a token, or the person at this computer where there are no accounts."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import abort, g, request

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
    with site.store.reading() as session:
        found = actor_of_token(session, said.removeprefix(SCHEME).strip())
    if found is None:
        abort(401, "This token opens nothing: it is unknown or was revoked.")
    return found


def _at_this_computer(site: Site) -> Actor | None:
    """Return the operator, where nobody else could be asking in their name."""
    if not is_loopback(request.remote_addr) or host_name() not in LOCAL_HOSTS:
        return None
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return None
    with site.store.reading() as session:
        return None if has_accounts(session) else Actor.operator()
