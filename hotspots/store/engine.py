"""The door to the database: SQLite by default, PostgreSQL by address."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, inspect
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from hotspots.core.errors import StoreError
from hotspots.store.together import Together

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 30_000


class Store:
    """A database of one site.

    SQLite writes ahead and waits for the disk at each commit (``synchronous=FULL``):
    what was acknowledged survives a power cut. A session that writes takes the one
    write lock when it begins, so that it never fails half-way for want of it.
    """

    def __init__(self, url: str) -> None:
        """Open a database.

        Raises StoreError if the address names no database of a kind that is known.
        """
        self.url = _checked_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        pool: dict[str, Any] = {} if self.is_sqlite else {"pool_pre_ping": True}
        self.engine = create_engine(self.url, **pool)
        if self.is_sqlite:
            _prepare_sqlite(self.engine)
        self._writer = self.engine.execution_options(writes=True)
        self._together = Together(self._writer) if self.is_sqlite else None
        one_state = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reader = self.engine.execution_options(**one_state)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one state and keeps nothing."""
        with _session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that is committed at the end, or not at all after an error."""
        if self._together is not None:
            with _told(), self._together.writing() as session:
                yield session
            return
        with _session(self._writer) as session, session.begin():
            yield session

    def upgrade(self) -> None:
        """Bring the tables to this version of the software."""
        from alembic import command  # here, because every start would load it
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with _told(), self._writer.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @property
    def revision(self) -> str | None:
        """The migration that the tables are at; none where there are no tables."""
        with _told(), self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            query = "SELECT version_num FROM alembic_version"
            return connection.exec_driver_sql(query).scalar()

    @property
    def is_current(self) -> bool:
        """Whether the tables are those of this version of the software."""
        steps = (MIGRATIONS / "versions").glob("[0-9]*.py")
        return self.revision == max(path.name.partition("_")[0] for path in steps)

    def copy_to(self, target: Path) -> None:
        """Write a copy of an SQLite database that is in use."""
        with (
            _told(),
            closing(self.engine.raw_connection()) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.driver_connection.backup(copy)  # type: ignore[union-attr]

    def forget_deleted(self) -> None:
        """Leave nothing of rows that were deleted in the files of the database."""
        if self.is_sqlite:
            with closing(self.engine.raw_connection()) as raw:
                for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    raw.driver_connection.execute(statement)  # type: ignore[union-attr]
            return
        alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        with alone.connect() as connection:
            connection.exec_driver_sql("VACUUM (FULL) incident, reject")

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


@contextmanager
def _session(engine: Engine) -> Iterator[Session]:
    with _told(), Session(engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def _told() -> Iterator[None]:
    """Say in our words that the database does not answer."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        lost = isinstance(error, DBAPIError) and error.connection_invalidated
        said = str(getattr(error, "orig", error))
        if lost or any(word in said for word in _AWAY):
            raise StoreError(
                f"the database must answer; it does not: {said.splitlines()[0]}. Is it "
                "running, and has its disk room?"
            ) from error
        raise


_AWAY = ("connection failed", "unable to open", "locked", "disk I/O", "is full")


def _checked_url(text: str) -> URL:
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except ArgumentError:
        backend = ""
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        return url
    raise StoreError(
        "a database must be an SQLite file or an address such as "
        f"postgresql://user@host/name; got {text.partition('@')[2] or text!r}."
    )


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            f"busy_timeout = {BUSY_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
