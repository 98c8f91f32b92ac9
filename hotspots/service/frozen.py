"""What runs, plans, outcomes and briefs share: asked for, queued, then frozen."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from hotspots._version import __version__
from hotspots.core.errors import ConflictError, NotFoundError
from hotspots.rights import Actor, check
from hotspots.service.audit import record
from hotspots.service.datasets import current_version
from hotspots.service.site import Site
from hotspots.store import Session
from hotspots.store.models import Job
from hotspots.store.queries import get
from hotspots.work import Task, submit

Row = TypeVar("Row")


def ask(session: Session, actor: Actor, kind: str, arguments: Mapping[str, Any]) -> str:
    """Queue work on the data as they are now, and return its identifier."""
    check(actor, f"{kind}.make")
    told = {**arguments, "version": current_version(session)}
    id = submit(session, kind, told, actor)
    record(session, actor, f"{kind}.ask", id, **told)
    return id


def state_of(session: Session, kind: str, id: str, actor: Actor | None = None) -> Job:
    """Return how far some work of a kind is; ``actor`` must be allowed to read it.

    Raises NotFoundError if there is no such work.
    """
    if actor is not None:
        check(actor, f"{kind}.read")
    job = get(session, Job, id)
    if job.kind != kind:
        raise NotFoundError("nothing of this identifier is here.")
    return job


def result_of(session: Session, table: type[Row], id: str) -> Row:
    """Return a frozen result.

    Raises ConflictError while it is being made, or where it was not; NotFoundError if
    there is none.
    """
    row = session.get(table, id)
    job = None if row is not None else session.get(Job, id)
    kind = table.__tablename__  # type: ignore[attr-defined]
    if job is not None and job.kind == kind:
        raise ConflictError(
            f"the {kind} must be done before it can be read; it is {job.state}. Ask "
            f"for /{kind}s/{id} to see how far it is."
        )
    return row if row is not None else get(session, table, id)


def folder_of(site: Site, kind: str, id: str) -> Path:
    """Return the folder of a frozen result."""
    return site.documents / f"{kind}s" / id


def frozen(task: Task, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that every frozen result has."""
    return {
        "id": task.id,
        "made_by": task.actor.id,
        "parameters": dict(parameters),
        "data_version": task.arguments["version"],
        "software": __version__,
    }


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a folder, by its path in it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in files
    }


def frozen_again(
    site: Site, kind: str, of: str, id: str, files: Mapping[str, Any]
) -> bool:
    """Give an equal result the files of an earlier one; say whether they are as frozen.

    Both names stand for the same bytes on the disk.
    """
    target = folder_of(site, kind, id)
    shutil.rmtree(target, ignore_errors=True)
    try:
        shutil.copytree(folder_of(site, kind, of), target, copy_function=os.link)
        whole = hashes(target) == dict(files)
    except OSError:  # it was deleted, or the disk keeps no second names
        whole = False
    if not whole:
        shutil.rmtree(target, ignore_errors=True)
    return whole


def open_file(site: Site, kind: str, row: Any, name: str) -> Path:
    """Return the path of one file of a frozen result, as it was frozen.

    Raises NotFoundError if it has no file of this name, or the file is not what was
    frozen.
    """
    path = folder_of(site, kind, row.id) / name
    if name not in row.files or not path.is_file():
        raise NotFoundError(f"this {kind} has no file named '{name}'.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != row.files[name]:
        raise NotFoundError(
            f"the file '{name}' is not as it was frozen: restore it from a backup."
        )
    return path
