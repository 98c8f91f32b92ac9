"""Guess a profile from the names and the first values of a file's columns.

A guess is for a person to check: what was guessed, how, and what was not found is
said in comments at the top of the profile.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from hotspots.core.errors import ProfileError
from hotspots.intake.dates import (
    are_bare_dates,
    are_clocks,
    are_dates,
    choose_formats,
    most,
)
from hotspots.intake.profile import SOURCE_FLAGS, Profile

NAMES: dict[str, str] = {
    "reference": "reference|ref|refno|(crime|incident|occurrence|niche|offence|case|"
    "log|event|asb)(ref|reference|refno|no|number|num|id|referencenumber)|crn|urn|"
    "nicheoccurrence(no|number)?|occno|uniqueid|uid|id",
    "start": "from|start|(committed|occurred|offence|incident|event|crime)?"
    "(date|time|datetime)?(from|start|earliest|begin|began)(on)?(date|time|datetime)?|"
    "(earliest|first)(committed|date|time|datetime)+|"
    "(committed|occurred)(on|date|at|datetime)?|"
    "(date|datetime)(of)?(committed|offence|incident|occurrence|occurred|event|crime)|"
    "(offence|incident|occurrence|event|crime)(date|datetime|dateandtime)|"
    "date|datetime|dateandtime|datetimeoccurred|when|timestamp|"
    "(date|datetime)(reported|recorded|created|logged|received)|"
    "(reported|recorded|created|logged|received)(on|at|date|datetime)?",
    "end": "to|end|until|(committed|occurred|offence|incident|event|crime)?"
    "(date|time|datetime)?(to|end|latest|until)(date|time|datetime)?|"
    "(latest|last)(committed|date|time|datetime)+",
    "category": "category|(crime|offence|offense|incident|event|asb|call|report)"
    "(type|category|group|class|code|description|desc)|type|offence|offense|crime|"
    "(offence|crime)(groupdescription|typedescription)|homeoffice(class|category|group)|"
    "hor?(class|classification|group)|classification|class|description",
    "subcategory": "sub(category|type|group|class|cat)|"
    "(crime|offence|offense|incident)sub(category|type|group|class)|secondarytype|"
    "offencedetail|crimedetail|detail",
    "easting": "easting|eastings|east|(os|bng|geo|grid|gridref|gridreference|location|"
    "loc)?(easting|eastings|e|x)|(x|e)(co|coord|coordinate)s?",
    "northing": "northing|northings|north|(os|bng|geo|grid|gridref|gridreference|"
    "location|loc)?(northing|northings|n|y)|(y|n)(co|coord|coordinate)s?",
    "longitude": "(wgs84|location|geo|gps)?(longitude|long|lng|lon)|"
    "x|x(coord|coordinate)",
    "latitude": "(wgs84|location|geo|gps)?(latitude|lat)|y|y(coord|coordinate)",
    "street": "(location|offence|incident)?(street|road)(name)?|thoroughfare|location|"
    "locationname|onornear|place",
    "premises": "(location|property|premises)?uprn|premises?(id|no|number|ref)?|"
    "propertyid|blpu",
    "address": "(location|offence|incident|full|site)?address(line1|1|text)?|"
    "locationtext|locationdescription",
    "source_flag": "source|sourceflag|reportedby|reporter|reportersource|origin|"
    "howreported|(reporting|report|call)(method|source|agency)|agency",
    "qualifiers": "qualifiers?|markers?|flags?|keywords?|tags?|(local|crime)?markers?",
}
"""Names of columns in police and council exports, lower case without punctuation."""

TIME_NAMES = {
    "start": "(committed|occurred|offence|incident|event)?(time|timefrom|fromtime|"
    "starttime|timestart|timeof(incident|offence)|timeoccurred|earliesttime)",
    "end": "(committed|occurred|offence|incident|event)?(timeto|totime|endtime|timeend|"
    "latesttime|untiltime)",
}
RANGES = {
    "easting": (0.0, 700_000.0),
    "northing": (0.0, 1_300_000.0),
    "longitude": (-180.0, 180.0),
    "latitude": (-90.0, 90.0),
}
_FLAG_WORDS = {
    "public report": ("public", "call", "999", "101", "victim", "caller", "online"),
    "partner": ("partner", "council", "fire", "housing", "agency", "school"),
    "officer-generated": ("officer", "police", "patrol", "proactive", "self"),
}
MAX_FLAG_VALUES = 30


def propose_profile(
    columns: Sequence[str],
    sample: pl.DataFrame,
    name: str,
    *,
    delimiter: str = ",",
    needs_coordinates: bool = True,
) -> Profile:
    """Propose a profile from names and values.

    Examples
    --------
    >>> sample = pl.DataFrame({"Crime Ref": ["A1"], "Offence": ["Burglary"],
    ...     "Date": ["14/06/2025"], "E": ["475000"], "N": ["319000"]})
    >>> propose_profile(sample.columns, sample, "June").columns["easting"]
    'E'
    """
    guess = _Guess(list(columns), sample)
    guess.dates()
    if needs_coordinates:
        guess.coordinates()
    guess.words()
    _check_found(guess.found, list(columns), name, needs_coordinates)
    formats, said = choose_formats(guess.date_texts())
    flags = _guess_flags(guess.values(guess.found.get("source_flag")))
    return Profile(
        columns=guess.found,
        name=name,
        date_formats=formats,
        category=None if "category" in guess.found else name,
        simulated="simulat" in name.lower(),
        crs=27700 if "easting" in guess.found else None,
        source_flags=flags,
        delimiter=delimiter,
        comments=_comments(guess, list(columns), said, flags),
    )


class _Guess:
    """What was found so far; a column is used once."""

    def __init__(self, columns: list[str], sample: pl.DataFrame) -> None:
        self.columns = columns
        self.sample = sample
        self.found: dict[str, str] = {}
        self.by_values: list[str] = []

    def values(self, column: str | None) -> pl.Series:
        """Return the values of a column that are not blank."""
        if column is None or column not in self.sample.columns:
            return pl.Series([], dtype=pl.String)
        text = self.sample[column].cast(pl.String).str.strip_chars()
        return text.filter((text != "") & text.is_not_null())

    def free(self) -> list[str]:
        """Return the columns that are not used yet, in the order of the file."""
        return [name for name in self.columns if name not in self.found.values()]

    def named(self, pattern: str) -> list[str]:
        """Return the free columns of a pattern, by its order, then the file's."""
        parts = _alternatives(pattern)
        hits = []
        for column in self.free():
            bare = re.sub(r"[^a-z0-9]", "", column.lower())
            rank = next((i for i, p in enumerate(parts) if re.fullmatch(p, bare)), None)
            if rank is not None:
                hits.append((rank, self.columns.index(column), column))
        return [column for _, _, column in sorted(hits)]

    def dates(self) -> None:
        """Find start and end, of which the values must be dates where there are any."""
        for which in ("start", "end"):
            column = next(
                (c for c in self.named(NAMES[which]) if self._may_be_dates(c)), None
            )
            if column is None and which == "start":
                column = next(
                    (c for c in self.free() if are_dates(self.values(c))), None
                )
                self.by_values += [column] if column else []
            if column is not None:
                self._keep_moment(which, column)

    def _keep_moment(self, which: str, column: str) -> None:
        self.found[which] = column
        clocks = [
            c for c in self.named(TIME_NAMES[which]) if are_clocks(self.values(c))
        ]
        if clocks and are_bare_dates(self.values(column)):
            del self.found[which]
            self.found |= {f"{which}_date": column, f"{which}_time": clocks[0]}

    def _may_be_dates(self, column: str) -> bool:
        values = self.values(column)
        return values.is_empty() or are_dates(values)

    def coordinates(self) -> None:
        """Find a pair of columns whose names and values are coordinates."""
        for pair in (("easting", "northing"), ("longitude", "latitude")):
            both = [self._coordinate(kind) for kind in pair]
            if all(both):
                self.found |= {k: str(c) for k, c in zip(pair, both, strict=True)}
                return

    def _coordinate(self, kind: str) -> str | None:
        low, high = RANGES[kind]
        for column in self.named(NAMES[kind]):
            text = self.values(column).str.replace_all(",", "")
            number = text.cast(pl.Float64, strict=False)
            inside = number.is_between(low, high).fill_null(False)
            large = (number.abs() > 180).fill_null(False)
            projected = kind in ("easting", "northing")
            if most(inside) and most(large if projected else ~large):
                return column
        return None

    def words(self) -> None:
        """Find the columns of text."""
        kinds = ("reference", "premises", "subcategory", "category", "source_flag")
        for kind in (*kinds, "qualifiers", "address", "street"):
            hits = self.named(NAMES[kind])
            if hits:
                self.found[kind] = hits[0]

    def date_texts(self) -> pl.Series:
        """Return what will be read as dates, date and time joined."""
        texts = []
        for which in ("start", "end"):
            if f"{which}_time" in self.found:
                date, time = self.found[f"{which}_date"], self.found[f"{which}_time"]
                both = pl.concat_str([pl.col(date), pl.col(time)], separator=" ")
                joined = self.sample.select(both.alias("t"))["t"].drop_nulls()
                texts.append(joined.str.strip_chars())
            else:
                texts.append(self.values(self.found.get(which)))
        return pl.concat([text.alias("t") for text in texts])


def _alternatives(pattern: str) -> list[str]:
    """Split a pattern at the bars that are in no bracket."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(pattern):
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and depth == 0:
            parts.append(pattern[start:place])
            start = place + 1
    return [*parts, pattern[start:]]


# -- the rest ------------------------------------------------------------------------


def _check_found(
    found: dict[str, str], columns: list[str], name: str, needs_coordinates: bool
) -> None:
    missing = []
    if "start" not in found and "start_date" not in found:
        missing.append("a date")
    if needs_coordinates and "easting" not in found and "longitude" not in found:
        missing.append("coordinates")
    if missing:
        shown = ", ".join(columns) or "none"
        raise ProfileError(
            f"a profile for '{name}' must name {' and '.join(missing)}; no column "
            f"looks like it. Columns: {shown}. Write the profile by hand: "
            "docs/formats.md says how."
        )


def _guess_flags(values: pl.Series) -> dict[str, str]:
    """Return our flag for each value that names one plainly."""
    flags: dict[str, str] = {}
    unique = values.unique().sort().to_list()
    for value in unique if len(unique) <= MAX_FLAG_VALUES else []:
        words = value.lower()
        if words in SOURCE_FLAGS:
            flags[value] = words
            continue
        hits = [f for f, marks in _FLAG_WORDS.items() if any(m in words for m in marks)]
        if len(hits) == 1:
            flags[value] = hits[0]
    return flags


def _comments(
    guess: _Guess, columns: list[str], said: list[str], flags: dict[str, str]
) -> tuple[str, ...]:
    """Return what a person should check, as lines for the top of the profile."""
    found = guess.found
    lines = ["Proposed from the column names and the first rows: check every line."]
    for column in guess.by_values:
        lines.append(f"'{column}' was taken for the date because its values are dates.")
    if "category" not in found:
        lines.append(
            "No column looks like a category: every row gets the one under [dataset]. "
            "Name the column under [columns], or the right category."
        )
    lines += said
    optional = ("reference", "end", "subcategory", "street", "premises", "source_flag")
    absent = [k for k in optional if k not in found and f"{k}_date" not in found]
    if absent:
        lines.append(f"Not found, and not needed: {', '.join(absent)}.")
    unused = [column for column in columns if column not in found.values() and column]
    if unused:
        lines.append(f"Columns not used: {', '.join(unused)}.")
    source = guess.values(found.get("source_flag")).unique().sort().to_list()
    unknown = [value for value in source if value not in flags]
    if unknown:
        shown = ", ".join(repr(value) for value in unknown[:10])
        lines.append(f"Say in [source_flags] what these mean: {shown}.")
    return tuple(line.replace("\r", " ").replace("\n", " ") for line in lines)
