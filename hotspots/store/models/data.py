"""What was imported: feeds, batches, incidents, areas, and the places they make."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from hotspots.store.base import Base, Identified


class SiteRecord(Base, kw_only=True):
    """The one row on the site itself; ``data_version`` counts up with each change.

    ``n_keys`` of the keys of references are in use, one on top of the other.
    """

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str]
    data_version: Mapped[int] = mapped_column(default=0)
    n_keys: Mapped[int] = mapped_column(default=1)


class Feed(Identified, Base, kw_only=True):
    """Where rows come from, under which agreement, and how often they should."""

    __tablename__ = "feed"

    name: Mapped[str] = mapped_column(unique=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"))
    legal_regime: Mapped[str] = mapped_column(default="")
    sharing_agreement: Mapped[str] = mapped_column(default="")
    expected_days: Mapped[int | None] = mapped_column(default=None)
    retention_months: Mapped[int] = mapped_column(default=36)
    mapping: Mapped[str | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)


class Batch(Identified, Base, kw_only=True):
    """One import; ``version`` is the data version it made, none if it changed none."""

    __tablename__ = "batch"

    feed_id: Mapped[str] = mapped_column(ForeignKey("feed.id"), index=True)
    version: Mapped[int | None] = mapped_column(unique=True)
    files: Mapped[list[Any]]
    mapping: Mapped[str | None] = mapped_column(default=None)
    rows_read: Mapped[int]
    rows_new: Mapped[int]
    rows_updated: Mapped[int]
    rows_same: Mapped[int]
    rows_rejected: Mapped[int]
    first_day: Mapped[dt.date | None] = mapped_column(default=None)
    last_day: Mapped[dt.date | None] = mapped_column(default=None)
    time_precision: Mapped[str]
    snapped: Mapped[bool]
    simulated: Mapped[bool]
    notes: Mapped[list[Any]]
    undone_version: Mapped[int | None] = mapped_column(default=None)


class Incident(Base, kw_only=True):
    """An incident as one version of its record says; times are local wall clock, µs.

    It counts from data version ``since`` until before ``until``. ``origin`` is the
    batch whose ``file`` and ``line`` it stood on, ``key`` the keyed hash of its
    reference.
    """

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_feed_until", "feed_id", "until"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, init=False
    )
    feed_id: Mapped[str] = mapped_column(ForeignKey("feed.id"))
    origin: Mapped[str] = mapped_column(ForeignKey("batch.id"))
    since: Mapped[int] = mapped_column(index=True)
    until: Mapped[int | None] = mapped_column(index=True)
    key: Mapped[str | None]
    content: Mapped[str]
    file: Mapped[int]
    line: Mapped[int] = mapped_column(BigInteger)
    lon: Mapped[float]
    lat: Mapped[float]
    start_us: Mapped[int] = mapped_column(BigInteger)
    end_us: Mapped[int] = mapped_column(BigInteger)
    category: Mapped[str]
    subcategory: Mapped[str | None]
    street: Mapped[str | None]
    premises: Mapped[str | None]
    address: Mapped[str | None]
    source_flag: Mapped[str | None]
    qualifiers: Mapped[str | None]


class Reject(Base, kw_only=True):
    """A row of a batch that was not used, and why.

    It is not ``counted`` where an earlier batch of the feed held the same.
    """

    __tablename__ = "reject"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, init=False
    )
    batch_id: Mapped[str] = mapped_column(ForeignKey("batch.id"), index=True)
    file: Mapped[int]
    line: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str]
    reason: Mapped[str]
    value: Mapped[str | None]
    counted: Mapped[bool]


class AreaSet(Identified, Base, kw_only=True):
    """One file of areas, valid from data version ``since`` until before ``until``."""

    __tablename__ = "area_set"

    name: Mapped[str]
    sha256: Mapped[str]
    simulated: Mapped[bool]
    notes: Mapped[list[Any]]
    since: Mapped[int]
    until: Mapped[int | None] = mapped_column(default=None)


class Area(Base, kw_only=True):
    """A polygon of a set, well-known binary in EPSG:4326."""

    __tablename__ = "area"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    set_id: Mapped[str] = mapped_column(ForeignKey("area_set.id"), index=True)
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]
    geometry: Mapped[bytes]


class Place(Identified, Base, kw_only=True):
    """A hotspot's permanent name; ``geometry`` is that it was first found with."""

    __tablename__ = "place"

    number: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str]
    ward: Mapped[str] = mapped_column(default="")
    geometry: Mapped[dict[str, Any]]


class Sighting(Base, kw_only=True):
    """A place as one run found it."""

    __tablename__ = "sighting"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    place_id: Mapped[str] = mapped_column(ForeignKey("place.id"), index=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("run.id"), index=True)
    rank: Mapped[int]
    row: Mapped[dict[str, Any]]
    geometry: Mapped[dict[str, Any]]
