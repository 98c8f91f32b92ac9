"""Retention: rows older than their feed may keep them are deleted for good.

Every version of a row goes, also the ones that later imports replaced, and with them
the rows that could not be used of imports as old. What was computed from them stays:
counts of places, plans and briefs. The certificate is an entry of the log.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from hotspots.core.window import add_months, in_words
from hotspots.rights import Actor, check
from hotspots.service.audit import record
from hotspots.service.datasets import forget_snapshots
from hotspots.service.site import Site
from hotspots.store import Session
from hotspots.store.bulk import remove_incidents, remove_rows
from hotspots.store.models import Batch, Feed, Job, Reject, SiteRecord
from hotspots.store.queries import find, hold
from hotspots.work import Task, TaskStoppedError, Worker, submit

PURGE = "purge"


@dataclass(frozen=True, kw_only=True)
class Purged:
    """What was deleted of one feed."""

    feed: str
    before: dt.date
    incidents: int
    rejects: int

    def sentence(self) -> str:
        """Return the certificate's line."""
        return (
            f"{self.feed}: {self.incidents:,} rows of incidents before "
            f"{in_words(self.before)} and {self.rejects:,} rows not used are deleted."
        )


def purge_now(site: Site, actor: Actor, today: dt.date) -> Job:
    """Have what is too old on a day deleted, and wait for the end.

    Where a worker of the site is at hand it may do the work, else this process.
    """
    check(actor, "purge.make")
    with site.store.writing() as session:
        id = submit(session, PURGE, {"today": today.isoformat()}, actor)
        record(session, actor, "purge.ask", id, today=today.isoformat())
    return Worker(site.store, {PURGE: partial(perform_purge, site)}).finish(id)


def perform_purge(site: Site, task: Task) -> None:
    """Do a queued purge; what it says at the end is its certificate.

    Once the rows are deleted it goes on to its end, whoever asks it to stop.
    """
    told = task.arguments.get("today")
    today = dt.date.fromisoformat(told) if told else site.today()
    task.progress("deleting what is too old", 0, 2)
    done = _purge(site, task.actor, today)
    with suppress(TaskStoppedError):
        task.progress("letting the database forget it", 1, 2)
    site.store.forget_deleted()
    forget_snapshots(site)
    lines = [each.sentence() for each in done]
    task.end("\n".join(lines) or "There is no feed.", "done")


def _purge(site: Site, actor: Actor, today: dt.date) -> list[Purged]:
    check(actor, "purge.make")
    with site.store.writing() as session:
        kept = hold(session, SiteRecord, 1)
        done = [
            _purge_feed(session, feed, today)
            for feed in find(session, Feed, order="name")
        ]
        if any(each.incidents or each.rejects for each in done):
            kept.data_version += 1
        lines = [each.sentence() for each in done]
        record(session, actor, "purge.make", today.isoformat(), certificate=lines)
    return done


def _purge_feed(session: Session, feed: Feed, today: dt.date) -> Purged:
    before = add_months(today, -feed.retention_months)
    old = [
        batch
        for batch in find(session, Batch, feed_id=feed.id)
        if batch.last_day is not None and batch.last_day < before
    ]
    return Purged(
        feed=feed.name,
        before=before,
        incidents=remove_incidents(session, feed.id, before),
        rejects=sum(remove_rows(session, Reject, batch_id=each.id) for each in old),
    )
