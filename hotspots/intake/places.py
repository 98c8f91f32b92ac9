"""Coordinates as people write them: numbers with commas, letters of the grid, pairs."""

from __future__ import annotations

import polars as pl

from hotspots.core.crs import BNG, GB_BOUNDS, WGS84

_GRID_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
_GRID = (
    r"^(?:.*(?:REF|REFERENCE|NGR|GR|OSGR))?([HJNOST])([A-HJ-Z])(\d{6}|\d{8}|\d{10})$"
)
_ANGLE = (
    r"(\d{1,3}) ?[°º] ?(\d{1,2}(?:\.\d+)?) ?['’′](?: ?(\d{1,2}(?:\.\d+)?) ?[\"”″])?"
)
_NUMBER = r"([+-]?(?:\d{1,3}\.\d{2,}|\d{5,7}(?:\.\d+)?|0(?:\.0+)?))"
_BETWEEN = (
    r"[°º]? ?[ns]?(?:[ ,;/|:)(]|"
    r"(?:and|lat|lon|lng|long|itude|east|north|ing|[xyen])\b)*"
)
_PAIR = rf"^[^\d+-]*{_NUMBER}{_BETWEEN}{_NUMBER} ?[°º]? ?[ew]?(?: 0(?:\.0+)?)?[^\d]*$"
GRID_M = {6: 100, 8: 10, 10: 1}


def number(text: pl.Expr) -> pl.Expr:
    """Read a number; commas or blanks between thousands and letters beside it go.

    Examples
    --------
    >>> texts = ["475,000", "E475000", "0.88 W", "47,50", "475 000"]
    >>> frame = pl.DataFrame({"t": texts})
    >>> frame.select(number(pl.col("t")))["t"].to_list()
    [475000.0, 475000.0, -0.88, None, 475000.0]
    """
    bare = text.str.strip_chars(" \t'\u00a0").str.replace_all("−", "-")
    bare = _in_degrees(bare).str.replace(r"^(?i:[en])\s*(\d)", "${1}")
    bare = bare.str.replace(r"(?i)\s*(°|m|me|mn|°?\s*[nsew])$", "")
    decimal_comma = r"^([+-]?\d{1,3}),(\d{4,})$"
    bare = bare.str.replace(decimal_comma, "${1}.${2}")
    thousands = bare.str.contains(r"^-?\d{1,3}([, ]\d{3})+(\.\d*)?$")
    bare = pl.when(thousands).then(bare.str.replace_all("[, ]", "")).otherwise(bare)
    value = bare.cast(pl.Float64, strict=False)
    minus = text.str.contains(r"(?i)\d\s*°?\s*[ws]\s*$")
    value = pl.when(minus).then(-value.abs()).otherwise(value)
    return pl.when(value.is_finite()).then(value)


def grid_reference(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return the middle of the square that a National Grid reference names, metres.

    Six figures or more: a whole kilometre is no place.

    Examples
    --------
    >>> frame = pl.DataFrame({"t": ["SK 753 194", "sk7530019400", "SK7519", "ZZ 1"]})
    >>> x, y = grid_reference(pl.col("t"))
    >>> frame.select(x.alias("x"), y.alias("y")).rows()[:2]
    [(475350.0, 319450.0), (475300.5, 319400.5)]
    """
    bare = text.str.to_uppercase().str.replace_all(r"[\s,./:()-]", "")
    parts = bare.str.extract_groups(_GRID)
    first, second = (
        parts.struct.field(name).replace_strict(
            {letter: place for place, letter in enumerate(_GRID_LETTERS)},
            default=None,
            return_dtype=pl.Int64,
        )
        for name in ("1", "2")
    )
    digits = parts.struct.field("3")
    half = (digits.str.len_chars() / 2).cast(pl.Int64)
    size = pl.lit(10).pow(5 - half).cast(pl.Float64)
    east = ((first + 3) % 5) * 5 + second % 5
    north = 19 - (first // 5) * 5 - second // 5
    x = east * 100_000 + digits.str.head(half).cast(pl.Float64) * size + size / 2
    y = north * 100_000 + digits.str.tail(half).cast(pl.Float64) * size + size / 2
    return x, y


def pair(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return the two numbers of one cell, in their order: (52.7, -0.88), POINT (...).

    Commas between thousands cannot stand in one.
    """
    plain = _in_degrees(text.str.to_lowercase()).str.replace(r"^srid=\d+;", "")
    plain = plain.str.replace_all("−", "-").str.replace_all("['\"{}=]+", " ")
    plain = plain.str.replace_all(r"(^|[^\d.])(\d{3}),(\d{3})\b", "${1}${2}${3}")
    parts = plain.str.replace_all(r"\s+", " ").str.extract_groups(_PAIR)
    first = parts.struct.field("1").cast(pl.Float64, strict=False)
    second = parts.struct.field("2").cast(pl.Float64, strict=False)
    west = text.str.contains(r"(?i)\d\s*[°\"”″'’′]?\s*w\W*$")
    return first, pl.when(west).then(-second.abs()).otherwise(second)


def _in_degrees(text: pl.Expr) -> pl.Expr:
    """Write degrees, minutes and seconds as decimal degrees; at most two in a text."""
    for _ in range(2):
        parts = text.str.extract_groups(_ANGLE)
        whole, minutes, seconds = (
            parts.struct.field(name).cast(pl.Float64, strict=False) for name in "123"
        )
        degrees = whole + minutes / 60 + seconds.fill_null(0) / 3600
        found = degrees.round(7).cast(pl.String)
        text = (
            pl.when(found.is_not_null())
            .then(text.str.replace(_ANGLE, found))
            .otherwise(text)
        )
    return text


def oriented(x: pl.Series, y: pl.Series) -> tuple[pl.Series, pl.Series, int, bool]:
    """Put pairs in the order x, y and say which system they are in, as values prove.

    Returns
    -------
    x, y : Series
    crs : int
        EPSG code.
    exchanged : bool
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
