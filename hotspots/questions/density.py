"""Densities beside the plain one: adaptive, corrected at the edge, per premises."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import ParameterError
from hotspots.core.options import check_fields, option
from hotspots.methods.adaptive_kde import AdaptiveKde
from hotspots.methods.bandwidth import choose_bandwidth
from hotspots.methods.edge import EventEdgeKde
from hotspots.methods.relative_risk import RelativeRisk
from hotspots.model.surface import Surface, count_per_cell
from hotspots.questions.answer import Answer, Table
from hotspots.questions.history import Resolution
from hotspots.questions.question import Material, Question
from hotspots.questions.top_cells import cells_table


@dataclass(frozen=True, kw_only=True)
class BandwidthRule:
    """How a bandwidth is chosen."""

    by: str = option(
        "likelihood",
        help="By predicting incidents held back, or by a rule of their spread.",
        choices=("likelihood", "rule", "nrd"),
    )
    kernel: str = option(
        "quartic", help="Shape of the kernel.", choices=("quartic", "gaussian")
    )

    def __post_init__(self) -> None:
        check_fields(self)


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
        values=np.nan_to_num(surface.values, nan=-np.inf),
        name=surface.name,
        unit=surface.unit,
        cells=cells,
        method=method,
        notes=(*surface.notes, f"{len(points):,} premises are at risk."),
    )
    return _density_answer(material, known, "Cells of highest risk")


def _density_answer(material: Material, surface: Surface, title: str) -> Answer:
    cells = surface.cells
    counts, _ = count_per_cell(material.incidents, cells)
    order = np.argsort(-surface.values, kind="stable")
    order = order[np.isfinite(surface.values[order]) & (surface.values[order] > 0)]
    values = surface.values
    return Answer(
        sentences=(
            f"{material.incidents.n:,} incidents, {material.window}; "
            f"{len(order):,} of {len(cells):,} cells have a value above 0.",
        ),
        tables=(
            cells_table(
                material,
                cells,
                order,
                (
                    ("Incidents", [f"{counts[k]:,.0f}" for k in order]),
                    (surface.unit.capitalize(), [f"{values[k]:,.2f}" for k in order]),
                ),
                title=title,
            ),
        ),
        notes=surface.notes,
    )


def _ask_bandwidth(material: Material, method: BandwidthRule, _extra: object) -> Answer:
    xy: npt.NDArray[np.float64] = material.incidents.xy_m
    found = choose_bandwidth(xy, by=method.by, kernel=method.kernel)  # type: ignore[arg-type]
    tables = (
        Table.of(
            "How well each bandwidth predicts incidents held back",
            ["Metres", "Mean log score"],
            [(f"{metres:,.0f}", f"{score:.3f}") for metres, score in found.scores],
        ),
    )
    return Answer(sentences=(found.note,), tables=tables if found.scores else ())


ADAPTIVE = Question(
    name="adaptive-density",
    title="Adaptive density",
    help="Estimate density, fine in the town and smooth in the country.",
    method=AdaptiveKde,
    extra=Resolution,
    ask=_ask_density,
    document="adaptive_kde",
    formula="Each incident has a bandwidth of its own: by the square root of a pilot "
    "density, or the distance to its n-th nearest neighbour.",
    when="A town and villages on one map.",
    when_not="To compare two maps: their smoothing differs.",
    source="Abramson (1982), Annals of Statistics 10, 1217-1223; Silverman (1986).",
    needs_areas=True,
    counted_only=True,
    default_window=None,
)

EDGE = Question(
    name="edge-density",
    title="Density corrected at the boundary",
    help="Estimate density with each incident's weight kept inside the area.",
    method=EventEdgeKde,
    extra=Resolution,
    ask=_ask_density,
    document="edge",
    formula="Each incident's kernel is divided by the share of it that lies inside the "
    "study area, so that the density sums to the number of incidents.",
    when="A town on the boundary of the area.",
    when_not="Where the neighbour's incidents are to be had: use them.",
    source="Diggle (1985), Applied Statistics 34, 138-147; Jones (1993).",
    needs_areas=True,
    counted_only=True,
    default_window=None,
)

PER_PREMISES = Question(
    name="relative-risk",
    title="Risk per premises",
    help="Compare incidents with the dwellings or premises around each cell.",
    method=RelativeRisk,
    extra=_AtRisk,
    ask=_ask_at_risk,
    document="relative_risk",
    formula="The density of incidents over the density of what is at risk, scaled so "
    "that "
    "1 is the district's average.",
    when="Burglary per dwelling.",
    when_not="What is at risk moves, such as people in the street.",
    source="Bithell (1990), Statistics in Medicine 9, 691-701; Kelsall and Diggle "
    "(1995).",
    needs_areas=True,
    counted_only=True,
    default_window=None,
)

BANDWIDTH = Question(
    name="bandwidth",
    title="Choosing a bandwidth",
    help="Choose a kernel bandwidth by rule or by predicting incidents held back.",
    method=BandwidthRule,
    ask=_ask_bandwidth,
    document="bandwidth",
    formula="The bandwidth with the highest mean log density of each incident, "
    "estimated "
    "without it.",
    when="Before a density map is published.",
    when_not="Many incidents on one point: the best bandwidth shrinks to nothing.",
    source="Silverman (1986), Density Estimation; Habbema, Hermans and van den Broek "
    "(1974) for the likelihood.",
    default_window=None,
    counted_only=True,
)
