"""One A4 sheet for each suggestion, for a pocket and a briefing-room wall.

In front: where, when, how long, why, what to do and not to do, with a map; on the
back: every line of the suggestion's reasons. The code and the hash lead to the live
version and tell whether the paper is still it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import grid_reference, shapes_to_metres
from hotspots.core.errors import OutputError, ParameterError
from hotspots.core.window import in_words
from hotspots.outputs.formats.plan_record import plan_id
from hotspots.outputs.printing.background import Background
from hotspots.outputs.printing.drawn_map import MapMark, MapPlace, draw_map
from hotspots.outputs.printing.qr import qr_svg
from hotspots.outputs.printing.typst import typeset
from hotspots.tactics.plan import Plan
from hotspots.tactics.suggestion import Suggestion

MAP_MM = (178.0, 100.0)
MIN_M = 560.0
"""A card's map is never narrower: the next streets help to find the place."""


@dataclass(frozen=True, kw_only=True)
class Cards:
    """The cards of a plan.

    ``plan``: with at least one suggestion.
    ``record``: :func:`hotspots.outputs.formats.plan_record.plan_record` of the plan.
    ``url``: the page of the live plan; each code points at its suggestion there.
    Without it the code holds the plan's name and hash.

    Raises OutputError if the plan has no suggestion; ParameterError if ``url`` is no
    web address.
    """

    plan: Plan
    record: Mapping[str, Any]
    background: Background = field(default_factory=Background)
    url: str | None = None

    def __post_init__(self) -> None:
        check_url(self.url)
        if not self.plan.suggestions:
            raise OutputError(
                "a plan must have a suggestion to print cards of; "
                f"'{self.plan.title}' has none."
            )

    def all_pages(self) -> bytes:
        """Return every card as one PDF."""
        template, content, made_at = self.all_to_set()
        return typeset(template, content, made_at=made_at)

    def one(self, index: int) -> bytes:
        """Return one card as a PDF."""
        template, content, made_at = self.one_to_set(index)
        return typeset(template, content, made_at=made_at)

    def all_to_set(self) -> tuple[str, dict[str, Any], dt.datetime]:
        """Return what :func:`typeset` makes every card of."""
        return self._to_set(self._cards)

    @cached_property
    def _cards(self) -> list[dict[str, Any]]:
        return [self._card(each) for each in self.plan.suggestions]

    def one_to_set(self, index: int) -> tuple[str, dict[str, Any], dt.datetime]:
        """Return what :func:`typeset` makes one card of."""
        return self._to_set(self._cards[index : index + 1])

    def _to_set(
        self, cards: Sequence[Mapping[str, Any]]
    ) -> tuple[str, dict[str, Any], dt.datetime]:
        title = f"{self.plan.title} ({plan_id(self.record)})"
        alone = f": {cards[0]['name']}" if len(cards) == 1 else ""
        content = {
            "title": title + alone,
            "marking": self.plan.marking,
            "foot": f"{self.plan.title}. Plan {plan_id(self.record)}.",
            "notice": "Simulated data: nothing here is real."
            if self.plan.simulated
            else "",
            "cards": cards,
        }
        return "cards.typ", content, dt.datetime.combine(self.plan.data_to, dt.time())

    def _card(self, each: Suggestion) -> dict[str, Any]:
        code = self._code(each)
        return {
            "kicker": f"{self.plan.title}: number {each.rank} of "
            f"{len(self.plan.suggestions)}, from {in_words(self.plan.made_for)}",
            "name": each.name,
            "what": each.what,
            "when": each.when,
            "dose": each.dose,
            "until": in_words(each.expires),
            "where": where(shapes_to_metres(each.geometry)),
            "map": self._map(each),
            "map_alt": f"Street map of {each.name}. The place is marked {each.rank}.",
            "why": [_sentence(driver.sentence()) for driver in each.drivers]
            or ["No incident of a counted kind is near; see the back."],
            "rating": each.rating.words,
            "null": [_sentence(text) for text in each.rating.null[:1]],
            "do": list(each.do),
            "do_not": list(each.do_not),
            "qr": qr_svg(code, title="QR code"),
            "qr_alt": f"QR code that holds: {code}",
            "small": self._small(each),
            "rationale": [list(line) for line in each.rationale()],
        }

    def _code(self, each: Suggestion) -> str:
        if self.url:
            return f"{self.url.split('#')[0]}#suggestion-{each.rank}"
        name = plan_id(self.record)
        return f"{name} suggestion {each.rank} sha256 {self.record['sha256']}"

    def _small(self, each: Suggestion) -> list[str]:
        name = f"Plan {plan_id(self.record)}, suggestion {each.rank}."
        where = (
            f"The code leads to the live version: {self.url}"
            if self.url
            else "The code holds the plan's name and hash; ask whoever gave you this "
            "sheet for the live version."
        )
        return [
            f"{name} Do not use after {in_words(each.expires)}. Data to "
            f"{in_words(each.cut_off)}.",
            where,
            f"SHA-256 {self.record['sha256']}",
        ]

    def _called(self, layer: str) -> str:
        return self.plan.layer_titles.get(layer, layer.replace("_", " ")).lower()

    def _map(self, each: Suggestion) -> str:
        shape = shapes_to_metres(each.geometry)
        marks = []
        for name, layer in self.plan.layers.items():
            if "rank" not in layer.frame.columns:
                continue
            mine = (layer.frame["rank"] == each.rank).fill_null(False).to_numpy()
            if mine.any():
                here = shapes_to_metres(np.asarray(layer.geometry, dtype=object)[mine])
                numbers = _numbers(layer.frame.filter(pl.Series(mine)))
                marks.append(
                    MapMark(what=self._called(name), geometry=here, numbers=numbers)
                )
        return draw_map(
            self.background,
            [MapPlace(number=each.rank, geometry=shape, name=each.name)],
            marks=marks,
            width_mm=MAP_MM[0],
            height_mm=MAP_MM[1],
            title=f"Map of {each.name}",
            attribution=" ".join(self.plan.attribution),
            extent_m=_extent(shape),
            places_words="the place",
        )


def _numbers(frame: pl.DataFrame) -> tuple[str, ...]:
    """Return the numbers of the points of a walk, as they stand on a unit."""
    order = next((name for name in ("order", "stop") if name in frame.columns), None)
    return tuple(str(each) for each in frame[order]) if order else ()


def where(shape: Any) -> str:
    """Return the grid reference of a point inside a place, to 10 metres."""
    at = shapely.point_on_surface(shape)
    return grid_reference(at.x, at.y)


def check_url(url: str | None) -> None:
    """Refuse what is not the address of a web page.

    Raises ParameterError if it is not ``http`` or ``https``, names no host or holds a
    space.
    """
    if url is None:
        return
    parts = urlsplit(url)
    spaced = any(c.isspace() for c in url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or spaced:
        raise ParameterError(
            "url must be the address of the live plan, such as "
            f"https://example.org/plans/12; got {url!r}."
        )


def _extent(shape: Any) -> tuple[float, float, float, float]:
    """Return what a card's map shows: the place with its surroundings."""
    west, south, east, north = shapely.bounds(shape)
    x, y = (west + east) / 2, (south + north) / 2
    half_x = max((east - west) * 0.7, MIN_M / 2)
    half_y = max((north - south) * 0.7, MIN_M / 4)
    return x - half_x, y - half_y, x + half_x, y + half_y


def _sentence(text: str) -> str:
    whole = text if text.endswith((".", "!", "?")) else f"{text}."
    return whole[:1].upper() + whole[1:]
