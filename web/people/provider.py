"""Single sign-on by OpenID Connect: Authlib asks the provider, the site decides."""

from __future__ import annotations

from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from flask import Flask, Response, flash, redirect, request, url_for
from flask_security import FsOAuthProvider
from requests import RequestException

from hotspots.core.errors import HotspotsError
from hotspots.service import Site
from hotspots.service.provider import Provider, client_secret, vouched
from hotspots.web.site.identity import current_site

NAME = "provider"
TIMEOUT_S = 10


class OpenId(FsOAuthProvider):
    """The one provider of a site."""

    def __init__(self, site: Site, told: Provider) -> None:
        """Say where it is and who asks; the network is used at the first sign-in."""
        metadata = f"{told.issuer.rstrip('/')}/.well-known/openid-configuration"
        registered = {
            "client_id": told.client_id,
            "client_secret": client_secret(site),
            "server_metadata_url": metadata,
            "client_kwargs": {
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT_S,
            },
        }
        super().__init__(NAME, registered)
        self.told = told

    def fetch_identity_cb(self, oauth: Any, token: Any) -> tuple[str, str]:  # noqa: ARG002
        """Return who it is by their address, with the roles that the claim gives.

        Raises OAuthError if they are refused; the page of signing in says why.
        """
        try:
            with current_site().store.writing() as session:
                return "email", vouched(session, self.told, token["userinfo"])
        except HotspotsError as error:
            raise OAuthError(error="refused", description=str(error)) from error


def add_provider(app: Flask, site: Site, told: Provider) -> None:
    """Let people sign in by a provider; its origin alone may be sent forms to."""
    glue = app.extensions["security"].oauthglue
    glue.register_provider_ext(OpenId(site, told))
    app.context_processor(lambda: {"provider_name": told.name})

    @app.errorhandler(RequestException)
    def out_of_reach(_error: RequestException) -> Any:
        flash(f"{told.name} did not answer as it must. Try again, or sign in here.")
        return redirect(url_for("security.login"))

    @app.after_request
    def allow(response: Response) -> Response:
        if request.endpoint in ("security.login", "security.verify"):
            policy = response.headers["Content-Security-Policy"]
            response.headers["Content-Security-Policy"] = policy.replace(
                "form-action 'self'", f"form-action 'self' {told.origin}"
            )
        return response
