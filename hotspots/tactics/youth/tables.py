"""The lists and the layer of a plan of youth sessions."""

from __future__ import annotations

import numpy as np
import polars as pl
import shapely

from hotspots.core.window import WEEKDAYS
from hotspots.tactics.hours import clock_text
from hotspots.tactics.plan import PlanLayer
from hotspots.tactics.youth.reasons import Reasons


def tables_of(reasons: Reasons) -> dict[str, pl.DataFrame]:
    """Return the lists of a plan."""
    stops, _ = _stops(reasons)
    return {"sessions": _sessions(reasons), "stops": stops, "places": _places(reasons)}


def layers_of(reasons: Reasons) -> dict[str, PlanLayer]:
    """Return the stops as points."""
    frame, points = _stops(reasons)
    frame = frame.select(
        pl.col("session").alias("rank"), "name", "stop", "day", "from", "to"
    )
    return {"stops": PlanLayer(frame=frame, geometry=points)}


def _sessions(reasons: Reasons) -> pl.DataFrame:
    names = reasons.week.places.names
    return pl.DataFrame(
        [
            {
                "session": rank,
                "day": WEEKDAYS[session.day],
                "from": clock_text(session.start),
                "to": clock_text(session.start + session.hours),
                "stops": "; then ".join(names[k] for k in session.stops),
                "weeks": reasons.options.weeks,
                "reports_a_week": round(session.value, 3),
                "keeps_last_quarter": bool(session.kept),
            }
            for rank, session in enumerate(reasons.sessions, start=1)
        ]
    )


def _stops(reasons: Reasons) -> tuple[pl.DataFrame, np.ndarray]:
    places = reasons.week.places
    lonlat = places.lonlat
    rows, at = [], []
    for rank, session in enumerate(reasons.sessions, start=1):
        for number, stop in enumerate(session.stops):
            arrive = session.start + session.arrive_min[number] / 60
            leave = session.start + session.leave_min[number] / 60
            at.append(stop)
            rows.append(
                {
                    "session": rank,
                    "stop": number + 1,
                    "day": WEEKDAYS[session.day],
                    "from": clock_text(arrive),
                    "to": clock_text(leave),
                    "name": places.names[stop],
                    "code": places.codes[stop],
                    "lon": round(float(lonlat[stop, 0]), 6),
                    "lat": round(float(lonlat[stop, 1]), 6),
                }
            )
    return pl.DataFrame(rows), shapely.points(lonlat[at])


def _places(reasons: Reasons) -> pl.DataFrame:
    places = reasons.week.places
    used = [stop for session in reasons.sessions for stop in session.stops]
    return pl.DataFrame(
        {
            "name": places.names,
            "code": places.codes,
            "n_youth_related": reasons.counts,
            "n_of_every_kind": reasons.everything,
            "outside_town": places.outside,
            "n_sessions": np.bincount(used, minlength=len(places)),
            "lon": places.lonlat[:, 0].round(6),
            "lat": places.lonlat[:, 1].round(6),
        }
    ).sort("n_youth_related", descending=True, maintain_order=True)
