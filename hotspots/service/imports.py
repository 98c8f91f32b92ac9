"""Imports: a batch is kept whole or not at all, and can be undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

import polars as pl

from hotspots.core.errors import ConflictError
from hotspots.core.small import read_small
from hotspots.intake.given import expand
from hotspots.intake.inputs import InputFile
from hotspots.intake.profile import Profile
from hotspots.rights import Actor, Owned, check
from hotspots.service.audit import record
from hotspots.service.datasets import (
    EmptySiteError,
    current_version,
    dataset_at,
    rows_at,
)
from hotspots.service.frozen import state_of
from hotspots.service.matching import Match, keyed, match, with_content
from hotspots.service.references import reference_keys
from hotspots.service.same_events import possible_same
from hotspots.service.site import Site
from hotspots.service.statutory import mapping_of
from hotspots.service.uploads import request_import, sweep_spool
from hotspots.sources import Reading, read_incidents
from hotspots.store import Session
from hotspots.store.bulk import add_rows, end_incidents, incident_rows, rows_of
from hotspots.store.models import Batch, Feed, Incident, Job, Reject, SiteRecord
from hotspots.store.queries import find, find_one, get, hold
from hotspots.work import Task, Worker

_ROW = ("file", "line", "lon", "lat", "start_us", "end_us", "category", "subcategory")
_MORE = ("street", "premises", "address", "source_flag", "qualifiers")


class _ChangedError(Exception):
    """The data have changed since they were compared."""


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """A reading beside what is held: at which data version, and what is which."""

    version: int
    rows: pl.DataFrame
    found: Match
    rejects: pl.DataFrame

    @property
    def changes(self) -> bool:
        return bool(len(self.found.new) or self.found.updated.height)


def perform_import(site: Site, task: Task) -> None:
    """Do a queued import."""
    with site.store.reading() as session:
        feed = get(session, Feed, task.arguments["feed"])
    reading = _read(site, task, feed)
    kept = False
    while not kept:
        compared = _compare(site, feed, reading)
        try:
            _commit(task, feed, reading, compared)
            kept = True
        except _ChangedError:
            task.progress("comparing again: other data came in between")
    with suppress(EmptySiteError), site.store.reading() as session:
        possible_same(site, session, task.id)
        dataset_at(site)  # both ready for whoever asks next


def import_now(site: Site, actor: Actor, paths: Sequence[Path], **told: Any) -> Job:
    """Import files of this computer, waiting for the end; ``told`` as when asked.

    Where a worker of the site is at hand it does the work, else this process.
    """
    with ExitStack() as opened:
        files = [
            (item.name, opened.enter_context(_bytes_of(item)))
            for item in (*expand(paths), *_mappings_beside(paths))
        ]
        id = request_import(site, actor, files, **told)
    handlers = {"import": partial(perform_import, site)}
    return Worker(site.store, handlers, partial(sweep_spool, site)).finish(id)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What an import would do: the rows as they were read, and a sentence."""

    reading: Reading
    sentence: str


def preview(
    site: Site,
    actor: Actor,
    paths: Sequence[Path],
    *,
    feed: str,
    text: str | None = None,
    today: dt.date | None = None,
) -> Preview:
    """Say what an import would do, without doing it.

    ``text`` is a column mapping; default that of the feed, or the one beside the file.
    """
    check(actor, "batch.import")
    with site.store.reading() as session:
        known = find_one(session, Feed, name=feed)
    text = text or mapping_of(known, feed)
    profile = Profile.from_text(text) if text else None
    read = read_incidents(
        paths, profile=profile, today=today, harm=site.harm(), lookups=site.lookups()
    )
    compared = _compare(site, known, read)
    said = f"Nothing was imported. {_sentence(feed, read, compared.found)}"
    return Preview(reading=read, sentence=said)


def batches(session: Session, actor: Actor, *, limit: int = 100) -> list[Batch]:
    """Return the imports that were made, the latest first."""
    check(actor, "batch.read")
    return find(session, Batch, descending=True, limit=limit)


def batch(session: Session, actor: Actor, id: str) -> Batch:
    """Return one import that was made."""
    check(actor, "batch.read")
    return get(session, Batch, id)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an import is, and its batch once it is kept."""

    job: Job
    batch: Batch | None
    feed: str


def progress(session: Session, actor: Actor, id: str) -> Progress:
    """Return how far an import is."""
    check(actor, "batch.read")
    job = state_of(session, "import", id)
    return Progress(
        job=job,
        batch=session.get(Batch, id),
        feed=get(session, Feed, job.arguments["feed"]).name,
    )


def rejects(session: Session, actor: Actor, id: str) -> pl.DataFrame:
    """Return the rows of an import that were not used; the reading is logged."""
    made = get(session, Batch, id)
    feed = get(session, Feed, made.feed_id)
    check(actor, "reject.read", Owned(agency=feed.agency_id))
    record(session, actor, "reject.read", id)
    names = [name for name, _ in made.files]
    rows = rows_of(session, Reject, batch_id=id)
    files = pl.DataFrame({"number": range(len(names)), "name": names})
    joined = rows.join(files, left_on="file", right_on="number", how="left")
    return joined.select(pl.col("name").alias("file"), "line", "reason", "value")


def undo(session: Session, actor: Actor, id: str) -> Batch:
    """Take an import back: the rows are again as they were before it.

    Raises ConflictError if it was undone, changed nothing, or a later import changed
    its rows.
    """
    made = get(session, Batch, id)
    feed = get(session, Feed, made.feed_id)
    check(actor, "batch.undo", Owned(agency=feed.agency_id))
    site = hold(session, SiteRecord, 1)
    if made.version is None or made.undone_version is not None:
        why = "changed nothing" if made.version is None else "was undone already"
        raise ConflictError(
            f"only an import that counts can be undone; this one {why}."
        )
    now_held = incident_rows(session, site.data_version, feed=feed.id)
    own = now_held.filter(pl.col("origin") == id)
    changed = made.rows_new + made.rows_updated - own.height
    if changed:
        raise ConflictError(
            "an import can be undone while its rows are as it left them; a later one "
            f"of {feed.name} has changed {changed:,} of them. Undo that one first."
        )
    site.data_version += 1
    before = rows_of(session, Incident, until=made.version)
    end_incidents(session, own["id"], site.data_version)
    again = before.with_columns(
        since=pl.lit(site.data_version), until=pl.lit(None, dtype=pl.Int64)
    )
    add_rows(session, Incident, again.drop("id"))
    made.undone_version = site.data_version
    record(session, actor, "import.undo", id, rows=own.height, restored=again.height)
    return made


@contextmanager
def _bytes_of(item: InputFile) -> Iterator[IO[bytes]]:
    """Open a file as it lies, or a member of an archive unpacked."""
    opened = item.path.open("rb") if item.member is None else item.open()
    with opened as stream:
        yield stream


def _mappings_beside(paths: Sequence[Path]) -> list[InputFile]:
    """Return the mapping of the same name beside each file, where there is one."""
    beside = [path.with_suffix(".toml") for path in map(Path, paths) if path.is_file()]
    return [InputFile(path=p, name=p.name) for p in beside if p.is_file()]


def _read(site: Site, task: Task, feed: Feed) -> Reading:
    arguments, folder = task.arguments, site.spool / task.id
    every = sorted(folder.glob("*/*"), key=lambda path: int(path.parent.name))
    files = [path for path in every if path.suffix.lower() != ".toml"]
    beside = [path for path in every if path.suffix.lower() == ".toml"]
    text = arguments["profile"] or feed.mapping
    if text is None and beside:
        text = read_small(beside[0])
    today = arguments["today"]
    return read_incidents(
        files,
        profile=Profile.from_text(text) if text else None,
        today=dt.date.fromisoformat(today) if today else None,
        progress=task.progress,
        harm=site.harm(),
        lookups=site.lookups(),
    )


def _compare(site: Site, feed: Feed | None, reading: Reading) -> _Compared:
    with site.store.reading() as session:
        version = current_version(session)
        held = rows_at(site, session, version)
        held_rejects = _held_rejects(session, feed)
        keys = reference_keys(site, session)
    held = held.filter(pl.col("feed_id") == (feed.id if feed else ""))
    rows = _rows_of(reading, keys)
    numbered = rows.with_row_index("row").select("row", "key", "content", "start_us")
    return _Compared(
        version=version,
        rows=rows,
        found=match(held.select("id", "key", "content", "start_us"), numbered),
        rejects=_counted(reading.rejects, held_rejects),
    )


def _rows_of(reading: Reading, keys: list[bytes]) -> pl.DataFrame:
    incidents = reading.incidents
    places = incidents.places.select("lon", "lat").with_row_index("place")
    rows = incidents.frame.join(places, on="place", how="left", maintain_order="left")
    kept = rows.with_columns(
        pl.col(pl.Categorical).cast(pl.String),
        start_us=pl.col("start").dt.epoch("us"),
        end_us=pl.col("end").dt.epoch("us"),
        key=keyed(rows["reference"], keys),
    )
    return with_content(kept.select("key", *_ROW, *_MORE))


def _held_rejects(session: Session, feed: Feed | None) -> pl.DataFrame:
    own = find(session, Batch, feed_id=feed.id, undone_version=None) if feed else []
    parts = [rows_of(session, Reject, batch_id=each.id, counted=True) for each in own]
    return pl.concat(parts) if parts else pl.DataFrame(schema=_REJECT)


def _counted(given: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Mark the rejects that no earlier import of the feed held."""
    on = ["status", "reason", "value"]
    nth = pl.int_range(pl.len()).over(on).alias("nth")
    before = held.select(*on, nth, counted=pl.lit(value=False))
    rows = given.with_columns(nth).join(
        before, on=[*on, "nth"], how="left", nulls_equal=True, maintain_order="left"
    )
    return rows.with_columns(pl.col("counted").fill_null(value=True)).drop("nth")


def _commit(task: Task, feed: Feed, reading: Reading, compared: _Compared) -> None:
    """Keep the batch, unless the data have changed since they were compared."""
    task.sentence = _sentence(feed.name, reading, compared.found)
    with task.commit() as session:
        kept = hold(session, SiteRecord, 1)
        if kept.data_version != compared.version:
            raise _ChangedError
        if compared.changes:
            kept.data_version += 1
        made = _batch(task, feed, reading, compared)
        made.version = kept.data_version if compared.changes else None
        session.add(made)
        session.flush()
        _add_incidents(session, made, compared)
        rejected = compared.rejects.with_columns(batch_id=pl.lit(made.id))
        add_rows(session, Reject, rejected)
        if task.arguments["profile"]:
            hold(session, Feed, feed.id).mapping = task.arguments["profile"]
        record(
            session,
            task.actor,
            "import.commit",
            made.id,
            feed=feed.name,
            files=made.files,
            version=made.version,
            **{name: getattr(made, name) for name in _COUNTS},
        )


def _batch(task: Task, feed: Feed, reading: Reading, compared: _Compared) -> Batch:
    incidents, found = reading.incidents, compared.found
    days = incidents.frame["start"].dt.date()
    return Batch(
        id=task.id,
        feed_id=feed.id,
        version=None,
        files=[list(each) for each in reading.inputs],
        mapping=task.arguments["profile"] or feed.mapping,
        rows_read=reading.rows_read,
        rows_new=len(found.new),
        rows_updated=found.updated.height,
        rows_same=len(found.same),
        rows_rejected=reading.rejects.height,
        first_day=days.min(),  # type: ignore[arg-type]
        last_day=days.max(),  # type: ignore[arg-type]
        time_precision=incidents.time_precision,
        snapped=incidents.snapped,
        simulated=incidents.simulated,
        notes=list(incidents.notes),
        made_by=task.actor.id,
    )


def _add_incidents(session: Session, made: Batch, compared: _Compared) -> None:
    if made.version is None:
        return
    end_incidents(session, compared.found.updated["id"], made.version)
    chosen = pl.concat([compared.found.new, compared.found.updated["row"]]).sort()
    rows = compared.rows[chosen].with_columns(
        feed_id=pl.lit(made.feed_id),
        origin=pl.lit(made.id),
        since=pl.lit(made.version),
        until=pl.lit(None, dtype=pl.Int64),
    )
    add_rows(session, Incident, rows)


def _sentence(feed: str, reading: Reading, found: Match) -> str:
    new, updated, same = len(found.new), found.updated.height, len(found.same)
    said = (
        f"{feed}: {reading.rows_read:,} rows read; {new:,} new, {updated:,} later "
        f"versions of rows held, {same:,} held already, "
        f"{reading.rejects.height:,} not usable."
    )
    return said if new or updated else f"{said} Nothing changed."


_COUNTS = ("rows_read", "rows_new", "rows_updated", "rows_same", "rows_rejected")
_REJECT = {"status": pl.String, "reason": pl.String, "value": pl.String}
