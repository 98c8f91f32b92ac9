"""References: their keyed hashes, a new key over the old ones, all that is held on one.

A reference is kept as HMAC-SHA-256 under the keys of the site, which lie outside the
database. The originals are gone, so a new key cannot replace an old one: it is put on
top, and what is kept becomes the hash of the hash before. Whoever has learnt the old
keys alone can look nothing up any more; all of them are needed for new imports, so none
may be thrown away.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from typing import Any

import polars as pl

from hotspots.rights import Actor, Owned, check, may
from hotspots.service.audit import record
from hotspots.service.datasets import forget_snapshots
from hotspots.service.matching import keyed
from hotspots.service.site import Site
from hotspots.store import Session
from hotspots.store.bulk import add_key, rows_of
from hotspots.store.models import (
    Batch,
    Deployment,
    Export,
    Feed,
    Incident,
    Plan,
    Reject,
    SiteRecord,
    Suggestion,
    Task,
)
from hotspots.store.queries import find, get, hold


def key_name(number: int) -> str:
    """Return the name of the file of a key, the first being 1."""
    return "reference" if number == 1 else f"reference-{number}"


def reference_keys(site: Site, session: Session) -> list[bytes]:
    """Return the keys in use, in the order that they are put on."""
    kept: SiteRecord = get(session, SiteRecord, 1)
    return [site.key(key_name(n)) for n in range(1, kept.n_keys + 1)]


def rotate_key(site: Site, actor: Actor) -> int:
    """Put a new key on every hash of a reference and return how many there were.

    It happens whole or not at all. A key that was written and not used, after a power
    cut, is written over by the next try: the database says how many count.
    """
    check(actor, "key.rotate")
    with site.store.writing() as session:
        kept = hold(session, SiteRecord, 1)
        number = kept.n_keys + 1
        key = _new_key(site, number)
        changed = add_key(session, lambda hashes: keyed(hashes, [key]))
        kept.n_keys, kept.data_version = number, kept.data_version + 1
        record(session, actor, "key.rotate", key_name(number), hashes=changed)
    site.store.forget_deleted()
    forget_snapshots(site)
    return changed


def access_pack(
    site: Site, session: Session, actor: Actor, reference: str
) -> dict[str, Any]:
    """Return all that a site holds on one reference, for the person it is about.

    Somebody of one agency gets what their own agency's feeds hold.
    """
    check(actor, "subject.read")
    key = keyed(pl.Series([reference]), reference_keys(site, session))[0]
    held = rows_of(session, Incident, key=key)
    feeds = [
        each
        for each in find(session, Feed, order="name")
        if may(actor, "subject.read", Owned(agency=each.agency_id))
    ]
    told = {
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "reference": reference,
        "kept_as": key,
        "feeds": [_of_feed(session, each, held) for each in feeds],
        **_elsewhere(session, actor, reference, held, [each.id for each in feeds]),
    }
    record(session, actor, "subject.read", key, rows=held.height)
    return told


def _new_key(site: Site, number: int) -> bytes:
    key = secrets.token_bytes(32)
    target = site.folder / "keys" / key_name(number)
    target.touch(mode=0o600)
    with target.open("wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key


def _of_feed(session: Session, feed: Feed, held: pl.DataFrame) -> dict[str, Any]:
    rows = held.filter(pl.col("feed_id") == feed.id).sort("since", "id")
    batches = {
        each.id: each for each in find(session, Batch, id=rows["origin"].to_list())
    }
    left = find(session, Export, what=f"incidents of {feed.name}")
    return {
        "feed": feed.name,
        "agency": feed.agency_id,
        "legal_regime": feed.legal_regime,
        "sharing_agreement": feed.sharing_agreement,
        "kept_for_months": feed.retention_months,
        "versions": [
            {**_plain(row), **_came_by(batches[row["origin"]], row["file"])}
            for row in rows.to_dicts()
        ],
        "exports_of_this_feed": [
            {"made_at": e.made_at.isoformat(), "why": e.reason, "id": e.id}
            for e in left
        ]
        if rows.height
        else [],
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    begins, ends = (
        dt.datetime.fromtimestamp(row[f"{end}_us"] / 1e6, dt.UTC).replace(tzinfo=None)
        for end in ("start", "end")
    )
    kept = {name: row[name] for name in _SHOWN if row[name] is not None}
    counts = row["until"] is None
    times = {"from": begins.isoformat(), "to": ends.isoformat()}
    return {**kept, **times, "counts_now": counts}


def _came_by(batch: Batch, file: int) -> dict[str, Any]:
    name, digest = batch.files[file]
    when = batch.made_at.isoformat(timespec="seconds")
    return {"file": name, "sha256": digest, "imported_at": when, "import": batch.id}


def _elsewhere(
    session: Session, actor: Actor, reference: str, held: pl.DataFrame, feeds: list[str]
) -> dict[str, Any]:
    """Return where else it is named: rows not used, tasks, deployments, plans."""
    own = held.filter(pl.col("feed_id").is_in(feeds))
    addresses = set(own["address"].drop_nulls())
    mine = [each.id for each in find(session, Batch, feed_id=feeds)]
    return {
        "rows_not_used": rows_of(session, Reject, value=reference)
        .filter(pl.col("batch_id").is_in(mine))
        .select("line", "reason")
        .to_dicts(),
        "tasks": [t.number for t in find(session, Task, case_reference=reference)],
        "deployments": [
            each.number for each in find(session, Deployment, reference=reference)
        ],
        "plans_with_the_address": _plans(session, actor, addresses),
    }


def _plans(session: Session, actor: Actor, addresses: set[str]) -> list[dict[str, str]]:
    found = []
    for plan in find(session, Plan):
        if not may(actor, "subject.read", Owned(agency=plan.agency_id)):
            continue
        for each in find(session, Suggestion, order="rank", plan_id=plan.id):
            said = f"{each.name} {each.row} {each.rationale}"
            if any(address in said for address in addresses):
                found.append({"plan": plan.id, "suggestion": each.id})
    return found


_SHOWN = (
    *("category", "subcategory", "address", "street", "premises", "source_flag"),
    *("qualifiers", "lon", "lat", "line"),
)
