"""The question: where is the harm, and which places owe it to one incident."""

from __future__ import annotations

import numpy as np

from hotspots.methods.severity import Severity, unweighted
from hotspots.questions.answer import Answer, Table
from hotspots.questions.history import Resolution
from hotspots.questions.question import Material, Question
from hotspots.questions.top_cells import cells_table


def _ask(material: Material, method: Severity, extra: Resolution) -> Answer:
    dataset = material.areas()
    cells = material.cells(extra.resolution)
    frame = method.table(material.incidents, cells, harm=dataset.harm)
    rows = frame.rows(named=True)
    ids = np.array([int(row["cell"], 16) for row in rows], dtype=np.uint64)
    surface = method(material.incidents, cells, harm=dataset.harm)
    without = unweighted(material.incidents, dataset.harm)
    return Answer(
        sentences=tuple(f"{note[:1].upper()}{note[1:]}." for note in surface.notes),
        tables=(
            cells_table(
                material,
                cells,
                cells.index_of(ids),
                (
                    ("Incidents", [f"{row['n_incidents']:,}" for row in rows]),
                    ("Square root", [f"{row['root']:,.0f}" for row in rows]),
                    ("Raw", [f"{row['raw']:,.0f}" for row in rows]),
                    ("Largest", [f"{row['largest_share']:.0%}" for row in rows]),
                    (
                        "One dominates",
                        ["yes" if row["dominated"] else "no" for row in rows],
                    ),
                ),
                title="Cells by severity",
                text=["One dominates"],
            ),
            _without(without.rows()),
        ),
        notes=(
            "Raw severity is for information: one grave incident is not a hotspot.",
            "'Largest' is the share of a cell's raw severity that its gravest incident "
            "holds.",
        ),
    )


def _without(rows: list[tuple[object, ...]]) -> Table:
    return Table.of(
        "Categories that cannot honestly take one weight",
        ["Category", "Sub category", "Incidents", "Why"],
        [
            (str(category), str(sub or "any"), f"{n:,}", str(why or "not in the table"))
            for category, sub, n, why in rows
        ],
        text=["Sub category", "Why"],
    )


SEVERITY = Question(
    name="severity",
    title="Severity",
    help="Say where harm is, and where one incident makes all of it.",
    method=Severity,
    extra=Resolution,
    ask=_ask,
    document="severity",
    formula="The sum over incidents of the square root of the weight of their offence, "
    "beside the raw sum.",
    when="As the second view, after the count.",
    when_not="To rank places by raw severity: one homicide outweighs hundreds of "
    "assaults.",
    source="Sherman, Neyroud and Neyroud (2016), Policing 10, 171-183; Office for "
    "National Statistics, Crime Severity Score.",
    needs_areas=True,
    default_window=None,
)
