"""Templates of operations: TOML that a partnership can copy, change and add to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import ParameterError, SourceError, did_you_mean
from hotspots.core.small import read_small, toml_of
from hotspots.core.window import MONTHS, WEEKDAYS
from hotspots.model.areas import KINDS
from hotspots.tactics.hours import week_mask

TEMPLATES = Path(__file__).with_name("templates")
LAND_USES = ("any", "residential")
HOTSPOTS = "hotspots"
_HOURS = re.compile(r"^(\d{1,2}):00-(\d{1,2}):00$")

KEYS: Mapping[str, Mapping[str, type]] = {
    "": {"name": str, "summary": str, "partners": list},
    "incidents": {"categories": list, "subcategories": list, "qualifiers": list},
    "clock": {"hours": str, "days": list, "months": list},
    "areas": {"from": str, "land_use": str, "n": int},
    "trigger": {"when": str, "decided": str, "source": str, "at_most_days": int},
    "dose": {"each_time": str, "everywhere": str},
    "measure": {"outputs": list, "weeks": int},
    "card": {"do": list, "do_not": list},
}
OPTIONAL = frozenset(
    {
        ("incidents", "subcategories"),
        ("incidents", "qualifiers"),
        ("areas", "land_use"),
        ("trigger", "source"),
        ("trigger", "at_most_days"),
        ("dose", "everywhere"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Template:
    """An operation as it was written down.

    ``categories``, ``subcategories``, ``qualifiers``: which incidents it is about;
    empty subcategories or qualifiers take all.
    ``start``, ``end``: operating hours; an end at or before the start is on the next
    day.
    ``days``: 0 is Monday.
    ``months``: 1 to 12.
    ``areas_from``: ``"hotspots"`` or a kind of area.
    ``land_use``: {"any", "residential"}.
    ``at_most_days``: the most days a year on which it runs; 0 where not said.
    ``each_time``, ``everywhere``: what is done in each area, and everywhere.
    ``outputs``: what is counted as done.
    ``weeks``: weeks before and after that are compared.
    """

    name: str
    summary: str
    partners: tuple[str, ...]
    categories: tuple[str, ...]
    subcategories: tuple[str, ...]
    qualifiers: tuple[str, ...]
    start: int
    end: int
    days: tuple[int, ...]
    months: tuple[int, ...]
    areas_from: str
    land_use: str
    n_areas: int
    trigger: str
    decided: str
    trigger_source: str
    at_most_days: int
    each_time: str
    everywhere: str
    outputs: tuple[str, ...]
    weeks: int
    do: tuple[str, ...]
    do_not: tuple[str, ...]

    @cached_property
    def mask(self) -> npt.NDArray[np.bool_]:
        """The hours of the week, shape (168,); hour 0 is Monday 00:00."""
        return week_mask(self.days, self.start, self.end)

    @property
    def hours_words(self) -> str:
        """The operating hours in words."""
        days = "every day" if len(self.days) == 7 else _listed(self.days, WEEKDAYS)
        months = "all year"
        if len(self.months) < 12:
            months = f"in {_listed([m - 1 for m in self.months], MONTHS)}"
        night = " of the next day" if self.end <= self.start else ""
        return f"{self.start:02d}:00 to {self.end:02d}:00{night}, {days}, {months}"

    @property
    def incident_words(self) -> str:
        """Which incidents it is about, in words."""
        words = f"{', '.join(self.categories)}"
        if self.subcategories:
            words += f" ({', '.join(self.subcategories)})"
        if self.qualifiers:
            words += f" marked {' or '.join(self.qualifiers)}"
        return words


def template_names() -> tuple[str, ...]:
    """Return the names of the templates that come with the package.

    Examples
    --------
    >>> template_names()
    ('night-time-economy', 'op-defrost', 'safer-summer')
    """
    return tuple(_in_folder(str(TEMPLATES)))


def read_template(template: str, *, folder: str = "") -> Template:
    """Read a template by its name or its file.

    Raises ParameterError if there is no such template; SourceError if the file cannot
    be read, a key is missing, unknown or of the wrong kind.
    """
    path = Path(template)
    if path.suffix != ".toml":
        own = Path(folder) / f"{template}.toml" if folder else None
        if own is not None and own.is_file() and own.name == f"{template}.toml":
            path = own
        elif template in template_names():
            packaged = TEMPLATES / f"{template}.toml"
            return _parsed(packaged.read_text("utf-8"), packaged.name)
        else:
            known = [*template_names(), *_in_folder(folder)]
            raise ParameterError(
                f"template must be one of {', '.join(known)}, or the path of a .toml "
                f"file; got '{template}'.{did_you_mean(template, known)}"
            )
    try:
        text = read_small(path)
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"a template must be a TOML file in UTF-8; {path.name} cannot be read "
            f"({type(error).__name__}). Copy one of {', '.join(template_names())}."
        ) from error
    return _parsed(text, path.name)


def _in_folder(folder: str) -> list[str]:
    place = Path(folder)
    found = place.glob("*.toml") if folder and place.is_dir() else ()
    return sorted(path.stem for path in found)


def _parsed(text: str, file: str) -> Template:
    try:
        raw = toml_of(text)
    except ValueError as error:
        raise SourceError(
            f"a template must be valid TOML; {file} is not: {error}. Compare it with "
            "op-defrost.toml."
        ) from error
    _check_keys(raw, file)
    incidents, clock, areas = raw["incidents"], raw["clock"], raw["areas"]
    trigger, dose, measure = raw["trigger"], raw["dose"], raw["measure"]
    start, end = _hours(clock["hours"], file)
    return Template(
        name=raw["name"],
        summary=raw["summary"],
        partners=tuple(raw["partners"]),
        categories=tuple(incidents["categories"]),
        subcategories=tuple(incidents.get("subcategories", ())),
        qualifiers=tuple(incidents.get("qualifiers", ())),
        start=start,
        end=end,
        days=_days(clock["days"], file),
        months=_months(clock["months"], file),
        areas_from=_one_of(areas["from"], (HOTSPOTS, *KINDS), "areas.from", file),
        land_use=_one_of(areas.get("land_use", "any"), LAND_USES, "land_use", file),
        n_areas=_between(areas["n"], 1, 20, "areas.n", file),
        trigger=trigger["when"],
        decided=trigger["decided"],
        trigger_source=trigger.get("source", ""),
        at_most_days=_between(
            trigger.get("at_most_days", 0), 0, 366, "trigger.at_most_days", file
        ),
        each_time=dose["each_time"],
        everywhere=dose.get("everywhere", ""),
        outputs=tuple(measure["outputs"]),
        weeks=_between(measure["weeks"], 4, 52, "measure.weeks", file),
        do=tuple(raw["card"]["do"]),
        do_not=tuple(raw["card"]["do_not"]),
    )


def _check_keys(raw: dict[str, Any], file: str) -> None:
    """Refuse a key that is unknown, missing, empty or of the wrong kind."""
    tables = [name for name in KEYS if name]
    _known(raw, [*KEYS[""], *tables], "", file)
    for table, keys in KEYS.items():
        there = raw if not table else raw.get(table)
        if not isinstance(there, dict):
            raise SourceError(
                f"a template must have a table [{table}]; {file} has none. Compare it "
                "with op-defrost.toml."
            )
        if table:
            _known(there, list(keys), table, file)
        for key, kind in keys.items():
            if key in there:
                _check_kind(there[key], kind, f"{table}.{key}".strip("."), file)
            elif (table, key) not in OPTIONAL:
                raise SourceError(
                    f"a template must have '{key}' in "
                    f"{f'[{table}]' if table else 'its first lines'}; {file} has not. "
                    "Compare it with op-defrost.toml."
                )


def _known(there: dict[str, Any], keys: list[str], table: str, file: str) -> None:
    for key in there:
        if key not in keys:
            where = f"[{table}]" if table else "the first lines"
            raise SourceError(
                f"{where} of a template may have {', '.join(keys)}; {file} has "
                f"'{key}'.{did_you_mean(key, keys)}"
            )


def _check_kind(value: Any, kind: type, key: str, file: str) -> None:
    words = {str: "text", int: "a whole number", list: "a list"}[kind]
    good = isinstance(value, kind) and not isinstance(value, bool)
    if good and kind is list:
        wanted = int if key == "clock.months" else str
        words = f"a list of {'numbers' if wanted is int else 'texts'}, not empty"
        good = all(isinstance(v, wanted) and not isinstance(v, bool) for v in value)
        may_be_empty = tuple(key.split(".")) in OPTIONAL
        good = good and (bool(value) or may_be_empty)
        good = good and all(v != "" for v in value)
    if good and kind is str:
        words, good = "text, not empty", bool(value.strip())
    if not good:
        raise SourceError(f"{key} must be {words}; {file} has {value!r}. Correct it.")


def _hours(text: str, file: str) -> tuple[int, int]:
    match = _HOURS.match(text.replace(" ", ""))
    start, end = (int(match[1]), int(match[2])) if match else (-1, -1)
    if not (0 <= start <= 23 and 0 <= end <= 24) or start == end:
        raise SourceError(
            f"clock.hours must be whole hours such as 06:00-09:00; {file} has "
            f"{text!r}. Correct it."
        )
    return start, end


def _days(given: list[str], file: str) -> tuple[int, ...]:
    found = {
        WEEKDAYS.index(_one_of(day, WEEKDAYS, "clock.days", file)) for day in given
    }
    return tuple(sorted(found))


def _months(given: list[int], file: str) -> tuple[int, ...]:
    for month in given:
        _between(month, 1, 12, "clock.months", file)
    return tuple(dict.fromkeys(given))


def _between(value: int, low: int, high: int, key: str, file: str) -> int:
    if not low <= value <= high:
        raise SourceError(
            f"{key} must be between {low} and {high}; {file} has {value}. Correct it."
        )
    return value


def _one_of(value: str, allowed: tuple[str, ...], key: str, file: str) -> str:
    if value not in allowed:
        raise SourceError(
            f"{key} must be one of {', '.join(allowed)}; {file} has "
            f"'{value}'.{did_you_mean(value, allowed)}"
        )
    return value


def _listed(positions: Iterable[int], names: Sequence[str]) -> str:
    words = [names[k] for k in positions]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
