"""Uploads: files that are taken in, wait in the spool, and are queued for import."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from hotspots.core.errors import NotFoundError, ParameterError
from hotspots.intake.profile import Profile
from hotspots.rights import Actor, check
from hotspots.service.audit import record
from hotspots.service.feeds import feed_to_import
from hotspots.service.site import Site
from hotspots.service.statutory import fill_in
from hotspots.store import new_id
from hotspots.store.models import Job
from hotspots.work import submit

MOST_FILES = 100


def request_import(
    site: Site,
    actor: Actor,
    files: Sequence[tuple[str, IO[bytes]]],
    *,
    feed: str,
    profile: str | None = None,
    today: dt.date | None = None,
) -> str:
    """Take files in, queue their import and return its identifier.

    ``profile`` is the text of a column mapping; default that of the feed.

    Raises ParameterError if there is no file, or there are too many.
    """
    id = stage(site, actor, files)
    try:
        return queue_staged(site, actor, id, feed=feed, profile=profile, today=today)
    except BaseException:
        shutil.rmtree(site.spool / id, ignore_errors=True)
        raise


def stage(site: Site, actor: Actor, files: Sequence[tuple[str, IO[bytes]]]) -> str:
    """Take files in and return the identifier that their import will have.

    What nobody queues within an hour is deleted.

    Raises ParameterError if there is no file, or there are too many.
    """
    check(actor, "batch.import")
    if not files or len(files) > MOST_FILES:
        raise ParameterError(
            f"an import must have from 1 to {MOST_FILES} files; got {len(files)}. "
            "A program sends each as a part named 'files'."
        )
    folder = site.spool / new_id()
    try:
        for number, (name, stream) in enumerate(files):
            take_in(folder / str(number), name, stream)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder.name


def take_in(folder: Path, name: str, stream: IO[bytes]) -> Path:
    """Keep an uploaded file in a folder, made where it is not there.

    Raises ParameterError if its name is none.
    """
    target = folder / _plain_name(name)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("xb") as kept:
        shutil.copyfileobj(stream, kept)
    return target


def staged(site: Site, actor: Actor, id: str) -> list[Path]:
    """Return the files that were taken in, in their order.

    Raises NotFoundError if there are none, or nobody queued them within an hour.
    """
    check(actor, "batch.import")
    found = (site.spool / id).glob("*/*") if id.isalnum() else ()
    every = sorted(found, key=lambda path: int(path.parent.name))
    if not every:
        raise NotFoundError(
            "uploaded files wait for an hour; there are none of this identifier. "
            "Upload them again."
        )
    return every


def queue_staged(
    site: Site,
    actor: Actor,
    id: str,
    *,
    feed: str,
    profile: str | None = None,
    today: dt.date | None = None,
) -> str:
    """Queue the import of files that were taken in."""
    staged(site, actor, id)
    if profile:
        Profile.from_text(profile)
    with site.store.writing() as session:
        known = feed_to_import(session, actor, feed)
        fill_in(known)
        arguments: dict[str, Any] = {
            "feed": known.id,
            "profile": profile or None,
            "today": today.isoformat() if today else None,
        }
        submit(session, "import", arguments, actor, id)
        record(session, actor, "import.ask", id, feed=known.name)
    return id


def sweep_spool(site: Site) -> None:
    """Delete what was uploaded for imports that have ended, or were never asked for."""
    for folder in site.spool.iterdir():
        with site.store.reading() as session:
            job = session.get(Job, folder.name)
        age_s = time.time() - folder.stat().st_mtime
        if (job is None and age_s > 3600) or (job and job.ended_at is not None):
            shutil.rmtree(folder, ignore_errors=True)


def _plain_name(name: str) -> str:
    """Return the last part of a file's name, refusing one that is no name."""
    plain = name.replace("\\", "/").rpartition("/")[2].strip()
    if not plain.strip(".") or "\x00" in plain or len(plain.encode()) > 200:
        raise ParameterError(f"an uploaded file must have a plain name; got {name!r}.")
    return plain
