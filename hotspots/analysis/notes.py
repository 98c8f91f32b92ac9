"""Every automatic choice and every warning of a run, in plain sentences."""

from __future__ import annotations

import polars as pl

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
    if evidence.months_covered < evidence.months_in_window:
        notes.append(
            f"The files cover {evidence.months_covered} of the "
            f"{evidence.months_in_window} months of the window; yearly rates allow for "
            "it."
        )
    notes.append(evidence.comparison.sentence())
    notes += dataset.areas.notes + dataset.areas.coverage_notes()
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
    below = sum(h.below_floor for h in hotspots)
    if below:
        notes.append(
            f"{below} of {len(hotspots)} places have fewer than "
            f"{chosen.rule.floor_per_year:g} incidents a year and are flagged."
        )
    return tuple(dict.fromkeys(notes))


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
