"""A made-up country: incidents at a few places far apart."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from hotspots.model.incidents import Incidents


def country(n: int, seed: int = 1) -> Incidents:
    """Incidents at ten places all over England, most of them hit several times."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(-2.5, 0.5, 10), rng.uniform(51, 54.5, 10)
    at = rng.integers(0, 10, n)
    begin = dt.datetime(2023, 1, 1, 12)
    days = rng.integers(0, 700, n).tolist()
    frame = pl.DataFrame(
        {
            "premises": at.astype(str),
            "start": [begin + dt.timedelta(days=day) for day in days],
            "lon": lon[at],
            "lat": lat[at],
            "category": np.array(["Burglary", "Robbery"])[rng.integers(0, 2, n)],
            "file": [0] * n,
            "line": list(range(n)),
        }
    )
    return Incidents.from_located(frame, time_precision="day")
