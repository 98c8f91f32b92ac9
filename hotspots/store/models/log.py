"""What was done by whom, in a chain that shows every change; and long work."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hotspots.store.base import Base, Identified, now


class AuditEntry(Base, kw_only=True):
    """One act; ``hash`` is over the entry and the hash before it."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    actor: Mapped[str] = mapped_column(index=True)
    agency: Mapped[str]
    action: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)
    detail: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]


class AuditHead(Base, kw_only=True):
    """The last number and hash; its row is held while an entry is added."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    number: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(default="")


class Export(Identified, Base, kw_only=True):
    """What left the site with personal fields: why, and by when it is to be deleted."""

    __tablename__ = "export"

    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"))
    what: Mapped[str]
    reason: Mapped[str]
    marking: Mapped[str]
    recall_by: Mapped[dt.date]


class Job(Base, kw_only=True):
    """Long work: what is to be done, how far it is, and how it ended."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    arguments: Mapped[dict[str, Any]]
    actor: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="queued", index=True)
    doing: Mapped[str] = mapped_column(default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    sentence: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str] = mapped_column(default="")
    cancel: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[dt.datetime] = mapped_column(default_factory=now)
    beat_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    ended_at: Mapped[dt.datetime | None] = mapped_column(default=None)
