"""What may be asked of the items of a collection; anything else is refused."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort

USUAL, MOST = 1_000, 10_000
LIMIT = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
KNOWN = ("limit", "offset", "bbox", "datetime", "f")
Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Query:
    """A page of features; ``begins`` and ``ends`` bound the time, empty where open."""

    limit: int
    offset: int
    box: Box | None
    begins: str
    ends: str
    moment: str

    def is_at(self, properties: Mapping[str, Any]) -> bool:
        """Say whether a feature is of the time asked for, as one without time is."""
        begins = properties.get("begins") or properties.get("valid_from") or ""
        ends = properties.get("ends") or properties.get("valid_to") or "9999"
        after = not self.ends or begins[: len(self.ends)] <= self.ends
        return after and (not self.begins or ends >= self.begins[: len(ends)])


def read_query(told: Mapping[str, str]) -> Query:
    """Read the query, or answer 400 as the standard asks for."""
    for name in told:
        if name not in KNOWN:
            abort(400, f"'{name}' is no parameter here: {', '.join(KNOWN)} are.")
    begins, ends = _interval(told.get("datetime", ""))
    return Query(
        limit=min(_whole(told, "limit", USUAL, 1), MOST),
        offset=_whole(told, "offset", 0, 0),
        box=_box(told["bbox"]) if "bbox" in told else None,
        begins=begins,
        ends=ends,
        moment=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    )


def _whole(told: Mapping[str, str], name: str, usual: int, least: int) -> int:
    text = told.get(name, str(usual))
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) < least:
        abort(400, f"'{name}' must be a whole number of at least {least}.")
    return int(text)


def _box(text: str) -> Box:
    try:
        parts = [float(part) for part in text.split(",")]
    except ValueError:
        parts = []
    if len(parts) == 6:  # heights do not matter
        parts = [*parts[:2], *parts[3:5]]
    if len(parts) != 4 or not all(map(math.isfinite, parts)) or parts[1] > parts[3]:
        abort(400, "'bbox' must be west,south,east,north in degrees.")
    return parts[0], parts[1], parts[2], parts[3]


def _interval(text: str) -> tuple[str, str]:
    """Return both ends as local wall clock, empty where open."""
    if not text:
        return "", ""
    first, slash, last = text.partition("/")
    ends = (_moment(first), _moment(last if slash else first))
    if ends == ("", "") or (all(ends) and ends[0] > ends[1]):
        abort(400, "'datetime' must be a moment, or two with a slash, begin first.")
    return ends


def _moment(text: str) -> str:
    if text in ("", ".."):
        return ""
    try:
        if len(text) == 10:
            return dt.date.fromisoformat(text).isoformat()
        read = dt.datetime.fromisoformat(text)
    except ValueError:
        abort(400, f"'datetime' must be as RFC 3339 has it; got {text[:40]!r}.")
    return read.replace(tzinfo=None).isoformat(timespec="minutes")
