"""Incidents by the part of the country they are in, for work that is spread."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hotspots.core.types import Ints
from hotspots.model.cells import bin_points
from hotspots.model.incidents import Incidents

PART = 4
"""Resolution of a part: an H3 cell of 1,770 square kilometres, a county or less."""


def rows_by_part(incidents: Incidents) -> Iterator[Ints]:
    """Yield the rows of each H3 cell that holds an incident, rising."""
    from h3ronpy import change_resolution

    places = incidents.places
    lon, lat = (places[name].to_numpy() for name in ("lon", "lat"))
    cells = change_resolution(bin_points(lon, lat, resolution=8), PART)
    part = np.asarray(cells)[incidents.frame["place"].to_numpy()]
    order = np.argsort(part, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(part[order])) + 1)
