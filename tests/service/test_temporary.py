"""A site for one run of ``serve FILES`` reads them as every other command does."""

from __future__ import annotations

from pathlib import Path

import pytest
import toy
from site_fixture import make_site

from hotspots.core.errors import ParameterError, StoreError
from hotspots.service import open_site
from hotspots.service.datasets import dataset_at
from hotspots.service.plans import resources_of
from hotspots.service.site import Settings
from hotspots.service.temporary import Given, temporary_site


def test_postcodes_are_placed_by_the_file_that_was_given(tmp_path: Path) -> None:
    lon, lat = toy.centre(toy.A)
    places = tmp_path / "places.csv"
    places.write_text(f"Postcode;lat;long\nLE130AA;{lat};{lon}\n")
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "Ref,Offence,Date,Post Code\n1,Burglary,14/06/2024 10:00,le13 0aa\n"
    )
    rows.with_suffix(".toml").write_text(
        '[columns]\nstart = "Date"\ncategory = "Offence"\npostcode = "Post Code"\n'
    )
    site = temporary_site(
        Given(
            files=[rows],
            areas=[str(toy.write_town(tmp_path / "wards.geojson"))],
            profile=rows.with_suffix(".toml"),
            resources={"postcodes": places},
        )
    )
    try:
        assert dataset_at(site).incidents.n == 1
        assert resources_of(site, simulated=False).inputs == ()  # plans need none
    finally:
        site.close()


@pytest.mark.parametrize("line", ["street = 'a'", "streets = 1"])
def test_a_typo_in_a_table_of_the_settings_is_an_error(
    tmp_path: Path, line: str
) -> None:
    path = tmp_path / "site.toml"
    path.write_text(f"name = 'Town'\n[resources]\n{line}\n")
    with pytest.raises(StoreError, match=r"\[resources\] of site.toml may say streets"):
        Settings.from_toml(path)


def test_a_slip_in_the_environment_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_site(tmp_path / "site", "").close()
    monkeypatch.setenv("HOTSPOTS_DATABSE", "postgresql://host/name")
    with pytest.raises(ParameterError, match="got HOTSPOTS_DATABSE"):
        open_site(tmp_path / "site")
