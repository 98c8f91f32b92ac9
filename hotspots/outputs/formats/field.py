"""What is carried on the ground: numbered marks for hand-held units and phones.

Hand-held units know a waypoint or a track by its name: a second one of the same name
replaces the first, and some show twelve characters of it (Garmin). So a name has at
most twelve, no two of a file are alike in any case, and each begins with the number
that stands on the paper; the whole name is in the comment and the description.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely

from hotspots.core.errors import OutputError
from hotspots.core.sanitise import clean_text
from hotspots.core.window import in_words

SHORT = 12
"""Characters of a name, at most."""
DRAWABLE = (0, 1, 3, 4, 5, 6)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One thing to find: a point, a line or an area.

    ``number``: as on the paper: ``1``, or ``1.2`` for the second point of a walk.
    ``place``: where it is; what follows the first comma is left out of short names.
    ``kind``: what it is, in words: *patrol area*, *sign point*.
    ``words``: of its waypoint and of its track in short names; an empty one adds
    nothing, and ``None`` for the first leaves the waypoint out.
    ``symbol``: of a waypoint, by its Garmin name.
    ``lines``: all that its finder needs to know.
    ``geometry``: shapely point, line or polygon, also multi-part, EPSG:4326.
    ``data``: attributes for GIS software.
    ``comparison``: whether it is held for comparison: never in a file for the field,
    grey on a map.

    Raises OutputError if the geometry is a bare ring or a collection, or empty.
    """

    number: str
    place: str
    geometry: Any
    kind: str = "place"
    words: tuple[str | None, str] = ("", "edge")
    symbol: str = "Flag, Blue"
    lines: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    folder: str = "places"
    comparison: bool = False

    def __post_init__(self) -> None:
        if shapely.get_type_id(self.geometry) not in DRAWABLE or self.geometry.is_empty:
            raise OutputError(
                "a mark must be a point, a line or an area; "
                f"'{self.place}' is a {self.geometry.geom_type}. Take a collection "
                "apart and leave out what is empty."
            )

    @property
    def title(self) -> str:
        """Number and place, as on the paper."""
        return clean_text(f"{self.number} {self.place}".strip())

    @property
    def dimension(self) -> int:
        """0 for points, 1 for lines, 2 for areas."""
        return int(shapely.get_dimensions(self.geometry))


@dataclass(frozen=True, kw_only=True)
class FieldFile:
    """The marks of one file and what is said of them all.

    ``text``: marking first, whose data last.
    ``begins``, ``ends``: the first day that it holds, and the first on which it
    does not.
    ``dated``: the last day of the data.
    """

    title: str
    marks: tuple[Mark, ...]
    text: str = ""
    begins: dt.date | None = None
    ends: dt.date | None = None
    dated: dt.date | None = None

    def for_the_field(self) -> tuple[Mark, ...]:
        """Return the marks without those held for comparison."""
        return tuple(mark for mark in self.marks if not mark.comparison)


def short_name(mark: Mark, word: str) -> str:
    """Return number, word and place in at most twelve characters.

    Of a word that is too long, such as the number of a column, the end is kept.

    Examples
    --------
    >>> at = shapely.Point(-0.88, 52.76)
    >>> short_name(Mark(number="1", place="Fleece Yard, Market", geometry=at), "area")
    '1 area Fleec'
    >>> short_name(Mark(number="10", place="Mill Lane", geometry=at), "LIGHT-0012345")
    '10 T-0012345'
    """
    place = mark.place.partition(",")[0]
    room = SHORT - len(mark.number) - bool(mark.number)
    whole = " ".join(part for part in (mark.number, word[-room:], place) if part)
    return re.sub(r"\s+", " ", clean_text(whole))[:SHORT].strip()


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return names of at most twelve characters, no two alike in any case.

    Examples
    --------
    >>> distinct_names(["1 sign Mill", "1 sign Mill", "1 sign Mill"])
    ['1 sign Mill', '1-2 sign Mil', '1-3 sign Mil']
    """
    taken: set[str] = set()
    found = []
    for name in names:
        head, _, rest = name.partition(" ")
        tried, k = name[:SHORT].strip(), 1
        while tried.casefold() in taken:
            k += 1
            tried = f"{head[: SHORT - len(str(k)) - 1]}-{k} {rest}"[:SHORT].strip()
        taken.add(tried.casefold())
        found.append(tried)
    return found


def valid_until(day: dt.date | None) -> str:
    """Return until when a mark holds, in words."""
    return "" if day is None else f"Do not use after {in_words(day)}."
