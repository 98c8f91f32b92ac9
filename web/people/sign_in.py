"""Signing in by Flask-Security: what it is told, and what it tells the site."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import time
from typing import Any

from flask import Flask, Request, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import user_logged_out
from flask_security import Security, user_authenticated, user_failed_authn

from hotspots.service import Site, signin
from hotspots.service.provider import provider_of
from hotspots.web.people.accounts import Accounts, OnceOnly
from hotspots.web.site.identity import LOCAL_HOSTS, current_site, host_name

IDLE_S = 30 * 60
LONGEST_S = 12 * 3600
FRESH = dt.timedelta(minutes=10)
TRIES = "60 per 15 minutes"
"""What may be sent to the pages of signing in, from one address."""
COST: dict[str, int] = {
    "argon2__rounds": 3,
    "argon2__memory_cost": 64 * 1024,
    "argon2__parallelism": 4,
}
"""What one guess costs: the second choice that RFC 9106 recommends (64 MiB)."""

ADDRESSES = {
    "LOGIN": "/sign-in",
    "LOGOUT": "/sign-out",
    "CHANGE": "/account/password",
    "VERIFY": "/account/confirm",
    "TWO_FACTOR_SETUP": "/account/second-factor",
    "TWO_FACTOR_TOKEN_VALIDATION": "/sign-in/code",
    "TWO_FACTOR_RESCUE": "/sign-in/help",
    "TWO_FACTOR_SELECT": "/sign-in/choose",
    "MULTI_FACTOR_RECOVERY_CODES": "/account/recovery-codes",
    "MULTI_FACTOR_RECOVERY": "/sign-in/recovery-code",
    "WAN_REGISTER": "/account/passkeys",
    "WAN_DELETE": "/account/passkeys/remove",
    "WAN_SIGNIN": "/sign-in/passkey",
    "WAN_VERIFY": "/account/confirm-passkey",
    "OAUTH_START": "/sign-in/with",
    "OAUTH_RESPONSE": "/sign-in/from",
    "OAUTH_VERIFY_START": "/account/confirm-with",
    "OAUTH_VERIFY_RESPONSE": "/account/confirm-from",
}


def add_sign_in(app: Flask, site: Site) -> None:
    """Let people sign in to an application."""
    app.config.update(_settings(site))
    app.session_interface = _Cookies()
    accounts = app.extensions["accounts"] = Accounts(site)
    provider = provider_of(site)
    app.config["SECURITY_OAUTH_ENABLE"] = provider is not None
    Security(app, accounts, totp_cls=OnceOnly)
    if provider is not None:
        from hotspots.web.people.provider import add_provider

        add_provider(app, site, provider)
    _taken_out(app, "flask_principal")  # it would look up who asks, also by a token
    app.before_request(_end_old_session)
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    pages: Any = app.blueprints["security"]
    limiter.limit(TRIES, methods=["POST"])(pages)
    app.before_request_funcs["security"] = _taken_out(app, "flask_limiter")
    for signal, heard in (
        (user_authenticated, _signed_in),
        (user_failed_authn, _failed),
        (user_logged_out, _signed_out),
    ):
        signal.connect(heard, app)


def _settings(site: Site) -> dict[str, Any]:
    key = site.key("session")
    told = {
        **{f"{name}_URL": url for name, url in ADDRESSES.items()},
        "PASSWORD_SALT": _derived(key, "passwords").hex(),
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_HASH_PASSLIB_OPTIONS": COST,
        "PASSWORD_LENGTH_MIN": 12,
        "RETURN_GENERIC_RESPONSES": True,
        "CHANGEABLE": True,
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "FRESHNESS": FRESH,
        "FRESHNESS_GRACE_PERIOD": dt.timedelta(0),
        "POST_CHANGE_VIEW": "/account",
        "POST_LOGIN_VIEW": "/",
        "POST_LOGOUT_VIEW": ADDRESSES["LOGIN"],
        "LOGOUT_METHODS": ["POST"],
        "TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TOTP_SECRETS": {"1": _derived(key, "codes").hex()},
        "TOTP_ISSUER": f"Hotspots {site.settings.name}",
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [
            base64.urlsafe_b64encode(_derived(key, "recovery"))
        ],
        "WEBAUTHN": True,
        "OAUTH_BUILTIN_PROVIDERS": [],
        "WAN_RP_NAME": "Hotspots",
    }
    settings = {f"SECURITY_{name}": value for name, value in told.items()}
    return {**settings, "SESSION_COOKIE_SAMESITE": "Lax"}


def _derived(key: bytes, what: str) -> bytes:
    return hmac.digest(key, what.encode(), hashlib.sha256)


class _Cookies(SecureCookieSessionInterface):
    """Cookies that only travel encrypted, except on this computer itself."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session; the API takes no cookie, so it has none."""
        if request.path.startswith("/api/"):
            return self.make_null_session(app)
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        return host_name() not in LOCAL_HOSTS

    def get_cookie_name(self, app: Flask) -> str:
        name = super().get_cookie_name(app)
        return f"__Host-{name}" if self.get_cookie_secure(app) else name


def _taken_out(app: Flask, library: str) -> list[Any]:
    """Take out what a library would do before every request, and return it."""
    every = app.before_request_funcs[None]
    out = [each for each in every if library in each.__module__]
    every[:] = [each for each in every if each not in out]
    return out


def _end_old_session() -> None:
    """End a session that was silent for long, or began long ago."""
    if "_user_id" not in session:
        return
    now = time.time()
    silent, began = now - session.get("seen", 0), session.get("fs_paa", 0)
    if silent > IDLE_S or now - began > LONGEST_S:
        session.clear()
    elif silent > 60:
        session["seen"] = now


def _signed_in(_app: Flask, user: Any, authn_via: Any, **_more: Any) -> None:
    session["seen"] = time.time()
    how = list(authn_via or ["second factor"])
    with current_site().store.writing() as opened:
        signin.signed_in(opened, user.id, how, request.remote_addr or "")


def _failed(_app: Flask, user: Any, auth_type: str, tfa: bool, **_more: Any) -> None:
    what = "second factor" if tfa else auth_type
    with current_site().store.writing() as opened:
        signin.failed(opened, user.id, what, request.remote_addr or "")


def _signed_out(_app: Flask, user: Any, **_more: Any) -> None:
    with current_site().store.writing() as opened:
        signin.signed_out(opened, user.id)
