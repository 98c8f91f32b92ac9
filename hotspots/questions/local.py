"""Which clusters exceed chance: Gi* by permutation, and local Moran's I."""

from __future__ import annotations

import numpy as np
import polars as pl

from hotspots.methods.gi_permutation import GiPermutation
from hotspots.methods.local_moran import LocalMoran
from hotspots.model.surface import count_per_cell
from hotspots.questions.answer import Answer
from hotspots.questions.question import Material, Resolution, question_of_cells
from hotspots.questions.top_cells import MAX_CELLS, cells_table, count_table, ranked

LEVEL = 0.05


def _ask_gi(material: Material, method: GiPermutation, extra: Resolution) -> Answer:
    cells = material.cells(extra.resolution)
    surface = method(material.incidents, cells)
    counts, _ = count_per_cell(material.incidents, cells)
    p = surface.p_values
    assert p is not None
    hot, cold = (p <= LEVEL) & (surface.values > 0), (p <= LEVEL) & (surface.values < 0)
    order = np.argsort(-surface.values, kind="stable")[:MAX_CELLS]
    rows = ranked(cells, order, n=counts, z=surface.values, p=p, stands=p <= LEVEL)
    shown = {
        "Incidents": "{n:,.0f}",
        "z": "{z:.2f}",
        "Adjusted p": "{p:.4f}",
        "Stands out": "{stands}",
    }
    title, words = "The cells with the highest z", ["Stands out"]
    return Answer(
        sentences=(
            f"{int(hot.sum()):,} of {len(cells):,} cells are hot and "
            f"{int(cold.sum()):,} are cold at 5%, the number of cells allowed for.",
            *_why_none(int(hot.sum() + cold.sum())),
        ),
        tables=(cells_table(title, material, cells, rows, shown, words=words),),
        notes=surface.notes,
    )


def _ask_moran(material: Material, method: LocalMoran, extra: Resolution) -> Answer:
    cells = material.cells(extra.resolution)
    table = method.table(material.incidents, cells)
    found = table.filter(pl.col("label") != "not significant")
    rows = table.sort(["i", "cell"], descending=[True, False]).head(MAX_CELLS)
    rows = rows.with_columns(stands=pl.col("p_value") <= method.level)
    shown = {
        "Kind": "{quadrant}",
        "Incidents": "{n_incidents:,}",
        "I": "{i:.2f}",
        "Adjusted p": "{p_value:.4f}",
        "Stands out": "{stands}",
    }
    title, words = "The cells with the highest I", ["Kind", "Stands out"]
    return Answer(
        sentences=(
            f"{found.height:,} of {len(cells):,} cells stand out at "
            f"{method.level:.0%}, the number of cells allowed for.",
            *_why_none(found.height),
        ),
        tables=(
            count_table("Cells by kind", "Kind", table["label"]),
            cells_table(title, material, cells, rows, shown, words=words),
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


MANY = {"n_permutations": 99_999}
CLUSTERS = question_of_cells("clusters", GiPermutation, _ask_gi, defaults=MANY)
OUTLIERS = question_of_cells("outliers", LocalMoran, _ask_moran, defaults=MANY)
