"""What every page of the loop needs: a session, who asks, the day, the agencies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hotspots.rights import Actor
from hotspots.service.access import agencies
from hotspots.web.site.identity import current_actor, current_site


def reading() -> Any:
    """Give a session that keeps nothing."""
    return current_site().store.reading()


def writing() -> Any:
    """Give a session that is committed at its end, or not at all."""
    return current_site().store.writing()


def today() -> dt.date:
    """Return the day that the site goes by."""
    day: dt.date = current_site().today()
    return day


def agency_names(session: Any, actor: Actor | None = None) -> dict[str, str]:
    """Return the agencies by their identifiers."""
    return {each.id: each.name for each in agencies(session, actor or current_actor())}
