"""Schedules: what is due is queued once, done by the queue, and stands in the log."""

from __future__ import annotations

import datetime as dt
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from site_fixture import OPERATOR, import_text, make_site, row, tell

from hotspots.core.errors import ParameterError, StoreError
from hotspots.service import Site, audit, open_site
from hotspots.service.handlers import worker_of
from hotspots.service.schedules import (
    BACKUPS_KEPT,
    parse_schedules,
    perform_backup,
    queue_due,
)
from hotspots.store.models import Job
from hotspots.store.queries import find

WEEK = dt.timedelta(weeks=1)
ALL = {
    "brief": "Monday 06:00",
    "freshness": "monday 07:00",
    "purge": "Sunday 03:00",
    "backup": "Sunday 02:00",
}


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    made = make_site(tmp_path / "site", database_url)
    import_text(made, row("A1"), row("A2"))
    yield tell(made, schedules=ALL)
    made.close()


def jobs(site: Site, kind: str) -> list[Job]:
    with site.store.reading() as session:
        return find(session, Job, kind=kind)


def test_what_is_due_is_queued_once_and_done(site: Site) -> None:
    now = dt.datetime.now(dt.UTC)
    assert queue_due(site, now) == []  # the site is new: nothing was due since
    later = now + WEEK
    assert sorted(queue_due(site, later)) == sorted(ALL)
    worker_of(site).run_all()
    for kind in ("freshness", "purge", "backup"):
        assert [each.state for each in jobs(site, kind)] == ["done"], kind
    assert "police: to 14 May 2025" in jobs(site, "freshness")[0].sentence
    assert "rows of incidents before" in jobs(site, "purge")[0].sentence
    with site.store.reading() as session:
        said = [each.action for each in audit.read(session, OPERATOR)]
    assert said.count("schedule.queue") == len(ALL)
    assert {"backup.make", "purge.make", "feed.freshness"} <= set(said)


def test_what_was_queued_since_is_not_queued_again(site: Site) -> None:
    later = dt.datetime.now(dt.UTC) + WEEK
    queue_due(site, later)
    made = {kind: len(jobs(site, kind)) for kind in ALL}
    due = parse_schedules(ALL, "Europe/London")
    queued_at = jobs(site, "purge")[0].made_at
    if due["purge"].last_before(later) <= queued_at:
        assert "purge" not in queue_due(site, queued_at)
    assert {kind: len(jobs(site, kind)) for kind in ALL} == made


def test_only_the_last_backups_are_kept(site: Site) -> None:
    folder = site.folder / "backups"
    folder.mkdir()
    for number in range(BACKUPS_KEPT + 2):
        (folder / f"20200101T00000{number}-old.tar").touch()
    queue_due(site, dt.datetime.now(dt.UTC) + WEEK)
    worker_of(site).run_all()
    kept = sorted(folder.glob("*.tar"))
    assert len(kept) == BACKUPS_KEPT
    with tarfile.open(kept[-1]) as archive:
        assert "manifest.json" in archive.getnames()
    assert perform_backup.__doc__


@pytest.mark.parametrize(
    ("told", "match"),
    [
        ({"breif": "Monday 06:00"}, "Did you mean 'brief'"),
        ({"brief": "Someday 06:00"}, "a weekday and a time"),
        ({"brief": "Monday noon"}, "a weekday and a time"),
    ],
)
def test_a_typo_is_an_error(told: dict[str, str], match: str) -> None:
    with pytest.raises(ParameterError, match=match):
        parse_schedules(told, "Europe/London")


def test_the_settings_keep_them(tmp_path: Path) -> None:
    made = make_site(tmp_path / "site", "")
    made.close()
    path = made.folder / "site.toml"
    path.write_text(path.read_text("utf-8") + '\n[schedules]\npurge = "Sunday 03:00"\n')
    opened = open_site(made.folder)
    assert opened.settings.schedules == {"purge": "Sunday 03:00"}
    opened.close()
    path.write_text('name = "X"\nschedules = "Sunday"\n')
    with pytest.raises(StoreError, match="schedules"):
        open_site(made.folder)
