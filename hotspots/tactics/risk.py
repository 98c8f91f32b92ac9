"""Lasting and recent risk at points, and the split between them."""

from __future__ import annotations

import datetime as dt

import numpy as np

from hotspots.core.types import Floats
from hotspots.methods.kde import density
from hotspots.methods.prospective import recent_density
from hotspots.model.incidents import Incidents

RECENT_PART = 0.23


def chronic_recent(
    incidents: Incidents,
    at_m: Floats,
    day: dt.date,
    *,
    months: int = 24,
    bandwidth_m: float = 150,
    length_m: float = 50,
    length_days: float = 42,
    recent_part: float = RECENT_PART,
) -> tuple[Floats, Floats]:
    """Return the lasting and the recent part of the risk at each point.

    Parameters
    ----------
    at_m : ndarray of shape (m, 2), metres

    Returns
    -------
    chronic, recent : ndarray of shape (m,)
        Together they sum to 1 over the points; the risk of a point is their sum.

    References
    ----------
    Bowers, K. J., Johnson, S. D. and Pease, K. (2004), "Prospective hot-spotting: the
    future of crime mapping?", British Journal of Criminology 44(5), 641-658: the idea
    that risk is lasting and contagious. The exponential form and the weight are this
    project's defaults.
    """
    midnight = dt.datetime.combine(day, dt.time())
    since = midnight - incidents.frame["start"]
    ages = (since.dt.total_microseconds() / 86_400_000_000).to_numpy()
    lasting = (ages >= 0) & (ages <= months * 30.4375)
    near = (ages >= 0) & (ages <= 8 * length_days)
    xy = incidents.xy_m
    chronic, recent = np.zeros(len(at_m)), np.zeros(len(at_m))
    if lasting.any():
        chronic = density(xy[lasting], at_m, bandwidth_m=bandwidth_m)
    if near.any():
        recent = recent_density(
            xy[near], ages[near], at_m, length_m=length_m, length_days=length_days
        )
    return (
        (1 - recent_part) * _normalised(chronic),
        recent_part * _normalised(recent),
    )


def _normalised(values: Floats) -> Floats:
    total = float(values.sum())
    return values / total if total > 0 else values
