"""What every table shares: names, identifiers and types for both databases."""

from __future__ import annotations

import datetime as dt
import secrets
import time
from typing import Any

from sqlalchemy import JSON, DateTime, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> str:
    """Return an identifier that nobody can guess and that sorts by when it was made."""
    return f"{time.time_ns() // 1_000_000:011x}{secrets.token_hex(8)}"


def now() -> dt.datetime:
    """Return the moment, in UTC."""
    return dt.datetime.now(dt.UTC)


class UtcMoment(TypeDecorator[dt.datetime]):
    """A moment in UTC: SQLite keeps no time zone, so one without is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Any) -> Any:
        """Return what is kept."""
        return None if value is None else value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, _dialect: Any) -> Any:
        """Return what was kept."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """A table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012
        str: Text,
        dt.datetime: UtcMoment,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class Identified(MappedAsDataclass, kw_only=True):
    """A row that other people may name: who made it is in the audit."""

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=new_id)
    made_at: Mapped[dt.datetime] = mapped_column(default_factory=now)
    made_by: Mapped[str] = mapped_column(default="")
