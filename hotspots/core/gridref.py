"""References of the British National Grid in letters and figures: SK 752 192.

References
----------
Ordnance Survey (2018), "Using the National Grid": squares of 500 km and 100 km are
lettered A to Z without I, from the north-west.
"""

from __future__ import annotations

import re

_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
_REFERENCE = re.compile(r"\s*([HJNOST][A-HJ-Z])\s*((?:\d\s*){2,10})", re.IGNORECASE)


def parse_grid_reference(text: str) -> tuple[float, float] | None:
    """Return easting and northing (metres) of the middle of a square, None if none.

    Examples
    --------
    >>> parse_grid_reference("SK 752 192")
    (475250.0, 319250.0)
    >>> parse_grid_reference("sk7519"), parse_grid_reference("SK 75219")
    ((475500.0, 319500.0), None)
    """
    found = _REFERENCE.fullmatch(text)
    figures = re.sub(r"\s", "", found.group(2)) if found else ""
    if found is None or len(figures) % 2:
        return None
    half = len(figures) // 2
    size = 10 ** (5 - half)
    east, north = _square(found.group(1).upper())
    return (
        east + int(figures[:half]) * size + size / 2,
        north + int(figures[half:]) * size + size / 2,
    )


def format_grid_reference(easting: float, northing: float, figures: int = 8) -> str:
    """Return the reference of the square that holds a point, in 2 to 10 figures.

    Examples
    --------
    >>> format_grid_reference(475250.0, 319250.0, figures=6)
    'SK 752 192'
    """
    east, north = int(easting), int(northing)
    column, row = east // 100_000, north // 100_000
    first = (19 - row) - (19 - row) % 5 + (column + 10) // 5
    second = (19 - row) * 5 % 25 + column % 5
    half = figures // 2
    size = 10 ** (5 - half)
    numbers = (f"{part % 100_000 // size:0{half}d}" for part in (east, north))
    return f"{_LETTERS[first]}{_LETTERS[second]} {' '.join(numbers)}"


def _square(letters: str) -> tuple[int, int]:
    """Return the south-west corner of a 100 km square, metres."""
    first, second = (_LETTERS.index(letter) for letter in letters)
    column = (first - 2) % 5 * 5 + second % 5
    row = 19 - first // 5 * 5 - second // 5
    return column * 100_000, row * 100_000
