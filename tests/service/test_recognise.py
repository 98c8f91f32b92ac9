"""What an upload is taken for, what is still asked, and a try that keeps nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from site_fixture import HEADER, OPERATOR, actor, make_site, row

from hotspots.core.errors import NotFoundError, ProfileError, RightsError
from hotspots.service import Site
from hotspots.service.imports import batches
from hotspots.service.recognise import as_told, recognise, try_out
from hotspots.service.uploads import stage

TEXT = HEADER + "".join(row(f"A{k}") for k in range(30)) + "A99,,Burglary,1,2,\n"
POLICE_UK = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,"
    "LSOA name,Crime type,Last outcome category,Context\n"
    ",2025-05,F,F,-0.886,52.765,On or near X,E01,Toy,Burglary,,\n"
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = make_site(tmp_path / "site", "")
    yield made
    made.close()


def upload(site: Site, text: str, name: str = "week.csv") -> str:
    return stage(site, OPERATOR, [(name, io.BytesIO(text.encode()))])


def test_columns_are_recognised_with_samples(site: Site) -> None:
    found = recognise(site, OPERATOR, upload(site, TEXT))
    assert found.profile is not None
    assert found.profile.columns["easting"] == "Easting"
    assert dict(found.headings)["Category"] == ("Burglary",)
    assert found.gaps == found.strange == ()


def test_a_category_that_is_not_known_is_asked_about(site: Site) -> None:
    odd = TEXT.replace("Burglary", "Odd happening", 1)
    found = recognise(site, OPERATOR, upload(site, odd))
    assert found.strange == ("Odd happening",)


def test_police_uk_needs_no_mapping(site: Site) -> None:
    found = recognise(site, OPERATOR, upload(site, POLICE_UK, "2025-05-street.csv"))
    assert found.profile is None


def test_a_try_reads_all_and_keeps_nothing(site: Site) -> None:
    id = upload(site, TEXT)
    profile = recognise(site, OPERATOR, id).profile
    assert profile is not None
    text = as_told(profile, profile.columns, {}).to_toml()
    found = try_out(site, OPERATOR, id, feed="police", text=text)
    assert "31 rows read; 30 new" in found.sentence
    assert sum(n for _, n in found.rejects) == 1
    assert all(-1 < lon < 0 and 52 < lat < 53 for lon, lat in found.points)
    with site.store.reading() as session:
        assert batches(session, OPERATOR) == []


def test_a_mapping_without_what_is_needed_is_refused(site: Site) -> None:
    profile = recognise(site, OPERATOR, upload(site, TEXT)).profile
    assert profile is not None
    with pytest.raises(ProfileError, match="category"):
        as_told(profile, {"start": "From"}, {})


def test_what_is_not_there_or_not_allowed_is_refused(site: Site) -> None:
    with pytest.raises(NotFoundError, match="Upload them again"):
        recognise(site, OPERATOR, "../keys")
    with pytest.raises(RightsError):
        recognise(site, actor("jag-member"), upload(site, TEXT))
