"""The one-time link: it makes an account, or gives one another password."""

from __future__ import annotations

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_security import hash_password
from werkzeug.wrappers import Response

from hotspots.service.people import accept, check_invitation
from hotspots.web.site.identity import current_site

blueprint = Blueprint("join", __name__)


@blueprint.get("/join/<secret>")
def form(secret: str) -> str:
    """Ask for name, address and password; looking does not use the link up."""
    return _page(secret)


@blueprint.post("/join/<secret>")
def join(secret: str) -> Response | tuple[str, int]:
    """Make the account."""
    told = {key: request.form.get(key, "").strip()[:200] for key in ("name", "email")}
    password, wrong = _password(told)
    if "\x00" in "".join(told.values()):
        abort(422, "Text must be whole characters, without NUL.")
    with current_site().store.reading() as session:
        if check_invitation(session, secret).person_id is None:
            wrong += _unnamed(told)
    if wrong:
        return _page(secret, wrong=wrong, **told), 422
    with current_site().store.writing() as session:
        accept(session, secret, password=hash_password(password), **told)
    flash("Your password is set. Sign in with it.")
    return redirect(url_for("security.login"))


def _unnamed(told: dict[str, str]) -> list[str]:
    if told["name"] and "@" in told["email"]:
        return []
    return ["A name and an e-mail address are needed."]


def _password(told: dict[str, str]) -> tuple[str, list[str]]:
    """Return the password as it is kept, and what is wrong with it."""
    first, again = (request.form.get(key, "") for key in ("password", "again"))
    util = current_app.extensions["security"]._password_util
    wrong, password = util.validate(first, is_register=True, **told)
    said = [str(each) for each in wrong or []]
    if first != again:
        said.append("Both passwords must be the same.")
    own = [told["email"].partition("@")[0], *told["name"].split()]
    if any(len(each) > 3 and each.lower() in first.lower() for each in own):
        said.append("The password must not hold your name or address.")
    return password, said


def _page(secret: str, *, wrong: list[str] | None = None, **told: str) -> str:
    site = current_site()
    with site.store.reading() as session:
        link = check_invitation(session, secret)
    return render_template(
        "people/join.html",
        site_name=site.settings.name,
        known=link.person_id is not None,
        wrong=wrong or [],
        told=told,
    )
