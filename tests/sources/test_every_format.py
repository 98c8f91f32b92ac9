"""One content, every format, every mess: the same rows, and every row accounted for."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import geopandas
import pytest
import written
from same_rows import HEAD, ROWS, TODAY, facts, layer, read, wanted
from written import GIS, ROWS_ONLY, TABLES, TITLE, Cells

from hotspots.intake.profile import Profile
from hotspots.register.actions import read_actions
from hotspots.register.deployments import read_deployments
from hotspots.resources.buildings import read_buildings
from hotspots.resources.premises import read_premises
from hotspots.resources.sites import read_sites
from hotspots.resources.slots import read_slots
from hotspots.resources.streets import read_streets
from hotspots.sources import read_incidents, write_proposal
from hotspots.sources.areas import read_areas

BLANK = ("",) * 8
TOTAL = ("Total", *BLANK[:6], "12")


def thousands(row: tuple[str, ...]) -> tuple[str, ...]:
    return (*row[:4], *(f"{int(cell):,}" for cell in row[4:6]), *row[6:])


MESS: dict[str, tuple[Cells, Cells]] = {
    "plain": ([HEAD, *ROWS], ()),
    "title": ([HEAD, *ROWS], TITLE),
    "blank rows": ([HEAD, *ROWS[:5], BLANK, *ROWS[5:], BLANK, BLANK], ()),
    "a total": ([HEAD, *ROWS, TOTAL], ()),
    "capitals": ([tuple(h.upper() for h in HEAD), *ROWS], ()),
    "underscores": ([tuple(h.lower().replace(" ", "_") for h in HEAD), *ROWS], ()),
    "headings again": ([HEAD, *ROWS[:6], HEAD, *ROWS[6:]], ()),
    "kept as text": ([HEAD, *(('="' + r[0] + '"', *r[1:]) for r in ROWS)], ()),
    "thousands": ([HEAD, *map(thousands, ROWS)], ()),
    "title, total": ([HEAD, *ROWS, BLANK, TOTAL], TITLE),
}
CASES = [
    (mess, kind)
    for mess, (_, above) in MESS.items()
    for kind in TABLES
    if not (above and kind in ROWS_ONLY)
    if mess != "kept as text" or "csv" in kind
]


def mostly_slow(cases: list[tuple[str, str]]) -> list[object]:
    """Every fifth combination is tried in each run, all of them in the slow suite."""
    return [
        case if at % 5 == 0 else pytest.param(*case, marks=pytest.mark.slow)
        for at, case in enumerate(cases)
    ]


@pytest.mark.parametrize(("mess", "kind"), mostly_slow(CASES))
def test_incidents_in_tables(tmp_path: Path, mess: str, kind: str) -> None:
    reading = read(TABLES[kind](tmp_path, *MESS[mess]))
    n_totals = int("total" in mess)
    assert facts(reading) == wanted()
    assert reading.rejects.height == n_totals
    assert reading.rows_read == len(ROWS) + n_totals


@pytest.fixture(autouse=True)
def _quiet() -> object:
    """Writing a Shapefile warns of the headings that it cuts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("proposed", [True, False])
@pytest.mark.parametrize("kind", GIS)
def test_incidents_in_gis_files(tmp_path: Path, kind: str, proposed: bool) -> None:
    reading = read(GIS[kind](tmp_path, layer()), proposed=proposed)
    assert facts(reading) == wanted()
    assert reading.rejects.height == 0


@pytest.mark.parametrize(
    "written_as",
    [
        {"schema_version": "0.4.0"},  # of GDAL 3.5, in QGIS 3.26
        {"schema_version": "1.1.0", "write_covering_bbox": True},  # GDAL from 3.9
    ],
)
def test_geoparquet_as_gdal_has_written_it(
    tmp_path: Path, written_as: dict[str, Any]
) -> None:
    path = tmp_path / "incidents.parquet"
    layer().to_parquet(path, **written_as)
    assert facts(read(path)) == wanted()


def test_a_mapping_made_for_a_table_fits_its_shapefile(tmp_path: Path) -> None:
    table = TABLES["csv"](tmp_path, [HEAD, *ROWS], ())
    write_proposal(table, tmp_path / "mapping.toml")
    profile = Profile.from_toml(tmp_path / "mapping.toml")
    path = GIS["shp"](tmp_path, layer())
    reading = read_incidents([path], profile=profile, today=TODAY)
    assert facts(reading) == wanted()


# -- areas, streets, buildings --------------------------------------------------------


def squares() -> geopandas.GeoDataFrame:
    from shapely import box

    return geopandas.GeoDataFrame(
        {"WD24CD": ["E1", "E2"], "WD24NM": ["West", "East"]},
        geometry=[
            box(470_000, 319_000, 471_000, 320_000),
            box(471_000, 319_000, 472_000, 320_000),
        ],
        crs=27700,
    )


@pytest.mark.parametrize("kind", GIS)
def test_areas_in_gis_files(tmp_path: Path, kind: str) -> None:
    check_areas(GIS[kind](tmp_path, squares()))


@pytest.mark.parametrize("kind", [k for k in TABLES if "zip" not in k])
@pytest.mark.parametrize("crs", [27700, 4326])
def test_areas_in_tables(tmp_path: Path, kind: str, crs: int) -> None:
    cells = written.wkt_cells(squares().to_crs(crs))
    check_areas(TABLES[kind](tmp_path, cells, ()))


def check_areas(path: Path) -> None:
    areas = read_areas(path)
    frame = areas.frame.sort("code")
    assert frame.select("code", "name").rows() == [("E1", "West"), ("E2", "East")]
    assert areas.area_km2 == pytest.approx([1, 1], rel=0.01)


@pytest.mark.parametrize("kind", [k for k in GIS if k != "esri"])
def test_streets_and_buildings(tmp_path: Path, kind: str) -> None:
    frame = squares().rename(columns={"WD24NM": "name"})
    assert len(read_buildings(GIS[kind](tmp_path, frame))) == 2
    (tmp_path / "lines").mkdir()
    lines = frame.set_geometry(frame.geometry.boundary)
    assert "West" in read_streets(GIS[kind](tmp_path / "lines", lines)).names


# -- what people keep -----------------------------------------------------------------

COLUMNS = (
    ("Asset ID", "Street", "X_COORDINATE", "Y_COORDINATE"),
    ("LC1", "Café Row", "470,100", "319100"),
    ("LC2", "High St", "470200", "319200"),
)
PREMISES = (
    ("UPRN", "Address", "Easting", "Northing", "Kind", "Street"),
    ("100030000001", "1 Café Row", "470100", "319100", "dwelling", "Café Row"),
    ("100030000002", "2 Café Row", "470110", "319100", "dwelling", "Café Row"),
)
SLOTS = (
    ("Day", "From", "To", "Name", "Easting", "Northing"),
    ("Tuesday", "19:00", "20:30", "Café", "470100", "319100"),
)
DEPLOYMENTS = (
    ("ID", "Tactic", "Place", "Provider", "From", "To", "Status", "Minutes planned"),
    ("D1", "patrol", "Café Row", "PCSO", "01/06/2024 18:00", "01/06/2024 19:00:00",
     "Done", "1,200"),
)  # fmt: skip
ACTIONS = (
    ("ID", "Action", "Owner", "Agency", "Decided", "Due", "Status"),
    ("A1", "Light the Café", "Manager", "Council", "01/06/2024", "28/06/2024", "open"),
)


def sites_of(path: Path) -> object:
    sites = read_sites(path)
    return sorted(zip(sites.ids, sites.xy_m.round(-1).tolist(), strict=True))


def premises_of(path: Path) -> object:
    found = read_premises(path)
    places = found.xy_m.round(-1).tolist()
    return sorted(zip(found.addresses, places, strict=True))


KEPT = {
    "columns": (COLUMNS, sites_of),
    "premises": (PREMISES, premises_of),
    "slots": (SLOTS, read_slots),
    "deployments": (DEPLOYMENTS, lambda path: read_deployments(path).frame.rows()),
    "actions": (ACTIONS, lambda path: read_actions(path).frame.rows()),
}


@pytest.mark.parametrize(
    ("what", "kind"), mostly_slow([(what, kind) for what in KEPT for kind in TABLES])
)
def test_what_people_keep(tmp_path: Path, what: str, kind: str) -> None:
    rows, found = KEPT[what]
    usual = found(TABLES["csv"](tmp_path, rows, ()))
    blank = ("",) * len(rows[0])
    total = ("Total", *blank[1:])
    above = () if kind in ROWS_ONLY else TITLE
    capitals = tuple(name.upper() for name in rows[0])
    mess = [capitals, *rows[1:], blank, blank, total]
    assert found(TABLES[kind](tmp_path, mess, above)) == usual


@pytest.mark.parametrize("kind", GIS)
def test_columns_and_premises_in_gis_files(tmp_path: Path, kind: str) -> None:
    for rows, found in (KEPT["columns"], KEPT["premises"]):
        usual = found(TABLES["csv"](tmp_path, rows, ()))
        names, *body = rows
        x, y = ([float(row[at].replace(",", "")) for row in body] for at in (2, 3))
        own = {at: name for at, name in enumerate(names) if at not in (2, 3)}
        frame = geopandas.GeoDataFrame(
            {name: [row[at] for row in body] for at, name in own.items()},
            geometry=geopandas.points_from_xy(x, y),
            crs=27700,
        )
        folder = tmp_path / str(names[0])
        folder.mkdir()
        assert found(GIS[kind](folder, frame)) == usual
