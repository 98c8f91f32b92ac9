"""What happens in the district: one stream for each kind of incident."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import NamedTuple

_WORDS = ("category", "sub", "where", "hours", "season", "span", "tags")
_NUMBERS = ("n", "growth", "term", "officer", "partner", "street")


class Stream(NamedTuple):
    """A kind of incident: how many, when, where, how long, who reported it.

    Parameters
    ----------
    category, sub : str
        As in the file.
    n : float
        Incidents in a thousand.
    where : str
        A mixture of :mod:`hotspots.samples.where`.
    hours, season : str
        Profiles of :mod:`hotspots.samples.clock`.
    span : str
        How long between from and to: ``point``, ``hours``, ``burglary``, ``night``,
        ``mixed`` or ``weeks``.
    growth : float
        Level on the last day over that on the first.
    term : float
        How much likelier a school day is.
    tags : str
        Qualifiers with their chance: ``"youth .8;alcohol .1"``.
    officer, partner : float
        Chances of the source flag.
    street : float
        Share located on the street, without premises.
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
