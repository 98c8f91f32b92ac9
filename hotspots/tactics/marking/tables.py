"""Tables and layers of a marking plan: its streets, and those it compares with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.optimise.patches.network import Patch
from hotspots.tactics.marking.choice import PatchChooser
from hotspots.tactics.marking.streets import CampaignStreets
from hotspots.tactics.plan import PlanLayer


@dataclass(frozen=True, kw_only=True)
class Control:
    """The comparison patch of a patch, ``away_m`` metres from it."""

    patch: Patch
    away_m: float


def patch_name(streets: CampaignStreets, patch: Patch) -> str:
    """Return the streets with most homes, how many more there are, and the ward."""
    homes: dict[str, int] = {}
    wards: dict[str, int] = {}
    for k in patch.members:
        size = int(streets.network.size[k])
        homes[streets.names[k]] = homes.get(streets.names[k], 0) + size
        wards[streets.wards[k]] = wards.get(streets.wards[k], 0) + size
    ranked = sorted(homes, key=lambda name: (-homes[name], name))
    shown = " and ".join(ranked[:2])
    if len(ranked) > 2:
        more = len(ranked) - 2
        shown = f"{', '.join(ranked[:2])} and {more} more street{'s' * (more > 1)}"
    ward = max(sorted(wards), key=lambda name: wards[name])
    return ", ".join(part for part in (shown, ward) if part)


def street_table(chooser: PatchChooser) -> pl.DataFrame:
    """Return the streets to mark, one row each, with the split of their risk."""
    (chronic, recent), streets = chooser.parts, chooser.streets
    rows = []
    for rank, patch in enumerate(chooser.chosen.patches, start=1):
        for k in patch.members:
            total = float(chronic[k] + recent[k])
            lasting = float(chronic[k]) / total if total else 0.0
            rows.append(
                {
                    **_street_row(streets, rank, k),
                    "n_burglaries": int(chooser.counts[k]),
                    "risk_share": round(total, 5),
                    "lasting_share": round(lasting, 3),
                    "recent_share": round(1 - lasting if total else 0.0, 3),
                }
            )
    return pl.DataFrame(rows).sort("rank", "street", "street_id")


def control_table(
    chooser: PatchChooser, controls: Sequence[Control | None]
) -> pl.DataFrame:
    """Return the streets of the comparison patches, one row each."""
    schema = {
        "rank": pl.Int64,
        "street": pl.String,
        "ward": pl.String,
        "street_id": pl.String,
        "n_homes": pl.Int64,
    }
    rows = [
        _street_row(chooser.streets, rank, k)
        for rank, each in enumerate(controls, start=1)
        for k in (each.patch.members if each else ())
    ]
    return pl.DataFrame(rows, schema=schema)


def _street_row(streets: CampaignStreets, rank: int, k: int) -> dict[str, object]:
    return {
        "rank": rank,
        "street": streets.names[k],
        "ward": streets.wards[k],
        "street_id": streets.ids[k],
        "n_homes": int(streets.network.size[k]),
    }


def control_layer(
    chooser: PatchChooser, controls: Sequence[Control | None]
) -> PlanLayer:
    """Return the comparison patches as geometry."""
    streets = chooser.streets
    there = [(rank, each.patch) for rank, each in enumerate(controls, 1) if each]
    shapes = np.empty(len(there), dtype=object)
    shapes[:] = [streets.shape_of(patch.members) for _, patch in there]
    frame = pl.DataFrame(
        {
            "rank": [rank for rank, _ in there],
            "name": [f"Comparison: {patch_name(streets, patch)}" for _, patch in there],
        },
        schema={"rank": pl.Int64, "name": pl.String},
    )
    return PlanLayer(frame=frame, geometry=shapes)
