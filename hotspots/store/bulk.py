"""Many rows at once, in the session's own transaction, as tables of polars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import polars as pl
from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from hotspots.store.models import Incident

BLOCK = 20_000
POLARS: dict[type, Any] = {
    bool: pl.Boolean,
    float: pl.Float64,
    int: pl.Int64,
    str: pl.String,
}


def add_rows(session: Session, table: Any, frame: pl.DataFrame) -> None:
    """Add the rows of a frame whose columns are named as those of the table."""
    if frame.is_empty():
        return
    own: Table = table.__table__
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        columns = ", ".join(f'"{name}"' for name in frame.columns)
        raw = connection.connection.driver_connection
        assert raw is not None
        with (
            raw.cursor() as cursor,
            cursor.copy(f"COPY {own.name} ({columns}) FROM STDIN") as copy,
        ):
            for row in frame.iter_rows():
                copy.write_row(row)
        return
    for block in frame.iter_slices(BLOCK):
        connection.execute(insert(own), block.to_dicts())


def end_incidents(session: Session, ids: Iterable[int], version: int) -> None:
    """Let incidents count only until before a data version."""
    listed = list(ids)
    for at in range(0, len(listed), BLOCK // 2):
        some = listed[at : at + BLOCK // 2]
        query = update(Incident).where(Incident.id.in_(some)).values(until=version)
        session.connection().execute(query)


def incident_rows(
    session: Session, version: int, *, since: int = 0, feed: str | None = None
) -> pl.DataFrame:
    """Return the incidents that count at a data version, in the order of their ids.

    With ``since``, only those that began to count after that version.
    """
    chosen = [
        Incident.since <= version,
        Incident.since > since,
        (Incident.until.is_(None)) | (Incident.until > version),
    ]
    if feed is not None:
        chosen.append(Incident.feed_id == feed)
    return _frame(session, Incident, select(Incident.__table__).where(*chosen))


def ended_ids(session: Session, after: int, version: int) -> pl.Series:
    """Return the ids of the incidents that ceased to count between two versions."""
    query = select(Incident.id).where(Incident.until > after, Incident.until <= version)
    return pl.Series("id", session.connection().scalars(query).all(), dtype=pl.Int64)


def rows_of(session: Session, table: Any, **equals: Any) -> pl.DataFrame:
    """Return every row of a table whose columns equal what is given."""
    own: Table = table.__table__
    query = select(own).where(*(own.c[k] == value for k, value in equals.items()))
    return _frame(session, table, query)


def add_key(session: Session, over: Callable[[pl.Series], pl.Series]) -> int:
    """Replace every kept hash of a reference by one over it; return how many."""
    own: Table = Incident.__table__  # type: ignore[assignment]
    query = select(own.c.id, own.c.key).where(own.c.key.is_not(None))
    rows = session.connection().execute(query).all()
    if not rows:
        return 0
    hashes = over(pl.Series([row.key for row in rows], dtype=pl.String)).to_list()
    change = (
        update(own).where(own.c.id == bindparam("row")).values(key=bindparam("hash"))
    )
    given = [
        {"row": row.id, "hash": made} for row, made in zip(rows, hashes, strict=True)
    ]
    for at in range(0, len(given), BLOCK):
        session.connection().execute(change, given[at : at + BLOCK])
    return len(given)


def remove_rows(session: Session, table: Any, **equals: Any) -> int:
    """Delete rows for good and return how many there were."""
    own: Table = table.__table__
    query = delete(own).where(*(own.c[k] == value for k, value in equals.items()))
    return session.connection().execute(query).rowcount


def remove_incidents(session: Session, feed: str, before: dt.date) -> int:
    """Delete every version of the incidents of a feed that began before a day."""
    start = dt.datetime.combine(before, dt.time(), dt.UTC)  # wall clock, as kept
    query = delete(Incident).where(
        Incident.feed_id == feed, Incident.start_us < int(start.timestamp()) * 10**6
    )
    return session.connection().execute(query).rowcount


def _frame(session: Session, table: Any, query: Any) -> pl.DataFrame:
    columns = table.__table__.columns
    schema = {c.name: POLARS[c.type.python_type] for c in columns}
    result = session.connection().execute(query.order_by(table.__table__.c.id))
    blocks = [
        pl.DataFrame(
            dict(zip(schema, map(list, zip(*rows, strict=True)), strict=True)),
            schema=schema,
        )
        for rows in iter(lambda: result.fetchmany(BLOCK), [])
    ]
    return pl.concat(blocks) if blocks else pl.DataFrame(schema=schema)
