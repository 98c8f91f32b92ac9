"""The ground under a map as one PMTiles file: streets, water, green, rail, names.

Read from an OpenStreetMap extract (``.osm.pbf``), from OS Open Zoomstack or OpenMap
Local (``.gpkg``), or from GeoJSON of streets and ground such as the simulated town has.
One layer, whose rows say what they are: ``kind``, ``class`` and ``name``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import OutputError, SourceError
from hotspots.core.folders import real
from hotspots.core.types import Shapes
from hotspots.intake.apart import parse
from hotspots.intake.inputs import InputFile
from hotspots.outputs.formats.layer import writing

LAYER = "ground"
MIN_ZOOM, MAX_ZOOM = 8, 14
OSM = "© OpenStreetMap contributors, ODbL"
OS = "Contains OS data © Crown copyright and database right"

ROADS = {
    "main": "motorway trunk primary motorway_link trunk_link primary_link main "
    "Motorway Primary A",
    "secondary": "secondary tertiary secondary_link tertiary_link B Regional",
    "minor": "residential unclassified living_street service road lane Local Minor",
    "path": "footway path cycleway track steps pedestrian bridleway footpath",
}
ROAD_CLASS = {word: name for name, words in ROADS.items() for word in words.split()}
GREEN = "park garden pitch playground recreation_ground golf_course cemetery grass"
WOOD = "wood forest"
BUILT = "residential retail industrial commercial"
PLACES = "city town suburb village hamlet"
ZOOMSTACK = {
    "roads_national": ("road", "main"),
    "roads_regional": ("road", "secondary"),
    "roads_local": ("road", "minor"),
    "road": ("road", "minor"),
    "rail": ("rail", ""),
    "railwaytrack": ("rail", ""),
    "surfacewater": ("water", ""),
    "surfacewater_area": ("water", ""),
    "waterlines": ("river", ""),
    "greenspace": ("green", ""),
    "greenspaces": ("green", ""),
    "woodland": ("wood", ""),
    "urban_areas": ("built", ""),
    "local_buildings": ("building", ""),
    "building": ("building", ""),
    "names": ("place", "town"),
    "namedplace": ("place", "town"),
    "railway_stations": ("poi", "station"),
    "railwaystation": ("poi", "station"),
}
"""Layers of Ordnance Survey's open products: what each shows."""

Rows = tuple[pl.DataFrame, Shapes]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Everything to draw: ``kind, class, name`` and a shape for each row, EPSG:4326."""

    table: pl.DataFrame
    shapes: Shapes
    credit: str


def write_basemap(sources: Sequence[Path], out: Path) -> Ground:
    """Write the ground of some files as PMTiles.

    Raises SourceError if a file is of no known kind, or holds nothing to draw;
    OutputError if the file cannot be written.
    """
    if real(out) in {real(Path(source)) for source in sources}:
        raise OutputError(f"{out} must not be a file that is read. Choose another.")
    ground = read_ground(sources)
    import pyogrio

    with writing(out):
        out.unlink(missing_ok=True)
        pyogrio.raw.write(
            out,
            shapely.to_wkb(ground.shapes),
            [ground.table[name].to_numpy() for name in ("kind", "class", "name")],
            ["kind", "class", "name"],
            layer=LAYER,
            driver="PMTiles",
            geometry_type="Unknown",
            crs="EPSG:4326",
            dataset_options={
                "MINZOOM": str(MIN_ZOOM),
                "MAXZOOM": str(MAX_ZOOM),
                "DESCRIPTION": ground.credit,
            },
        )
    return ground


def read_ground(sources: Sequence[Path]) -> Ground:
    """Read what can be drawn under a map from files of known kinds.

    Raises SourceError if a file is of no known kind, or holds nothing to draw.
    """
    parts: list[Rows] = []
    credits: dict[str, None] = {}
    for source in sources:
        read, credit = _reader(source)
        found = [part for part in read(source) if part[0].height]
        if not found:
            raise SourceError(
                f"{source.name} must hold streets, water or other ground; it holds "
                "none. Give the extract of the district."
            )
        parts += found
        credits[credit] = None
    table, shapes = _joined(
        pl.concat([table for table, _ in parts]),
        np.concatenate([shapes for _, shapes in parts]),
    )
    return Ground(
        table=table,
        shapes=shapes,
        credit="; ".join(credit for credit in credits if credit),
    )


def _joined(table: pl.DataFrame, shapes: Shapes) -> Rows:
    """Join the pieces of a named street, so that its name has room to stand."""
    named = ((table["kind"] == "road") & (table["name"] != "")).to_numpy()
    groups = (
        table.with_columns(row=pl.int_range(pl.len()))
        .filter(pl.Series(named))
        .group_by("kind", "class", "name", maintain_order=True)
        .agg("row")
    )
    whole = [
        shapely.line_merge(shapely.union_all(shapes[rows.to_numpy()]))
        for rows in groups["row"]
    ]
    joined = np.empty(len(whole), dtype=object)
    joined[:] = whole
    columns = ("kind", "class", "name")
    return (
        pl.concat([table.filter(pl.Series(~named)), groups.select(columns)]),
        np.concatenate([shapes[~named], joined]),
    )


def credit_of(basemap: Path) -> str:
    """Return whose data a basemap is, as it must be shown beside it."""
    about = [facts["about"] for facts, _ in parse("layers", InputFile.at(basemap))]
    return str(about[0].get("description", "")) if about else ""


def can_draw(source: Path) -> bool:
    """Say whether a file is of a kind that a basemap is made from."""
    name = source.name.lower()
    return name.endswith((".osm.pbf", ".gpkg", ".geojson", ".json"))


def _reader(source: Path) -> tuple[Callable[[Path], Iterator[Rows]], str]:
    if source.name.lower().endswith(".osm.pbf"):
        return _osm, OSM
    if source.suffix.lower() == ".gpkg":
        return _zoomstack, OS
    if source.suffix.lower() in (".geojson", ".json"):
        return _geojson, ""
    raise SourceError(
        f"a basemap is made from .osm.pbf, .gpkg (OS Open Zoomstack, OpenMap Local) or "
        f".geojson; got {source.name}."
    )


def _rows(table: pl.DataFrame, shapes: Shapes) -> Rows:
    """Keep what has a kind and a shape; the columns as text."""
    keep = (table["kind"].is_not_null().to_numpy()) & ~shapely.is_missing(shapes)
    text = table.select(pl.col("kind", "class", "name").cast(pl.String).fill_null(""))
    return text.filter(pl.Series(keep)), shapes[keep]


def _read(source: Path, layer: str | None, columns: list[str]) -> Rows:
    item = InputFile.at(source)
    [(facts, table)] = parse("ground", item, layer=layer, columns=columns)
    shapes = shapely.from_wkb(table.column("shape").to_numpy(zero_copy_only=False))
    if str(facts["crs"]) == "EPSG:27700":
        shapes = shapely.transform(shapes, _to_degrees)
    frame: Any = pl.from_arrow(table.drop_columns(["shape"]))
    missing = [pl.lit(None, pl.String).alias(c) for c in columns if c not in frame]
    return frame.with_columns(missing), shapes


def _to_degrees(xy_m: Any) -> Any:
    return np.column_stack(bng_to_lonlat(xy_m[:, 0], xy_m[:, 1]))


def _osm(source: Path) -> Iterator[Rows]:
    for layer, columns, kinds, classes in (
        ("lines", ["name", "highway", "waterway", "railway"], _osm_lines(), _road()),
        ("multipolygons", _AREA_TAGS, _osm_areas(), pl.lit("")),
        ("points", ["name", "place", "other_tags"], _osm_points(), _osm_point_class()),
    ):
        table, shapes = _read(source, layer, columns)
        yield _rows(table.with_columns(kinds, classes.alias("class")), shapes)


_AREA_TAGS = ["name", "natural", "landuse", "leisure", "building"]


def _is(column: str, words: str) -> pl.Expr:
    return pl.col(column).is_in(words.split())


def _road() -> pl.Expr:
    return pl.col("highway").replace_strict(ROAD_CLASS, default="")


def _osm_lines() -> pl.Expr:
    return (
        pl.when(_road() != "")
        .then(pl.lit("road"))
        .when(_is("railway", "rail light_rail tram preserved"))
        .then(pl.lit("rail"))
        .when(_is("waterway", "river canal stream"))
        .then(pl.lit("river"))
        .alias("kind")
    )


def _osm_areas() -> pl.Expr:
    return (
        pl.when(_is("natural", "water") | _is("landuse", "reservoir basin"))
        .then(pl.lit("water"))
        .when(_is("leisure", GREEN) | _is("landuse", GREEN))
        .then(pl.lit("green"))
        .when(_is("natural", WOOD) | _is("landuse", WOOD))
        .then(pl.lit("wood"))
        .when(pl.col("building").is_not_null())
        .then(pl.lit("building"))
        .when(_is("landuse", BUILT))
        .then(pl.lit("built"))
        .alias("kind")
    )


def _osm_points() -> pl.Expr:
    return (
        pl.when(_is("place", PLACES))
        .then(pl.lit("place"))
        .when(_osm_point_class() != "")
        .then(pl.lit("poi"))
        .alias("kind")
    )


def _osm_point_class() -> pl.Expr:
    tags = pl.col("other_tags").fill_null("")
    return (
        pl.when(_is("place", PLACES))
        .then(pl.col("place"))
        .when(tags.str.contains('"railway"=>"station"', literal=True))
        .then(pl.lit("station"))
        .when(tags.str.contains('"shop"=>', literal=True))
        .then(pl.lit("shop"))
        .otherwise(pl.lit(""))
    )


def _zoomstack(source: Path) -> Iterator[Rows]:
    for facts, _ in list(parse("layers", InputFile.at(source))):
        layer = facts["name"]
        shown = ZOOMSTACK.get(layer.lower())
        if shown is None:
            continue
        named = next(
            (f for f in facts["fields"] if f.lower() in ("name", "distname")), None
        )
        table, shapes = _read(source, layer, [named] if named else [])
        kind, of_class = shown
        yield _rows(
            pl.DataFrame({"kind": [kind] * len(shapes)}).with_columns(
                pl.lit(of_class).alias("class"),
                (table[named] if named else pl.lit("")).alias("name"),
            ),
            shapes,
        )


def _geojson(source: Path) -> Iterator[Rows]:
    table, shapes = _read(source, None, ["kind", "class", "name"])
    is_street = pl.col("kind").is_null() & pl.col("class").is_not_null()
    yield _rows(
        table.with_columns(
            pl.when(is_street).then(pl.lit("road")).otherwise("kind").alias("kind"),
            pl.when(is_street)
            .then(pl.col("class").replace_strict(ROAD_CLASS, default="minor"))
            .otherwise("class")
            .alias("class"),
        ),
        shapes,
    )
