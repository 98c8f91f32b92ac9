"""Single sign-on: what ``site.toml`` says of a provider, and whom it vouches for.

::

    [single_sign_on]
    name = "Rutland Council"
    issuer = "https://login.microsoftonline.com/TENANT/v2.0"
    client_id = "..."
    claim = "roles"

    [single_sign_on.roles]
    "HS Analysts" = "analyst of borough-council"

The client's secret stands in the environment (``HOTSPOTS_CLIENT_SECRET``) or in the
file ``keys/client_secret``, never in the settings.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from hotspots.core.errors import RightsError, StoreError, did_you_mean
from hotspots.rights import parse_role
from hotspots.service import signin
from hotspots.service.access import agency_id
from hotspots.service.site import Site
from hotspots.store import Session

SECRET = "HOTSPOTS_CLIENT_SECRET"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider of OpenID Connect, and what its claim makes of people here."""

    issuer: str
    client_id: str
    name: str = "your organisation"
    claim: str = "roles"
    roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Scheme and host of the issuer."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"


def provider_of(site: Site) -> Provider | None:
    """Return the provider that the settings name, or none.

    Raises StoreError if an entry is unknown or missing.
    """
    told = site.settings.single_sign_on
    if not told:
        return None
    known = {each.name for each in fields(Provider)}
    for name in told:
        if name not in known:
            raise StoreError(
                f"[single_sign_on] may say {', '.join(sorted(known))}; got '{name}'."
                f"{did_you_mean(name, known)}"
            )
    if not told.get("issuer") or not told.get("client_id"):
        raise StoreError("[single_sign_on] must say 'issuer' and 'client_id'.")
    return Provider(**told)


def client_secret(site: Site) -> str:
    """Return the secret that this site shows the provider."""
    said = os.environ.get(SECRET)
    return said if said else site.key("client_secret").decode().strip()


def vouched(session: Session, provider: Provider, claims: Mapping[str, Any]) -> str:
    """Make or bring up to date whom a provider vouches for; return their address.

    Raises RightsError if it gives no address that it has checked, or nothing gives them
    a role.
    """
    email = str(claims.get("email") or claims.get("preferred_username") or "")
    if "@" not in email or claims.get("email_verified") is False:
        raise RightsError("your organisation gave no e-mail address it has checked.")
    return signin.from_provider(
        session,
        name=str(claims.get("name") or email),
        email=email,
        roles=_roles(session, provider, claims),
    )


def _roles(
    session: Session, provider: Provider, claims: Mapping[str, Any]
) -> frozenset[tuple[str, str]]:
    given = claims.get(provider.claim, [])
    groups = [given] if isinstance(given, str) else list(given)
    named = (provider.roles[group] for group in groups if group in provider.roles)
    pairs = (text.partition(" of ") for text in named)
    return frozenset(
        (parse_role(role), agency_id(session, agency)) for role, _, agency in pairs
    )
