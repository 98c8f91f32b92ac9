"""Densities beside the plain one: adaptive, corrected at the edge, per premises."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import ParameterError
from hotspots.core.options import Checked, option
from hotspots.core.table import text_table
from hotspots.methods.adaptive_kde import AdaptiveKde
from hotspots.methods.bandwidth import choose_bandwidth
from hotspots.methods.edge import EventEdgeKde
from hotspots.methods.relative_risk import RelativeRisk
from hotspots.model.surface import Surface, count_per_cell
from hotspots.questions.answer import Answer
from hotspots.questions.question import (
    Material,
    Resolution,
    question,
    question_of_cells,
)
from hotspots.questions.top_cells import cells_table, ranked


@dataclass(frozen=True, kw_only=True)
class BandwidthRule(Checked):
    """How a bandwidth is chosen."""

    by: str = option(
        "likelihood",
        help="By predicting incidents held back, or by a rule of their spread.",
        choices=("likelihood", "rule", "nrd"),
    )
    kernel: str = option(
        "quartic", help="Shape of the kernel.", choices=("quartic", "gaussian")
    )


@dataclass(frozen=True, kw_only=True)
class _AtRisk(Resolution):
    kinds: str = option(
        "dwellings", help="Which premises are at risk.", choices=("dwellings", "all")
    )


def _ask_density(
    material: Material, method: AdaptiveKde | EventEdgeKde, extra: Resolution
) -> Answer:
    cells = material.cells(extra.resolution)
    surface = method(material.incidents, cells)
    return _density_answer(material, surface, "Cells of highest density")


def _ask_at_risk(material: Material, method: RelativeRisk, extra: _AtRisk) -> Answer:
    premises = material.resources.premises
    if premises is None:
        raise ParameterError(
            "risk per premises needs the premises of the district; got none. Give them "
            "with --premises."
        )
    points = premises.xy_m
    if extra.kinds == "dwellings":
        points = points[premises.is_dwelling]
    if material.ground is not None:
        points = points[shapely.contains_xy(material.ground, *bng_to_lonlat(*points.T))]
    cells = material.cells(extra.resolution)
    surface = method(material.incidents, cells, at_risk_xy_m=points)
    known = Surface(
        np.nan_to_num(surface.values, nan=-np.inf),
        cells,
        method,
        name=surface.name,
        unit=surface.unit,
        notes=(*surface.notes, f"{len(points):,} premises are at risk."),
    )
    return _density_answer(material, known, "Cells of highest risk")


def _density_answer(material: Material, surface: Surface, title: str) -> Answer:
    cells = surface.cells
    counts, _ = count_per_cell(material.incidents, cells)
    order = np.argsort(-surface.values, kind="stable")
    order = order[np.isfinite(surface.values[order]) & (surface.values[order] > 0)]
    rows = ranked(cells, order, n=counts, value=surface.values)
    shown = {"Incidents": "{n:,.0f}", surface.unit.capitalize(): "{value:,.2f}"}
    return Answer(
        sentences=(
            f"{material.incidents.n:,} incidents, {material.window}; "
            f"{len(order):,} of {len(cells):,} cells have a value above 0.",
        ),
        tables=(cells_table(title, material, cells, rows, shown),),
        notes=surface.notes,
    )


def _ask_bandwidth(material: Material, method: BandwidthRule, _extra: object) -> Answer:
    xy: npt.NDArray[np.float64] = material.incidents.xy_m
    found = choose_bandwidth(xy, by=method.by, kernel=method.kernel)  # type: ignore[arg-type]
    tables = (
        text_table(
            "How well each bandwidth predicts incidents held back",
            ["Metres", "Mean log score"],
            [(f"{metres:,.0f}", f"{score:.3f}") for metres, score in found.scores],
        ),
    )
    return Answer(sentences=(found.note,), tables=tables if found.scores else ())


ADAPTIVE = question_of_cells("adaptive-density", AdaptiveKde, _ask_density)
EDGE = question_of_cells("edge-density", EventEdgeKde, _ask_density)
PER_PREMISES = question_of_cells("relative-risk", RelativeRisk, _ask_at_risk, _AtRisk)
BANDWIDTH = question(
    "bandwidth",
    method=BandwidthRule,
    ask=_ask_bandwidth,
    default_window=None,
    counted_only=True,
)
