"""Points of GIS files."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import ColumnError, CrsError, EmptyFileError, ProfileError
from hotspots.intake.given import expand
from hotspots.intake.inputs import InputFile
from hotspots.intake.profile import Profile
from hotspots.intake.raw import RAW_SCHEMA, RawRows
from hotspots.sources.vector import propose, read

PROFILE = Profile(
    columns={"reference": "ref", "start": "when", "category": "what"},
    date_formats=("%d/%m/%Y %H:%M",),
)
ROW = {"ref": "A1", "when": "14/06/2025 21:30", "what": "Burglary"}


def point(x: float, y: float, *more: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [x, y, *more]}


def geojson(*features: tuple[dict[str, Any], Any], **top: Any) -> bytes:
    body = [
        {"type": "Feature", "properties": properties, "geometry": geometry}
        for properties, geometry in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": body} | top).encode()


def an_item(folder: Path, content: bytes, name: str = "f.geojson") -> InputFile:
    (folder / name).write_bytes(content)
    return InputFile(path=folder / name, name=name)


def read_one(item: InputFile, profile: Profile | None = PROFILE) -> RawRows:
    (raw,) = read(item, profile)
    assert dict(raw.rows.schema) == RAW_SCHEMA
    assert raw.crs == 4326
    return raw


def test_a_point_and_its_attributes(tmp_path: Path) -> None:
    raw = read_one(an_item(tmp_path, geojson((ROW, point(-0.88, 52.76, 90.0)))))
    row = raw.rows.row(0, named=True)
    assert row == dict.fromkeys(RAW_SCHEMA) | {
        "line": 1,
        "x": -0.88,
        "y": 52.76,
        "place_text": "-0.88,52.76",
        "start": dt.datetime(2025, 6, 14, 21, 30),
        "time_text": "14/06/2025 21:30",
        "category": "Burglary",
        "reference": "A1",
    }
    assert raw.time_precision == "minute"
    assert not raw.simulated


def test_what_is_no_point_keeps_its_row_and_says_so(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[0, 52], [1, 52]]}
    content = geojson(
        (ROW, point(-0.88, 52.76)),
        (ROW, None),
        (ROW, line),
        (ROW, {"type": "MultiPoint", "coordinates": [[-1, 52]]}),
        (ROW, {"type": "MultiPoint", "coordinates": [[-1, 52], [-2, 52]]}),
        (ROW, {"type": "Point", "coordinates": []}),
        (ROW, {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}),
    )
    rows = read_one(an_item(tmp_path, content)).rows
    assert rows["line"].to_list() == [1, 2, 3, 4, 5, 6, 7]
    assert rows["x"].to_list() == [-0.88, None, None, -1.0, None, None, None]
    assert rows["place_text"].to_list() == [
        "-0.88,52.76",
        "",
        "a line, not a point",
        "-1.0,52.0",
        "several points in one feature",
        "",
        "a polygon, not a point",
    ]


def test_dates_that_gdal_recognises(tmp_path: Path) -> None:
    for text, moment, end in [
        ("2025-06-14T21:30:00", (14, 21, 30), None),
        ("2025-06-14T21:30:00Z", (14, 22, 30), None),  # summer time
        ("2025-06-14", (14, 0, 0), (15, 0, 0)),
    ]:
        content = geojson((ROW | {"when": text}, point(-0.88, 52.76)))
        raw = read_one(an_item(tmp_path, content))
        assert raw.rows["start"][0] == dt.datetime(2025, 6, *moment)
        assert raw.rows["end"][0] == (dt.datetime(2025, 6, *end) if end else None)
        assert raw.time_precision == ("day" if end else "minute")


def test_without_a_profile_it_is_guessed_and_said(tmp_path: Path) -> None:
    properties = {"Crime Ref": "A1", "Date": "14/06/2025 21:30", "Offence": "Burglary"}
    item = an_item(tmp_path, geojson((properties, point(-0.88, 52.76))))
    raw = read_one(item, None)
    assert raw.rows["category"].to_list() == ["Burglary"]
    assert "guessed: start from Date" in raw.notes[0]
    assert propose(item).columns["reference"] == "Crime Ref"
    bare = an_item(tmp_path, geojson(({"Date": "14/06/2025"}, point(-0.88, 52.76))))
    with pytest.raises(ProfileError, match="hotspots profile"):
        read_one(bare, None)
    assert propose(bare).category == "f"


def test_columns_of_the_profile_must_be_there(tmp_path: Path) -> None:
    content = geojson(({"ref": "1", "Wen": "x", "what": "T"}, point(-1, 52)))
    with pytest.raises(ColumnError, match="Did you mean 'Wen'"):
        read_one(an_item(tmp_path, content))
    columns = dict(PROFILE.columns) | {"longitude": "X", "latitude": "Y"}
    content = geojson((ROW, point(-1, 52)))
    rows = read_one(an_item(tmp_path, content), Profile(columns=columns)).rows
    assert rows["x"].to_list() == [-1.0]


def test_simulated_is_said_by_the_file(tmp_path: Path) -> None:
    content = geojson((ROW | {"simulated": True}, point(-1, 52)))
    assert read_one(an_item(tmp_path, content)).simulated


def test_numbers_and_lists_become_text(tmp_path: Path) -> None:
    profile = Profile(columns=dict(PROFILE.columns) | {"qualifiers": "marks"})
    row = ROW | {"ref": 17, "marks": ["Youth", "alcohol"]}
    rows = read_one(an_item(tmp_path, geojson((row, point(-1, 52)))), profile).rows
    assert rows["reference"].to_list() == ["17"]
    assert rows["qualifiers"].to_list() == ["youth;alcohol"]


def test_nothing_and_no_crs(tmp_path: Path) -> None:
    with pytest.raises(EmptyFileError, match="must hold features"):
        read_one(an_item(tmp_path, geojson()))


def a_geopackage(path: Path, crs: str | None) -> InputFile:
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array([shapely.Point(475_000, 319_000), None])),
        [
            np.array(["A1", "A2"], dtype=object),
            np.array(["2025-06-14T21:30", "2025-06-14T22:30"], dtype="datetime64[ms]"),
            np.array(["Burglary", "Arson"], dtype=object),
        ],
        ["ref", "when", "what"],
        geometry_type="Point",
        crs=crs,
        layer="incidents",
    )
    return InputFile(path=path, name=path.name)


@pytest.mark.filterwarnings("ignore:.*crs.*was not provided:UserWarning")
def test_geopackage_on_disk_and_in_an_archive(tmp_path: Path) -> None:
    item = a_geopackage(tmp_path / "f.gpkg", "EPSG:27700")
    rows = read_one(item).rows
    assert rows["start"].to_list() == [
        dt.datetime(2025, 6, 14, 21, 30),
        dt.datetime(2025, 6, 14, 22, 30),
    ]
    lon, lat = bng_to_lonlat(np.array([475_000.0]), np.array([319_000.0]))
    assert rows.row(0)[1:3] == (lon[0], lat[0])
    assert rows["x"][1] is None
    assert rows["place_text"].to_list() == ["475000.0,319000.0", ""]
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(item.path, "in/f.gpkg")
    (member,) = expand([tmp_path / "x.zip"])
    assert read_one(member).rows.equals(rows)
    unknown = a_geopackage(tmp_path / "g.gpkg", None)
    with pytest.raises(CrsError, match=r"g\.gpkg must say its coordinate system"):
        read_one(unknown)


def test_compressed_geojson(tmp_path: Path) -> None:
    content = gzip.compress(geojson((ROW, point(-1, 52))))
    assert read_one(an_item(tmp_path, content, "f.geojson.gz")).rows.height == 1


def test_geoparquet(tmp_path: Path) -> None:
    geopandas = pytest.importorskip("geopandas")
    frame = geopandas.GeoDataFrame(
        {"ref": ["A1"], "when": [dt.datetime(2025, 6, 14, 21, 30)], "what": ["ASB"]},
        geometry=[shapely.Point(475_000, 319_000)],
        crs="EPSG:27700",
    )
    frame.to_parquet(tmp_path / "f.parquet")
    item = InputFile(path=tmp_path / "f.parquet", name="f.parquet")
    rows = read_one(item).rows
    assert rows["start"].to_list() == [dt.datetime(2025, 6, 14, 21, 30)]
    assert rows["y"][0] == pytest.approx(52.7625, abs=1e-3)
