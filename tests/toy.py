"""A hand-made town whose answers can be worked out on paper.

Three H3 cells in a row (A, B, C) hold 9, 6 and 3 incidents; a lone cell D,
four steps away, holds 4; cell E outside the town holds 2.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import h3
import polars as pl
import shapely

from hotspots.model.incidents import Incidents

CENTRE = (52.765, -0.886)
A = h3.latlng_to_cell(*CENTRE, 10)
B = sorted(h3.grid_ring(A, 1))[0]
C = next(c for c in sorted(h3.grid_ring(B, 1)) if h3.grid_distance(A, c) == 2)
D = next(c for c in sorted(h3.grid_ring(A, 6)) if h3.grid_distance(C, c) > 4)
E = sorted(h3.grid_ring(A, 40))[0]
COUNTS = {A: 9, B: 6, C: 3, D: 4}
CATEGORY = "Criminal damage and arson"


def centre(cell: str) -> tuple[float, float]:
    """Return longitude and latitude of a cell's centre."""
    lat, lon = h3.cell_to_latlng(cell)
    return lon, lat


def rows(counts: dict[str, int] | None = None) -> pl.DataFrame:
    """Return a located row for every incident, one a day from 1 January 2025."""
    chosen = COUNTS if counts is None else counts
    cells = [cell for cell, n in chosen.items() for _ in range(n)]
    places = [centre(cell) for cell in cells]
    start = [
        dt.datetime(2025, 1, 1, 12) + dt.timedelta(days=k) for k in range(len(cells))
    ]
    return pl.DataFrame(
        {
            "lon": [p[0] for p in places],
            "lat": [p[1] for p in places],
            "start": start,
            "category": [CATEGORY] * len(cells),
            "street": ["Tannery Lane"] * len(cells),
            "file": [0] * len(cells),
            "line": list(range(2, len(cells) + 2)),
        }
    )


def incidents(counts: dict[str, int] | None = None) -> Incidents:
    """Return the toy town's incidents."""
    return Incidents.from_located(rows(counts))


def town() -> shapely.Polygon:
    """Return the town: a box of about 2 km around cell A."""
    lat, lon = CENTRE
    return shapely.box(lon - 0.015, lat - 0.009, lon + 0.015, lat + 0.009)


def write_police_uk(path: Path, lines: list[str]) -> Path:
    """Write a data.police.uk file from short lines ``id,month,lon,lat,street,type``."""
    header = (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,"
        "LSOA code,LSOA name,Crime type,Last outcome category,Context\n"
    )
    body = ""
    for line in lines:
        crime, month, lon, lat, street, kind = line.split(",")
        body += f"{crime},{month},F,F,{lon},{lat},{street},E01,Toy,{kind},,\n"
    path.write_text(header + body, encoding="utf-8")
    return path


def write_town(path: Path) -> Path:
    """Write the town as a GeoJSON file of two wards that share an edge."""
    lat, lon = CENTRE
    west = shapely.box(lon - 0.015, lat - 0.009, lon + 0.002, lat + 0.009)
    east = shapely.box(lon + 0.002, lat - 0.009, lon + 0.015, lat + 0.009)
    features = [
        f'{{"type":"Feature","properties":{{"WD13CD":"W{k}","WD13NM":"{name}"}},'
        f'"geometry":{shapely.to_geojson(shape)}}}'
        for k, (name, shape) in enumerate((("West", west), ("East", east)))
    ]
    text = f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'
    path.write_text(text, encoding="utf-8")
    return path
