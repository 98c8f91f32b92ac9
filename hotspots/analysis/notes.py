"""Every automatic choice and every warning of a run, in plain sentences."""

from __future__ import annotations

from math import isnan

import polars as pl

from hotspots.analysis.backtest import Backtest
from hotspots.analysis.dataset import Dataset
from hotspots.analysis.evidence import Evidence
from hotspots.analysis.parameters import Parameters
from hotspots.model.hotspot import Hotspot
from hotspots.model.surface import Surface


def build_notes(
    dataset: Dataset,
    chosen: Parameters,
    surfaces: dict[str, Surface],
    hotspots: tuple[Hotspot, ...],
    evidence: Evidence,
    window_notes: tuple[str, ...],
) -> tuple[str, ...]:
    """Gather every automatic choice and every warning, each once."""
    incidents = dataset.incidents
    notes: list[str] = []
    if dataset.simulated:
        notes.append("The data are simulated: no real person, address or incident.")
    notes += incidents.notes
    notes += window_notes
    if not evidence.exposure.covers(evidence.window):
        notes.append(
            f"The files cover {evidence.exposure.n_days(evidence.window):,} of the "
            f"{evidence.window.days:,} days of the window: "
            f"{evidence.exposure.words(evidence.window)}. Yearly rates are over the "
            "days covered."
        )
    notes.append(evidence.comparison.sentence())
    notes += dataset.areas.notes + dataset.areas.coverage_notes
    for surface in surfaces.values():
        notes += surface.notes
    if incidents.snapped:
        notes.append(
            "Coordinates are data.police.uk snap points: each hotspot sits on points "
            "to which incidents nearby were moved, not on where they happened. Check "
            "on the ground before deploying, and do not site a camera from them."
        )
    if incidents.time_precision == "month":
        notes.append(
            "The finest time is the month: weekly, time-of-day and near-repeat "
            "analysis is refused on these files."
        )
    notes += _harm_notes(dataset, evidence)
    if hotspots and not isnan(hotspots[0].persistence):
        notes.append(
            "Stability is the share of resamples in which a place stays in the list; "
            "how many so stable were in the list half a year later was "
            f"{'' if 'measured' in evidence.persistence.source else 'measured on '}"
            f"{evidence.persistence.source}."
        )
    below = sum(h.below_floor for h in hotspots)
    if below:
        notes.append(
            f"{below} of {len(hotspots)} places have fewer than "
            f"{chosen.rule.floor_per_year:g} incidents a year and are flagged."
        )
    return tuple(dict.fromkeys(notes))


def shape_notes(
    hotspots: tuple[Hotspot, ...], price: float, backtest: Backtest | None
) -> tuple[str, ...]:
    """Say what the shape of the places costs, and what they would have caught."""
    if not hotspots:
        return ()
    n_cells = sum(len(place.cells) for place in hotspots)
    area_ha = sum(place.area_ha for place in hotspots)
    held = sum(place.n_incidents for place in hotspots)
    shape = (
        f"Shape: the {len(hotspots)} places ({n_cells} cells, {area_ha:.1f} ha) hold "
        f"{held:,} incidents, {max(price, 0.0):.1%} fewer than the {n_cells} fullest "
        "single cells."
    )
    none = "Back-test: too few days or incidents in the window to hold some back."
    return shape, backtest.sentence() if backtest else none


def _harm_notes(dataset: Dataset, evidence: Evidence) -> list[str]:
    notes = []
    unknown = evidence.incidents.frame.filter(~evidence.weights["known"])["category"]
    if len(unknown):
        names = ", ".join(sorted(unknown.cast(pl.String).unique().to_list()))
        notes.append(f"Counted without severity, not in {dataset.harm.name}: {names}.")
    without = int(evidence.weights["severity_weight"].is_null().sum())
    if without:
        notes.append(
            f"{without:,} of {evidence.incidents.n:,} incidents are of categories that "
            "cannot honestly take one severity weight; they count, but add no harm."
        )
    return notes
