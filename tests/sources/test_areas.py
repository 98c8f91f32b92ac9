"""Area polygons from files."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from hotspots.core.crs import bng_to_lonlat, lonlat_to_bng
from hotspots.core.errors import (
    AreaError,
    CrsError,
    EmptyFileError,
    ParameterError,
    SourceError,
)
from hotspots.model.areas import Areas
from hotspots.sources.areas import read_areas


def square(west: float, south: float = 52.0, size: float = 0.1) -> dict[str, Any]:
    box = shapely.box(west, south, west + size, south + size)
    return dict(shapely.geometry.mapping(box))


def geojson(
    folder: Path,
    features: list[tuple[dict[str, Any], Any]],
    name: str = "areas.geojson",
    **top: Any,
) -> Path:
    path = folder / name
    body = [
        {"type": "Feature", "properties": properties, "geometry": geometry}
        for properties, geometry in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": body} | top))
    return path


def two(
    folder: Path, first: dict[str, Any], second: dict[str, Any], **more: Any
) -> Path:
    return geojson(folder, [(first, square(-1)), (second, square(-0.9))], **more)


def codes(areas: Areas) -> list[str]:
    return areas.frame["code"].to_list()


# -- which columns -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "code", "name", "kind"),
    [
        ({"WD13CD": "E05", "WD13CDO": "x", "WD13NM": "Abbey"}, "E05", "Abbey", "ward"),
        ({"LADCD": "E06", "LSOA11CD": "E01", "LSOA11NM": "L 1"}, "E01", "L 1", "lsoa"),
        ({"LADCD": "E06", "LADNM": "Leicester"}, "E06", "Leicester", "other"),
        ({"OA11CD": "E00", "LAD11CD": "E06"}, "E00", "E00", "other"),
        ({"Code": "P1", "Name": "North", "WD23CD": "E05"}, "P1", "North", "other"),
        ({"beat_code": "B1", "beat_name": "Town"}, "B1", "Town", "beat"),
        ({"ward_name": "Abbey"}, "Abbey", "Abbey", "ward"),
        ({"n": 3, "label": "North"}, "North", "North", "other"),
        ({"n": 3}, "area 1", "area 1", "other"),
        ({"code": 17, "name": "North"}, "17", "North", "other"),
    ],
)
def test_columns_are_found_by_name(
    tmp_path: Path, properties: dict[str, Any], code: str, name: str, kind: str
) -> None:
    areas = read_areas(geojson(tmp_path, [(properties, square(-1))]))
    assert areas.frame.row(0)[:3] == (code, name, kind)


def test_what_was_chosen_is_said(tmp_path: Path) -> None:
    path = two(tmp_path, {"WD13CD": "a", "WD13NM": "A"}, {"WD13CD": "b", "WD13NM": "B"})
    assert read_areas(path).notes == (
        "Areas in areas.geojson: code from WD13CD, name from WD13NM, taken as wards.",
    )


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("melton_wards.geojson", "ward"),
        ("LSOA_2021.geojson", "lsoa"),
        ("priority_areas.geojson", "priority neighbourhood"),
        ("beats.geojson", "beat"),
        ("areas.geojson", "other"),
    ],
)
def test_the_kind_may_be_in_the_file_name(tmp_path: Path, file: str, kind: str) -> None:
    path = geojson(tmp_path, [({"name": "A"}, square(-1))], name=file)
    assert read_areas(path).kinds == (kind,)


def test_a_kind_given_wins_then_the_column(tmp_path: Path) -> None:
    first, second = {"code": "a", "kind": "Ward"}, {"code": "b", "kind": "estate"}
    path = two(tmp_path, first, second, name="beats.geojson")
    areas = read_areas(path)
    assert areas.frame["kind"].to_list() == ["ward", "beat"]
    assert "kind from kind" in areas.notes[0]
    assert read_areas(path, kind="lsoa").kinds == ("lsoa",)
    with pytest.raises(ParameterError, match="kind must be one of"):
        read_areas(path, kind="wards")


def test_a_kind_column_of_other_words_is_no_kind(tmp_path: Path) -> None:
    path = two(tmp_path, {"code": "a", "kind": "x"}, {"code": "b", "kind": "y"})
    assert read_areas(path).kinds == ("other",)


def test_the_code_that_differs_is_taken(tmp_path: Path) -> None:
    first, second = {"WD23CD": "w", "LAD23CD": "x"}, {"WD23CD": "w", "LAD23CD": "y"}
    assert codes(read_areas(two(tmp_path, first, second))) == ["x", "y"]


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"code": ["A1", "A2"], "name": ["Castle", "Castle"]}, [("A1", "Castle")]),
        ({"ward": ["Castle", "Castle"], "estate": ["N", "S"]}, [("0", "N")]),
    ],
)
def test_numbers_of_features_are_the_last_resort(
    tmp_path: Path, columns: dict[str, list[str]], found: list[tuple[str, str]]
) -> None:
    squares = [shapely.box(w, 52, w + 0.1, 52.1) for w in (-1.0, -0.9)]
    frame = geopandas.GeoDataFrame(columns, geometry=squares, crs=4326)
    path = tmp_path / "areas.geojson"
    path.write_text(frame.to_json())  # which gives every feature a number
    assert read_areas(path).frame.select("code", "name").rows()[:1] == found


def test_dates_and_simulated(tmp_path: Path) -> None:
    first = {"code": "a", "valid_from": "2020-05-02", "valid_to": "01/05/2024"}
    second = {"code": "b", "valid_from": "2020-05-02", "simulated": True}
    areas = read_areas(two(tmp_path, first, second))
    assert areas.frame["valid_from"].to_list() == [dt.date(2020, 5, 2)] * 2
    assert areas.frame["valid_to"].to_list() == [dt.date(2024, 5, 1), None]
    assert areas.simulated
    assert codes(areas.valid_on(dt.date(2025, 1, 1))) == ["b"]
    bad = read_areas(two(tmp_path, {"code": "a", "valid_from": "May"}, {"code": "b"}))
    assert bad.frame["valid_from"].to_list() == [None, None]
    assert "got 'May' (1 in all). They were taken as not stated." in bad.notes[-1]


def test_missing_codes_and_names_are_said(tmp_path: Path) -> None:
    path = two(tmp_path, {"code": "a", "name": None}, {"code": " ", "name": "B"})
    areas = read_areas(path)
    assert areas.frame.select("code", "name").rows() == [("a", "a"), ("B", "B")]
    assert [note for note in areas.notes if "1 of 2 areas" in note] == list(
        areas.notes[1:]
    )


# -- the polygons ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "own"),
    [
        ({"code": "a", "name": "A"}, {"code": "a", "name": "B"}, ["a", "a (B)"]),
        (
            {"name": "Castle", "district": "North"},
            {"name": "Castle", "district": "South"},
            ["Castle", "Castle (Castle; South)"],
        ),
    ],
)
def test_two_areas_with_one_code_stay_two(
    tmp_path: Path, first: dict[str, Any], second: dict[str, Any], own: list[str]
) -> None:
    areas = read_areas(two(tmp_path, first, second))
    assert areas.frame["code"].to_list() == own
    assert any("each was given one of its own" in note for note in areas.notes)


def test_one_area_that_lies_nowhere_is_left_out(tmp_path: Path) -> None:
    far = shapely.box(3e8, 3e8, 4e8, 4e8)
    frame = geopandas.GeoDataFrame(
        {"name": ["Good", "Far"]},
        geometry=[shapely.box(470_000, 319_000, 471_000, 320_000), far],
        crs=27700,
    )
    frame.to_file(tmp_path / "areas.gpkg")
    areas = read_areas(tmp_path / "areas.gpkg")
    assert codes(areas) == ["Good"]
    assert "1 of 2 areas in areas.gpkg were left out" in areas.notes[-1]


def test_one_area_in_two_rows_is_joined_and_said(tmp_path: Path) -> None:
    path = two(tmp_path, {"code": "a", "name": "A"}, {"code": "a", "name": "A"})
    areas = read_areas(path)
    assert len(areas) == 1
    assert areas.geometry[0].area == pytest.approx(0.02)
    assert "given in several features, which were joined: a." in areas.notes[-1]


def test_one_code_with_other_dates_stays_two(tmp_path: Path) -> None:
    first = {"code": "a", "name": "Old", "valid_to": "2020-01-01"}
    second = {"code": "a", "name": "New", "valid_from": "2020-01-02"}
    assert len(read_areas(two(tmp_path, first, second))) == 2


def test_what_is_no_polygon_is_left_out_and_said(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [-1, 52]}
    mixed = {"type": "GeometryCollection", "geometries": [point, square(-0.8)]}
    features = [
        ({"code": "a"}, square(-1)),
        ({"code": "b"}, point),
        ({"code": "c"}, None),
        ({"code": "d"}, {"type": "Polygon", "coordinates": []}),
        ({"code": "e"}, mixed),
    ]
    areas = read_areas(geojson(tmp_path, features))
    assert codes(areas) == ["a", "e"]
    assert "3 of 5 features" in areas.notes[-1]
    assert "(b, c, d)" in areas.notes[-1]
    with pytest.raises(AreaError, match="must hold polygons"):
        read_areas(geojson(tmp_path, [({"code": "b"}, point)]))


def test_invalid_polygons_are_repaired_and_named(tmp_path: Path) -> None:
    bow = [[[-1, 52], [-0.9, 52.1], [-0.9, 52], [-1, 52.1], [-1, 52]]]
    shape = {"type": "Polygon", "coordinates": bow}
    path = geojson(tmp_path, [({"code": "bow"}, shape), ({"code": "b"}, square(0))])
    areas = read_areas(path)
    assert "1 of 2 polygons were invalid" in areas.notes[-1]
    assert "bow" in areas.notes[-1]
    assert shapely.is_valid(areas.geometry).all()


def test_heights_are_dropped(tmp_path: Path) -> None:
    ring = [[-1, 52, 9], [-0.9, 52, 9], [-0.9, 52.1, 9], [-1, 52, 9]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    areas = read_areas(geojson(tmp_path, [({"code": "a"}, shape)]))
    assert not shapely.has_z(areas.geometry).any()
    assert areas.geometry[0].bounds == (-1, 52, -0.9, 52.1)


# -- formats and coordinate systems ------------------------------------------------

BNG = [shapely.box(475_000, 319_000, 476_000, 320_000)]


def write(path: Path, *, crs: str | None = "EPSG:27700", layer: str = "a") -> Path:
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(BNG)),
        [np.array(["E05"], dtype=object), np.array(["Abbey"], dtype=object)],
        ["WD23CD", "WD23NM"],
        geometry_type="Polygon",
        crs=crs,
        layer=layer,
        append=path.exists(),
    )
    return path


def check_bng(areas: Areas) -> None:
    assert areas.frame.row(0)[:3] == ("E05", "Abbey", "ward")
    x, y = lonlat_to_bng(*shapely.get_coordinates(areas.geometry).T)
    wanted = shapely.get_coordinates(BNG)
    assert sorted(zip(x.round(), y.round(), strict=True)) == sorted(map(tuple, wanted))


def test_geopackage_and_its_layers(tmp_path: Path) -> None:
    path = write(tmp_path / "x.gpkg")
    check_bng(read_areas(path))
    write(path, layer="b")
    areas = read_areas(f"{path}::b")
    check_bng(areas)
    assert len(areas.notes) == 1
    assert "read layer 'a', not b" in read_areas(path).notes[0]
    with pytest.raises(SourceError, match="layer 'c' is not in"):
        read_areas(f"{path}::c")


def test_the_first_layer_of_polygons_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array([shapely.Point(1, 2)])),
        [np.array([1])],
        ["n"],
        geometry_type="Point",
        crs="EPSG:27700",
        layer="points",
    )
    check_bng(read_areas(write(path, layer="wards")))


@pytest.mark.filterwarnings("ignore:.*crs.*was not provided:UserWarning")
def test_shapefile_plain_zipped_and_without_prj(tmp_path: Path) -> None:
    path = write(tmp_path / "x.shp", layer="x")
    check_bng(read_areas(path))
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for part in sorted(tmp_path.glob("x.*")):
            if part.suffix != ".zip":
                archive.write(part, f"inside/{part.name}")
    check_bng(read_areas(tmp_path / "x.zip"))
    path.with_suffix(".prj").unlink()
    with pytest.raises(CrsError, match="must say its coordinate system"):
        read_areas(path)


def test_geoparquet(tmp_path: Path) -> None:
    geopandas = pytest.importorskip("geopandas")
    frame = geopandas.GeoDataFrame(
        {"WD23CD": ["E05"], "WD23NM": ["Abbey"]}, geometry=BNG, crs="EPSG:27700"
    )
    frame.to_parquet(tmp_path / "x.parquet")
    check_bng(read_areas(tmp_path / "x.parquet"))
    frame.to_crs(4326).to_parquet(tmp_path / "y.geoparquet")
    assert read_areas(tmp_path / "y.geoparquet").geometry[0].bounds[1] > 52
    frame.set_crs(None, allow_override=True).to_parquet(tmp_path / "z.parquet")
    with pytest.raises(CrsError, match="must say its coordinate system"):
        read_areas(tmp_path / "z.parquet")
    frame.drop(columns="geometry").to_parquet(tmp_path / "w.parquet")
    with pytest.raises(SourceError, match="column of WKT"):
        read_areas(tmp_path / "w.parquet")


def test_geojson_of_the_old_kind_may_name_its_crs(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    shape = dict(shapely.geometry.mapping(BNG[0]))
    properties = {"WD23CD": "E05", "WD23NM": "Abbey"}
    path = geojson(tmp_path, [(properties, shape)], crs=crs)
    check_bng(read_areas(path))
    with pytest.raises(AreaError, match="longitude and latitude"):
        read_areas(geojson(tmp_path, [(properties, shape)]))


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nothing is there"):
        read_areas(tmp_path / "absent.geojson")
    for name in ("x.geojson", "x.gpkg", "x.parquet", "x.shp"):
        (tmp_path / name).write_bytes(b"")
        with pytest.raises(EmptyFileError, match="0 bytes"):
            read_areas(tmp_path / name)
        (tmp_path / name).write_bytes(b"<OGRVRTDataSource/>")
        with pytest.raises(SourceError, match="as its name says"):
            read_areas(tmp_path / name)
    (tmp_path / "x.gml").write_bytes(b"<kml/>")
    with pytest.raises(SourceError, match=r"suffix is '\.gml'"):
        read_areas(tmp_path / "x.gml")
    (tmp_path / "x.geojson").write_text('{"type": "FeatureCollection", "featu')
    with pytest.raises(SourceError, match="copied whole"):
        read_areas(tmp_path / "x.geojson")
    with pytest.raises(EmptyFileError, match="must hold features"):
        read_areas(geojson(tmp_path, []))
    (tmp_path / "x.zip").write_bytes(b"none")
    with pytest.raises(SourceError, match="zip archive"):
        read_areas(tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.geojson", "{}")
        archive.writestr("b.geojson", "{}")
    with pytest.raises(SourceError, match="it holds 2"):
        read_areas(tmp_path / "two.zip")


# -- real and committed files ------------------------------------------------------


def test_the_four_invalid_lsoas_are_repaired_and_named(shared_data: Path) -> None:
    areas = read_areas(shared_data / "boundaries" / "llr_lsoa_2011.geojson")
    assert len(areas) == 611
    assert areas.kinds == ("lsoa",)
    note = areas.notes[-1]
    assert note.startswith("4 of 611 polygons were invalid")
    for code in ("E01013619", "E01013633", "E01013792", "E01025861"):
        assert code in note


def test_the_wards_of_the_force(shared_data: Path) -> None:
    areas = read_areas(shared_data / "boundaries" / "llr_wards_2013.geojson")
    assert len(areas) == areas.frame["code"].n_unique() == 171
    assert areas.frame["name"][0] == "Abbey"
    assert len(areas.notes) == 1
    assert areas.area_km2.sum() == pytest.approx(2_551, rel=0.01)


def test_the_committed_areas(root: Path) -> None:
    wards = read_areas(root / "boundaries" / "simulated_wards.geojson")
    nearby = root / "boundaries" / "simulated_priority_neighbourhoods.geojson"
    assert wards.kinds == ("ward",)
    assert wards.simulated
    assert read_areas(nearby).kinds == ("priority neighbourhood",)


def test_outside_the_grid_is_said(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    shape = shapely.geometry.mapping(shapely.box(9e6, 9e6, 9.1e6, 9.1e6))
    assert np.isnan(bng_to_lonlat(np.array([9e6]), np.array([9e6]))[0]).all()
    with pytest.raises(AreaError, match="where their coordinate system is defined"):
        read_areas(geojson(tmp_path, [({"code": "a"}, dict(shape))], crs=crs))
