"""What a plan puts on the ground: its places, walks and points, as on its cards."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import shapely

from hotspots.core.sanitise import clean_table
from hotspots.core.window import in_words
from hotspots.outputs.formats.field import FieldFile, Mark, valid_until
from hotspots.outputs.formats.plan_layers import describe_plan, suggestion_layer
from hotspots.tactics.plan import Plan

FIELD_WORDS: dict[str, tuple[str | None, str, str]] = {
    "walks": ("start", "walk", "Trail Head"),
    "sign_points": ("sign", "", "Information"),
    "stops": ("", "", "Flag, Green"),
    "view": (None, "view", "Scenic Area"),
    "waypoints": ("", "", "Waypoint"),
}
"""Words of waypoint and track in short names, and the waypoint's symbol."""
SITE = re.compile(r"^(?P<place>.*) \((?P<site>[^()]+)\)$")
BEFORE = re.compile(r"^(\d+(\.\d+)*\s+|View from |Comparison: )")


def plan_marks(plan: Plan, name: str) -> FieldFile:
    """Return what a plan puts on the ground, numbered as on its cards.

    ``name``: of the plan, as it stands on the cards.
    """
    marks = [*_suggestion_marks(plan, name)]
    for layer in plan.layers:
        marks += _layer_marks(plan, layer, name)
    return FieldFile(
        title=f"{plan.title}, {in_words(plan.made_for)} ({name})",
        marks=tuple(marks),
        text=f"{describe_plan(plan)} Plan {name}.",
        begins=plan.made_for,
        ends=max((each.expires for each in plan.suggestions), default=None),
        dated=plan.data_to,
    )


def shift_files(plan: Plan, name: str) -> Iterator[tuple[str, FieldFile]]:
    """Yield for each crew of each shift, or each session, what it is to find.

    Names are of the day and the crew, or of the session.
    """
    whole = plan_marks(plan, name)
    if "shift" in plan.tables:
        shift = plan.tables["shift"]
        for (day, crew), visits in shift.group_by("date", "crew", maintain_order=True):
            when = _windows(visits)
            day = dt.date.fromisoformat(str(day))
            yield (
                f"{day:%Y-%m-%d}_crew_{crew}",
                replace(
                    whole,
                    title=f"{plan.title}, {in_words(day)}, crew {crew} ({name})",
                    marks=_of_ranks(whole.marks, when),
                    begins=day,
                    ends=day,
                ),
            )
    elif "sessions" in plan.tables:
        for each in plan.suggestions:
            yield (
                f"session_{each.rank}",
                replace(
                    whole,
                    title=f"{plan.title}, session {each.rank} ({name})",
                    marks=_of_ranks(whole.marks, {each.rank: ""}),
                    ends=each.expires,
                ),
            )


def _windows(visits: pl.DataFrame) -> dict[int, str]:
    """Return when each place is visited, in the order of the first visit."""
    found: dict[int, list[str]] = {}
    for rank, start, end in visits.select("rank", "window_from", "window_to").rows():
        found.setdefault(int(rank), []).append(f"{start} to {end}")
    return {rank: f"Visits: {'; '.join(each)}." for rank, each in found.items()}


def _of_ranks(marks: Collection[Mark], lines: Mapping[int, str]) -> tuple[Mark, ...]:
    """Return the marks of some suggestions, with a line more each, in their order."""
    return tuple(
        replace(mark, lines=(line, *mark.lines))
        for rank, line in lines.items()
        for mark in marks
        if mark.data.get("rank") == rank
    )


def _suggestion_marks(plan: Plan, name: str) -> Iterator[Mark]:
    layer = suggestion_layer(plan)
    for row, shape in zip(
        layer.table.iter_rows(named=True), layer.geometry, strict=True
    ):
        site = SITE.match(row["name"])
        dimension = int(shapely.get_dimensions(shape))
        words = (("", ""), ("start", "streets"), ("area", "edge"))[dimension]
        if site:
            words = (site["site"], site["site"])
        yield Mark(
            number=str(row["rank"]),
            place=site["place"] if site else row["name"],
            kind=plan.title,
            words=words,
            symbol="Flag, Blue",
            lines=(
                row["what"],
                row["when"],
                row["dose"],
                row["why"],
                *_last_lines(plan, name, row["rank"]),
            ),
            geometry=shape,
            data=row,
            folder=f"{plan.title} ({name})",
        )


def _layer_marks(plan: Plan, name: str, plan_name: str) -> Iterator[Mark]:
    layer = plan.layers[name]
    words = FIELD_WORDS.get(name, ("", name.replace("_", " "), "Waypoint"))
    kind = plan.layer_titles.get(name, name.replace("_", " "))
    seen: dict[Any, int] = {}
    for row, shape in zip(
        clean_table(layer.frame).iter_rows(named=True), layer.geometry, strict=True
    ):
        rank = row.get("rank")
        seen[rank] = seen.get(rank, 0) + 1
        order = row.get("order") or row.get("stop")
        start = words[0]
        if start and not order and seen[rank] > 1:
            start = f"{start}{seen[rank]}"
        number = "" if rank is None else f"{rank}.{order}" if order else str(rank)
        place = BEFORE.sub("", str(row.get("name") or kind))
        site = SITE.match(place)
        yield Mark(
            number=number,
            place=site["place"] if site else place,
            kind=kind,
            words=(start, words[1]),
            symbol=words[2],
            lines=(
                f"{kind}.",
                *_own_lines(row),
                *(each.when for each in plan.suggestions if each.rank == rank),
                *_last_lines(plan, plan_name, rank),
            ),
            geometry=shape,
            data=row,
            folder=f"{kind} ({plan_name})",
            comparison=name == "comparison",
        )


def _own_lines(row: Mapping[str, Any]) -> tuple[str, ...]:
    if "day" in row and "from" in row:
        return (f"{row['day']} {row['from']} to {row['to']}.",)
    if "length_m" in row:
        return (f"{row['length_m']:,} m.",)
    return ()


def _last_lines(plan: Plan, name: str, rank: int | None) -> tuple[str, ...]:
    """Return until when, what it may be shown to and which plan it is of."""
    ends = [each.expires for each in plan.suggestions if rank in (each.rank, None)]
    simulated = "SIMULATED DATA." if plan.simulated else ""
    return (
        valid_until(max(ends, default=None)),
        f"{plan.marking}. Plan {name}. {simulated}".strip(),
        *plan.attribution,
    )
