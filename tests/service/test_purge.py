"""Retention on both databases: what is too old is gone, to the last byte of SQLite."""

from __future__ import annotations

import datetime as dt

import pytest
from site_fixture import OPERATOR, actor, import_text, row

from hotspots.core.errors import RightsError
from hotspots.service import Site, audit
from hotspots.service import purge as purging
from hotspots.service.datasets import dataset_at
from hotspots.service.feeds import change_feed
from hotspots.service.purge import purge_now
from hotspots.store.models import Incident, Job
from hotspots.store.queries import find
from hotspots.work import ask_to_stop

DAY = dt.date(2025, 7, 1)
OLD, EDGE, NEW = "30/06/2024 23:59", "01/07/2024 00:00", "14/05/2025 21:30"


def filled(site: Site) -> None:
    import_text(site, row("A1", OLD), row("A2", EDGE), row("A3", NEW))
    import_text(site, row("A1", OLD, x=475_300))
    with site.store.writing() as session:
        change_feed(session, OPERATOR, "police", retention_months=12)


def test_every_version_of_what_is_too_old_is_deleted(site: Site) -> None:
    filled(site)
    said = purge_now(site, OPERATOR, DAY).sentence
    assert said == (
        "police: 2 rows of incidents before 1 July 2024 and 0 rows not used are "
        "deleted."
    )
    assert dataset_at(site).incidents.n == 2
    with site.store.reading() as session:
        assert len(find(session, Incident)) == 2
        entry = audit.read(session, OPERATOR, limit=1)[0]
        audit.verify(session, OPERATOR)
    assert entry.action == "purge.make"
    assert "2 rows of incidents before 1 July 2024" in entry.detail
    assert ": 0 rows of" in purge_now(site, OPERATOR, DAY).sentence


def test_a_purge_that_has_deleted_is_done_whoever_stops_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(site)

    def stopped(_site: Site) -> None:
        with site.store.writing() as session:
            (job,) = find(session, Job, kind="purge")
            ask_to_stop(session, job.id)

    monkeypatch.setattr(purging, "forget_snapshots", stopped)
    done = purge_now(site, OPERATOR, DAY)
    assert done.state == "done"
    assert "2 rows" in done.sentence


def test_no_file_of_the_site_holds_what_was_deleted(site: Site) -> None:
    secret = "99 Forgotten Lane"
    import_text(site, row("A1", OLD).replace("12 Market Place", secret), row("A3", NEW))
    with site.store.writing() as session:
        change_feed(session, OPERATOR, "police", retention_months=12)
    purge_now(site, OPERATOR, DAY)
    site.store.close()
    folders = [site.folder]
    if site.store.is_sqlite:
        from pathlib import Path

        folders.append(Path(str(site.store.url.database)).parent)
    files = [p for folder in folders for p in folder.rglob("*") if p.is_file()]
    assert [p.name for p in files if secret.encode() in p.read_bytes()] == []


def test_only_an_administrator_purges(site: Site) -> None:
    with pytest.raises(RightsError):
        purge_now(site, actor("analyst"), DAY)
    assert purge_now(site, actor("administrator"), DAY).state == "done"
