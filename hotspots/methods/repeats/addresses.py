"""Addresses as people write them, turned into what two of them have in common.

The same home is "Flat 4, 18 Worsted Way, Town ZZ1 5GN", "APARTMENT 4 18 WORSTED WAY
ZZ15GN" and "Flat 4 Beadle House, 18, Worsted Way. ZZ1 5GN". An address counts as the
same only where postcode, number (or name), street and flat agree; a flat is never
taken for its neighbour, and a street without a number is no address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

POSTCODE = re.compile(r"\b([A-Z]{1,2}[0-9][0-9A-Z]?)\s*([0-9][A-Z]{2})\b")
NUMBER = r"[0-9]+(?:\s?[A-Z]\b)?(?:\s*[-/]\s*[0-9]+[A-Z]?)?"
FLAT_WORDS = r"(?:FLAT|FLT|APARTMENT|APPARTMENT|APT|UNIT|ROOM|RM|STUDIO|MAISONETTE)"
FLAT = re.compile(
    rf"\b(?P<kind>{FLAT_WORDS})\s*(?:NUMBER|NO)?\s*"
    r"(?P<number>[0-9]+[A-Z]?|[A-Z](?:[0-9]+)?)(?![0-9A-Z])"
)
FLOOR = re.compile(
    r"\b(?P<floor>BASEMENT|GROUND|GRD|GRND|FIRST|1ST|SECOND|2ND|THIRD|3RD|UPPER|LOWER|"
    r"TOP|REAR|FRONT|GARDEN)(?:\s+FLOOR)?\s+(?:FLAT|FLT|APARTMENT|APT|MAISONETTE)\b"
    r"(?!\s*[0-9]+[A-Z]?\s*,)"
)
SOME_FLAT = re.compile(r"\b(?:FLAT|FLT|APARTMENT|APT|MAISONETTE)\b")
UNNUMBERED = "?"
FLOORS = {
    "GRD": "GROUND",
    "GRND": "GROUND",
    "1ST": "FIRST",
    "2ND": "SECOND",
    "3RD": "THIRD",
}
ROOMS = {"UNIT": "UNIT ", "ROOM": "ROOM ", "RM": "ROOM "}
"""Kinds of part that are not interchangeable with a flat of the same number."""

STREETS = {
    "AV": "AVENUE",
    "AVE": "AVENUE",
    "AVN": "AVENUE",
    "CL": "CLOSE",
    "CLS": "CLOSE",
    "CR": "CRESCENT",
    "CRES": "CRESCENT",
    "CT": "COURT",
    "CRT": "COURT",
    "DR": "DRIVE",
    "DRV": "DRIVE",
    "GDN": "GARDENS",
    "GDNS": "GARDENS",
    "GARDEN": "GARDENS",
    "GR": "GROVE",
    "GRV": "GROVE",
    "HL": "HILL",
    "LN": "LANE",
    "PDE": "PARADE",
    "PL": "PLACE",
    "RD": "ROAD",
    "RI": "RISE",
    "SQ": "SQUARE",
    "STR": "STREET",
    "TER": "TERRACE",
    "TERR": "TERRACE",
    "WK": "WALK",
    "WY": "WAY",
}
STREET_KINDS = (
    "APPROACH AVENUE BANK CIRCUS CLOSE COURT CRESCENT DRIVE GARDENS GATE GREEN GROVE "
    "HILL LANE MEWS PARADE PASSAGE PLACE RISE ROAD ROW SQUARE STREET TERRACE VALE VIEW "
    "WALK WAY YARD"
)
STREET_WORDS = frozenset(STREET_KINDS.split())
NOTHING = frozenset({"", "0", "NA", "NAN", "NIL", "NONE", "NULL", "UNKNOWN", "TBC"})


@dataclass(frozen=True, kw_only=True)
class Address:
    """The parts of an address that say which premises it is.

    ``flat``: number of the flat, unit or room; empty where none is written, ``?`` where
    it is a flat but not said which.
    ``number``: of the house, or its name where it has no number; empty for a mere
    street.
    ``postcode``: such as ``ZZ1 5GN``; empty where none is written.
    """

    flat: str
    number: str
    street: str
    postcode: str

    @property
    def building(self) -> str | None:
        """What all flats of a building share; none without number or postcode."""
        if not (self.number and self.postcode):
            return None
        return f"{self.number}|{self.street}|{self.postcode}"

    @property
    def key(self) -> str | None:
        """What two spellings of one address share; none where it is not certain."""
        if self.building is None or self.flat == UNNUMBERED:
            return None
        return f"{self.flat}|{self.building}"


def normalise_premises(text: str | None) -> str | None:
    """Return a UPRN or other premises number as written by everybody alike.

    ``text``: str or None; for instance ``00100032031285`` or ``100032031285.0``.

    Returns str or None: without spaces, leading zeros and a decimal part; none where it
    says nothing.

    Examples
    --------
    >>> normalise_premises(" 00100032031285.0")
    '100032031285'
    >>> normalise_premises("n/a") is None
    True
    """
    plain = re.sub(r"\.0*$", "", re.sub(r"\s", "", text or "").upper())
    if re.sub(r"[^0-9A-Z]", "", plain) in NOTHING:
        return None
    return plain.lstrip("0") or None


def normalise_address(text: str) -> str:
    """Return an address in capitals, without punctuation, abbreviations written out.

    Parts separated by ``", "``.

    Examples
    --------
    >>> normalise_address("18d  St. Mary's Rd.;Town zz15gn")
    '18D SAINT MARYS ROAD, TOWN ZZ1 5GN'
    """
    plain = text.upper().replace("'", "").replace("’", "").replace(".", " ")
    parts = re.split(r"[,;\n\r\t]+", plain)
    words = [re.sub(r"[^0-9A-Z/&-]+", " ", part).split() for part in parts]
    spelled = (" ".join(_spell(part)) for part in words if part)
    return POSTCODE.sub(r"\1 \2", ", ".join(spelled))


def _spell(words: list[str]) -> list[str]:
    """Write abbreviations out: ST is a saint before a name, else a street."""
    spelled = []
    for at, word in enumerate(words):
        before = [w for w in words[:at] if not w[0].isdigit()]
        after = at + 1 < len(words) and not POSTCODE.match(" ".join(words[at + 1 :]))
        if word == "ST":
            saint = after and (not before or words[at + 1] not in STREET_WORDS)
            spelled.append("SAINT" if saint and not before else "STREET")
        elif before:
            spelled.append(STREETS.get(word, word))
        else:
            spelled.append(word)
    return spelled


@lru_cache(maxsize=200_000)
def parse_address(text: str) -> Address:
    """Take an address apart.

    ``text``: as written; commas between its parts help.

    Returns Address: the town is dropped, and the name of a house that also has a
    number.

    Examples
    --------
    >>> parse_address("Flat 4, Beadle House, 18 Worsted Way, Town ZZ1 5GN").key
    '4|18|WORSTED WAY|ZZ1 5GN'
    >>> parse_address("18 Worsted Way Town, zz15gn").key
    '|18|WORSTED WAY|ZZ1 5GN'
    >>> parse_address("Worsted Way, Town ZZ1 5GN").key is None
    True
    """
    plain = normalise_address(text)
    found = list(POSTCODE.finditer(plain))
    postcode = f"{found[-1][1]} {found[-1][2]}" if found else ""
    if found:
        plain = plain[: found[-1].start()] + "," + plain[found[-1].end() :]
    flat, plain = _take_flat(plain)
    parts = [part.strip(" -/&") for part in plain.split(",")]
    number, street = _number_and_street([part for part in parts if part], flat)
    if not flat and (split := re.fullmatch(r"([0-9]+)\s*/\s*([0-9]+[A-Z]?)", number)):
        flat, number = split[1], split[2]
    return Address(flat=flat, number=number, street=street, postcode=postcode)


def _take_flat(plain: str) -> tuple[str, str]:
    """Take the number of the flat out of an address."""
    if found := FLOOR.search(plain):
        flat = FLOORS.get(found["floor"], found["floor"])
    elif found := FLAT.search(plain):
        flat = ROOMS.get(found["kind"], "") + found["number"].lstrip("0")
    else:
        return (UNNUMBERED if SOME_FLAT.search(plain) else ""), plain
    return flat, f"{plain[: found.start()]},{plain[found.end() :]}"


def _number_and_street(parts: list[str], flat: str) -> tuple[str, str]:
    for at, part in enumerate(parts):
        found = re.match(rf"(?:NO\s+)?({NUMBER})(?:\s+(.+))?$", part)
        if found:
            following = parts[at + 1] if at + 1 < len(parts) else ""
            street = _street_only(found[2] or following)
            return re.sub(r"\s", "", found[1]).lstrip("0"), street
    if not parts or _is_street(parts[0]):
        return "", _street_only(parts[0]) if parts else ""
    if len(parts) == 1 and not flat:
        return "", parts[0]
    street = next((part for part in parts[1:2] if _is_street(part)), "")
    return parts[0], street


def _is_street(part: str) -> bool:
    return part.split()[-1] in STREET_WORDS


def _street_only(part: str) -> str:
    """Drop a town written after the street without a comma."""
    words = part.split()
    ends = [at for at, word in enumerate(words) if at and word in STREET_WORDS]
    return " ".join(words[: ends[-1] + 1] if ends else words)
