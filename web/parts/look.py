"""What every page shows beside its own: whose it is, whether the data are made up."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from hotspots import __version__
from hotspots.core.errors import StoreError
from hotspots.rights import may
from hotspots.service.site import SiteState
from hotspots.web.parts.asking import may_begin_at_once
from hotspots.web.parts.words import add_filters
from hotspots.web.parts.wtf import WTFormsHelpers
from hotspots.web.site.identity import actor_or_none, current_site, state_of_site

GOVUK = ("govuk_frontend_jinja", "govuk_frontend_wtf")


def add_look(app: Flask) -> None:
    """Give templates their loader, their words and what they all show."""
    own = app.jinja_loader
    assert own is not None
    app.jinja_loader = ChoiceLoader(
        [own, PrefixLoader({name: PackageLoader(name) for name in GOVUK})]
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    add_filters(app, app.extensions["site"].settings.time_zone)
    WTFormsHelpers(app)
    app.context_processor(_shared)


def _shared() -> dict[str, Any]:
    try:
        actor, state = actor_or_none(), state_of_site()
    except StoreError:  # the page that says so must still be drawn
        actor, state = None, SiteState(version=0, has_accounts=True, simulated=False)
    return {
        "actor": actor,
        "address": request.host,
        "at_once": may_begin_at_once(),
        "may": lambda action: actor is not None and may(actor, action),
        "page": "",
        "today": current_site().today(),
        "query": {},
        "simulated": state.simulated,
        "site_state": state,
        "version": __version__,
    }
