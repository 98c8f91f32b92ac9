"""Area polygons from a file: GeoJSON, GeoPackage, GeoParquet or Shapefile.

Which column is the code, the name and the kind is found by name, and said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import GB_BOUNDS, WGS84, to_lonlat
from hotspots.core.errors import AreaError
from hotspots.core.types import Floats, Shapes
from hotspots.intake.geofile import read_features
from hotspots.intake.inputs import InputFile
from hotspots.intake.places import all_exchanged
from hotspots.model.areas import FRAME_SCHEMA, KINDS, Areas

FAMILIES = (
    "OA",
    "LSOA",
    "MSOA",
    "WD",
    "WARD",
    "BEAT",
    "LAD",
    "CSP",
    "PFA",
    "CTY",
    "RGN",
)
"""Names that ONS and police give areas, the smallest first: the columns of larger
areas often lie beside those of the areas themselves."""

FAMILY_KINDS = {"WD": "ward", "WARD": "ward", "LSOA": "lsoa", "BEAT": "beat"}
_PARTS = re.compile(r"(?P<stem>.*?)(?P<year>\d\d)?(?P<what>cd|code|id|ref|nm|name)$")
_CODE_WORDS = ("cd", "code", "id", "ref")
_OTHER_NAMES = (
    "label",
    "title",
    "neighbourhood",
    "area",
    *(f.lower() for f in FAMILIES),
)
_NO_NAMES = re.compile(
    "(objectid|fid|gid|ogcfid|globalid|simulated|kind|valid(from|to)|shape.*|"
    "(st)?(area|length|perimeter).*|long|lat|bng[en]|[xy])"
)
FILE_KINDS = {
    "priority": "priority neighbourhood",
    "neighbourhood": "priority neighbourhood",
    "neighborhood": "priority neighbourhood",
    "lsoa": "lsoa",
    "ward": "ward",
    "beat": "beat",
}
PLURALS = {
    "lsoa": "LSOAs",
    "lad": "local authority districts",
    "other": "areas of kind 'other'",
}
MAX_LETTERS = 1_000
DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d")


@dataclass(frozen=True, kw_only=True)
class _Choice:
    """Which columns say what, and the kind where no column says it."""

    code: str | None
    name: str | None
    kind: str
    kind_column: str | None = None


def read_areas(path: str | Path, *, kind: str | None = None) -> Areas:
    """Read area polygons from a file."""
    item = InputFile.at(path, what="file of areas")
    features = read_features(item, shape="Polygon")
    choice = _choose_columns(features.frame, item.name, kind)
    notes = [*features.notes, _choice_note(item.name, choice)]
    frame = _area_frame(features.frame, choice, item.name, notes)
    notes += _unnamed_notes(features.frame, choice, item.name)
    frame, geometry = _only_polygons(frame, features.geometry, item.name, notes)
    frame, geometry = _join_parts(frame, geometry, item.name, notes)
    geometry, sound = _in_degrees(geometry, features.crs, item.name)
    return Areas.repaired(
        _named_left_out(frame, sound, item.name, notes),
        geometry,
        simulated=_is_simulated(features.frame),
        notes=tuple(notes),
    )


# -- which columns ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """Columns of one family of areas, and how many areas they tell apart."""

    stem: str
    code: str | None = None
    name: str | None = None
    apart: int = 0

    @property
    def rank(self) -> int:
        """How likely it names the areas of the file; 0 is likeliest."""
        families = ["", *(family.lower() for family in FAMILIES)]
        return families.index(self.stem) if self.stem in families else len(families)


def _choose_columns(frame: pl.DataFrame, file: str, kind: str | None) -> _Choice:
    """Take the columns that tell most areas apart, of equals the likeliest."""
    pairs = _pairs(frame)
    kind_column = _kind_column(frame) if kind is None else None
    if not pairs:
        text = [name for name, type_ in frame.schema.items() if type_ == pl.String]
        apart = {
            c: frame[c].n_unique() for c in text if not _NO_NAMES.fullmatch(_bare(c))
        }
        column = max(apart, key=lambda c: apart[c]) if apart else None
        pairs = [_Pair(stem="", code=column, name=column)]
    best = min(pairs, key=lambda pair: (-pair.apart, pair.rank))
    family = best.stem.upper()
    guess = FAMILY_KINDS.get(family) or kind_of_name(file) or "other"
    name = best.name or _other_name(frame, best)
    return _Choice(
        code=best.code or best.name,
        name=name or best.code,
        kind=kind or guess,
        kind_column=kind_column,
    )


def _pairs(frame: pl.DataFrame) -> list[_Pair]:
    """Return the columns of code and name that belong together; bare numbers last."""
    found: dict[str, dict[str, str]] = {}
    for column, kind in sorted(frame.schema.items(), key=lambda c: _bare(c[0]) == "id"):
        plain = _bare(column)
        if _NO_NAMES.fullmatch(plain) or kind.is_float():
            continue
        stem, what = plain, "name"
        if parts := _PARTS.fullmatch(plain):
            stem, what = parts["stem"], parts["what"]
        elif plain not in _OTHER_NAMES:
            continue
        if frame[column].null_count() < frame.height:
            key = "code" if what in _CODE_WORDS else "name"
            found.setdefault(stem, {}).setdefault(key, column)
    return [
        _Pair(
            stem=stem,
            **columns,
            apart=max(frame[column].n_unique() for column in columns.values()),
        )
        for stem, columns in found.items()
    ]


def _other_name(frame: pl.DataFrame, best: _Pair) -> str | None:
    """Return a column of names for codes that have none: as different as they are."""
    apart = [c for c in frame.columns if frame[c].n_unique() == best.apart]
    named = [c for c in apart if re.search("(^title|^label|nm|name)$", _bare(c))]
    if not named and _bare(best.code or "") == "id":
        words = [c for c in apart if frame[c].dtype == pl.String and c != best.code]
        named = [c for c in words if not _NO_NAMES.fullmatch(_bare(c))]
    return named[0] if named else None


def _bare(column: str) -> str:
    return re.sub(r"[^a-z0-9]", "", column.lower())


def _kind_column(frame: pl.DataFrame) -> str | None:
    for column in frame.columns:
        if _bare(column) == "kind" and frame.schema[column] == pl.String:
            known = frame[column].str.strip_chars().str.to_lowercase().is_in(KINDS)
            return column if known.any() else None
    return None


def kind_of_name(file: str) -> str | None:
    """Return the kind of areas that a file's name tells of."""
    return next((k for word, k in FILE_KINDS.items() if word in file.lower()), None)


def _choice_note(file: str, choice: _Choice) -> str:
    if choice.kind_column:
        taken = f"kind from {choice.kind_column}"
    else:
        taken = f"taken as {PLURALS.get(choice.kind, choice.kind + 's')}"
    if choice.code is None:
        return f"Areas in {file}: no code or name in the file, numbered; {taken}."
    return (
        f"Areas in {file}: code from {choice.code}, name from {choice.name}, {taken}."
    )


# -- the frame -------------------------------------------------------------------


def _area_frame(
    frame: pl.DataFrame, choice: _Choice, file: str, notes: list[str]
) -> pl.DataFrame:
    number = pl.format("area {}", pl.int_range(1, pl.len() + 1))
    code, name = _text(choice.code), _text(choice.name)
    rows = frame.select(
        code=pl.coalesce(code, name, number),
        name=pl.coalesce(name, code, number),
        kind=_kind_expr(choice),
        valid_from=_date_column(frame, "validfrom", file, notes),
        valid_to=_date_column(frame, "validto", file, notes),
    ).cast(FRAME_SCHEMA)  # type: ignore[arg-type]
    _check_names(rows, file)
    has_code = choice.code != choice.name
    what = rows["name"] if has_code else _said_of(frame)
    return rows.with_columns(what=what)


def _check_names(rows: pl.DataFrame, file: str) -> None:
    lengths = rows.select(pl.max_horizontal(pl.col("code", "name").str.len_chars()))
    if (longest := int(lengths.max().item())) > MAX_LETTERS:
        raise AreaError(
            f"codes and names of the areas in {file} must have at most {MAX_LETTERS:,} "
            f"letters; one has {longest:,}. Correct it in the file."
        )


def _said_of(frame: pl.DataFrame) -> pl.Series:
    """Return all words that a file has for each row: what two areas differ in."""
    text = [
        pl.col(c).fill_null("").str.strip_chars()
        for c, kind in frame.schema.items()
        if kind == pl.String and not _NO_NAMES.fullmatch(_bare(c))
    ]
    said = pl.concat_str([pl.lit(""), *text], separator="; ").str.strip_prefix("; ")
    whole = frame.select(pl.int_range(pl.len()).alias("n"), said.alias("what"))
    return whole["what"]


def _text(column: str | None) -> pl.Expr:
    if column is None:
        return pl.lit(None, dtype=pl.String)
    text = pl.col(column).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)


def _kind_expr(choice: _Choice) -> pl.Expr:
    if choice.kind_column is None:
        return pl.lit(choice.kind)
    said = _text(choice.kind_column).str.to_lowercase()
    return pl.when(said.is_in(KINDS)).then(said).otherwise(pl.lit(choice.kind))


def _date_column(
    frame: pl.DataFrame, bare: str, file: str, notes: list[str]
) -> pl.Series:
    """Return a column of dates, whatever type the file keeps them in."""
    column = next((name for name in frame.columns if _bare(name) == bare), None)
    if column is None:
        return pl.Series([None] * frame.height, dtype=pl.Date)
    values = frame[column]
    if values.dtype == pl.Date or isinstance(values.dtype, pl.Datetime):
        return values.cast(pl.Date)
    text = frame.select(_text(column).str.slice(0, 10))[column]
    dates = pl.select(
        pl.coalesce(
            pl.lit(text).str.to_date(form, strict=False) for form in DATE_FORMATS
        )
    ).to_series()
    unread = text.filter(dates.is_null() & text.is_not_null())
    if len(unread):
        notes.append(
            f"{column} in {file} must be dates such as 2024-05-02 or 02/05/2024; got "
            f"'{unread[0]}' ({len(unread):,} in all). They were taken as not stated."
        )
    return dates


def _unnamed_notes(frame: pl.DataFrame, choice: _Choice, file: str) -> list[str]:
    notes = []
    for what, column in (("code", choice.code), ("name", choice.name)):
        missing = frame.select(_text(column).is_null().sum()).item() if column else 0
        if missing:
            other = "name" if what == "code" else "code"
            notes.append(
                f"{missing} of {frame.height} areas in {file} have no {what} "
                f"({column} is empty); their {other} or number is used."
            )
    return notes if choice.code != choice.name else notes[:1]


def _is_simulated(frame: pl.DataFrame) -> bool:
    for column in frame.columns:
        if _bare(column) == "simulated":
            text = frame[column].cast(pl.String).str.to_lowercase()
            return bool(text.is_in(["true", "1", "yes"]).any())
    return False


# -- the polygons ----------------------------------------------------------------


def _only_polygons(
    frame: pl.DataFrame, geometry: Shapes, file: str, notes: list[str]
) -> tuple[pl.DataFrame, Shapes]:
    """Leave out what has no extent, and say so."""
    geometry = np.array([_polygons_of(shape) for shape in geometry], dtype=object)
    keep = np.array([_has_extent(shape) for shape in geometry], dtype=bool)
    if not keep.any():
        raise AreaError(
            f"{file} must hold polygons; none of its {len(geometry)} features is one. "
            "Give the file of the areas' boundaries."
        )
    if not keep.all():
        left_out = frame["code"].filter(pl.Series(~keep)).to_list()
        shown = ", ".join(left_out[:5]) + (" and others" if len(left_out) > 5 else "")
        notes.append(
            f"{len(left_out)} of {len(geometry)} features in {file} were left out: "
            f"they are not polygons or have no extent ({shown})."
        )
    return frame.filter(pl.Series(keep)), geometry[keep]


def _has_extent(shape: Any) -> bool:
    """Say whether something of a shape is left when it is repaired."""
    if shape is None or shape.is_empty:
        return False
    return bool(shape.is_valid or shapely.make_valid(shape).area > 0)


def _polygons_of(shape: Any) -> Any:
    """Return the polygons of a collection; None for points and lines."""
    if shape is None or shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    if shape.geom_type != "GeometryCollection":
        return None
    parts = [_polygons_of(part) for part in shape.geoms]
    polygons = [part for part in parts if part is not None]
    return shapely.union_all(shapely.make_valid(polygons)) if polygons else None


def _join_parts(
    frame: pl.DataFrame, geometry: Shapes, file: str, notes: list[str]
) -> tuple[pl.DataFrame, Shapes]:
    """Join rows that are parts of one area; part two areas that share a code."""
    frame = _own_codes(frame, file, notes).drop("what")
    key = ["code", "kind", "valid_from", "valid_to"]
    groups = frame.with_row_index("row").group_by(key, maintain_order=True)
    parts = groups.agg("row")
    repeated = parts.filter(pl.col("row").list.len() > 1)
    if not repeated.height:
        return frame, geometry
    notes.append(_joined_note(repeated, file))
    rows = parts["row"].to_list()
    joined = [
        geometry[r[0]]
        if len(r) == 1
        else shapely.union_all(shapely.make_valid(geometry[r]))
        for r in rows
    ]
    return frame[[r[0] for r in rows]], np.array(joined, dtype=object)


def _own_codes(frame: pl.DataFrame, file: str, notes: list[str]) -> pl.DataFrame:
    """Give areas of different names that share a code a code each, and say so."""
    key = ["code", "kind", "valid_from", "valid_to"]
    first = pl.col("what") == pl.col("what").first().over(key)
    clash = frame.select(~first)
    if not clash.to_series().any():
        return frame
    shared = frame.filter(clash.to_series()).select("code", "what")
    told = shared.unique(maintain_order=True).head(5).rows()
    shown = "; ".join(f"'{code}' is also that of '{name}'" for code, name in told)
    notes.append(
        f"Codes in {file} are used for several areas ({shown}); each was given one of "
        "its own. Correct the codes, or name the column of codes 'code'."
    )
    differs = pl.when(pl.col("name") != pl.col("code")).then("name").otherwise("what")
    own = pl.format("{} ({})", "code", differs)
    return frame.with_columns(
        pl.when(clash.to_series()).then(own).otherwise("code").alias("code")
    )


def _named_left_out(
    frame: pl.DataFrame, sound: pl.Series, file: str, notes: list[str]
) -> pl.DataFrame:
    """Keep the areas that lie where their system is defined, and name the others."""
    if not sound.all():
        gone = frame["code"].filter(~sound).to_list()
        notes.append(
            f"{len(gone)} of {frame.height} areas in {file} were left out: some of "
            f"their corners are nowhere ({', '.join(gone[:5])})."
        )
    return frame.filter(sound)


def _joined_note(repeated: pl.DataFrame, file: str) -> str:
    codes = repeated["code"].to_list()
    shown = ", ".join(codes[:5]) + (" and others" if len(codes) > 5 else "")
    return (
        f"{len(codes)} areas in {file} are given in several features, which were "
        f"joined: {shown}."
    )


def _in_degrees(geometry: Shapes, crs: str, file: str) -> tuple[Shapes, pl.Series]:
    """Return shapes in degrees and which of all they are: those with every corner."""
    corners, at = shapely.get_coordinates(geometry, return_index=True)
    lonlat = np.column_stack(to_lonlat(corners[:, 0], corners[:, 1], crs))
    bad = np.bincount(at, ~np.isfinite(lonlat).all(axis=1), len(geometry)) > 0
    if bad.all():
        raise AreaError(
            f"the areas in {file} must lie where their coordinate system is defined; "
            "some corners do not. Check the coordinate system that the file states."
        )
    lonlat, geometry = lonlat[~bad[at]], geometry[~bad]
    if all_exchanged(pl.Series(lonlat[:, 0]), pl.Series(lonlat[:, 1]), WGS84):
        raise AreaError(
            f"the areas in {file} must have longitude before latitude; they look "
            "exchanged, as each corner is in Great Britain only the other way round. "
            "Export them again."
        )
    _check_british(lonlat, file)
    turned = np.asarray(shapely.set_coordinates(geometry.copy(), lonlat), dtype=object)
    return turned, pl.Series(~bad)


def _check_british(lonlat: Floats, file: str) -> None:
    (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
    least_lon, least_lat, most_lon, most_lat = GB_BOUNDS
    apart = west > most_lon or east < least_lon or south > most_lat or north < least_lat
    if apart and np.abs(lonlat).max() <= 180:  # else they are no degrees at all
        raise AreaError(
            f"the areas in {file} must lie in Great Britain; they lie between "
            f"longitude {west:.4g} and {east:.4g}, latitude {south:.4g} and "
            f"{north:.4g}. Give the boundaries of the district, or state their "
            "coordinate system."
        )
