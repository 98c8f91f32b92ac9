"""Name a point as people do: the street and ward of the incidents nearest to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from hotspots.tactics.context import PlanningContext


def name_places(context: PlanningContext, at_m: npt.NDArray[np.float64]) -> list[str]:
    """Return "street, ward" of the nearest street for each point.

    Parameters
    ----------
    at_m : ndarray of shape (m, 2), metres
    """
    incidents, dataset = context.incidents, context.dataset
    named = incidents.frame.select(
        "place", street=pl.col("street").cast(pl.String)
    ).filter(pl.col("street").is_not_null() & (pl.col("street") != ""))
    if named.is_empty():
        return [f"Place {number}" for number in range(1, len(at_m) + 1)]
    first = named.unique(subset=["place"], keep="first", maintain_order=True)
    places = first["place"].to_numpy()
    _, nearest = cKDTree(incidents.place_xy_m[places]).query(at_m)
    streets, wards = first["street"].to_list(), dataset.ward_of_place
    return [
        ", ".join(part for part in (streets[k], wards[places[k]]) if part)
        for k in nearest
    ]
