"""Which places are persistent, emerging, intermittent, diminishing or one-off."""

from __future__ import annotations

from dataclasses import replace

from hotspots.core.table import Table
from hotspots.methods.classification import Classification, Classified
from hotspots.questions.answer import Answer
from hotspots.questions.question import Material, Resolution, question_of_cells
from hotspots.questions.top_cells import cells_table, count_table


def _ask(material: Material, method: Classification, extra: Resolution) -> Answer:
    if material.incidents.time_precision == "month":
        method = replace(method, period="month")
    cells = material.cells(extra.resolution)
    covered = material.areas().incidents.frame["start"].dt.date().unique().to_list()
    found = method(
        material.incidents, cells, window=material.window, covered=sorted(covered)
    )
    return Answer(
        sentences=(found.rule,),
        tables=(
            count_table("Cells by their history", "History", found.frame["label"]),
            _places(material, found),
        ),
        notes=found.notes,
    )


def _places(material: Material, found: Classified) -> Table:
    shown = {
        "History": "{label}",
        "Incidents": "{n_incidents:,}",
        "Times hot": "{n_hot} of {n_periods}",
        "Trend": "{trend}",
    }
    title = "Cells that were hot at least once"
    words = ["History", "Trend"]
    return cells_table(title, material, found.cells, found.frame, shown, words=words)


HISTORY = question_of_cells("history", Classification, _ask)
