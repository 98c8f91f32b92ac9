"""Databases to test on: a file of SQLite, and a throw-away PostgreSQL cluster."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hotspots.store import Store

_NUMBERS = itertools.count()


def _server_folder() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else found[-1].parent if found else None


def _as_user() -> dict[str, str]:
    """PostgreSQL refuses to run as root: take the account its package made."""
    return {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}


def _in_memory() -> Path | None:
    """What is thrown away need not reach the disk, where there is room beside it."""
    memory = Path("/dev/shm")
    large = memory.is_dir() and shutil.disk_usage(memory).free > 4 * 1024**3
    return memory if large and os.access(memory, os.W_OK) else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a cluster on a loopback port, without a database name."""
    programs = _server_folder()
    if programs is None:
        pytest.skip("no PostgreSQL server: install Debian's package postgresql")
    folder = Path(tempfile.mkdtemp(prefix="hotspots-pg-", dir=_in_memory()))
    if _as_user():
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c fsync=off -k {folder}"
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w"]

    def run(*command: str) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(command, check=True, cwd=folder, **quiet, **_as_user())

    run(str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "site", "-N")
    run(*control, "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://site@127.0.0.1:{port}"
    finally:
        run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str, template: str = "template0") -> str:
    """Make a database and return its address."""
    name = f"test_{next(_NUMBERS)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return f"{server}/{name}"


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The address of a database with its tables and no row, of each kind in turn."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'empty.sqlite3'}"
    else:
        url = new_database(request.getfixturevalue("postgres"))
    store = Store(url)
    store.upgrade()
    store.close()
    return url


@pytest.fixture
def database_url(request: pytest.FixtureRequest, migrated: str) -> Iterator[str]:
    """The address of a database of its own, with its tables and no row."""
    if not migrated.startswith("sqlite"):
        server = request.getfixturevalue("postgres")
        yield new_database(server, migrated.rpartition("/")[2])
        return
    with tempfile.TemporaryDirectory(prefix="hotspots-", dir=_in_memory()) as folder:
        target = Path(folder) / "site.sqlite3"
        shutil.copyfile(migrated.removeprefix("sqlite:///"), target)
        yield f"sqlite:///{target}"
