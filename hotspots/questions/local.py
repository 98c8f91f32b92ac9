"""Which clusters exceed chance: Gi* by permutation, and local Moran's I."""

from __future__ import annotations

import numpy as np
import polars as pl

from hotspots.methods.gi_permutation import GiPermutation
from hotspots.methods.local_moran import LocalMoran
from hotspots.model.surface import count_per_cell
from hotspots.questions.answer import Answer, Table
from hotspots.questions.history import Resolution
from hotspots.questions.question import Material, Question
from hotspots.questions.top_cells import MAX_CELLS, cells_table

LEVEL = 0.05


def _ask_gi(material: Material, method: GiPermutation, extra: Resolution) -> Answer:
    cells = material.cells(extra.resolution)
    surface = method(material.incidents, cells)
    counts, _ = count_per_cell(material.incidents, cells)
    p = surface.p_values
    assert p is not None
    hot, cold = (p <= LEVEL) & (surface.values > 0), (p <= LEVEL) & (surface.values < 0)
    order = np.argsort(-surface.values, kind="stable")[:MAX_CELLS]
    return Answer(
        sentences=(
            f"{int(hot.sum()):,} of {len(cells):,} cells are hot and "
            f"{int(cold.sum()):,} are cold at 5%, the number of cells allowed for.",
            *_why_none(int(hot.sum() + cold.sum())),
        ),
        tables=(
            cells_table(
                material,
                cells,
                order,
                (
                    ("Incidents", [f"{counts[k]:,.0f}" for k in order]),
                    ("z", [f"{surface.values[k]:.2f}" for k in order]),
                    ("Adjusted p", [f"{p[k]:.4f}" for k in order]),
                    ("Stands out", [_yes(p[k] <= LEVEL) for k in order]),
                ),
                title="The cells with the highest z",
                text=["Stands out"],
            ),
        ),
        notes=surface.notes,
    )


def _ask_moran(material: Material, method: LocalMoran, extra: Resolution) -> Answer:
    cells = material.cells(extra.resolution)
    table = method.table(material.incidents, cells)
    found = table.filter(pl.col("label") != "not significant")
    counts = table["label"].value_counts(sort=True).rows()
    shown = table.sort(["i", "cell"], descending=[True, False]).head(MAX_CELLS)
    ids = np.array([int(cell, 16) for cell in shown["cell"]], dtype=np.uint64)
    rows = shown.rows(named=True)
    return Answer(
        sentences=(
            f"{found.height:,} of {len(cells):,} cells stand out at "
            f"{method.level:.0%}, the number of cells allowed for.",
            *_why_none(found.height),
        ),
        tables=(
            Table.of(
                "Cells by kind",
                ["Kind", "Cells"],
                [(label, f"{n:,}") for label, n in counts],
            ),
            cells_table(
                material,
                cells,
                cells.index_of(ids),
                (
                    ("Kind", [row["quadrant"] for row in rows]),
                    ("Incidents", [f"{row['n_incidents']:,}" for row in rows]),
                    ("I", [f"{row['i']:.2f}" for row in rows]),
                    ("Adjusted p", [f"{row['p_value']:.4f}" for row in rows]),
                    (
                        "Stands out",
                        [_yes(row["p_value"] <= method.level) for row in rows],
                    ),
                ),
                title="The cells with the highest I",
                text=["Kind", "Stands out"],
            ),
        ),
        notes=(f"{method.n_permutations:,} conditional permutations, two-sided.",),
    )


def _why_none(n: int) -> tuple[str, ...]:
    if n:
        return ()
    return (
        "That is no proof of an even spread: over a wide, mostly empty area few cells "
        "can stand out this way. Ask of one area, or of larger cells.",
    )


def _yes(value: bool) -> str:
    return "yes" if value else "no"


CLUSTERS = Question(
    name="clusters",
    title="Clusters beyond chance (Gi*)",
    help="Say which clusters of cells exceed chance, by conditional permutation.",
    method=GiPermutation,
    extra=Resolution,
    ask=_ask_gi,
    document="gi_permutation",
    formula="The sum over a cell and its neighbours, beside the same sums with the "
    "other "
    "cells' counts in random order; p values adjusted over all cells.",
    when="To ask which clusters exceed chance with counts far from normal.",
    when_not="As a ranking: a cell beside a busy one is hot too. Where a few cells "
    "hold "
    "most incidents, few others can stand out: chance may put a busy cell beside any.",
    source="Ord and Getis (1995), Geographical Analysis 27, 286-306; Benjamini and "
    "Hochberg (1995).",
    needs_areas=True,
    counted_only=True,
    defaults={"n_permutations": 99_999},
    default_window=None,
)

OUTLIERS = Question(
    name="outliers",
    title="Clusters and outliers (local Moran)",
    help="Say which cells are like their neighbours and which stand alone.",
    method=LocalMoran,
    extra=Resolution,
    ask=_ask_moran,
    document="local_moran",
    formula="A cell's deviation from the mean times that of its neighbours, tested by "
    "conditional permutation; p values adjusted over all cells.",
    when="To tell a single busy place from a busy neighbourhood.",
    when_not="With a handful of incidents.",
    source="Anselin (1995), Geographical Analysis 27, 93-115.",
    needs_areas=True,
    counted_only=True,
    defaults={"n_permutations": 99_999},
    default_window=None,
)
