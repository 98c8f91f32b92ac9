"""An equal analysis of the same data is frozen again, and only what is whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from site_fixture import OPERATOR, finish, import_text, make_site, row

from hotspots.service import Site, runs
from hotspots.service.frozen import folder_of, hashes
from hotspots.store.models import Run
from hotspots.store.queries import get


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    opened = make_site(tmp_path / "site", "")
    import_text(opened, *(row(f"R{k}", x=475_211 + 300 * (k % 3)) for k in range(40)))
    yield opened
    opened.close()


def made(site: Site, **options: object) -> tuple[Run, Path]:
    with site.store.writing() as session:
        id = runs.request_run(session, OPERATOR, options)
    job = finish(site, id)
    assert job.state == "done", job.sentence
    with site.store.reading() as session:
        places = runs.hotspots(session, OPERATOR, id)
        assert places
        return get(session, Run, id), folder_of(site, "run", id)


def test_an_equal_run_has_the_files_of_the_first_while_they_are_whole(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, folder = made(site)
    with monkeypatch.context() as patch:
        patch.setattr(runs, "analysis_of", lambda *_given: pytest.fail("again"))
        again, beside = made(site)
    assert again.id != first.id
    assert again.files == first.files == hashes(beside)
    assert (folder / "cells.geojson").samefile(beside / "cells.geojson")
    (folder / "areas.csv").write_text("spoilt")
    third, mended = made(site)
    assert third.files == first.files == hashes(mended)
    other, _ = made(site, n_hotspots=1)
    assert other.files != first.files
