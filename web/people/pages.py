"""Pages: one's own account, and who may come in as what."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hotspots.rights import ROLES
from hotspots.service import access, people, signin
from hotspots.web.site.identity import current_actor, current_site

blueprint = Blueprint("people", __name__)


@blueprint.get("/account")
def account() -> str:
    """Show what somebody is here, and how they prove who they are."""
    actor = current_actor()
    with current_site().store.reading() as session:
        told = signin.account(session, id=actor.id)
    return render_template("people/account.html", actor=actor, told=told, token=None)


@blueprint.post("/account/token")
def own_token() -> str:
    """Make the person's own token for the API, and show it once."""
    actor = current_actor()
    with current_site().store.writing() as session:
        token = signin.own_token(session, actor)
        told = signin.account(session, id=actor.id)
    return render_template("people/account.html", actor=actor, told=told, token=token)


@blueprint.get("/people")
def index() -> str:
    """List who has an account, and what they are."""
    return _index()


@blueprint.post("/people/invite")
def invite() -> str:
    """Make a link that makes one account, and show it once."""
    with current_site().store.writing() as session:
        secret = people.invite(session, current_actor(), **_role())
    return _index(secret=secret)


@blueprint.post("/people/<id>/reset")
def reset(id: str) -> str:
    """Take somebody's password, second factor and passkeys; show a link once."""
    with current_site().store.writing() as session:
        secret = people.reset(session, current_actor(), id)
    return _index(secret=secret)


@blueprint.post("/people/<id>/enable")
def enable(id: str) -> Response:
    """Let somebody in, or shut them out."""
    active = request.form.get("active") == "yes"
    with current_site().store.writing() as session:
        people.set_active(session, current_actor(), id, active)
    return _done("They may come in." if active else "They are shut out.")


@blueprint.post("/people/<id>/role")
def role(id: str) -> Response:
    """Give somebody a role, or take one."""
    give = request.form.get("change") == "give"
    change = people.give_role if give else people.take_role
    with current_site().store.writing() as session:
        change(session, current_actor(), id, **_role())
    return _done("The role is given." if give else "The role is taken.")


def _role() -> dict[str, str]:
    return {key: request.form.get(key, "")[:200] for key in ("role", "agency")}


def _index(secret: str | None = None) -> str:
    actor = current_actor()
    with current_site().store.reading() as session:
        return render_template(
            "people/index.html",
            page="people",
            people=people.people(session, actor),
            agencies=access.agencies(session, actor),
            roles=ROLES,
            link=secret and url_for("join.form", secret=secret, _external=True),
        )


def _done(said: str) -> Response:
    flash(said)
    return redirect(url_for("people.index"))
