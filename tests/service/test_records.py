"""The public records of a site: its own data, plans and counts of use."""

from __future__ import annotations

from pathlib import Path

import pytest
from site_fixture import OPERATOR, actor, import_town

from hotspots.core.errors import RightsError
from hotspots.service import Site, audit
from hotspots.service.records import write_records


def test_the_records_say_how_the_site_is_used(site: Site, tmp_path: Path) -> None:
    import_town(site)
    written = write_records(site, OPERATOR, tmp_path / "out", back_test=False)
    text = "".join(path.read_text("utf-8") for path in written if path.suffix == ".md")
    assert "0 analyses, 0 plans and 0 briefs were made" in text
    assert "No back-test was asked for" in text
    with site.store.reading() as session:
        assert audit.read(session, OPERATOR, limit=1)[0].action == "transparency.make"


def test_they_are_not_for_everybody_to_make(site: Site, tmp_path: Path) -> None:
    with pytest.raises(RightsError):
        write_records(site, actor("auditor"), tmp_path / "out")
