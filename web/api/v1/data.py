"""Imports, feeds and what they bring."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, abort, request, url_for
from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema
from spectree.model_adapter.pydantic_adapter import BaseFile

from hotspots.service import feeds, imports, statutory, uploads
from hotspots.service.same_events import same_events
from hotspots.web.api.v1.endpoint import Answer, Body, Text, endpoint
from hotspots.web.api.v1.tables import csv_answer
from hotspots.web.api.v1.work import Accepted, Page, Progress, progress_of
from hotspots.web.site.identity import current_site


class Upload(BaseModel):
    """Files of incidents, the feed that they are of, and how to read them."""

    files: list[BaseFile]
    feed: str = Field(min_length=1)
    profile: str | SkipJsonSchema[None] = Field(
        default=None, description="A column mapping (TOML)."
    )
    today: dt.date | SkipJsonSchema[None] = Field(
        default=None, description="Later rows are refused."
    )


class Import(Progress):
    """An import: how far it is, and what became of each row."""

    feed: str = ""
    files: list[str] = []  # noqa: RUF012
    rows_read: int | None = None
    rows_used: int | None = None
    rows_rejected: int | None = None
    rows_new: int | None = None
    rows_updated: int | None = None
    rows_same: int | None = None
    rejects_url: str | None = None
    same_events_url: str | None = None
    data_version: int | None = None


class ImportList(Answer):
    """Imports, the latest first."""

    imports: list[Import]


class Feed(Answer):
    """A feed and how fresh it is; ``version`` is its ETag."""

    name: str
    version: int
    agency: str
    legal_regime: str
    sharing_agreement: str
    expected_days: int | None
    retention_months: int
    first_day: dt.date | None
    last_day: dt.date | None
    days_late: int | None
    sentence: str


class FeedList(Answer):
    """Every feed."""

    feeds: list[Feed]


class Statutory(Answer):
    """Rows that an agency must share each quarter; ``profile``: their mapping."""

    feed: str
    agency: str
    regime: str
    what: str
    profile: str
    quarter_ends: dt.date
    due_by: dt.date
    last_day: dt.date | None
    days_late: int
    sentence: str


class StatutoryList(Answer):
    """What the law has shared; ``header``: the columns of each file."""

    header: str
    shares: list[Statutory]


class FeedChange(Body):
    """What is to change of a feed."""

    legal_regime: Text | None = Field(default=None, max_length=200)
    sharing_agreement: Text | None = Field(default=None, max_length=200)
    expected_days: int | None = Field(default=None, ge=1, le=400)
    retention_months: int | None = Field(default=None, ge=1, le=600)


@endpoint("/imports", "POST", form=Upload, returns=Accepted, status=202)
def post_import(site: Any, actor: Any) -> Accepted:
    """Upload files of incidents; they are imported whole or not at all."""
    sent = request.files.getlist("files")
    profile = request.files.get("profile")
    text = profile.read(1 << 20).decode("utf-8-sig", "replace") if profile else None
    id = uploads.request_import(
        site,
        actor,
        [(file.filename or "", file.stream) for file in sent],
        feed=request.form.get("feed", ""),
        profile=text or request.form.get("profile") or None,
        today=_day(request.form.get("today")),
    )
    return Accepted(id=id)


@endpoint("/imports", query=Page, returns=ImportList)
def list_imports(session: Any, actor: Any, asked: Page) -> ImportList:
    """List the imports that were made."""
    made = imports.batches(session, actor, limit=asked.limit)
    return ImportList(
        imports=[_import(imports.progress(session, actor, each.id)) for each in made]
    )


@endpoint("/imports/<id>", returns=Import)
def get_import(session: Any, actor: Any, id: str) -> Import:
    """Tell how far an import is and what became of each row."""
    return _import(imports.progress(session, actor, id))


@endpoint("/imports/<id>/rejects", logs=True)
def get_rejects(session: Any, actor: Any, id: str) -> Response:
    """Download the rows that were not used, and why."""
    return csv_answer(imports.rejects(session, actor, id), f"rejects_{id}.csv")


@endpoint("/imports/<id>/same-events", logs=True)
def get_same_events(session: Any, actor: Any, id: str) -> Response:
    """Send the rows that another feed may tell of too (CSV)."""
    table = same_events(current_site(), session, actor, id)
    return csv_answer(table, f"same_events_{id}.csv")


@endpoint("/imports/<id>/undo", "POST", returns=Import)
def undo_import(session: Any, actor: Any, id: str) -> Import:
    """Take an import back: the rows are again as they were before it."""
    imports.undo(session, actor, id)
    return _import(imports.progress(session, actor, id))


@endpoint("/feeds", returns=FeedList)
def list_feeds(session: Any, actor: Any) -> FeedList:
    """List the feeds with how fresh each is."""
    today = dt.datetime.now().astimezone().date()
    return FeedList(feeds=[_feed(s) for s in feeds.feed_states(session, actor, today)])


@endpoint("/statutory", returns=StatutoryList)
def list_statutory(session: Any, actor: Any) -> StatutoryList:
    """List what the law has shared each quarter, and who is late with it."""
    today = dt.datetime.now().astimezone().date()
    return StatutoryList(
        header=statutory.HEADER,
        shares=[
            Statutory(
                feed=each.share.feed,
                agency=each.share.agency,
                regime=each.share.regime,
                what=each.share.what,
                profile=each.share.profile,
                quarter_ends=each.quarter_ends,
                due_by=each.due_by,
                last_day=each.last_day,
                days_late=each.days_late,
                sentence=each.sentence,
            )
            for each in statutory.standings(session, actor, today)
        ],
    )


@endpoint("/feeds/<name>", returns=Feed)
def get_feed(session: Any, actor: Any, name: str) -> Feed:
    """Read a feed; its ETag is what a change must name."""
    today = dt.datetime.now().astimezone().date()
    return _feed(feeds.feed_state(session, actor, name, today))


@endpoint("/feeds/<name>", "PATCH", body=FeedChange, returns=Feed)
def change_feed(
    session: Any, actor: Any, name: str, told: FeedChange, seen: int
) -> Feed:
    """Change what is known of a feed that is as it was read (If-Match)."""
    changes = told.model_dump(exclude_unset=True)
    feeds.change_feed(session, actor, name, seen, **changes)
    today = dt.datetime.now().astimezone().date()
    return _feed(feeds.feed_state(session, actor, name, today))


def _import(found: imports.Progress) -> Import:
    made, fields = found.batch, progress_of(found.job)
    if made is None:
        return Import(**fields, feed=found.feed)
    undone = {"state": "undone"} if made.undone_version is not None else {}
    return Import(
        **{**fields, **undone},
        feed=found.feed,
        files=[name for name, _ in made.files],
        rows_read=made.rows_read,
        rows_used=made.rows_read - made.rows_rejected,
        rows_rejected=made.rows_rejected,
        rows_new=made.rows_new,
        rows_updated=made.rows_updated,
        rows_same=made.rows_same,
        rejects_url=url_for("v1.get_rejects", id=made.id),
        same_events_url=url_for("v1.get_same_events", id=made.id),
        data_version=made.version,
    )


def _feed(state: feeds.FeedState) -> Feed:
    own = ("name", "version", "legal_regime", "sharing_agreement", "expected_days")
    more = ("retention_months",)
    return Feed(
        **{name: getattr(state.feed, name) for name in (*own, *more)},
        agency=state.feed.agency_id,
        first_day=state.first_day,
        last_day=state.last_day,
        days_late=state.days_late,
        sentence=state.sentence(),
    )


def _day(text: str | None) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        abort(422, f"today must be a date such as 2025-06-14; got {text!r}.")
