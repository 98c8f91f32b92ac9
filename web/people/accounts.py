"""What Flask-Security reads and writes, through the use cases of a site."""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from flask_security import UserDatastore, UserMixin, WebAuthnMixin
from flask_security.core import RoleMixin
from flask_security.totp import Totp

from hotspots.service import Site, signin

ADMINISTRATOR = "administrator"
VOUCHED = "security.oauthresponse"
"""Where a provider vouches for somebody, it has asked for what it asks for."""


class Account(signin.Account, UserMixin):  # type: ignore[misc]
    """Somebody who signs in."""

    def check_tf_required(
        self, methods: list[tuple[str, str]], _fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Ask for a second factor where there is one, and of every administrator."""
        if request.endpoint == VOUCHED:
            return False, methods
        return bool(methods) or self.check_tf_required_setup(), methods

    def check_tf_required_setup(self) -> bool:
        """Say whether they must have a second factor."""
        return ADMINISTRATOR in self.held

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        """Say whether too many tries failed; the form must hold something then."""
        if self.is_barred and form_error is not None:
            form_error.append("Too many tries failed.")
        return self.is_barred


class Passkey(WebAuthnMixin):
    """The kind of what a device proves itself with; its rows are the store's."""


class Role(RoleMixin):
    """Not used: what somebody is, is asked of :mod:`hotspots.rights`."""


class Accounts(UserDatastore):
    """Where Flask-Security finds people; each change is kept at once."""

    def __init__(self, site: Site) -> None:
        """Look people up in an open site."""
        super().__init__(Account, Role, Passkey)
        self.site = site

    def find_user(self, case_insensitive: bool = False, **equals: Any) -> Any:
        """Return somebody by one of their names, or none."""
        if case_insensitive:
            equals = {name: str(value).lower() for name, value in equals.items()}
        with self.site.store.reading() as session:
            told = signin.account(session, **equals)
        return None if told is None else Account(**told)

    def find_role(self, role: str) -> None:
        """Return none: there are no roles here."""

    def put(self, model: Any) -> Any:
        """Keep what changed of an account or a passkey."""
        is_account = isinstance(model, signin.Account)
        keep = signin.keep_account if is_account else signin.used_passkey
        with self.site.store.writing() as session:
            keep(session, model)
        return model

    def delete(self, model: Any) -> None:
        """Remove a passkey."""
        with self.site.store.writing() as session:
            signin.remove_passkey(session, model)

    def commit(self) -> None:
        """Do nothing: each change was kept at once."""

    def create_webauthn(self, user: Any, *_: Any, **told: Any) -> None:
        """Keep a passkey."""
        told["transports"] = told.get("transports") or []
        with self.site.store.writing() as session:
            signin.add_passkey(session, user.id, **told)

    def find_webauthn(self, credential_id: bytes) -> Any:
        """Return a passkey by what it calls itself, or none."""
        with self.site.store.reading() as session:
            return signin.passkey(session, credential_id)

    def find_user_from_webauthn(self, webauthn: Any) -> Any:
        """Return whose a passkey is."""
        return self.find_user(id=webauthn.person_id)


class OnceOnly(Totp):
    """Codes of an authenticator that each open once."""

    def get_last_counter(self, user: Any) -> int | None:
        """Return the step of the last code that was taken."""
        return getattr(user, "totp_counter", None)

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Keep the step of the code that is taken now."""
        user.totp_counter = tmatch.counter
        current_app.extensions["accounts"].put(user)
