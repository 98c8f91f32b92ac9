"""A query string as one value: what is counted, and which layer is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from hotspots.core.errors import ParameterError, did_you_mean
from hotspots.core.window import Window, add_months
from hotspots.web.parts.choices import LAYERS, Choices
from hotspots.workflow import Parameters

FILTERS = ("category", "from", "to", "area", "layer", "compare")
JUST_BEFORE = "before"
AREA = "area:"
"""Before the code of an area that is compared with, instead of a period."""
NOTHING_TICKED = "-"
"""What the form sends beside the categories, so that none of them is told from all."""
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")


class QueryError(ParameterError):
    """A query string asks for what is not offered.

    ``field``: the filter that is wrong.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Query:
    """What a person asked to see.

    ``categories``: empty: those that are counted by default.
    ``first``, ``last``: a month or a day; empty: not said.
    ``area``: the code of an area; empty: all.
    ``layer``: one of :data:`hotspots.web.parts.choices.LAYERS`.
    ``compare``: the first month of what the period is compared with,
    :data:`JUST_BEFORE`, an area as :data:`AREA` and its code, or empty: the same months
    a year before.
    """

    categories: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    area: str = ""
    layer: str = "count"
    compare: str = ""

    @classmethod
    def from_args(
        cls, args: MultiDict[str, str], choices: Choices, *, also: Iterable[str] = ()
    ) -> Query:
        """Read the filters out of a query string.

        Raises QueryError for a name or a value that is not offered.
        """
        for name in args:
            if name not in FILTERS and name not in also:
                known = (*FILTERS, *also)
                raise QueryError(
                    "filters",
                    f"a filter must be one of {', '.join(known)}; got {name!r}."
                    f"{did_you_mean(name, known)}",
                )
        sent = set(args.getlist("category"))
        chosen = sent - {"", NOTHING_TICKED}
        if NOTHING_TICKED in sent and not chosen:
            raise QueryError(
                "category",
                "one kind of crime or more must be ticked; none is. Tick some, or All.",
            )
        _check_each("category", chosen, choices.categories)
        area = args.get("area", "")
        _check_each("area", {area} - {""}, [one.code for one in choices.areas])
        layer = args.get("layer", "count")
        _check_each("layer", {layer}, LAYERS)
        return cls(
            categories=_canonical(chosen, choices),
            first=_date(args, "from"),
            last=_date(args, "to"),
            area=area,
            layer=layer,
            compare=_compared(args, choices),
        )

    def to_parameters(self, choices: Choices) -> Parameters:
        """Return the parameters of the analysis that answers the query.

        Raises QueryError if the window ends before it starts.
        """
        try:
            return Parameters(
                window=self.window_text(choices),
                categories=self.categories or None,
                area=self.area or None,
            )
        except ParameterError as error:
            raise QueryError("from", str(error)) from error

    def window_text(self, choices: Choices) -> str | None:
        """Return ``FROM:TO``; where one is not said, the usual length or the end."""
        if not self.first and not self.last:
            return None
        last = self.last or f"{choices.months[-1]:%Y-%m}"
        if self.first:
            return f"{self.first}:{last}"
        end = Window.from_text(f"{last}:{last}").end
        first = max(choices.months[0], add_months(end, -Parameters.window_months))
        return f"{first.isoformat()}:{last}"

    def compared_with(self, window: Window) -> Window | None:
        """Return the earlier period, as long as ``window``; None: a year before."""
        if not self.compare:
            return None
        months = (window.end.year - window.start.year) * 12
        months += window.end.month - window.start.month
        if self.compare == JUST_BEFORE:
            return Window(start=add_months(window.start, -months), end=window.start)
        first = Window.from_text(self.compare).start
        return Window(start=first, end=min(add_months(first, months), window.start))

    @property
    def compared_area(self) -> str:
        """The code of the area to compare with, "" where it is a period."""
        return self.compare.removeprefix(AREA) if self.compare.startswith(AREA) else ""

    def to_args(self, *, layer: bool = True) -> dict[str, Any]:
        """Return the query string's content, only what differs from the default."""
        said = {
            "category": list(self.categories),
            "from": self.first,
            "to": self.last,
            "area": self.area,
            "layer": self.layer if layer and self.layer != "count" else "",
            "compare": self.compare,
        }
        return {name: value for name, value in said.items() if value}


def page_number(args: MultiDict[str, str], n_pages: int) -> int:
    """Return which page of a long table is asked for.

    Raises QueryError if there is no such page.
    """
    text = args.get("page", "1")
    number = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
    if not 1 <= number <= n_pages:
        raise QueryError(
            "page", f"the page must be between 1 and {n_pages:,}; got {text[:40]!r}."
        )
    return number


def _check_each(field: str, values: Iterable[str], offered: Iterable[str]) -> None:
    known = list(offered)
    for value in sorted(values):
        if value not in known:
            shown = ", ".join(known[:20]) + (", ..." if len(known) > 20 else "")
            raise QueryError(
                field,
                f"{field} must be one of {shown}; got {value[:80]!r}."
                f"{did_you_mean(value[:80], known)}",
            )


def _canonical(chosen: set[str], choices: Choices) -> tuple[str, ...]:
    """Choosing what is counted anyway is choosing nothing: sub categories stay out."""
    if chosen == set(choices.by_default):
        return ()
    return tuple(sorted(chosen))


def _compared(args: MultiDict[str, str], choices: Choices) -> str:
    said = args.get("compare", "")
    if said.startswith(AREA):
        _check_each("compare", {said}, [AREA + one.code for one in choices.areas])
    if said.startswith(AREA) or said == JUST_BEFORE:
        return said
    return _date(args, "compare")


def _date(args: MultiDict[str, str], field: str) -> str:
    text = args.get(field, "").strip()
    if text and not _DATE.fullmatch(text):
        raise QueryError(
            field,
            "a date must be a month (2025-06) or a day (2025-06-14); got "
            f"{text[:40]!r}.",
        )
    return text
