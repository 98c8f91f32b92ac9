"""Coordinates as people write them: numbers with commas, letters of the grid, pairs."""

from __future__ import annotations

import polars as pl

from hotspots.core.crs import BNG, GB_BOUNDS, WGS84

_GRID_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
_GRID = (
    r"^(?:.*(?:REF|REFERENCE|NGR|GR|OSGR))?([HJNOST])([A-HJ-Z])(\d{6}|\d{8}|\d{10})$"
)
_SECONDS = r" ?(\d{1,2}(?:\.\d+)?) ?(?:[\"”″]|'{2}|’{2})"
_ANGLE = rf"(\d{{1,3}}) ?[°º] ?(\d{{1,2}}(?:\.\d+)?) ?['’′](?:{_SECONDS})?"
_WEST = r"(?i)(\d\s*[°º]?[\"”″'’′]{0,2}\s*[ws]|^\s*[ws]\s*\d[^nsew]*)\s*$"
_NUMBER = r"([+-]?(?:\d{1,3}\.\d{2,}|\d{5,7}(?:\.\d+)?|0(?:\.0+)?))"
_BETWEEN = (
    r"[°º]? ?[ns]?(?:[ ,;/|:)(]|"
    r"(?:and|lat|lon|lng|long|itude|east|north|ing|[xyen])\b)*"
)
_PAIR = rf"^[^\d+-]*{_NUMBER}{_BETWEEN}{_NUMBER} ?[°º]? ?[ew]?(?: 0(?:\.0+)?)?[^\d]*$"
GRID_M = {6: 100, 8: 10, 10: 1}


def number(text: pl.Series) -> pl.Series:
    r"""Read numbers; commas or blanks between thousands and letters beside them go.

    Examples
    --------
    >>> number(pl.Series(["475,000", "E475000", "0.88 W", "0°30'36\"W"])).to_list()
    [475000.0, 475000.0, -0.88, -0.51]
    """
    value = text.cast(pl.Float64, strict=False)
    odd = value.is_null() & text.is_not_null()
    if odd.any():
        value = value.scatter(odd.arg_true(), _written_number(text.filter(odd)))
    return value.set(~value.is_finite(), None)


def _written_number(text: pl.Series) -> pl.Series:
    bare = _in_degrees(text.str.strip_chars(" \t'\u00a0").str.replace_all("−", "-"))
    bare = bare.str.replace(r"^(?i:[nsew])\s*(\d)", "${1}")
    bare = bare.str.replace(r"(?i)\s*(°|m|me|mn|°?\s*[nsew])$", "")
    bare = bare.str.replace(r"^([+-]?\d{1,3}),(\d{4,})$", "${1}.${2}")
    thousands = bare.str.contains(r"^-?\d{1,3}([, ]\d{3})+(\.\d*)?$")
    bare = bare.str.replace_all("[, ]", "").zip_with(thousands.fill_null(False), bare)
    value = bare.cast(pl.Float64, strict=False)
    minus = text.str.contains(_WEST).fill_null(False)
    return (-value.abs()).zip_with(minus, value)


def grid_reference(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the middle of the square that a National Grid reference names, metres.

    Six figures or more: a whole kilometre is no place.

    Examples
    --------
    >>> x, y = grid_reference(pl.Series(["SK 753 194", "sk7530019400", "SK7519"]))
    >>> x.to_list(), y.to_list()
    ([475350.0, 475300.5, None], [319450.0, 319400.5, None])
    """
    bare = text.str.to_uppercase().str.replace_all(r"[\s,./:()-]", "")
    parts = bare.str.extract_groups(_GRID).struct.unnest()
    place = {letter: number for number, letter in enumerate(_GRID_LETTERS)}
    first, second = (
        parts[name].replace_strict(place, default=None, return_dtype=pl.Int64)
        for name in ("1", "2")
    )
    half = (parts["3"].str.len_chars() / 2).cast(pl.Int64)
    found = parts.select(
        first=first, second=second, half=half, size=pl.lit(10).pow(5 - half)
    )
    digits, size = pl.lit(parts["3"]), pl.col("size").cast(pl.Float64)
    east = ((pl.col("first") + 3) % 5) * 5 + pl.col("second") % 5
    north = 19 - (pl.col("first") // 5) * 5 - pl.col("second") // 5
    near = digits.str.head("half").cast(pl.Float64) * size + size / 2
    far = digits.str.tail("half").cast(pl.Float64) * size + size / 2
    found = found.select(x=east * 100_000 + near, y=north * 100_000 + far)
    return found["x"], found["y"]


def pair(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the two numbers of one cell, in their order: (52.7, -0.88), POINT (...).

    Commas between thousands cannot stand in one.
    """
    plain = _in_degrees(text.str.to_lowercase()).str.replace(r"^srid=\d+;", "")
    plain = plain.str.replace_all("−", "-").str.replace_all("['\"{}=]+", " ")
    plain = plain.str.replace_all(r"(^|[^\d.])(\d{3}),(\d{3})\b", "${1}${2}${3}")
    parts = plain.str.replace_all(r"\s+", " ").str.extract_groups(_PAIR).struct.unnest()
    first, second = (parts[name].cast(pl.Float64, strict=False) for name in "12")
    west = text.str.contains(r"(?i)\d\s*[°\"”″'’′]?\s*w\W*$").fill_null(False)
    return first, (-second.abs()).zip_with(west, second)


def _in_degrees(text: pl.Series) -> pl.Series:
    """Write degrees, minutes and seconds as decimal degrees; at most two in a text."""
    for _ in range(2):
        if not text.str.contains("[°º]").any():
            break
        parts = text.str.extract_groups(_ANGLE).struct.unnest()
        whole, minutes, seconds = (
            parts[name].cast(pl.Float64, strict=False) for name in "123"
        )
        degrees = whole + minutes / 60 + seconds.fill_null(0) / 3600
        found = degrees.round(7).cast(pl.String)
        written = parts.select(
            pl.lit(text).str.replace(_ANGLE, pl.lit(found))
        ).to_series()
        text = written.zip_with(found.is_not_null(), text)
    return text


def oriented(x: pl.Series, y: pl.Series) -> tuple[pl.Series, pl.Series, int, bool]:
    """Put pairs in the order x, y and say which system they are in, as values prove.

    Returns ``x, y`` Series; ``crs``: EPSG code; ``exchanged``.
    """
    frame = pl.DataFrame({"x": x, "y": y}).drop_nulls()
    in_degrees = bool(frame.height) and bool(
        (frame["x"].abs() <= 180).all() and (frame["y"].abs() <= 180).all()
    )
    crs = WGS84 if in_degrees else BNG
    if all_exchanged(x, y, crs):
        return y, x, crs, True
    return x, y, crs, False


def all_exchanged(x: pl.Series, y: pl.Series, crs: int) -> bool:
    """Say whether every pair is a place in Great Britain only the other way round."""
    frame = pl.DataFrame({"x": x, "y": y}).drop_nulls()
    frame = frame.filter((pl.col("x") != 0) | (pl.col("y") != 0))
    if frame.height == 0:
        return False
    if crs == WGS84:
        west, south, east, north = GB_BOUNDS
        lat, lon = pl.col("x"), pl.col("y")
        fits = lat.is_between(south, north) & lon.is_between(west, east)
    elif crs == BNG:
        fits = (pl.col("x") > 700_000) & pl.col("y").is_between(0, 700_000)
    else:
        return False
    return bool(frame.select(fits.all()).item())
