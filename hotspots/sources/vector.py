"""Points of GIS files: GeoJSON, GeoPackage, GeoParquet, Shapefile, KML, FlatGeobuf."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import to_lonlat
from hotspots.core.errors import NotIncidentsError, ProfileError
from hotspots.core.types import Shapes
from hotspots.intake.geofile import Features, read_features
from hotspots.intake.inputs import InputFile
from hotspots.intake.mapping import map_table, rules_of
from hotspots.intake.police_layout import has_police_columns, police_rows
from hotspots.intake.profile import Profile
from hotspots.intake.proposal import propose_profile
from hotspots.intake.raw import RawRows, conform
from hotspots.intake.table import Table, to_text

POINT, MULTIPOINT = 0, 4
_WORDS = (
    "a point without coordinates",
    "a line, not a point",
    "a ring, not a point",
    "a polygon, not a point",
    "several points in one feature",
    "lines, not a point",
    "polygons, not a point",
    "a collection, not a point",
)


def read(
    item: InputFile, profile: Profile | None, *, today: dt.date | None = None
) -> Iterator[RawRows]:
    """Read the points of a GIS file.

    Raises NotIncidentsError if none of its features is a point.
    """
    features = read_features(item, shape="Point")
    table = _table(item, features)
    if profile is not None and item.was_found:
        fits = 2 * profile.known_in(table.frame.columns) >= len(profile.columns)
        profile = profile if fits else None
    if (
        profile is None
        and not np.isin(
            shapely.get_type_id(features.geometry), (POINT, MULTIPOINT)
        ).any()
    ):
        raise NotIncidentsError(
            f"{item.name} must hold points; none of its {len(features):,} features is "
            "one. Give the file of incidents."
        )
    notes = features.notes
    simulated = _says_simulated(table.frame)
    if profile is None and has_police_columns(table.frame.columns):
        said = (
            f"{item.name} has the columns of data.police.uk: months, and snap points."
        )
        yield RawRows(
            rows=_placed(police_rows(table, has_place=False), features),
            time_precision="month",
            snapped=True,
            simulated=simulated,
            notes=(*notes, said),
        )
        return
    if profile is None:
        profile = propose_profile(table, item.title, needs_coordinates=False)
        _check_guess(item.name, profile, table.frame.columns)
        notes += (_guess_note(item.name, profile),)
    own = profile.without_coordinates().resolved(
        table.frame.columns, item.name, needs_coordinates=False
    )
    rules, said_of_order = rules_of(table, own)
    mapped = map_table(table, own, today=today, rules=rules)
    told = (f"{item.name}: {note}" for note in (*said_of_order, *mapped.notes))
    yield RawRows(
        rows=_placed(mapped.rows, features),
        time_precision=mapped.time_precision,
        simulated=profile.simulated or simulated,
        accepted=profile.accepted,
        notes=(*notes, *told),
    )


def _table(item: InputFile, features: Features) -> Table:
    """Return the attributes as a table of text."""
    return Table.of(to_text(features.frame), item.name)


def _placed(rows: pl.DataFrame, features: Features) -> pl.DataFrame:
    return conform(rows.with_columns(_places(features)))


def table_of(item: InputFile) -> Table:
    """Return the attributes of a GIS file."""
    return _table(item, read_features(item, shape="Point"))


def propose(item: InputFile) -> Profile:
    """Propose a profile for the attributes of a GIS file."""
    return propose_profile(table_of(item), item.title, needs_coordinates=False)


def _check_guess(file: str, profile: Profile, columns: list[str]) -> None:
    """Refuse to go on without what a person has not been asked about."""
    if profile.gaps:
        raise NotIncidentsError(
            f"{file} must hold incidents; {profile.gaps[0]} Run `hotspots profile` on "
            "it if it does."
        )
    if "category" not in profile.columns:
        raise ProfileError(
            f"{file} must have an attribute for the category; none looks like it. "
            f"Attributes: {', '.join(columns)}. Run `hotspots profile` on it, check "
            "the mapping and give it with --profile."
        )


def _guess_note(file: str, profile: Profile) -> str:
    shown = ", ".join(f"{key} from {name}" for key, name in profile.columns.items())
    return f"{file} came without a column mapping; guessed: {shown}."


def _says_simulated(text: pl.DataFrame) -> bool:
    column = next((name for name in text.columns if name.lower() == "simulated"), None)
    if column is None:
        return False
    return bool(text[column].str.to_lowercase().is_in(["true", "1", "yes"]).any())


def _places(features: Features) -> list[pl.Series]:
    """Return longitude, latitude (null where there is no point) and what is there."""
    points = _points(features.geometry)
    x, y = shapely.get_x(points), shapely.get_y(points)
    there = np.isfinite(x) & np.isfinite(y)
    lon, lat = np.full(len(x), np.nan), np.full(len(y), np.nan)
    if there.any():
        lon[there], lat[there] = to_lonlat(x[there], y[there], features.crs)
    stated = pl.DataFrame({"x": x, "y": y, "what": _kinds(features.geometry)})
    text = stated.select(
        place_text=pl.when(pl.Series(there))
        .then(pl.format("{},{}", pl.col("x").round(7), pl.col("y").round(7)))
        .otherwise(pl.col("what"))
    )["place_text"]
    lonlat = [pl.Series("x", lon), pl.Series("y", lat)]
    return [*(values.fill_nan(None) for values in lonlat), text]


def _points(geometry: Shapes) -> Shapes:
    """Return the one point of each geometry, None where there is not one."""
    single = (shapely.get_type_id(geometry) == MULTIPOINT) & (
        shapely.get_num_geometries(geometry) == 1
    )
    points = geometry.copy()
    points[single] = shapely.get_geometry(geometry[single], 0)
    points[shapely.get_type_id(points) != POINT] = None
    return points


def _kinds(geometry: Shapes) -> pl.Series:
    """Return what each geometry is in words; blank where there is nothing."""
    words = (*_WORDS, "")
    codes = np.where(shapely.is_empty(geometry), -1, shapely.get_type_id(geometry))
    return pl.Series([words[code] for code in range(len(words))]).gather(
        np.where(codes < 0, len(words) - 1, codes)
    )
