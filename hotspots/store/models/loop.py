"""The loop: meetings decide, tasks are owned, deployments made, visits counted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hotspots.store.base import Base, Identified


class Versioned(Identified, kw_only=True):
    """A row that people change: a change says which version it saw."""

    version: Mapped[int] = mapped_column(default=1)


class Meeting(Versioned, Base, kw_only=True):
    """A meeting of the partnership."""

    __tablename__ = "meeting"

    title: Mapped[str]
    held_on: Mapped[dt.date]
    agencies: Mapped[list[Any]]
    note: Mapped[str] = mapped_column(default="")


class Decision(Identified, Base, kw_only=True):
    """What was said to a suggestion."""

    __tablename__ = "decision"

    suggestion_id: Mapped[str] = mapped_column(ForeignKey("suggestion.id"), index=True)
    meeting_id: Mapped[str | None] = mapped_column(ForeignKey("meeting.id"))
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"))
    verdict: Mapped[str]
    reason: Mapped[str]
    change: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[dt.date]


class Task(Versioned, Base, kw_only=True):
    """What an agency is to do by when, with the test of success declared before."""

    __tablename__ = "task"

    number: Mapped[int] = mapped_column(unique=True)
    decision_id: Mapped[str | None] = mapped_column(
        ForeignKey("decision.id"), index=True
    )
    place_id: Mapped[str | None] = mapped_column(ForeignKey("place.id"), index=True)
    action: Mapped[str]
    tactic: Mapped[str] = mapped_column(default="")
    owner_agency: Mapped[str] = mapped_column(ForeignKey("agency.id"), index=True)
    owner_role: Mapped[str]
    set_on: Mapped[dt.date]
    due: Mapped[dt.date]
    status: Mapped[str] = mapped_column(default="open")
    done_on: Mapped[dt.date | None] = mapped_column(default=None)
    result: Mapped[str] = mapped_column(default="")
    measure: Mapped[str] = mapped_column(default="")
    success: Mapped[str] = mapped_column(default="")
    osara: Mapped[str] = mapped_column(default="objective")
    exit_rule: Mapped[str] = mapped_column(default="")
    case_reference: Mapped[str] = mapped_column(default="")


class Comment(Identified, Base, kw_only=True):
    """What somebody said on a task."""

    __tablename__ = "comment"

    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"), index=True)
    text: Mapped[str]


class Deployment(Versioned, Base, kw_only=True):
    """Something put in place, somewhere, for a time; times are local wall clock."""

    __tablename__ = "deployment"

    number: Mapped[int] = mapped_column(unique=True)
    task_id: Mapped[str | None] = mapped_column(ForeignKey("task.id"), index=True)
    place_id: Mapped[str | None] = mapped_column(ForeignKey("place.id"), index=True)
    tactic: Mapped[str]
    place_name: Mapped[str]
    easting: Mapped[float | None] = mapped_column(default=None)
    northing: Mapped[float | None] = mapped_column(default=None)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"), index=True)
    provider: Mapped[str]
    begins: Mapped[str]
    ends: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[str]
    minutes_planned: Mapped[int | None] = mapped_column(default=None)
    review_due: Mapped[dt.date | None] = mapped_column(default=None)
    due: Mapped[dt.date | None] = mapped_column(default=None)
    done: Mapped[dt.date | None] = mapped_column(default=None)
    offered: Mapped[int | None] = mapped_column(default=None)
    marked: Mapped[int | None] = mapped_column(default=None)
    contacts: Mapped[int | None] = mapped_column(default=None)
    reference: Mapped[str] = mapped_column(default="")


class Visit(Identified, Base, kw_only=True):
    """Minutes at a deployment, by provider: never by whom."""

    __tablename__ = "visit"

    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"), index=True)
    provider: Mapped[str]
    start: Mapped[str]
    end: Mapped[str]
    minutes: Mapped[int]
    state: Mapped[str]
