"""Points of GIS files: GeoJSON, GeoPackage and GeoParquet."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import to_lonlat
from hotspots.core.errors import ProfileError
from hotspots.core.types import Shapes
from hotspots.intake.geofile import Features, read_features
from hotspots.intake.inputs import InputFile
from hotspots.intake.mapping import map_rows, to_text
from hotspots.intake.police_layout import has_police_columns, police_rows
from hotspots.intake.profile import Profile
from hotspots.intake.proposal import propose_profile
from hotspots.intake.raw import RawRows, conform

SAMPLE_ROWS = 2_000
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


def read(item: InputFile, profile: Profile | None) -> Iterator[RawRows]:
    """Read the points of a GIS file."""
    features = read_features(item, shape="Point")
    text = to_text(features.frame)
    notes = features.notes
    if profile is None and has_police_columns(text.columns):
        yield _police(item.name, features, text)
        return
    if profile is None:
        profile = _proposed(item, text)
        _check_guess(item.name, profile, text.columns)
        notes += (_guess_note(item.name, profile),)
    profile.check_against(text.columns, item.name, needs_coordinates=False)
    line = pl.int_range(1, len(features) + 1, dtype=pl.UInt32, eager=True)
    own_places = profile.without_coordinates()
    mapped = map_rows(text, own_places, line=line, native_dates=True)
    yield RawRows(
        rows=conform(mapped.rows.with_columns(_places(features))),
        time_precision=mapped.time_precision,
        simulated=profile.simulated or _says_simulated(text),
        notes=notes + tuple(f"{item.name}: {note}" for note in mapped.notes),
    )


def _police(name: str, features: Features, text: pl.DataFrame) -> RawRows:
    """Read a GIS file with the columns of data.police.uk: months and snap points."""
    line = pl.int_range(1, len(features) + 1, dtype=pl.UInt32, eager=True)
    nowhere = text.with_columns(Longitude=pl.lit(""), Latitude=pl.lit(""))
    rows = police_rows(nowhere, line)
    return RawRows(
        rows=conform(rows.with_columns(_places(features))),
        time_precision="month",
        snapped=True,
        simulated=_says_simulated(text),
        notes=(
            *features.notes,
            f"{name} has the columns of data.police.uk: months, and snap points.",
        ),
    )


def propose(item: InputFile) -> Profile:
    """Propose a profile for the attributes of a GIS file."""
    return _proposed(item, to_text(read_features(item, shape="Point").frame))


def _proposed(item: InputFile, text: pl.DataFrame) -> Profile:
    stem = item.path.name.split(".")[0].replace("_", " ")
    sample = text.head(SAMPLE_ROWS)
    return propose_profile(text.columns, sample, name=stem, needs_coordinates=False)


def _check_guess(file: str, profile: Profile, columns: list[str]) -> None:
    """Refuse to go on without a category that a person has not been asked about."""
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
