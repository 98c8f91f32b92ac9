"""Tables and layers of a marking plan: its streets, and those it compares with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.optimise.patches.network import Patch
from hotspots.tactics.marking.choice import PatchChooser
from hotspots.tactics.marking.streets import CampaignStreets
from hotspots.tactics.plan import PlanLayer


@dataclass(frozen=True, kw_only=True)
class Controls:
    """The comparison patch of each patch.

    Parameters
    ----------
    away_m : tuple of float
        From the marked patch, metres.
    counts : tuple of int
        Dwelling burglaries of the window.
    drawn : str
        How they were drawn, where the marked patches were drawn by lot.
    """

    patches: tuple[Patch | None, ...]
    away_m: tuple[float, ...]
    counts: tuple[int, ...]
    drawn: str = ""

    def table(self, streets: CampaignStreets) -> pl.DataFrame:
        """Return the streets of the comparison patches, one row each."""
        rows = [
            (rank, streets.names[k], streets.wards[k], streets.ids[k], size)
            for rank, patch in enumerate(self.patches, start=1)
            for k in (patch.members if patch else ())
            for size in (int(streets.network.size[k]),)
        ]
        schema = {
            "rank": pl.Int64,
            "street": pl.String,
            "ward": pl.String,
            "street_id": pl.String,
            "n_homes": pl.Int64,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    def layer(self, streets: CampaignStreets) -> PlanLayer:
        """Return the comparison patches as geometry."""
        named = [
            (rank, f"Comparison: {patch_name(streets, patch)}", patch)
            for rank, patch in enumerate(self.patches, start=1)
            if patch
        ]
        frame = pl.DataFrame(
            [each[:2] for each in named],
            schema={"rank": pl.Int64, "name": pl.String},
            orient="row",
        )
        shapes = np.empty(len(named), dtype=object)
        for k, (*_, patch) in enumerate(named):
            shapes[k] = streets.shape_of(patch.members)
        return PlanLayer(frame=frame, geometry=shapes)


def comparison(chooser: PatchChooser, streets: CampaignStreets) -> Controls:
    """Name a comparison patch for each patch, before anything is done."""
    chosen = chooser.chosen
    taken: list[Patch | None] = []
    away: list[float] = []
    for k, patch in enumerate(chosen.patches):
        if chosen.drawn:
            other = chosen.held[k] if k < len(chosen.held) else None
            near = streets.away_m(patch.members)
            taken.append(other)
            away.append(float(near[list(other.members)].min()) if other else 0.0)
            continue
        used = tuple(each for each in taken if each)
        found = chooser.control(patch, chosen.patches, used)
        taken.append(found[0] if found else None)
        away.append(found[1] if found else 0.0)
    return Controls(
        patches=tuple(taken),
        away_m=tuple(away),
        counts=tuple(chooser.count(each) if each else 0 for each in taken),
        drawn=chosen.drawn,
    )


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


def street_table(chooser: PatchChooser, streets: CampaignStreets) -> pl.DataFrame:
    """Return the streets to mark, one row each, with the split of their risk."""
    chronic, recent = chooser.parts
    rows = []
    for rank, patch in enumerate(chooser.chosen.patches, start=1):
        for k in patch.members:
            total = float(chronic[k] + recent[k])
            lasting = 100 * float(chronic[k]) / total if total else 0.0
            rows.append(
                {
                    "rank": rank,
                    "street": streets.names[k],
                    "ward": streets.wards[k],
                    "street_id": streets.ids[k],
                    "n_homes": int(streets.network.size[k]),
                    "n_burglaries": int(chooser.counts[k]),
                    "risk_percent": round(100 * total, 3),
                    "lasting_percent": round(lasting, 1),
                    "recent_percent": round(100 - lasting if total else 0.0, 1),
                }
            )
    return pl.DataFrame(rows).sort("rank", "street", "street_id")
