"""Places that a partnership keeps off its plans: hospitals, prisons and the like.

What happens in a prison or an accident and emergency department is recorded there, and
would draw patrols and cameras to it; the partnership names such places and they choose
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.spatial import cKDTree

from hotspots.core.types import Floats
from hotspots.model.incidents import Incidents
from hotspots.model.institutions import ASKED, Apart, holding

LEFT_OUT_M = 75.0
"""Nothing is suggested this near to an incident that was left out: half the way across
a cell of H3 resolution 10."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LeftOut:
    """The incidents of places that were named to be left out.

    ``rows``: which incidents.
    ``at_m`` (k, 2), metres: where they are.
    ``names``: as they were given.
    ``notes``: how many incidents each name left out.
    """

    rows: pl.Series
    at_m: Floats
    names: tuple[str, ...]
    notes: tuple[str, ...]


def find_left_out(incidents: Incidents, text: str) -> LeftOut:
    """Find the incidents at streets or addresses that hold a name, as whole words.

    Raises ParameterError if a name has fewer than three letters or digits.
    """
    names = Apart(leave_out=text).names
    rows = incidents.frame["apart"].cast(pl.String).str.starts_with(ASKED)
    rows = rows.fill_null(False)
    notes = []
    for name in names:
        hits = holding(incidents.frame, name)
        rows |= hits
        notes.append(_words(name, int(hits.sum())))
    place = np.unique(incidents.frame["place"].to_numpy()[rows.to_numpy()])
    return LeftOut(
        rows=rows,
        at_m=np.asarray(incidents.place_xy_m[place], dtype=float).reshape(-1, 2),
        names=names,
        notes=tuple(notes),
    )


def near_any(xy_m: Floats, at_m: Floats) -> npt.NDArray[np.bool_]:
    """Say which points are within :data:`LEFT_OUT_M` of any place left out."""
    if not len(at_m) or not len(xy_m):
        return np.zeros(len(xy_m), dtype=bool)
    metres, _ = cKDTree(at_m).query(xy_m, distance_upper_bound=LEFT_OUT_M)
    return np.asarray(np.isfinite(metres))


def _words(name: str, n: int) -> str:
    if not n:
        return f"Nothing was left out for '{name}': no street or address holds it."
    incidents = "1 incident" if n == 1 else f"{n:,} incidents"
    return (
        f"Left out as asked: '{name}' ({incidents}). They choose and count nothing, "
        f"and nothing is suggested within {LEFT_OUT_M:g} m of them; victims of "
        "burglary there are still listed."
    )
