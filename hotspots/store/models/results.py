"""What was computed, frozen: runs, plans with their suggestions, outcomes, briefs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hotspots.store.base import Base, Identified


class Frozen(Identified, kw_only=True):
    """A result with everything that decides it, and the hashes of its files."""

    parameters: Mapped[dict[str, Any]]
    data_version: Mapped[int]
    software: Mapped[str]
    summary: Mapped[dict[str, Any]]
    files: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class Run(Frozen, Base, kw_only=True):
    """An analysis."""

    __tablename__ = "run"


class Plan(Frozen, Base, kw_only=True):
    """A plan of one tactic."""

    __tablename__ = "plan"

    agency_id: Mapped[str]
    tactic: Mapped[str]
    marking: Mapped[str]


class Suggestion(Identified, Base, kw_only=True):
    """One suggestion of a plan, with its whole rationale."""

    __tablename__ = "suggestion"

    plan_id: Mapped[str] = mapped_column(ForeignKey("plan.id"), index=True)
    place_id: Mapped[str | None] = mapped_column(ForeignKey("place.id"), index=True)
    tactic: Mapped[str]
    rank: Mapped[int]
    name: Mapped[str]
    row: Mapped[dict[str, Any]]
    rationale: Mapped[list[Any]]
    geometry: Mapped[dict[str, Any]]
    marking: Mapped[str]


class Outcome(Frozen, Base, kw_only=True):
    """What a task achieved, or that one cannot tell."""

    __tablename__ = "outcome"

    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"), index=True)
    word: Mapped[str]
    sentence: Mapped[str]


class Brief(Frozen, Base, kw_only=True):
    """A brief as it was published."""

    __tablename__ = "brief"

    period: Mapped[str]
    audience: Mapped[str]
    marking: Mapped[str]
