"""The ground under a map: what is read from each source, and read back from PMTiles."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely

from hotspots.core.errors import OutputError, SourceError
from hotspots.outputs.basemap import credit_of, read_ground, write_basemap
from hotspots.samples import sample_path

RUTLAND = "osm/rutland-latest_2018-02-27.osm.pbf"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("basemap") / "town.pmtiles"
    write_basemap([sample_path("boundaries/simulated_streets.geojson")], out)
    return out


def test_streets_of_the_town_are_in_the_tiles(town: Path) -> None:
    _, table = pyogrio.read_arrow(town)
    found = pl.from_arrow(table.select(["kind", "name"])).unique()
    assert set(found["kind"]) == {"road"}
    assert "Market Place" in found["name"]
    assert credit_of(town) == ""


def test_pieces_of_a_named_street_are_one(tmp_path: Path) -> None:
    pieces = [[[0.0, 52.0], [0.001, 52.0]], [[0.001, 52.0], [0.002, 52.0]]]
    path = _geojson(
        tmp_path, [("LineString", p, {"name": "A", "class": "main"}) for p in pieces]
    )
    ground = read_ground([path])
    assert ground.table.rows() == [("road", "main", "A")]
    assert ground.shapes[0].equals(shapely.LineString([(0, 52), (0.002, 52)]))


def test_what_is_not_streets_says_what_it_is(tmp_path: Path) -> None:
    ring = [[[0.0, 52.0], [0.001, 52.0], [0.001, 52.001], [0.0, 52.0]]]
    path = _geojson(tmp_path, [("Polygon", ring, {"kind": "water", "name": "Mere"})])
    assert read_ground([path]).table.rows() == [("water", "", "Mere")]


def test_ordnance_survey_layers_are_known_by_their_names(tmp_path: Path) -> None:
    path = tmp_path / "zoomstack.gpkg"
    line = shapely.LineString([(475_000, 319_000), (475_100, 319_000)])
    for layer in ("roads_national", "rail", "contours"):
        pyogrio.raw.write(
            path,
            shapely.to_wkb([line]),
            [np.array(["A607"], dtype=object)],
            ["name"],
            layer=layer,
            driver="GPKG",
            geometry_type="LineString",
            crs="EPSG:27700",
            append=path.exists(),
        )
    ground = read_ground([path])
    assert set(ground.table["kind"]) == {"road", "rail"}
    assert ground.shapes[0].bounds[0] == pytest.approx(-0.89, abs=0.01)
    assert "Ordnance" in ground.credit or "OS data" in ground.credit


@pytest.mark.slow
def test_an_openstreetmap_extract_gives_streets_water_and_names(
    shared_data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "rutland.pmtiles"
    ground = write_basemap([shared_data / RUTLAND], out)
    names = ground.table.filter(kind="place")["name"]
    assert "Oakham" in names
    assert ground.table.filter(kind="water").height > 10
    assert "OpenStreetMap" in credit_of(out)


@pytest.mark.parametrize("name", ["ground.txt", "ground.shp"])
def test_other_files_are_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=name):
        read_ground([tmp_path / name])


def test_a_file_without_ground_is_refused(tmp_path: Path) -> None:
    path = _geojson(tmp_path, [("Point", [0.0, 52.0], {"other": 1})])
    with pytest.raises(SourceError, match="holds none"):
        read_ground([path])


def _geojson(folder: Path, rows: list[tuple[str, object, dict[str, object]]]) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": kind, "coordinates": coordinates},
        }
        for kind, coordinates, properties in rows
    ]
    path = folder / "ground.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_a_pipe_is_never_taken_away(tmp_path: Path) -> None:
    out = tmp_path / "ground.pmtiles"
    os.mkfifo(out)
    with pytest.raises(OutputError, match="never replaced"):
        write_basemap([sample_path("boundaries/simulated_streets.geojson")], out)
    assert out.is_fifo()


def test_what_is_read_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson"
    path.write_bytes(sample_path("boundaries/simulated_wards.geojson").read_bytes())
    before = path.read_bytes()
    with pytest.raises(OutputError, match="must not be a file that is read"):
        write_basemap([path], path)
    assert path.read_bytes() == before
