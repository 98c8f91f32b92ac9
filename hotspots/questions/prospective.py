"""Where is risk highest on a day, and how much of it is lasting or recent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from hotspots.core.options import check_fields, option
from hotspots.core.window import in_words
from hotspots.methods.prospective import Prospective
from hotspots.questions.answer import Answer
from hotspots.questions.question import Material, Question
from hotspots.questions.top_cells import MAX_CELLS, cells_table


@dataclass(frozen=True, kw_only=True)
class _Day:
    on: str = option(
        "", help="The day to look ahead from; default the day after the last with data."
    )
    resolution: int = option(10, help="H3 resolution of the cells.", ge=8, le=11)

    def __post_init__(self) -> None:
        check_fields(self)


def _ask(material: Material, method: Prospective, extra: _Day) -> Answer:
    day = material.day(extra.on) + dt.timedelta(days=0 if extra.on else 1)
    cells = material.cells(extra.resolution)
    found = method(material.incidents, cells, on=day)
    top = np.argsort(-found.risk.values, kind="stable")[:MAX_CELLS]
    share = found.share_recent
    held = float(found.risk.values[top].sum())
    return Answer(
        sentences=(
            f"The {len(top)} cells of highest risk hold {held:.1%} of the area's risk "
            f"on {in_words(day)}, by {material.incidents.n:,} incidents. The back-test "
            "of what such a ranking finds is under 'Evaluation'.",
        ),
        tables=(
            cells_table(
                material,
                cells,
                top,
                (
                    ("Share of risk", [f"{found.risk.values[k]:.2%}" for k in top]),
                    ("Lasting", [f"{1 - share[k]:.0%}" for k in top]),
                    ("Recent", [f"{share[k]:.0%}" for k in top]),
                ),
                title="Cells of highest risk",
            ),
        ),
        notes=found.risk.notes,
    )


PROSPECTIVE = Question(
    name="risk",
    title="Risk in the coming days",
    help="Say where risk is highest, and how much of it is lasting or recent.",
    method=Prospective,
    extra=_Day,
    ask=_ask,
    document="prospective",
    formula="(1 - a) of the density of 24 months + a of the sum of exp(-distance / 50 "
    "m) "
    "exp(-age / 42 days), each scaled to sum to 1.",
    when="Burglary and vehicle crime, for the next few weeks.",
    when_not="As a promise: at a district's numbers it does no better than last year's "
    "counts can be told to do.",
    source="Bowers, Johnson and Pease (2004), British Journal of Criminology 44, "
    "641-658.",
    needs_areas=True,
    counted_only=True,
    needs_moments="A risk surface",
)
