"""What the entries of a column mapping must be, each fault in its own sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from hotspots.core.crs import BNG, WGS84
from hotspots.core.errors import ProfileError, did_you_mean

_DATE_PARTS = (("%Y", "%y"), ("%m", "%b", "%B"), ("%d",))
_WHOLE_DATES = ("%F", "%D", "%x")


def check_known(given: Mapping[str, Any], known: Any, where: str) -> None:
    """Refuse an entry that a profile does not have.

    Raises ProfileError naming the entry.
    """
    for key in given:
        if key not in known:
            raise ProfileError(
                f"{where} of a profile must have only the entries "
                f"{', '.join(known)}; got '{key}'.{did_you_mean(key, known)}"
            )


def check_needed(columns: Mapping[str, str], category: str | None) -> None:
    """Refuse columns that leave out what each needs.

    Raises ProfileError naming the entry.
    """
    if "start" not in columns and "start_date" not in columns:
        raise ProfileError(
            "[columns] of a profile must name the column of 'start' (or 'start_date' "
            "and 'start_time'); it does not."
        )
    if "category" not in columns and category is None:
        raise ProfileError(
            "[columns] of a profile must name the column of 'category', or [dataset] "
            "must give one category for all rows; neither does."
        )
    for one, two in (("start", "start_date"), ("end", "end_date")):
        if one in columns and two in columns:
            raise ProfileError(
                f"[columns] must name '{one}' or '{two}'; it names both."
            )
    pairs = [
        ("easting", "northing"),
        ("northing", "easting"),
        ("longitude", "latitude"),
        ("latitude", "longitude"),
        ("start_time", "start_date"),
        ("end_time", "end_date"),
    ]
    for one, other in pairs:
        if one in columns and other not in columns:
            raise ProfileError(f"[columns] must name '{other}' beside '{one}'.")
    if "easting" in columns and "longitude" in columns:
        raise ProfileError(
            "[columns] must name easting and northing, or longitude and latitude; it "
            "names both."
        )


def check_crs(columns: Mapping[str, str], crs: int | None) -> None:
    """Refuse a system in which the columns cannot be.

    Raises ProfileError naming the entry.
    """
    contradicts = {("easting", WGS84), ("longitude", BNG)}
    for column, code in contradicts:
        if column in columns and crs == code:
            right = BNG if column == "easting" else WGS84
            raise ProfileError(
                f"[coordinates] crs must fit the columns: {column} is not in "
                f"EPSG:{code}. Leave crs out or say {right}."
            )


def check_format(form: str) -> None:
    """Refuse a format without day, month and year.

    Raises ProfileError naming the entry.
    """
    has_parts = all(any(part in form for part in parts) for parts in _DATE_PARTS)
    if not (has_parts or any(part in form for part in _WHOLE_DATES)):
        example = dt.datetime(2025, 6, 14, 21, 30).strftime("%d/%m/%Y %H:%M")
        raise ProfileError(
            "[dates] formats must have a day, a month and a year, such as "
            f"'%d/%m/%Y %H:%M' for {example}; got '{form}'."
        )


def check_sections(told: Mapping[str, Any], known: Mapping[str, Sequence[str]]) -> None:
    """Refuse sections and entries that are none.

    Raises ProfileError naming the entry.
    """
    check_known(told, known, "the top level")
    for section, body in told.items():
        if not isinstance(body, dict):
            raise ProfileError(
                f"[{section}] of a profile must be a section; got {body!r}."
            )
        if known[section]:
            check_known(body, known[section], f"[{section}]")


def words_of(body: Mapping[str, Any], where: str) -> dict[str, str]:
    """Return a section of texts.

    Raises ProfileError naming the entry.
    """
    for key, value in body.items():
        if not isinstance(value, str) or not value:
            raise ProfileError(
                f"{where} '{key}' must be given as text in quotes; got {value!r}."
            )
    return dict(body)


def typed(body: Mapping[str, Any], key: str, kind: type, default: Any) -> Any:
    """Return an entry of a kind.

    Raises ProfileError naming the entry.
    """
    value = body.get(key, default)
    if key in body and (type(value) is not kind):
        names = {str: "text in quotes", bool: "true or false", int: "a whole number"}
        raise ProfileError(
            f"'{key}' of a profile must be {names[kind]}; got {value!r}."
        )
    return value


def formats_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the formats of dates.

    Raises ProfileError naming the entry.
    """
    formats = body.get("formats", [])
    if not isinstance(formats, list) or not all(isinstance(f, str) for f in formats):
        raise ProfileError(
            "[dates] formats must be a list of texts such as "
            f'["%d/%m/%Y %H:%M"]; got {formats!r}.'
        )
    return tuple(formats)
