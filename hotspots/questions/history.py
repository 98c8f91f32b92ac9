"""Which places are persistent, emerging, intermittent, diminishing or one-off."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hotspots.core.options import check_fields, option
from hotspots.methods.classification import Classification, Classified
from hotspots.questions.answer import Answer, Table
from hotspots.questions.question import Material, Question
from hotspots.questions.top_cells import cells_table


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """The size of the cells."""

    resolution: int = option(9, help="H3 resolution of the cells.", ge=8, le=11)

    def __post_init__(self) -> None:
        check_fields(self)


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
        tables=(_counts(found), _places(material, found)),
        notes=found.notes,
    )


def _counts(found: Classified) -> Table:
    labels = found.frame["label"].value_counts(sort=True)
    return Table.of(
        "Cells by their history",
        ["History", "Cells"],
        [(label, f"{n:,}") for label, n in labels.rows()],
    )


def _places(material: Material, found: Classified) -> Table:
    frame = found.frame
    ids = np.array([int(cell, 16) for cell in frame["cell"]], dtype=np.uint64)
    rows = frame.rows(named=True)
    return cells_table(
        material,
        found.cells,
        found.cells.index_of(ids),
        (
            ("History", [row["label"] for row in rows]),
            ("Incidents", [f"{row['n_incidents']:,}" for row in rows]),
            ("Times hot", [f"{row['n_hot']} of {row['n_periods']}" for row in rows]),
            ("Trend", [row["trend"] for row in rows]),
        ),
        title="Cells that were hot at least once",
        text=["History", "Trend"],
    )


HISTORY = Question(
    name="history",
    title="The history of places",
    help="Say which places are persistent, emerging, intermittent or diminishing.",
    method=Classification,
    extra=Resolution,
    ask=_ask,
    document="classification",
    formula="A cell is hot in a period when it and its neighbours have more than "
    "chance "
    "gives; the share of hot periods, early and late, and a Mann-Kendall trend, "
    "adjusted "
    "over the cells, give the word.",
    when="To tell a lasting problem, for a camera, from a spike, for patrols.",
    when_not="Fewer than four periods of data; across July 2022 on snapped data.",
    source="Mann (1945), Econometrica 13, 245-259; Kendall (1975); the words follow "
    "Chainey and Ratcliffe (2005), GIS and Crime Mapping.",
    needs_areas=True,
    counted_only=True,
    default_window=None,
)
