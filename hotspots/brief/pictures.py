"""The pictures of a brief: maps of its places, and a chart where it tells more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from scipy.spatial.distance import cdist

from hotspots.brief.content import Alert, Brief
from hotspots.brief.page import Picture
from hotspots.brief.print_table import WIDE_MM
from hotspots.core.crs import shapes_to_metres
from hotspots.core.table import Table, show
from hotspots.core.types import Bools
from hotspots.outputs.charts.drawing import Name
from hotspots.outputs.charts.lines import interval_chart, series_chart, week_chart
from hotspots.outputs.printing import Background, MapMark, MapPlace, draw_map

AREA_TABLES = ("priority", "areas")


def build_pictures(
    brief: Brief, background: Background | None = None
) -> Mapping[str, tuple[Picture, ...]]:
    """Draw everything."""
    numbers = {table.id: n for n, table in enumerate(brief.tables, start=1)}
    made: dict[str, tuple[Picture, ...]] = {}
    for table in brief.tables:
        picture = _chart(brief, table, numbers[table.id])
        if picture is not None:
            made[table.id] = (picture,)
    if "places" in numbers:
        made["places"] = place_maps(brief, background)
    for table in brief.tables:
        if brief.audience == "public" and table.id in AREA_TABLES:
            made[table.id] = area_map(brief, table, numbers[table.id])
    return made


def _chart(brief: Brief, table: Table, number: int) -> Picture | None:
    names = table.rows.columns
    if table.id == "indicators" and "percent_low" in names:
        if table.rows["percent"].null_count() == table.rows.height:
            return None
        return _intervals(table, number)
    if table.id == "week" and table.rows.height:
        return _week(table, number)
    if table.id in ("period", "trend") and "series" in names:
        return _series(brief, table, number)
    return None


def _series(brief: Brief, table: Table, number: int) -> Picture | None:
    row = table.rows.row(0, named=True)
    values = row["series"]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    labels = period_ends(brief, len(values))
    low, high = row.get("usual_low"), row.get("usual_high")
    usual = (low, high) if low is not None and high is not None else None
    every = "28-day period" if brief.kind == "weekly" else "month"
    what = f"{row['label']} by {every}"
    alt = (
        f"Line chart. {what}: {_number(values[-1])} {labels[-1]}; between "
        f"{min(known):,} and {max(known):,} in the {len(known)} periods shown"
        + (f"; usual range {low:,} to {high:,}." if usual else ".")
    )
    band = "; the grey band is the usual range" if usual else ""
    svg = series_chart(
        values,
        labels,
        usual=usual,
        name=Name(title=what, description=alt, id_prefix=f"chart-{table.id}"),
    )
    return Picture(
        id=f"chart-{table.id}",
        svg=svg,
        alt=alt,
        caption=f"{what}{band}. Figures: Table {number}, first row.",
        width_mm=WIDE_MM,
    )


def _intervals(table: Table, number: int) -> Picture:
    rows = table.rows.filter(table.rows["percent"].is_not_null())
    clear = [
        row["label"]
        for row in rows.iter_rows(named=True)
        if row["percent_low"] is not None
        and row["percent_high"] is not None
        and (row["percent_low"] > 0 or row["percent_high"] < 0)
    ]
    alt = (
        f"Chart of the change of {rows.height} indicators with 95% intervals. "
        + (f"Clear of no change: {', '.join(clear)}." if clear else "")
        + ("" if clear else "Every interval includes no change.")
    )
    return Picture(
        id="chart-indicators",
        svg=interval_chart(
            table,
            Name(title=table.title, description=alt, id_prefix="chart-indicators"),
        ),
        alt=alt,
        caption=(
            "A line that crosses 0% may be no change; lines are cut at +200%. "
            f"Figures: Table {number}."
        ),
        width_mm=WIDE_MM,
    )


def _week(table: Table, number: int) -> Picture:
    top = table.rows.sort(["all", "key"], descending=[True, False]).row(0, named=True)
    most = f"{top['day']}, {top['all']:.1%}"
    alt = f"Bar chart of the share of each policing day. Most: {most}."
    return Picture(
        id="chart-week",
        svg=week_chart(
            table, Name(title=table.title, description=alt, id_prefix="chart-week")
        ),
        alt=alt,
        caption=f"Share of incidents by policing day. Figures: Table {number}.",
        width_mm=WIDE_MM,
    )


def _number(value: int | None) -> str:
    return "not known" if value is None else f"{value:,}"


Extent = tuple[float, float, float, float]
CLOSE_M = 2_500.0
"""Places this near to one of them share a map of their own."""
LESS_GROUND = 0.5
"""How much narrower than the map of all places that map must be to be worth a page."""
MAP_HIGH_MM = 112.0
AROUND_M, AROUND_AREAS_M = 250.0, 1_000.0


def place_maps(brief: Brief, background: Background | None) -> tuple[Picture, ...]:
    """Draw all places and, where most lie close together, a larger map of those."""
    places = [place for place in brief.places if place.geometry is not None]
    if not places:
        return ()
    shapes = shapes_to_metres(
        np.array([place.geometry for place in places], dtype=object)
    )
    drawn = [
        MapPlace(number=place.rank, geometry=shape, name=place.name)
        for place, shape in zip(places, shapes, strict=True)
    ]
    close = _close_up(shapes)
    made = [_place_map(brief, background, drawn, _around(shapes, AROUND_M))]
    if close is not None:
        near = [place for place, there in zip(drawn, close, strict=True) if there]
        extent = _around(shapes[close], AROUND_M)
        made.append(_place_map(brief, background, near, extent, n=2))
    return tuple(made)


def _place_map(
    brief: Brief,
    background: Background | None,
    places: Sequence[MapPlace],
    extent: Extent,
    n: int = 1,
) -> Picture:
    names = "; ".join(f"{place.number} {place.name}" for place in places)
    what = ("All places", "Where most of the places are")[n - 1]
    alt = f"Map of {len(places)} numbered places: {names}."
    svg = draw_map(
        background or _ground(brief),
        places,
        marks=_marks([alert for s in brief.sections for alert in s.alerts]),
        height_mm=MAP_HIGH_MM,
        title=f"Map {n}. {what}",
        description=alt,
        attribution=brief.attribution,
        extent_m=extent,
        places_words="place, with its rank",
        id_prefix=f"map-places-{n}",
    )
    return Picture(id=f"map-places-{n}", svg=svg, alt=alt, caption=f"Map {n}. {what}.")


def area_map(brief: Brief, table: Table, number: int) -> tuple[Picture, ...]:
    """Draw the areas of a table, each with a number; their counts stand beside it."""
    codes = brief.areas_frame["code"].to_list()
    rows = {f"area:{code}": k for k, code in enumerate(codes)}
    told = [r for r in table.rows.iter_rows(named=True) if r["key"] in rows]
    if not told:
        return ()
    shapes = shapes_to_metres(brief.areas_geometry[[rows[row["key"]] for row in told]])
    ground = _ground(brief)
    extent: Extent | None = _around(shapes, AROUND_AREAS_M)
    if table.id == "areas":  # they fill the map, whose boundaries are theirs
        ground, extent = replace(ground, area_names=("",) * len(ground.areas)), None
        shapes = shapely.point_on_surface(shapes)
    now = table.column("now")
    words = [
        f"{k} {row['label']} "
        f"{'not shown' if row['now'] is None else show(row['now'], now)}"
        for k, row in enumerate(told, start=1)
    ]
    alt = f"Map of {len(told)} areas with their counts: {'; '.join(words)}."
    svg = draw_map(
        ground,
        [
            MapPlace(number=k, geometry=shape, name=row["label"])
            for k, (shape, row) in enumerate(zip(shapes, told, strict=True), start=1)
        ],
        height_mm=96.0,
        title="Map 1. The areas and their counts",
        description=alt,
        attribution=brief.attribution,
        extent_m=extent,
        places_words="area, with its number",
        id_prefix="map-areas",
    )
    return (
        Picture(
            id="map-areas",
            svg=svg,
            alt=alt,
            caption=f"Map 1. {'; '.join(words)}. Figures: Table {number}.",
        ),
    )


def _ground(brief: Brief) -> Background:
    kinds = brief.areas_frame["kind"].to_list()
    only = "ward" if "ward" in kinds else ""
    rows = [k for k, kind in enumerate(kinds) if kind == only or not only]
    names = brief.areas_frame["name"].to_list()
    return Background(
        areas=shapes_to_metres(brief.areas_geometry[rows]),
        area_names=tuple(names[row] for row in rows),
    )


def _marks(alerts: Sequence[Alert]) -> list[MapMark]:
    points = [shapely.Point(*alert.at) for alert in alerts if alert.at is not None]
    if not points:
        return []
    return [
        MapMark(
            what="near-repeat alert, to the nearest 100 m",
            geometry=shapes_to_metres(np.array(points, dtype=object)),
        )
    ]


def _close_up(shapes: Any) -> Bools | None:
    """Return which places a second map shows: most of them, on far less ground."""
    middles = shapely.get_coordinates(shapely.centroid(shapes))
    apart = cdist(middles, middles)
    near = apart <= CLOSE_M
    chosen = near[near.sum(axis=1).argmax()]
    if chosen.sum() < max(3, len(chosen) / 2):
        return None
    whole, part = (_around(each, AROUND_M) for each in (shapes, shapes[chosen]))
    return chosen if _wide(part) <= LESS_GROUND * _wide(whole) else None


def _wide(extent: Extent) -> float:
    west, south, east, north = extent
    return max(east - west, north - south)


def _around(shapes: Any, by_m: float) -> Extent:
    west, south, east, north = (float(v) for v in shapely.total_bounds(shapes))
    return west - by_m, south - by_m, east + by_m, north + by_m


def period_ends(brief: Brief, n: int) -> tuple[str, ...]:
    """Return short names of the last periods of a brief, the earliest first."""
    steps = brief.period.steps(n)
    if brief.kind == "weekly":
        return tuple(f"to {s.last_day.day} {s.last_day:%b %Y}" for s in steps)
    return tuple(f"{step.start:%b %Y}" for step in steps)
