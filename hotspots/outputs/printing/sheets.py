"""One sheet of paper with one map: a shift, a meeting's places, a wall.

A4 for the hand, A3 for the wall; numbers on the map are those of the lists under it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import shapely

from hotspots.core.crs import shapes_to_metres
from hotspots.core.errors import ParameterError
from hotspots.core.window import in_words
from hotspots.outputs.formats.plan_record import plan_id
from hotspots.outputs.printing.background import Background
from hotspots.outputs.printing.cards import where
from hotspots.outputs.printing.drawn_map import MapPlace, draw_map
from hotspots.outputs.printing.map_frame import MARGIN
from hotspots.outputs.printing.typst import typeset
from hotspots.tactics.plan import Plan

PAPERS = {"A4": (178.0, 118.0), "A3": (288.0, 232.0)}
"""Map, width and height in mm: A4 upright with its lists below, A3 on its side."""
SCALES = (2_500, 5_000, 10_000, 25_000, 50_000)
"""One to so many; without one the map shows every place."""


@dataclass(frozen=True, kw_only=True)
class SheetList:
    """A list under the map; ``shares`` are the widths of its columns."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[float] = ()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet of paper.

    ``places``: at least one.
    ``paper``: {"A4", "A3"}.
    ``scale``: one to so many, about the middle of the places; 0 shows them all.

    Raises ParameterError if there is no place, or the paper or scale is not offered.
    """

    title: str
    said: str
    places: Sequence[MapPlace]
    background: Background
    lists: Sequence[SheetList] = ()
    marking: str = "OFFICIAL"
    foot: str = ""
    notice: str = ""
    attribution: str = ""
    paper: str = "A4"
    scale: int = 0
    made_for: dt.date = field(default=dt.date(2000, 1, 1))

    def __post_init__(self) -> None:
        if not self.places:
            raise ParameterError("a sheet must have a place to show; got none.")
        if self.paper not in PAPERS or self.scale not in (0, *SCALES):
            raise ParameterError(
                f"a sheet must be {' or '.join(PAPERS)} at 1 to "
                f"{', '.join(f'{each:,}' for each in SCALES)}; got {self.paper!r} and "
                f"{self.scale:,}."
            )

    def pdf(self) -> bytes:
        """Return the sheet as tagged PDF."""
        template, content, made_at = self.to_set()
        return typeset(template, content, made_at=made_at)

    def to_set(self) -> tuple[str, dict[str, Any], dt.datetime]:
        """Return what :func:`typeset` makes the sheet of."""
        return (
            "sheet.typ",
            {
                **{name: getattr(self, name) for name in _SAID},
                "paper": self.paper.lower(),
                "scale": f"Scale 1 : {self.scale:,} on {self.paper}."
                if self.scale
                else "",
                "map": self._map(),
                "map_alt": f"Map. {self._numbered()}",
                "lists": [vars(each) for each in self.lists],
            },
            dt.datetime.combine(self.made_for, dt.time()),
        )

    def _numbered(self) -> str:
        return "; ".join(f"{each.number}: {each.name}" for each in self.places) + "."

    def _map(self) -> str:
        wide, high = PAPERS[self.paper]
        return draw_map(
            self.background,
            self.places,
            width_mm=wide,
            height_mm=high,
            title=f"Map of {self.title}",
            attribution=self.attribution,
            extent_m=self._extent(wide),
            places_words="place, by its number",
        )

    def _extent(self, wide_mm: float) -> tuple[float, float, float, float]:
        """Return what must be in sight; at a scale only its width decides."""
        shapes = [each.geometry for each in self.places]
        west, south, east, north = (float(v) for v in shapely.total_bounds(shapes))
        if not self.scale:
            return west, south, east, north
        x, y = (west + east) / 2, (south + north) / 2
        half = wide_mm / 1000 * self.scale * (1 - 2 * MARGIN) / 2
        return x - half, y, x + half, y


_SAID = ("title", "said", "marking", "foot", "notice")


def plan_sheet(plan: Plan, record: Mapping[str, Any], ground: Background) -> Sheet:
    """Return a whole plan on one A4: map, places, and the shift's timetable."""
    shapes = [shapes_to_metres(each.geometry) for each in plan.suggestions]
    places = [
        MapPlace(number=each.rank, geometry=shape, name=each.name)
        for each, shape in zip(plan.suggestions, shapes, strict=True)
    ]
    expires = max(each.expires for each in plan.suggestions)
    name = plan_id(record)
    return Sheet(
        title=f"{plan.title} ({name})",
        said=f"From {in_words(plan.made_for)}. Do not use after {in_words(expires)}.",
        places=places,
        background=ground,
        lists=[_places(plan, shapes), *_timetable(plan)],
        marking=plan.marking,
        foot=f"{plan.title}. Plan {name}. Data to {in_words(plan.data_to)}.",
        notice="Simulated data: nothing here is real." if plan.simulated else "",
        attribution=" ".join(plan.attribution),
        made_for=plan.data_to,
    )


def _places(plan: Plan, shapes: Sequence[Any]) -> SheetList:
    return SheetList(
        title="Places",
        headings=("No.", "Place", "Grid reference", "When"),
        rows=[
            (str(each.rank), each.name, where(shape), each.when)
            for each, shape in zip(plan.suggestions, shapes, strict=True)
        ],
        shares=(1, 5, 3, 11),
    )


def _timetable(plan: Plan) -> list[SheetList]:
    """Return the visits of the first shift, in their order, for each crew."""
    shift = plan.tables.get("shift", pl.DataFrame())
    if not shift.height:
        return []
    first = shift.filter(pl.col("date") == pl.col("date").first())
    return [
        SheetList(
            title=f"{in_words(dt.date.fromisoformat(str(visits['date'][0])))}, "
            f"crew {crew}",
            headings=("", "No.", "Place", "Arrive from", "to", "Stay", "On the way"),
            rows=[
                (
                    str(row["order"]),
                    str(row["rank"]),
                    row["area"],
                    row["window_from"],
                    row["window_to"],
                    f"{row['minutes']} min",
                    f"{row['travel_minutes']} min, {row['travel']}",
                )
                for row in visits.rows(named=True)
            ],
            shares=(1, 1, 8, 3, 2, 2, 4),
        )
        for (crew,), visits in first.group_by("crew", maintain_order=True)
    ]
