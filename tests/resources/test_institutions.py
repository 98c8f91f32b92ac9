"""Where prisons, hospitals, police stations and courts are, from a file."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pytest
from shapely import LineString, Point, box

from hotspots.core.errors import SourceError
from hotspots.resources.institutions import read_grounds

OSM = """<osm version="0.6">
<node id="1" lat="52.70" lon="-0.90"/><node id="2" lat="52.70" lon="-0.89"/>
<node id="3" lat="52.71" lon="-0.89"/><node id="4" lat="52.71" lon="-0.90"/>
<node id="5" lat="52.75" lon="-0.80"><tag k="amenity" v="police"/></node>
<node id="6" lat="52.75" lon="-0.81"><tag k="amenity" v="pub"/></node>
<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
<tag k="amenity" v="prison"/><tag k="name" v="HMP Made"/></way>
</osm>"""


def test_an_openstreetmap_extract(tmp_path: Path) -> None:
    import osmium

    (tmp_path / "x.osm").write_text(OSM)
    path = tmp_path / "x.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for each in osmium.FileProcessor(str(tmp_path / "x.osm")):
            writer.add(each)
    found = read_grounds(path)
    assert sorted(found.names) == ["HMP Made", "police station"]
    areas = dict(zip(found.names, (s.area for s in found.shapes), strict=True))
    assert areas["HMP Made"] == pytest.approx(675 * 1_113, rel=0.02)
    assert areas["police station"] == 0


def test_a_file_of_sites_and_one_of_streets(tmp_path: Path) -> None:
    names = ["County General Hospital", "Hospital Lane", "The Limes", "Made School"]
    frame = geopandas.GeoDataFrame(
        {"distinctive_name": names, "function": ["x", "x", "Prison", "School"]},
        geometry=[
            box(470000, 310000, 470100, 310100),
            LineString([(470000, 310000), (470100, 310000)]),
            Point(471000, 311000),
            Point(472000, 311000),
        ],
        crs=27700,
    )
    path = tmp_path / "sites.gpkg"
    frame.to_file(path)
    assert read_grounds(path).names == ("County General Hospital", "The Limes")
    (tmp_path / "walk.graphml").write_text("<graphml/>")
    assert not read_grounds(tmp_path / "walk.graphml").names
    with pytest.raises(SourceError, match="nothing is there"):
        read_grounds(tmp_path / "no.gpkg")
