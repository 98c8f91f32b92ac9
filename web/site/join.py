"""The one-time link: it makes an account and shows the token that opens it."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template, request

from hotspots.rights import Actor
from hotspots.service.people import accept, check_invitation
from hotspots.service.signin import own_token

blueprint = Blueprint("join", __name__)


@blueprint.get("/join/<secret>")
def form(secret: str) -> str:
    """Ask for name and address; the link is not used up by looking at it."""
    site = current_app.extensions["site"]
    with site.store.reading() as session:
        check_invitation(session, secret)
    return render_template("site/join.html", name=site.settings.name, token="")


@blueprint.post("/join/<secret>")
def join(secret: str) -> str:
    """Make the account."""
    site = current_app.extensions["site"]
    told = {key: request.form.get(key, "").strip()[:200] for key in ("name", "email")}
    if not told["name"] or "@" not in told["email"] or "\x00" in "".join(told.values()):
        abort(422, "A name and an e-mail address are needed.")
    with site.store.writing() as session:
        made = accept(session, secret, password=None, **told)
        own = Actor(id=made.id, name=made.name, roles=frozenset(), fresh=True)
        token = own_token(session, own)
    return render_template("site/join.html", name=site.settings.name, token=token)
