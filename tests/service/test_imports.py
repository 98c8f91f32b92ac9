"""Imports on both databases: whole or not at all, again, later versions, undone."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from site_fixture import (
    INCIDENTS,
    SITE_AREAS,
    SMALL_MAPPING,
    TODAY,
    actor,
    import_text,
    import_town,
    row,
)

from hotspots.core.errors import (
    ConflictError,
    NoUsableRowsError,
    ParameterError,
    RightsError,
)
from hotspots.rights import Actor
from hotspots.service import Site
from hotspots.service.audit import read as read_log
from hotspots.service.datasets import current_version, dataset_at, rows_at
from hotspots.service.imports import (
    batch,
    batches,
    preview,
    rejects,
    request_import,
    undo,
)
from hotspots.store.models import Incident
from hotspots.store.queries import count, find
from hotspots.workflow import analyse, load, write

OPERATOR = Actor.operator()
CONTENT = ["key", "start_us", "lon", "lat", "category", "origin", "file", "line"]


def held(site: Site) -> pl.DataFrame:
    with site.store.reading() as session:
        rows = rows_at(site, session, current_version(session))
    return rows.select(CONTENT).sort("origin", "file", "line")


def test_a_site_gives_every_output_as_the_files_do_to_the_last_byte(
    site: Site, tmp_path: Path
) -> None:
    assert import_town(site).state == "done"
    outputs = {
        "from-files": analyse(load([INCIDENTS], SITE_AREAS, today=TODAY)),
        "from-site": analyse(dataset_at(site)),
    }
    for name, analysis in outputs.items():
        write(analysis, tmp_path / name)
    made = sorted(path.name for path in (tmp_path / "from-files").iterdir())
    assert {"analysis.gpkg", "areas.csv", "map.html", "summary.json"} <= {*made}
    for name in made:
        one, other = (tmp_path / kind / name for kind in outputs)
        assert one.read_bytes() == other.read_bytes(), name


def test_what_is_sent_again_changes_nothing_and_is_said(site: Site) -> None:
    rows = (row("A1"), row("A2"), row(""), row(""))
    first = import_text(site, *rows)
    before = held(site)
    again = import_text(site, *rows)
    assert "4 rows read; 4 new" in first.sentence
    assert "0 new" in again.sentence
    assert "Nothing changed." in again.sentence
    assert held(site).equals(before)
    with site.store.reading() as session:
        made = {each.id: each for each in batches(session, OPERATOR)}
        assert current_version(session) == 3  # two files of areas and one import
    assert made[again.id].version is None
    assert made[again.id].rows_same == 4


def test_rows_without_a_reference_stay_separate_events(site: Site) -> None:
    import_text(site, row(""), row(""))
    more = import_text(site, row(""), row(""), row(""), feed="police")
    assert "1 new, 0 later versions of rows held, 2 held already" in more.sentence
    assert held(site).height == 3


def test_a_later_version_takes_the_place_and_what_it_was_is_kept(site: Site) -> None:
    import_text(site, row("A1"), row("A2"))
    moved = import_text(site, row("A1", x=475_300), row("A2"))
    assert "0 new, 1 later versions of rows held, 1 held already" in moved.sentence
    assert held(site).height == 2
    with site.store.reading() as session:
        ended = [each for each in find(session, Incident) if each.until is not None]
        now = rows_at(site, session, current_version(session))
        then = rows_at(site, session, current_version(session) - 1)
    assert [each.start_us for each in ended] == [1747258200000000]
    assert then.height == now.height == 2
    assert then["lon"].max() < now["lon"].max()  # type: ignore[operator]


def test_a_corrected_date_is_a_later_version_of_the_only_row(site: Site) -> None:
    import_text(site, row("A1"))
    assert "1 later" in import_text(site, row("A1", "15/05/2025 08:00")).sentence


def test_two_events_of_one_reference_are_told_apart_by_their_start(site: Site) -> None:
    early, late = "14/05/2025 21:30", "20/05/2025 09:00"
    import_text(site, row("A1", early), row("A1", late))
    again = import_text(site, row("A1", late, x=475_300), row("A1", early))
    assert "0 new, 1 later versions of rows held, 1 held already" in again.sentence


def test_the_feeds_are_kept_apart(site: Site) -> None:
    import_text(site, row("A1"))
    other = import_text(site, row("A1"), feed="council")
    assert "1 new" in other.sentence
    assert held(site).height == 2


def test_undoing_restores_the_rows_as_they_were(site: Site) -> None:
    import_text(site, row("A1"), row("A2"), row(""))
    before = held(site)
    later = import_text(site, row("A1", x=475_300), row("A3"), row(""), row(""))
    with site.store.writing() as session:
        undone = undo(session, OPERATOR, later.id)
    assert undone.undone_version == 5
    assert held(site).equals(before)
    dataset = dataset_at(site)
    assert dataset.incidents.n == 3
    with pytest.raises(ConflictError, match="undone already"):
        undo_again(site, later.id)


def test_what_a_later_import_changed_is_undone_after_it(site: Site) -> None:
    first = import_text(site, row("A1"), row("A2"))
    second = import_text(site, row("A1", x=475_300))
    with pytest.raises(ConflictError, match="Undo that one first"):
        undo_again(site, first.id)
    undo_again(site, second.id)
    undo_again(site, first.id)
    with pytest.raises(NoUsableRowsError, match="holds none"):
        dataset_at(site)


def undo_again(site: Site, id: str) -> None:
    with site.store.writing() as session:
        undo(session, OPERATOR, id)


def test_references_are_kept_as_a_keyed_hash_only(site: Site, tmp_path: Path) -> None:
    import_text(site, row("PERSONAL-REF-77"))
    assert held(site)["key"][0] != "PERSONAL-REF-77"
    kept = [p for p in (tmp_path / "site").rglob("*") if p.is_file()]
    assert [p for p in kept if b"PERSONAL-REF-77" in p.read_bytes()] == []
    assert list(site.spool.iterdir()) == []


def test_a_file_that_cannot_be_used_leaves_nothing_and_says_why(site: Site) -> None:
    bad = import_text(site, "A1,not a date,Burglary,1,2,x\n")
    assert bad.state == "failed"
    assert "at least one row must have a place and a date" in bad.sentence
    with site.store.reading() as session:
        assert batches(session, OPERATOR) == []
        assert count(session, Incident) == 0
    assert list(site.spool.iterdir()) == []


def test_rejects_are_listed_once_and_their_reading_is_logged(site: Site) -> None:
    bad = row("A9", "31/02/2025 10:00")
    made = import_text(site, row("A1"), bad)
    import_text(site, row("A1"), row("A2"), bad)
    with site.store.writing() as session:
        rows = rejects(session, OPERATOR, made.id)
        assert read_log(session, OPERATOR)[0].action == "reject.read"
        assert batch(session, OPERATOR, made.id).rows_rejected == 1
    assert rows.columns == ["file", "line", "reason", "value"]
    assert rows["line"].to_list() == [3]
    assert dataset_at(site).reading.rejects.height == 1


def test_only_who_may_imports_and_undoes(site: Site) -> None:
    made = import_text(site, row("A1"), who=actor("analyst", "police"))
    with pytest.raises(RightsError):
        request_import(site, actor("jag-chair"), [], feed="police")
    with pytest.raises(RightsError), site.store.writing() as session:
        undo(session, actor("analyst", "housing"), made.id)
    with site.store.writing() as session:
        undo(session, actor("analyst", "police"), made.id)


@pytest.mark.parametrize("name", ["", "..", "a/..", "\x00.csv"])
def test_a_name_that_is_none_is_refused(site: Site, name: str) -> None:
    import io

    with pytest.raises(ParameterError, match="plain name"):
        request_import(site, OPERATOR, [(name, io.BytesIO(b"x"))], feed="police")
    assert list(site.spool.iterdir()) == []


def test_a_dry_run_says_what_would_happen(site: Site, tmp_path: Path) -> None:
    import_text(site, row("A1"))
    before = held(site)
    file = tmp_path / "next.csv"
    file.write_text("Reference,From,Category,Easting,Northing,Address\n" + row("A2"))
    said = preview(site, OPERATOR, [file], feed="police", text=SMALL_MAPPING).sentence
    assert said.startswith("Nothing was imported. police: 1 rows read; 1 new")
    assert held(site).equals(before)
