"""Lamp columns: the places where a mobile camera could hang."""

from __future__ import annotations

import numpy as np
import polars as pl

from hotspots.samples.frontage import line_lengths, points_along
from hotspots.samples.rng import Rng
from hotspots.samples.streets import Streets


def build_columns(rng: Rng, streets: Streets) -> pl.DataFrame:
    """Stand lamp columns along the streets, on alternate sides."""
    length = line_lengths(streets.lines_m)
    main = streets.kind == "main"
    apart = np.where(streets.place == "town", np.where(main, 24.0, 25.5), 44.0)
    n = np.floor(length / apart).astype(np.int64)
    n[streets.place == "rural"] = 0
    edge = np.repeat(np.arange(len(n)), n)
    step = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
    at = (step + 0.5) * length[edge] / n[edge]
    front, way = points_along(streets.lines_m, edge, at)
    side = np.where(step % 2 == 0, 4.5, -4.5)[:, None]
    xy = np.round(front + side * np.column_stack((-way[:, 1], way[:, 0])))
    tall = np.where(main[edge], 10, np.where(rng.happens(len(edge), 0.3), 5, 6))
    return pl.DataFrame(
        {
            "column_id": [f"LC{number + 1:05d}" for number in range(len(edge))],
            "easting": xy[:, 0].astype(np.int64),
            "northing": xy[:, 1].astype(np.int64),
            "street": streets.name[edge],
            "height_m": tall,
            "powered": np.where(rng.happens(len(edge), 0.93), "yes", "no"),
        }
    )
