"""What leaves a site with addresses: by a fresh proof, for a reason, to be recalled.

Each export carries its marking and the day by which it is to be deleted in its name and
in every row, is an entry of the log, and stands in the list of what is still out there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hotspots.core.errors import ConflictError, NotFoundError, ParameterError
from hotspots.outputs.formats.csv import csv_bytes
from hotspots.rights import Actor, Owned, check, check_fresh, may
from hotspots.service.audit import record
from hotspots.service.datasets import current_version
from hotspots.service.frozen import open_file
from hotspots.service.site import Site
from hotspots.store import Session, new_id
from hotspots.store.bulk import incident_rows
from hotspots.store.models import Export, Feed, Plan
from hotspots.store.queries import find, find_one, get
from hotspots.tactics.suggestion import MARKINGS

MOST_ROWS = 10_000
KEPT = dt.timedelta(days=90)
SENSITIVE = MARKINGS[1]
LEAST_REASON = 10
COLUMNS = (
    *("category", "subcategory", "address", "street", "premises", "lon", "lat"),
    "key",
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Rows of a feed between two days, or a file of a plan; and why."""

    reason: str
    feed: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    plan: str = ""
    file: str = ""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What left: its name carries the marking and the day of recall."""

    id: str
    name: str
    content: bytes
    marking: str
    recall_by: dt.date


def export(site: Site, session: Session, actor: Actor, asked: Asked) -> Exported:
    """Give out rows or a file with addresses, and write down to whom and why.

    Raises ParameterError if there is no reason, or neither a feed nor a plan;
    RightsError if they may not, or have not proved lately who they are.
    """
    if bool(asked.feed) == bool(asked.plan):
        raise ParameterError("an export must be of a feed or of a plan's file.")
    if asked.plan:
        return _plan_file(site, session, actor, asked)
    return _incidents(session, actor, asked)


def exports(session: Session, actor: Actor) -> list[Export]:
    """Return what left, the latest first: each agency sees its own."""
    check(actor, "export.read")
    every = find(session, Export, descending=True)
    return [
        each
        for each in every
        if may(actor, "export.read", Owned(agency=each.agency_id))
    ]


def check_export(actor: Actor, agency: str, reason: str, action: str) -> None:
    """Refuse an export that nobody may make, without a fresh proof or a reason.

    Raises ParameterError if the reason says nothing.
    """
    check(actor, action, Owned(agency=agency))
    check_fresh(actor)
    if len(reason.strip()) < LEAST_REASON:
        raise ParameterError(
            f"an export with addresses must say why, in {LEAST_REASON} letters or more;"
            f" got {reason!r}."
        )


def hand_out(
    session: Session, actor: Actor, what: str, reason: str, content: bytes
) -> Export:
    """Write down that a file with addresses of their own agency's plan left."""
    check_export(actor, actor.agency, reason, "plan.read_personal")
    row = new_export(actor, actor.agency, what, reason)
    note(session, actor, row, content)
    return row


def note(session: Session, actor: Actor, row: Export, content: bytes) -> None:
    """Write an export down."""
    session.add(row)
    session.flush()
    digest = hashlib.sha256(content).hexdigest()
    told = {"reason": row.reason, "what": row.what, "sha256": digest}
    due = row.recall_by.isoformat()
    record(session, actor, "export.personal", row.id, recall_by=due, **told)


def new_export(actor: Actor, agency: str, what: str, reason: str) -> Export:
    """Return what is to be written down of an export of today."""
    return Export(
        id=new_id(),
        agency_id=agency,
        what=what,
        reason=reason.strip(),
        marking=SENSITIVE,
        recall_by=dt.date.today() + KEPT,
        made_by=actor.id,
    )


def marked_name(row: Export, name: str) -> str:
    """Return a file name with marking and recall in it, once."""
    prefix = SENSITIVE.lower()
    own = name.removeprefix(f"{prefix}_")
    return f"{prefix}_recall-by-{row.recall_by.isoformat()}_{own}"


def _incidents(session: Session, actor: Actor, asked: Asked) -> Exported:
    feed = find_one(session, Feed, name=asked.feed)
    if feed is None:
        raise NotFoundError(f"there is no feed named '{asked.feed}'.")
    check_export(actor, feed.agency_id, asked.reason, "export.personal")
    table = _between(
        incident_rows(session, current_version(session), feed=feed.id), asked
    )
    if table.height > MOST_ROWS:
        raise ConflictError(
            f"an export must have at most {MOST_ROWS:,} rows; these are "
            f"{table.height:,}. Choose fewer days."
        )
    row = new_export(actor, feed.agency_id, f"incidents of {feed.name}", asked.reason)
    stamped = table.with_columns(
        marking=pl.lit(row.marking),
        recall_by=pl.lit(row.recall_by.isoformat()),
        export=pl.lit(row.id),
    )
    content = csv_bytes(stamped)
    note(session, actor, row, content)
    return _exported(row, f"incidents_{feed.name}.csv", content)


def _between(rows: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    times = (
        pl.from_epoch(f"{end}_us", time_unit="us").alias(end)
        for end in ("start", "end")
    )
    dated = rows.sort("start_us", "id").select(*times, *COLUMNS)
    day = pl.col("start").dt.date()
    if asked.first is not None:
        dated = dated.filter(day >= asked.first)
    if asked.last is not None:
        dated = dated.filter(day <= asked.last)
    return dated


def _plan_file(site: Site, session: Session, actor: Actor, asked: Asked) -> Exported:
    made = get(session, Plan, asked.plan)
    check_export(actor, made.agency_id, asked.reason, "plan.read_personal")
    content = open_file(site, "plan", made, asked.file).read_bytes()
    what = f"{asked.file} of the plan {made.id}"
    row = new_export(actor, made.agency_id, what, asked.reason)
    note(session, actor, row, content)
    return _exported(row, Path(asked.file).name, content)


def _exported(row: Export, name: str, content: bytes) -> Exported:
    return Exported(
        id=row.id,
        name=marked_name(row, name),
        content=content,
        marking=row.marking,
        recall_by=row.recall_by,
    )
