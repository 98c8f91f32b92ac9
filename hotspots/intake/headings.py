"""What headings of police and council exports mean, and which say when it happened."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

COLUMNS: dict[str, str] = {
    "reference": "the reference of the incident, the same in every export",
    "start": "when it happened, or the earliest it can have happened",
    "start_date": "the date of start, where date and time are two columns",
    "start_time": "the time of start, where date and time are two columns",
    "end": "the latest it can have happened",
    "end_date": "the date of end, where date and time are two columns",
    "end_time": "the time of end, where date and time are two columns",
    "category": "what happened, in the words of the harm table or mapped to them",
    "subcategory": "what happened, more exactly",
    "easting": "easting on the National Grid, metres",
    "northing": "northing on the National Grid, metres",
    "longitude": "longitude, degrees",
    "latitude": "latitude, degrees",
    "grid_reference": "the place on the National Grid in letters: SK 7530 1930",
    "point": "latitude and longitude, or easting and northing, in one cell",
    "postcode": "the postcode, where a file of postcodes is given",
    "street": "the name of the street",
    "premises": "the UPRN or another number of the premises",
    "address": "the address",
    "source_flag": "who reported it",
    "qualifiers": "marks such as youth or alcohol, separated by ;",
}
"""What a column can be, and what that means."""

NAMES: dict[str, str] = {
    "reference": "reference|ref|refno|(crime|incident|occurrence|niche|offence|case|"
    "log|event|asb|investigation|policecase|report|call|job|cad)(ref|reference|refno|no|number|num|id|referencenumber)|crn|urn|"
    "nicheoccurrence(no|number)?|occno|uniqueid|uid|id",
    "category": "category|"
    "(crime|offence|offense|incident|event|asb|call|report|primary|hoclass|main)"
    "(type|category|group|class|code|description|desc)|type|offence|offense|crime|"
    "(offence|crime)(groupdescription|typedescription)|homeoffice(class|category|group)|"
    "hor?(class|classification|group)|hodescription|classification|class|description",
    "subcategory": "sub(category|type|group|class|cat)|"
    "(crime|offence|offense|incident)sub(category|type|group|class)|secondarytype|"
    "offencedetail|crimedetail|detail",
    "easting": "easting|eastings|east|(os|osgb|osgb36|bng|geo|grid|gridref|"
    "gridreference|location|loc)?(easting|eastings|e|x)|(x|e)(co|coord|coordinate)s?",
    "northing": "northing|northings|north|(os|osgb|osgb36|bng|geo|grid|gridref|"
    "gridreference|location|loc)?(northing|northings|n|y)|(y|n)(co|coord|coordinate)s?",
    "longitude": "(wgs84|location|geo|gps)?(longitude|long|lng|lon)|"
    "x|x(coord|coordinate)",
    "latitude": "(wgs84|location|geo|gps)?(latitude|lat)|y|y(coord|coordinate)",
    "postcode": "(location|offence|incident|crime|premises|property|site|address|full)?"
    "(postcode|pcode|postalcode)|pcds?|pc",
    "street": "(loc|location|offence|incident)?(street|road)(name)?|thoroughfare|"
    "location|locationname|onornear|place",
    "premises": "(location|property|premises)?uprn|premises?(id|no|number|ref)?|"
    "propertyid|blpu",
    "address": "(location|offence|incident|full|site)?address(line1|1|text)?|"
    "locationtext|locationdescription",
    "source_flag": "source|sourceflag|reportedby|reporter|reportersource|origin|"
    "howreported|(reporting|report|call)(method|source|agency)|agency",
    "qualifiers": "qualifiers?|markers?|flags?|keywords?|tags?|(local|crime)?markers?",
}
"""Names of columns in police and council exports, lower case without punctuation."""


PATTERNS = {key: re.compile(pattern) for key, pattern in NAMES.items()}
COMMITTED = re.compile("commi(t|$)|occur|happen|perpetrat|took ?place")
EVENT = re.compile("offence|offense|incident|event|crime|collision|accident")
REPORTED = re.compile(
    "report|record|creat|log|receiv|enter|entry|input|notif|found|discover|regist|"
    "rais|submit|call|open|added|upload"
)
NEVER = re.compile(
    "updat|modif|clos|birth|dob|extract|export|outcome|dispos|arrest|charg|review|due|"
    "expir|valid|print|delet|court|finali|resol|allocat|attend|arriv"
)
FIRST = re.compile("from|start|earliest|first|begin|began")
LAST = re.compile("until|latest|last|finish|(date|time)to$|end$")
WHAT = re.compile("offence|offense|crime|categor|class|descri|type|incident|nature")
WHEN = re.compile("date|time|when|stamp|month|day$|hour|(committed|occurred|happened)$")
CLOCK = re.compile("time|hour|hrs|clock")
RANGES = {
    "easting": (0.0, 700_000.0),
    "northing": (0.0, 1_300_000.0),
    "longitude": (-180.0, 180.0),
    "latitude": (-90.0, 90.0),
}
LOOSE = {
    "easting": "east|^x|x$|coord",
    "northing": "north|^y|y$|coord",
    "longitude": "lon|lng|^x|x$|east",
    "latitude": "lat|^y|y$|north",
}
MARKS = {
    "domestic": "domestic|^dv|^da$|dvflag|daflag|dash",
    "hate": "hate|racis|racial|homophob|transphob|prejudice",
    "sexual": "sexual",
    "youth": "youth|juvenile|young|under18",
    "alcohol": "alcohol|drink|intox",
    "drugs": "drug",
    "weapon": "knife|weapon|firearm|blade",
    "night-time economy": "nte|nighttime",
}
"""Marks by what a heading of a column of yes and no says."""
_MARK_WORDS = (
    r"hb[av]|ipv|honou?r|faith|relig|disab|prejud|gender|orientation|d[./]v|d\.a|"
    r"domestic|dv|da\b|dash|hate|rac|homophob|transphob|sexual|youth|juvenile|young|alcohol|"
    r"drink|drug|knife|weapon|firearm|nte|night|business|commercial|retail|repeat|vulnerab|"
    r"residential|dwelling|vehicle|cycle|metal|rural|fire|arson|deliberate|accident|"
    r"collision|injur|slight|serious|fatal|school|mental|missing|gang|group|asb|"
    r"nuisance|personal|environment|licen|shop|none|unknown|n/?a|cold|running|engine|key"
)
YES_OR_NO = frozenset(("y", "n", "yes", "no", "true", "false", "t", "f", "1", "0", "x"))


def bare(heading: str) -> str:
    """Return a heading in small letters without blanks and punctuation."""
    return re.sub(r"[^a-z0-9]", "", heading.lower())


DBF_LETTERS = 10
"""How many letters of a heading a Shapefile keeps."""
_WORDS = (
    "type",
    "category",
    "class",
    "classification",
    "description",
    "group",
    "reference",
    "number",
    "ref",
    "street",
    "name",
    "date",
    "time",
    "location",
    "address",
    "committed",
    "occurred",
    "start",
    "easting",
    "northing",
    "coordinate",
    "longitude",
    "latitude",
    "premises",
    "uprn",
    "source",
    "flag",
    "qualifiers",
    "method",
)


def completions(heading: str) -> list[str]:
    """Return what a heading that a Shapefile has cut may have been, in bare letters.

    Examples
    --------
    >>> completions("Offence Ty"), completions("Offence")
    (['offencetype'], [])
    """
    if len(heading) != DBF_LETTERS:
        return []
    plain = bare(heading)
    return [
        plain[: len(plain) - n] + word
        for word in _WORDS
        for n in range(1, len(word))
        if plain.endswith(word[:n]) and len(plain) > n + 2
    ]


def known_headings(cells: Iterable[str]) -> int:
    """Say how many of some cells are headings that files of incidents have."""
    plain = [bare(cell) for cell in cells if cell.strip() and len(cell) < 60]
    return sum(
        any(p.fullmatch(cell) for p in PATTERNS.values())
        or bool(WHEN.search(cell) and not re.search(r"\d", cell))
        for cell in plain
    )


def strange_marks(marks: pl.Series) -> list[str]:
    """Return the marks of incidents that are none that is known, most first."""
    plain = marks.drop_nulls().str.strip_chars()
    odd = plain.filter(~plain.str.contains(_MARK_WORDS) & (plain != ""))
    counts = odd.value_counts(sort=True)
    return counts.get_column(marks.name).to_list()


def class_of(column: str) -> str:
    """Return whether a heading is about the event, its report, neither or never."""
    plain = bare(column)
    if NEVER.search(plain) and not COMMITTED.search(plain):
        return "never"
    if COMMITTED.search(plain):
        return "event"
    if REPORTED.search(plain):
        return "reported"
    return "event" if EVENT.search(plain) else "any"


def start_rank(column: str) -> int:
    """Say how likely a column says when it began; 0 is likeliest, 9 never."""
    plain, kind = bare(column), class_of(column)
    if kind in ("never", "reported"):
        return 9 if kind == "never" else 5
    first, last = FIRST.search(plain), LAST.search(plain) or _says_to(column)
    if last and not first:
        return 7
    if kind == "event":
        return 0 if first else 1
    if first:
        return 2
    return 3 if WHEN.search(plain) else 6


def end_rank(column: str) -> int | None:
    """Say how likely a column says when it ended; None is never."""
    kind = class_of(column)
    if kind in ("never", "reported"):
        return None
    if LAST.search(bare(column)) or _says_to(column):
        return 0 if kind == "event" else 1
    return None


def _says_to(column: str) -> bool:
    words = re.split(r"[^a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", column).lower())
    return bool({"to", "end"} & set(words))


def goes_with(time: str, date: str) -> bool:
    """Say whether a time can belong to a date: not a report's to an offence's."""
    kinds = {class_of(time), class_of(date)}
    return len(kinds - {"any"}) <= 1 or kinds == {"event"}


def alternatives(pattern: str) -> list[str]:
    """Split a pattern at the bars that are in no bracket."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(pattern):
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and depth == 0:
            parts.append(pattern[start:place])
            start = place + 1
    return [*parts, pattern[start:]]
