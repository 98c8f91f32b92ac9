"""Where is risk highest on a day, and how much of it is lasting or recent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from hotspots.core.options import Checked, option
from hotspots.core.window import in_words
from hotspots.methods.prospective import Prospective
from hotspots.questions.answer import Answer
from hotspots.questions.question import Material, question_of_cells
from hotspots.questions.top_cells import MAX_CELLS, cells_table, ranked


@dataclass(frozen=True, kw_only=True)
class _Day(Checked):
    on: str = option(
        "", help="The day to look ahead from; default the day after the last with data."
    )
    resolution: int = option(10, help="H3 resolution of the cells.", ge=8, le=11)


def _ask(material: Material, method: Prospective, extra: _Day) -> Answer:
    day = material.day(extra.on) + dt.timedelta(days=0 if extra.on else 1)
    cells = material.cells(extra.resolution)
    found = method(material.incidents, cells, on=day)
    top = np.argsort(-found.risk.values, kind="stable")[:MAX_CELLS]
    share = found.share_recent
    rows = ranked(cells, top, risk=found.risk.values, recent=share, lasting=1 - share)
    shown = {
        "Share of risk": "{risk:.2%}",
        "Lasting": "{lasting:.0%}",
        "Recent": "{recent:.0%}",
    }
    held = float(found.risk.values[top].sum())
    return Answer(
        sentences=(
            f"The {len(top)} cells of highest risk hold {held:.1%} of the area's risk "
            f"on {in_words(day)}, by {material.incidents.n:,} incidents. The back-test "
            "of what such a ranking finds is under 'Evaluation'.",
        ),
        tables=(cells_table("Cells of highest risk", material, cells, rows, shown),),
        notes=found.risk.notes,
    )


PROSPECTIVE = question_of_cells(
    "risk",
    Prospective,
    _ask,
    _Day,
    default_window="all",
    needs_moments="A risk surface",
)
