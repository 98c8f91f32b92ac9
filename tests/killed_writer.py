"""A process that writes to a site until it is killed, saying what was acknowledged."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from multiprocessing.connection import Connection
from pathlib import Path

from site_fixture import HEADER, OPERATOR, SMALL_MAPPING, TODAY, row

from hotspots.service import Site, open_site
from hotspots.service.handlers import worker_of
from hotspots.service.imports import request_import
from hotspots.service.tasks import make_task

ROWS = 40
"""Rows of each import, so that a half one would be seen."""


def write_until_killed(folder: Path, start: int, said: Connection) -> None:
    """Write tasks and imports, telling each one that was kept."""
    site = open_site(folder)
    worker_of(site).start()
    for number in itertools.count(start):
        if number % 64 == 0:  # fewer than can be done meanwhile
            said.send(("import", _ask_import(site, number)))
        else:
            said.send(("task", _make_task(site, number)))


def _make_task(site: Site, number: int) -> str:
    with site.store.writing() as session:
        made = make_task(
            session,
            OPERATOR,
            action=f"task {number}",
            owner_agency="police",
            owner_role="Sergeant",
            due=dt.date(2099, 1, 1),
        )
    return made.id


def _ask_import(site: Site, number: int) -> str:
    rows = "".join(row(f"R{number}-{n}") for n in range(ROWS))
    files = [("week.csv", io.BytesIO((HEADER + rows).encode()))]
    return request_import(
        site, OPERATOR, files, feed="police", profile=SMALL_MAPPING, today=TODAY
    )
