"""The script an analyst would write for the nation: pandas, geopandas, scikit-learn.

Everything is read, joined to the areas, put into cells one by one, and the density is
taken at the cells that hold an incident. Run by ``bench_lake.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
from esda.getisord import G_Local
from libpysal.weights import W
from sklearn.neighbors import KernelDensity


def main(folder: Path, areas_file: Path, out: Path, resolution: int) -> None:
    files = sorted(folder.rglob("*.parquet"))
    rows = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    rows = rows.dropna(subset=["Longitude", "Latitude"])
    rows = rows[~rows["Crime type"].isin(["Drugs", "Possession of weapons"])]
    points = gpd.GeoDataFrame(
        rows[["Month", "Crime type"]],
        geometry=gpd.points_from_xy(rows["Longitude"], rows["Latitude"]),
        crs=4326,
    )
    areas = gpd.read_file(areas_file).to_crs(4326)
    points = gpd.sjoin(points, areas, how="inner", predicate="within")
    points["cell"] = [
        h3.latlng_to_cell(at.y, at.x, resolution) for at in points.geometry
    ]
    counts = points["cell"].value_counts()
    cells = counts.index.tolist()
    metres = points.to_crs(27700).geometry
    xy = np.column_stack([metres.x, metres.y])
    at = np.array([h3.cell_to_latlng(c)[::-1] for c in cells])
    centres = gpd.GeoSeries(gpd.points_from_xy(*at.T), crs=4326).to_crs(27700)
    kde = KernelDensity(bandwidth=300, kernel="epanechnikov").fit(xy)
    density = np.exp(kde.score_samples(np.column_stack([centres.x, centres.y])))
    known = set(cells)
    near = {c: [n for n in h3.grid_ring(c, 1) if n in known] for c in cells}
    weights = W(near, silence_warnings=True)
    z = G_Local(counts.to_numpy(float), weights, star=True, permutations=0).Zs
    table = {"cell": cells, "n": counts.to_numpy(), "density": density, "z": z}
    pd.DataFrame(table).to_parquet(out)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), int(sys.argv[4]))
