"""A copy of a site in use, a site from it, and an upgrade of one that is older."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from databases import new_database
from site_fixture import OPERATOR, actor, import_text, row

from hotspots.core.errors import OutputError, RightsError, StoreError
from hotspots.service import Site, audit, open_site
from hotspots.service.backup import backup, restore
from hotspots.service.datasets import dataset_at


@pytest.fixture
def target(site: Site, request: pytest.FixtureRequest) -> str:
    """Where a database is restored to: that of SQLite is a file of the archive."""
    if site.store.is_sqlite:
        return ""
    return new_database(request.getfixturevalue("postgres"))


def test_a_restored_site_is_the_same_to_the_last_row(
    site: Site, tmp_path: Path, target: str
) -> None:
    import_text(site, row("A1"), row("A2"))
    archive = backup(site, OPERATOR, tmp_path / "b.tar")
    assert archive.stat().st_mode & 0o077 == 0
    import_text(site, row("A3"))
    said = restore(archive, tmp_path / "again", database=target)
    assert "Every file is as it was backed up" in said
    again = open_site(tmp_path / "again")
    assert dataset_at(again).incidents.n == 2
    assert dataset_at(site).incidents.n == 3
    moved = import_text(again, row("A1", x=475_300))
    assert "1 later versions" in moved.sentence  # its key came with it
    with again.store.reading() as session:
        assert audit.verify(session, OPERATOR).number > 10
    again.close()


def test_what_is_wrong_with_an_archive_is_said_and_leaves_nothing(
    site: Site, tmp_path: Path, target: str
) -> None:
    whole = backup(site, OPERATOR, tmp_path / "b.tar")
    cut = tmp_path / "cut.tar"
    cut.write_bytes(whole.read_bytes()[:5000])
    changed = tmp_path / "changed.tar"
    with tarfile.open(whole) as old, tarfile.open(changed, "w") as new:
        for member in old.getmembers():
            member.size -= int(member.name == "site.toml")
            new.addfile(member, old.extractfile(member))
    for archive in (cut, changed, tmp_path / "none.tar"):
        with pytest.raises(StoreError):
            restore(archive, tmp_path / "again", database=target)
        assert not (tmp_path / "again").exists()


def test_a_backup_replaces_nothing_and_is_for_administrators(
    site: Site, tmp_path: Path
) -> None:
    (tmp_path / "b.tar").touch()
    with pytest.raises(OutputError, match="replaces nothing"):
        backup(site, OPERATOR, tmp_path / "b.tar")
    with pytest.raises(RightsError):
        backup(site, actor("analyst"), tmp_path / "c.tar")
    with pytest.raises(OutputError, match="new folder"):
        restore(tmp_path / "b.tar", tmp_path)
