"""Who is visited after a burglary, and by when: victim, next doors, then around.

Burglars come back soon and near: half of the repeats come within a week, mostly next
door. The list is in the order of deadlines. It holds no score and ranks nobody.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.spatial import cKDTree

from hotspots.resources.premises import Premises
from hotspots.tactics.dwellings import Victims

STREET_REACH_M = 200.0
"""Villages reuse names: a number on a street of this name farther off is another's."""
MARKING = "OFFICIAL-SENSITIVE"
WHO = ("victim", "same building", "next door, same side", "within reach")
SCHEMA = {
    "deadline": pl.String,
    "address": pl.String,
    "who": pl.String,
    "status": pl.String,
    "because_of": pl.String,
    "burgled_by": pl.String,
    "expires": pl.String,
    "uprn": pl.String,
    "marking": pl.String,
}


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """How soon each circle around a burglary is reached.

    ``victim_hours``, ``next_door_hours``, ``around_days``, ``expires_days``: after the
    latest time the burglary can have happened.
    ``next_doors``: house numbers to either side.
    ``reach_m`` (metres): the outer circle.
    """

    victim_hours: int = 24
    next_door_hours: int = 48
    around_days: int = 7
    expires_days: int = 56
    next_doors: int = 4
    reach_m: float = 100.0

    def sentence(self) -> str:
        """Return the rule in words."""
        return (
            f"Victim within {self.victim_hours} hours; flats of the same building and "
            f"{self.next_doors} house numbers to either side on the same side of the "
            f"street within {self.next_door_hours} hours; homes within "
            f"{self.reach_m:g} m within {self.around_days} days; off the list after "
            f"{self.expires_days} days. Where two burglaries put an address on the "
            "list, the earlier deadline holds and it stays until the later expires."
        )


def cocoon_list(
    victims: Victims,
    premises: Premises,
    day: dt.date,
    deadlines: Deadlines | None = None,
) -> pl.DataFrame:
    """Return the addresses to visit, one row each, the earliest deadline first."""
    rule = deadlines or Deadlines()
    midnight = dt.datetime.combine(day, dt.time())
    near = _Near(premises)
    best: dict[str, tuple[dt.datetime, int, str, str, str, dt.datetime]] = {}
    last: dict[str, dt.datetime] = {}
    for event in victims.frame.iter_rows(named=True):
        found, expires = event["found"], event["found"] + _days(rule.expires_days)
        if expires < midnight:
            continue
        for circle, row in _circles(event, near, rule):
            deadline = found + _due(circle, rule)
            uprn, address = event["uprn"], event["address"]
            if row >= 0:
                uprn, address = near.uprn[row], premises.addresses[row]
            key = uprn or f"{address} {event['reference'] if row < 0 else ''}"
            entry = (deadline, circle, address, uprn, event["reference"], found)
            best[key] = min(best.get(key, entry), entry)
            last[key] = max(last.get(key, expires), expires)
    rows = sorted((e[0], e[2], key) for key, e in best.items())
    return pl.DataFrame(
        [_row(best[key], last[key], midnight) for *_, key in rows],
        schema=SCHEMA,
        orient="row",
    )


def same_side(premises: Premises, row: int, n: int) -> npt.NDArray[np.int64]:
    """Return the homes at the nearest house numbers on the same side of the street."""
    return _Near(premises).same_side(row, n)


def same_building(premises: Premises, row: int) -> npt.NDArray[np.int64]:
    """Return the other homes of the same building."""
    return _Near(premises).same_building(row)


class _Near:
    """Homes by place, with house numbers taken apart once."""

    def __init__(self, premises: Premises) -> None:
        frame = premises.frame
        self.uprn: list[str] = frame["uprn"].to_list()
        self.xy_m = premises.xy_m
        self.homes = np.flatnonzero(premises.is_dwelling)
        self.tree = cKDTree(self.xy_m[self.homes])
        self.street: list[str] = frame["street"].str.to_lowercase().to_list()
        self.postcode: list[str] = frame["postcode"].to_list()
        self.number = [_number(text) for text in frame["house_number"].to_list()]

    def within(self, xy_m: npt.ArrayLike, reach_m: float) -> npt.NDArray[np.int64]:
        found = self.tree.query_ball_point(np.asarray(xy_m, dtype=float), reach_m)
        return np.sort(self.homes[found])

    def _on_street(self, row: int) -> list[int]:
        return [
            int(k)
            for k in self.within(self.xy_m[row], STREET_REACH_M)
            if self.street[k] == self.street[row]
        ]

    def same_building(self, row: int) -> npt.NDArray[np.int64]:
        if self.number[row] is None:
            return np.zeros(0, dtype=np.int64)
        same = [
            k
            for k in self.within(self.xy_m[row], STREET_REACH_M).tolist()
            if k != row
            and self.number[k] == self.number[row]
            and self.street[k] == self.street[row]
            and self.postcode[k] == self.postcode[row]
        ]
        return np.array(same, dtype=np.int64)

    def same_side(self, row: int, n: int) -> npt.NDArray[np.int64]:
        here, street = self.number[row], self._on_street(row)
        if here is None:
            away = np.hypot(*(self.xy_m[street] - self.xy_m[row]).T)
            order = np.argsort(away, kind="stable")
            near = [street[k] for k in order if street[k] != row][: 2 * n]
            return np.array(sorted(near), dtype=np.int64)
        numbers: dict[tuple[int, str], list[int]] = {}
        for k in street:
            there = self.number[k]
            if there and there != here and (there[0] - here[0]) % 2 == 0:
                numbers.setdefault(there, []).append(k)
        below = sorted((x for x in numbers if x < here), reverse=True)[:n]
        above = sorted(x for x in numbers if x > here)[:n]
        rows = sorted(k for x in (*below, *above) for k in numbers[x])
        return np.array(rows, dtype=np.int64)


def _circles(
    event: dict[str, object], near: _Near, rule: Deadlines
) -> Iterator[tuple[int, int]]:
    """Yield the circle (a position in WHO) and the premises row of each address."""
    row = int(str(event["row"]))
    yield 0, row
    centre = np.array([event["x"], event["y"]], dtype=float)
    if row >= 0:
        centre = near.xy_m[row]
        for k in near.same_building(row).tolist():
            yield 1, k
        for k in near.same_side(row, rule.next_doors).tolist():
            yield 2, k
    for k in near.within(centre, rule.reach_m).tolist():
        if k != row:
            yield 3, k


def _due(circle: int, rule: Deadlines) -> dt.timedelta:
    hours = (rule.victim_hours, rule.next_door_hours, rule.next_door_hours)
    return _days(rule.around_days) if circle == 3 else dt.timedelta(hours=hours[circle])


def _row(
    entry: tuple[dt.datetime, int, str, str, str, dt.datetime],
    expires: dt.datetime,
    midnight: dt.datetime,
) -> tuple[str, ...]:
    deadline, circle, address, uprn, reference, found = entry
    return (
        f"{deadline:%Y-%m-%d %H:%M}",
        address,
        WHO[circle],
        "overdue" if deadline < midnight else "due",
        reference,
        f"{found:%Y-%m-%d %H:%M}",
        f"{expires:%Y-%m-%d}",
        uprn,
        MARKING,
    )


def _days(n: int) -> dt.timedelta:
    return dt.timedelta(days=n)


def _number(text: str) -> tuple[int, str] | None:
    """Take a house number apart: 12A is (12, "A"), 12-14 is (12, "")."""
    found = re.match(r"\s*(\d+)\s*([A-Za-z]?)\b", text)
    return (int(found[1]), found[2].upper()) if found else None
