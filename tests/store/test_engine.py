"""The store on both databases: tables, sessions, refusals."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect

from hotspots.core.errors import NotFoundError, StaleError, StoreError
from hotspots.store import Store
from hotspots.store.base import Base
from hotspots.store.models import Agency, AuditHead, Meeting
from hotspots.store.queries import count, find, find_one, get, hold, replace


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = Store(database_url)
    made.upgrade()
    yield made
    made.close()


def test_migrations_make_exactly_the_tables_of_the_models(store: Store) -> None:
    assert store.is_current
    seen = inspect(store.engine)
    for table in Base.metadata.tables.values():
        kept = {c["name"]: c["nullable"] for c in seen.get_columns(table.name)}
        wanted = {c.name: bool(c.nullable) for c in table.columns}
        assert kept == wanted, table.name
    extra = set(seen.get_table_names()) - set(Base.metadata.tables)
    assert extra == {"alembic_version"}


def test_an_upgrade_of_what_is_current_changes_nothing(store: Store) -> None:
    with store.writing() as session:
        session.add(Agency(name="Police"))
    store.upgrade()
    with store.reading() as session:
        assert count(session, Agency) == 1


def test_an_error_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.writing() as session:
            session.add(Agency(name="Police"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.reading() as session:
        assert find_one(session, Agency, name="Police") is None


def test_reading_keeps_nothing(store: Store) -> None:
    with store.reading() as session:
        session.add(Agency(name="Fire"))
        session.flush()
    with store.reading() as session:
        assert count(session, Agency) == 0


def test_moments_come_back_in_utc(store: Store) -> None:
    made = Agency(name="Police")
    with store.writing() as session:
        session.add(made)
    with store.reading() as session:
        assert get(session, Agency, made.id).made_at == made.made_at


def test_pages_follow_each_other(store: Store) -> None:
    with store.writing() as session:
        session.add_all([Agency(name=f"A{n}") for n in range(5)])
    with store.reading() as session:
        first = find(session, Agency, order="name", limit=3)
        rest = find(session, Agency, order="name", after=first[-1].name)
    assert [a.name for a in (*first, *rest)] == ["A0", "A1", "A2", "A3", "A4"]


def test_what_is_not_there_is_said(store: Store) -> None:
    with store.reading() as session:
        for id in ("nothing", "", None):
            with pytest.raises(NotFoundError):
                get(session, Agency, id)


def test_of_two_who_saw_the_same_version_one_is_refused(store: Store) -> None:
    from datetime import date

    meeting = Meeting(title="June", held_on=date(2025, 6, 12), agencies=[])
    with store.writing() as session:
        session.add(meeting)
    said: list[str] = []

    def change(note: str) -> None:
        try:
            with store.writing() as session:
                replace(session, get(session, Meeting, meeting.id), 1, note=note)
            said.append("kept")
        except StaleError:
            said.append("refused")

    both = [threading.Thread(target=change, args=(note,)) for note in "ab"]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(said) == ["kept", "refused"]
    with store.reading() as session:
        assert get(session, Meeting, meeting.id).version == 2


def test_a_held_row_is_counted_up_by_one_at_a_time(store: Store) -> None:
    with store.writing() as session:
        session.add(AuditHead())

    def count_up() -> None:
        for _ in range(10):
            with store.writing() as session:
                hold(session, AuditHead, 1).number += 1

    several = [threading.Thread(target=count_up) for _ in range(4)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    with store.reading() as session:
        assert hold(session, AuditHead, 1).number == 40


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://host/name"])
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(StoreError, match="SQLite file or an address"):
        Store(address)


def test_sqlite_waits_for_the_disk(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 's.sqlite3'}")
    with store.engine.connect() as connection:
        read = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    store.close()
    assert read == ["wal", 2, 1]
