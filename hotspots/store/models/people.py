"""Agencies, people, what they are there, and the tokens of programs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hotspots.store.base import Base, Identified


class Agency(Identified, Base, kw_only=True):
    """One of the partners."""

    __tablename__ = "agency"

    name: Mapped[str] = mapped_column(unique=True)


class Person(Identified, Base, kw_only=True):
    """Somebody who can sign in; ``uniquifier`` changes to end every session."""

    __tablename__ = "person"

    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    uniquifier: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str | None] = mapped_column(default=None)
    active: Mapped[bool] = mapped_column(default=True)


class Membership(Identified, Base, kw_only=True):
    """What a person is in an agency, from and until when."""

    __tablename__ = "membership"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"))
    role: Mapped[str]
    ended_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class Token(Identified, Base, kw_only=True):
    """What is shown instead of a password; only its digest is kept.

    One of a person opens what that person is now, whatever its own role says.
    """

    __tablename__ = "token"

    name: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(unique=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"))
    role: Mapped[str]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    scopes: Mapped[list[Any]] = mapped_column(default_factory=list)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class Invitation(Identified, Base, kw_only=True):
    """A link that makes one account, once, until it expires."""

    __tablename__ = "invitation"

    digest: Mapped[str] = mapped_column(unique=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"))
    role: Mapped[str]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None] = mapped_column(default=None)
