"""Long work: asked for with 202, told how far it is, stopped."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, Field

from hotspots.service import queue
from hotspots.web.api.v1.endpoint import Answer, endpoint


class Accepted(Answer):
    """Work that was queued: ask for it again by its identifier."""

    id: str
    state: str = "queued"


class Work(Answer):
    """How far some work is, and how it ended."""

    id: str
    kind: str
    state: str
    doing: str
    done: int
    total: int
    sentence: str
    made_at: dt.datetime
    ended_at: dt.datetime | None


class WorkList(Answer):
    """Work, the latest first."""

    work: list[Work]


class Page(BaseModel):
    """How many, the latest first."""

    limit: int = Field(default=100, ge=1, le=1000)


class Progress(Answer):
    """What every long piece of work tells of itself."""

    id: str
    state: str
    sentence: str = ""
    doing: str = ""
    done: int = 0
    total: int = 0


def progress_of(job: Any) -> dict[str, Any]:
    """Return the fields of :class:`Progress`."""
    return {name: getattr(job, name) for name in Progress.model_fields}


@endpoint("/work", query=Page, returns=WorkList)
def list_work(session: Any, actor: Any, asked: Page) -> WorkList:
    """List what is waiting, running and ended."""
    return WorkList(
        work=[Work.model_validate(j) for j in queue.work(session, actor, asked.limit)]
    )


@endpoint("/work/<id>", returns=Work)
def get_work(session: Any, actor: Any, id: str) -> Work:
    """Tell how far some work is."""
    return Work.model_validate(queue.one(session, actor, id))


@endpoint("/work/<id>/cancel", "POST", returns=Work)
def cancel_work(session: Any, actor: Any, id: str) -> Work:
    """Ask some work to stop: nothing of it is kept."""
    return Work.model_validate(queue.cancel(session, actor, id))
