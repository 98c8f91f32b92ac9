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
    """Somebody who can sign in; ``uniquifier`` changes to end every session.

    The second factor's columns are named as Flask-Security reads them; the secrets in
    them are encrypted with the site's own key before they come here.
    """

    __tablename__ = "person"

    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    uniquifier: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str | None] = mapped_column(default=None)
    active: Mapped[bool] = mapped_column(default=True)
    tf_primary_method: Mapped[str | None] = mapped_column(default=None)
    tf_totp_secret: Mapped[str | None] = mapped_column(default=None)
    totp_counter: Mapped[int | None] = mapped_column(default=None)
    mf_recovery_codes: Mapped[list[Any] | None] = mapped_column(default=None)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(
        unique=True, default=None
    )
    failures: Mapped[int] = mapped_column(default=0)
    barred_until: Mapped[dt.datetime | None] = mapped_column(default=None)


class Passkey(Identified, Base, kw_only=True):
    """What a person's device or key proves itself with; only its public half."""

    __tablename__ = "passkey"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    transports: Mapped[list[Any]]
    extensions: Mapped[str | None]
    device_type: Mapped[str]
    backup_state: Mapped[bool]
    usage: Mapped[str]
    lastuse_datetime: Mapped[dt.datetime]


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
    """A link that makes one account, once, until it expires.

    One for a person who is there lets them choose another password.
    """

    __tablename__ = "invitation"

    digest: Mapped[str] = mapped_column(unique=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"))
    role: Mapped[str]
    expires_at: Mapped[dt.datetime]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    used_at: Mapped[dt.datetime | None] = mapped_column(default=None)
