"""Finding rows: few verbs, all by equality, so that nobody else writes a query."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hotspots.core.errors import NotFoundError, StaleError

Row = TypeVar("Row")
MAXIMUM = 10_000


def find(
    session: Session,
    table: type[Row],
    *,
    order: str = "id",
    descending: bool = False,
    after: Any = None,
    limit: int = MAXIMUM,
    **equals: Any,
) -> list[Row]:
    """Return rows whose columns equal what is given; a list means any of it.

    ``order`` names the column to sort by; ``after`` is the value of it that the page
    before ended with.
    """
    column = getattr(table, order)
    chosen = select(table).where(*_conditions(table, equals))
    if after is not None:
        chosen = chosen.where(column < after if descending else column > after)
    chosen = chosen.order_by(column.desc() if descending else column).limit(limit)
    return list(session.scalars(chosen))


def find_one(session: Session, table: type[Row], **equals: Any) -> Row | None:
    """Return the first such row, or none."""
    rows = find(session, table, limit=1, **equals)
    return rows[0] if rows else None


def get(session: Session, table: type[Row], id: str | int | None) -> Row:
    """Return a row by its identifier.

    Raises NotFoundError if there is none.
    """
    row = session.get(table, id) if id else None
    if row is None:
        raise NotFoundError("nothing of this identifier is here.")
    return row


def count(session: Session, table: type[Any], **equals: Any) -> int:
    """Return how many such rows there are."""
    query = select(func.count()).select_from(table)
    return session.scalar(query.where(*_conditions(table, equals))) or 0


def highest(session: Session, table: type[Any], column: str) -> Any:
    """Return the largest value in a column, 0 where there is no row."""
    return session.scalar(select(func.max(getattr(table, column)))) or 0


def hold(session: Session, table: type[Row], id: Any) -> Row:
    """Return a row that nobody else can change until this session ends.

    Raises NotFoundError if there is none.
    """
    held: dict[tuple[type[Any], Any], Any] = session.info.setdefault("held", {})
    if (table, id) not in held:  # else it is ours already, and as we left it
        query = select(table).where(*_conditions(table, {"id": id})).with_for_update()
        row = session.scalars(query.execution_options(populate_existing=True)).first()
        if row is None:
            raise NotFoundError("nothing of this identifier is here.")
        held[table, id] = row
    kept: Row = held[table, id]
    return kept


def replace(session: Session, row: Any, seen: int, **changes: Any) -> None:
    """Change a row that is still at the version that was seen.

    Raises StaleError if somebody else changed it in between.
    """
    table = type(row)
    query = (
        update(table)
        .where(table.id == row.id, table.version == seen)
        .values(version=seen + 1, **changes)
    )
    if session.connection().execute(query).rowcount != 1:
        raise StaleError(
            f"what is changed must be as it was read (version {seen}); somebody "
            "else has changed it since. Read it again and decide anew."
        )
    session.refresh(row)


def _conditions(table: type[Any], equals: dict[str, Any]) -> list[Any]:
    columns = ((getattr(table, name), value) for name, value in equals.items())
    return [
        column.in_(value) if isinstance(value, list | tuple | set) else column == value
        for column, value in columns
    ]
