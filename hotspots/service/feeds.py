"""Feeds: where rows come from, under which agreement, how fresh they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from hotspots.core.errors import NotFoundError, ParameterError
from hotspots.rights import Actor, Owned, check
from hotspots.service.audit import record
from hotspots.service.datasets import batches_at, current_version
from hotspots.store import Session
from hotspots.store.models import Feed
from hotspots.store.queries import find, find_one, replace

CHANGEABLE = (
    "legal_regime",
    "sharing_agreement",
    "expected_days",
    "retention_months",
    "mapping",
)


@dataclass(frozen=True, kw_only=True)
class FeedState:
    """A feed, the days it covers, and how many days late it is."""

    feed: Feed
    first_day: dt.date | None
    last_day: dt.date | None
    imported_at: dt.datetime | None
    days_late: int | None

    def sentence(self) -> str:
        """Return its freshness for people."""
        if self.last_day is None:
            return f"{self.feed.name}: nothing imported yet"
        late = f", {self.days_late} days late" if self.days_late else ""
        return f"{self.feed.name}: to {self.last_day:%-d %B %Y}{late}"


def feed_to_import(session: Session, actor: Actor, name: str) -> Feed:
    """Return a feed by its name; one that is not known is made for this actor's agency.

    Raises ParameterError if there is no name, or nobody whose feed it would be.
    """
    if not name.strip():
        raise ParameterError("an import must say of which feed it is; it has no name.")
    feed = find_one(session, Feed, name=name.strip())
    if feed is not None:
        check(actor, "batch.import", Owned(agency=feed.agency_id))
        return feed
    agency = actor.agency or "community-safety-partnership"
    check(actor, "feed.change", Owned(agency=agency))
    feed = Feed(name=name.strip(), agency_id=agency, made_by=actor.id)
    session.add(feed)
    session.flush()
    record(session, actor, "feed.add", feed.id, name=feed.name)
    return feed


def change_feed(
    session: Session, actor: Actor, name: str, seen: int | None = None, **changes: Any
) -> Feed:
    """Change what is known of a feed (:data:`CHANGEABLE`) at the version that was seen.

    Without ``seen``, whatever version it is at.

    Raises NotFoundError if the feed is not known; ParameterError if a field cannot be
    changed; StaleError if somebody else changed it in between.
    """
    check(actor, "feed.change")
    feed = find_one(session, Feed, name=name)
    if feed is None:
        raise NotFoundError(f"there is no feed named '{name}'.")
    if not set(changes) <= set(CHANGEABLE):
        raise ParameterError(
            f"a feed may be changed in {', '.join(CHANGEABLE)}; got "
            f"{', '.join(changes)}."
        )
    check(actor, "feed.change", Owned(agency=feed.agency_id))
    replace(session, feed, seen or feed.version, **changes)
    record(session, actor, "feed.change", feed.id, **changes)
    return feed


def feed_state(session: Session, actor: Actor, name: str, today: dt.date) -> FeedState:
    """Return one feed with how fresh it is on a day.

    Raises NotFoundError if the feed is not known.
    """
    for state in feed_states(session, actor, today):
        if state.feed.name == name:
            return state
    raise NotFoundError(f"there is no feed named '{name}'.")


def feed_states(session: Session, actor: Actor, today: dt.date) -> list[FeedState]:
    """Return every feed with how fresh it is on a day."""
    check(actor, "feed.read")
    batches = batches_at(session, current_version(session))
    states = []
    for feed in find(session, Feed, order="name"):
        own = [batch for batch in batches if batch.feed_id == feed.id]
        first = min((b.first_day for b in own if b.first_day), default=None)
        last = max((b.last_day for b in own if b.last_day), default=None)
        late = None
        if last is not None and feed.expected_days is not None:
            late = max(0, (today - last).days - feed.expected_days)
        states.append(
            FeedState(
                feed=feed,
                first_day=first,
                last_day=last,
                imported_at=max((b.made_at for b in own), default=None),
                days_late=late,
            )
        )
    return states
