"""Writers that share a transaction: one that fails takes nothing with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from hotspots.core.errors import StoreError
from hotspots.store import Store
from hotspots.store.models import Agency
from hotspots.store.queries import count, find


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path / 's.sqlite3'}")
    made.upgrade()
    yield made
    made.close()


def write(store: Store, name: str, *, fails: bool = False) -> None:
    with store.writing() as session:
        session.add(Agency(name=name))
        session.flush()
        if fails:
            raise RuntimeError(name)


def test_many_wait_for_the_disk_once(store: Store) -> None:
    commits: list[int] = []
    event.listen(store.engine, "commit", lambda _: commits.append(1))
    inside, go = threading.Event(), threading.Event()

    def first() -> None:
        with store.writing() as session:
            session.add(Agency(name="first"))
            inside.set()
            go.wait()

    def failing() -> None:
        with pytest.raises(RuntimeError):
            write(store, "failed", fails=True)

    several = [threading.Thread(target=first)]
    several[0].start()
    inside.wait()
    several += [threading.Thread(target=write, args=(store, f"{n}")) for n in range(9)]
    several.append(threading.Thread(target=failing))
    for each in several[1:]:
        each.start()
    together = store._together
    assert together is not None
    while together._waiting < 10:
        time.sleep(0.001)
    go.set()
    for each in several:
        each.join()
    with store.reading() as session:
        names = {each.name for each in find(session, Agency)}
    assert names == {"first", *map(str, range(9))}
    assert len(commits) == 1


def test_nobody_is_told_that_it_was_kept_where_the_database_gave_up(
    store: Store,
) -> None:
    def lost() -> None:
        with store.writing() as session:
            session.add(Agency(name="lost"))
            session.flush()
            raw = session.connection().connection.driver_connection
            assert raw is not None
            raw.execute("RELEASE SAVEPOINT sa_savepoint_1")
            raw.execute("ROLLBACK")  # as SQLite does by itself on a full disk
            raw.execute("SAVEPOINT sa_savepoint_1")

    with pytest.raises(StoreError, match="gave up"):
        lost()
    with store.reading() as session:
        assert count(session, Agency) == 0
