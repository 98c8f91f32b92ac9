"""What happens in the district: one stream for each kind of incident."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import NamedTuple

_WORDS = ("category", "sub", "where", "hours", "season", "span", "tags")
_NUMBERS = ("n", "growth", "term", "officer", "partner", "street")


class Stream(NamedTuple):
    """A kind of incident: how many, when, where, how long, who reported it.

    ``category``, ``sub``: as in the file.
    ``n``: incidents in a thousand.
    ``where``: a mixture of :mod:`hotspots.samples.where`.
    ``hours``, ``season``: profiles of :mod:`hotspots.samples.clock`.
    ``span``: how long between from and to: ``point``, ``hours``, ``burglary``,
    ``night``, ``mixed`` or ``weeks``.
    ``growth``: level on the last day over that on the first.
    ``term``: how much likelier a school day is.
    ``tags``: qualifiers with their chance: ``"youth .8;alcohol .1"``.
    ``officer``, ``partner``: chances of the source flag.
    ``street``: share located on the street, without premises.
    """

    category: str
    sub: str
    n: float
    where: str
    hours: str
    season: str
    span: str
    growth: float
    term: float
    tags: str
    officer: float
    partner: float
    street: float


def read_streams() -> tuple[Stream, ...]:
    """Read the table of streams, ``hotspots/tables/simulated_streams.csv``.

    Examples
    --------
    >>> read_streams()[0].category
    'Anti-social behaviour'
    """
    table = files("hotspots") / "samples" / "simulated_streams.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return tuple(_stream(row) for row in rows)


def _stream(row: dict[str, str]) -> Stream:
    words = {name: row[name] for name in _WORDS}
    numbers = {name: float(row[name]) for name in _NUMBERS}
    return Stream(**words, **numbers)  # type: ignore[arg-type]
