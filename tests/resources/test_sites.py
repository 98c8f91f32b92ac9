"""Sites from CSV: real cameras, the sample's columns, and what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from hotspots.core.errors import ColumnError, EmptyFileError, SourceError
from hotspots.resources.sites import Sites, read_sites


def written(folder: Path, text: str, name: str = "columns.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_samples_columns(root: Path) -> None:
    sites = read_sites(root / "data" / "simulated_columns.csv")
    assert len(sites) == 6_189
    assert sites.ids[0] == "LC00001"
    assert sites.names[0] == "Market Place"
    assert sites.xy_m[0].tolist() == [475_211, 319_108]
    assert sites.height_m[0] == 10
    assert np.abs(sites.lonlat.mean(axis=0) - [-0.89, 52.76]).max() < 0.1


def test_real_cameras_in_degrees(shared_data: Path) -> None:
    sites = read_sites(shared_data / "points" / "trafford_cctv_cameras.csv")
    assert len(sites) == 163
    assert sites.names[0] == "Trafford Wharf Road"
    assert np.isnan(sites.height_m).all()
    assert 370_000 < sites.xy_m[:, 0].mean() < 390_000


def test_degrees_and_metres_give_the_same_place(tmp_path: Path) -> None:
    grid = read_sites(written(tmp_path, "id,easting,northing\na,475211,319108\n"))
    lon, lat = grid.lonlat[0].tolist()
    again = read_sites(written(tmp_path, f"ID,Longitude,Latitude\na,{lon},{lat}\n"))
    assert np.abs(again.xy_m - grid.xy_m).max() < 0.01


def test_gz_and_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "columns.csv.gz"
    text = "\ufeffid,easting,northing,street\n a ,475211,319108,Mill Lane\n"
    path.write_bytes(gzip.compress(text.encode("utf-8")))
    sites = read_sites(path)
    assert sites.ids == ("a",)
    assert sites.names == ("Mill Lane",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,easting,northing\na,475211,319108\na,475300,319108\n", "'a' stands twice"),
        ("id,easting,northing\n,475211,319108\n", "'id' must be filled in; line 2"),
        ("id,easting,northing\na,475211,\n", "two numbers.*line 2"),
        ("id,easting,northing\na,475211,here\n", "'northing' must be a number"),
        ("id,easting,northing\na,319108,1475211\n", "Great Britain.*line 2"),
        ("id,lon,lat\na,52.7,-0.8\n", "Great Britain.*exchanged"),
        ("id,lon,lat\na,2.35,48.85\n", "Great Britain"),
    ],
)
def test_bad_rows_are_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read_sites(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("easting,northing\n475211,319108\n", "'id'"),
        ("id,easting\na,475211\n", "'northing'"),
        ("id,lon\na,-0.8\n", "'lat'"),
        ("id,where\na,here\n", "'easting'"),
    ],
)
def test_missing_columns_are_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ColumnError, match=words):
        read_sites(written(tmp_path, text))


def test_no_file_no_rows_no_text(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nothing is there"):
        read_sites(tmp_path / "none.csv")
    with pytest.raises(EmptyFileError):
        read_sites(written(tmp_path, "id,easting,northing\n"))
    binary = tmp_path / "columns.csv"
    binary.write_bytes(b"id,easting,northing\n\x00\x01,1,2\n")
    with pytest.raises(SourceError):
        read_sites(binary)


def test_sites_from_coordinates() -> None:
    sites = Sites.from_xy([[475_211, 319_108]], ids=("corner 1",))
    assert sites.names == ("",)
    with pytest.raises(SourceError, match="'far'"):
        Sites.from_xy([[-9e6, 0]], ids=("far",))
    with pytest.raises(SourceError, match="twice"):
        Sites.from_xy([[475_211, 319_108]] * 2, ids=("a", "a"))
