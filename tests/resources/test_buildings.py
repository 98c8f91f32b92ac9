"""Buildings: read from real files, and what they hide."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from hotspots.core.crs import lonlat_to_bng
from hotspots.core.errors import SourceError
from hotspots.resources.buildings import line_of_sight, read_buildings, visible_area

HOUSE = shapely.box(20, -10, 30, 10)
BLOCK = np.array([HOUSE], dtype=object)


def sees(
    at: tuple[float, float], to: list[tuple[float, float]], houses: np.ndarray
) -> list[bool]:
    ends = np.array(to, dtype=float)
    return line_of_sight(np.tile(np.array(at), (len(to), 1)), ends, houses).tolist()


def test_a_house_hides_what_is_behind_it() -> None:
    to = [(40.0, 0.0), (10.0, 0.0), (40.0, 40.0), (25.0, 0.0), (0.0, 0.0)]
    assert sees((0.0, 0.0), to, BLOCK) == [False, True, True, True, True]


def test_a_camera_on_a_house_sees_past_that_house_only() -> None:
    two = np.array([HOUSE, shapely.box(60, -10, 70, 10)], dtype=object)
    assert sees((25.0, 0.0), [(50.0, 0.0), (90.0, 0.0)], two) == [True, False]


def test_without_buildings_everything_is_clear() -> None:
    assert sees((0.0, 0.0), [(40.0, 0.0)], np.zeros(0, dtype=object)) == [True]
    disc = visible_area(np.zeros(2), np.zeros(0, dtype=object), range_m=100)
    assert disc.area == pytest.approx(np.pi * 1e4, rel=2e-3)


def test_the_shadow_of_a_house_by_hand() -> None:
    """From the origin the house spans 2 atan(10/20); its face is 20 m away."""
    seen = visible_area(np.zeros(2), BLOCK, range_m=100)
    half = np.arctan2(10, 20)
    hidden = half * 100**2 - 20 * 10  # sector less the triangle before the face
    assert seen.area == pytest.approx(np.pi * 1e4 - hidden, rel=2e-3)
    assert not seen.contains(shapely.Point(40, 0))
    assert seen.contains(shapely.Point(10, 0))


def test_real_footprints(shared_data: Path) -> None:
    houses = read_buildings(shared_data / "osm" / "rutland_buildings.geojson.gz")
    assert len(houses) >= 2_505
    assert shapely.is_valid(houses).all()
    west, south, east, north = shapely.total_bounds(houses)
    assert 480_000 < west < east < 510_000
    assert 290_000 < south < north < 320_000


def test_shadow_and_sight_line_agree_on_real_places(shared_data: Path) -> None:
    """Two ways to the same answer: a polygon of what is seen, and lines to points."""
    houses = read_buildings(shared_data / "osm" / "rutland_buildings.geojson.gz")
    pois = pl.read_csv(shared_data / "osm" / "rutland_pois.csv")
    at = np.column_stack(lonlat_to_bng(pois["lon"].to_numpy(), pois["lat"].to_numpy()))
    tree = shapely.STRtree(houses)
    rng = np.random.default_rng(4)
    n_blocked = n_checked = 0
    for eye in at[:80]:
        angle, away = rng.uniform(0, 2 * np.pi, 40), 100 * np.sqrt(rng.random(40))
        to = eye + np.column_stack([np.cos(angle), np.sin(angle)]) * away[:, None]
        points = shapely.points(to)
        outdoors = np.ones(40, dtype=bool)
        outdoors[tree.query(points, predicate="intersects")[0]] = False
        seen = visible_area(eye, houses, range_m=100)
        clear_of_edge = shapely.distance(shapely.boundary(seen), points) > 0.05
        check = outdoors & clear_of_edge
        clear = line_of_sight(np.tile(eye, (40, 1)), to, houses)
        assert (shapely.contains(seen, points) == clear)[check].all()
        n_blocked += int((~clear & check).sum())
        n_checked += int(check.sum())
    assert n_checked > 1_000
    assert n_blocked > 100


def feature(geometry: object) -> dict[str, object]:
    shape = json.loads(shapely.to_geojson(geometry))
    return {"type": "Feature", "properties": {"id": 1}, "geometry": shape}


def geojson(*geometries: object) -> str:
    features = [feature(geometry) for geometry in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_parts_zip_and_invalid_rings(tmp_path: Path) -> None:
    def square(lon: float) -> shapely.Polygon:
        return shapely.box(lon, 52.7, lon + 0.0002, 52.7001)

    corners = [(-0.75, 52.7), (-0.749, 52.701), (-0.749, 52.7), (-0.75, 52.701)]
    text = geojson(
        shapely.MultiPolygon([square(-0.7), square(-0.71)]), shapely.Polygon(corners)
    )
    path = tmp_path / "houses.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("houses.geojson", text)
    houses = read_buildings(path)
    assert len(houses) == 4  # two parts, and a bow tie mended into two
    assert shapely.is_valid(houses).all()


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        (shapely.Point(-0.7, 52.7), "must hold polygons"),
        (shapely.box(20, 10, 20.1, 10.1), "Great Britain"),
    ],
)
def test_what_is_no_building_here_is_refused(
    tmp_path: Path, geometry: object, words: str
) -> None:
    path = tmp_path / "houses.geojson"
    path.write_text(geojson(geometry), encoding="utf-8")
    with pytest.raises(SourceError, match=words):
        read_buildings(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nothing is there"):
        read_buildings(tmp_path / "none.geojson")
