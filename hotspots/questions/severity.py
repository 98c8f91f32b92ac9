"""The question: where is the harm, and which places owe it to one incident."""

from __future__ import annotations

import polars as pl

from hotspots.core.table import Table, filled_table
from hotspots.methods.severity import Severity, unweighted
from hotspots.questions.answer import Answer
from hotspots.questions.question import Material, Resolution, question_of_cells
from hotspots.questions.top_cells import cells_table


def _ask(material: Material, method: Severity, extra: Resolution) -> Answer:
    dataset = material.areas()
    cells = material.cells(extra.resolution)
    rows = method.table(material.incidents, cells, harm=dataset.harm)
    shown = {
        "Incidents": "{n_incidents:,}",
        "Square root": "{root:,.0f}",
        "Raw": "{raw:,.0f}",
        "Largest": "{largest_share:.0%}",
        "One dominates": "{dominated}",
    }
    title, words = "Cells by severity", ["One dominates"]
    surface = method(material.incidents, cells, harm=dataset.harm)
    without = unweighted(material.incidents, dataset.harm)
    return Answer(
        sentences=tuple(f"{note[:1].upper()}{note[1:]}." for note in surface.notes),
        tables=(
            cells_table(title, material, cells, rows, shown, words=words),
            _without(without),
        ),
        notes=(
            "Raw severity is for information: one grave incident is not a hotspot.",
            "'Largest' is the share of a cell's raw severity that its gravest incident "
            "holds.",
        ),
    )


def _without(without: pl.DataFrame) -> Table:
    empty = {"subcategory": "any", "why": "not in the table"}
    said = [
        pl.col(name).replace("", word).fill_null(word) for name, word in empty.items()
    ]
    cells = {
        "Category": "{category}",
        "Sub category": "{subcategory}",
        "Incidents": "{n_incidents:,}",
        "Why": "{why}",
    }
    return filled_table(
        "Categories that cannot honestly take one weight",
        without.with_columns(said).rows(named=True),
        cells,
        words=["Sub category", "Why"],
    )


SEVERITY = question_of_cells("severity", Severity, _ask, counted_only=False)
