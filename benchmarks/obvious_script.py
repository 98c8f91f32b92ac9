"""The script an analyst would write with pandas, geopandas, scikit-learn and esda.

It answers the same questions as ``hotspots analyse`` on data.police.uk files, in the
usual way: read everything, join wards, bin with h3-py, density with scikit-learn, Gi*
with esda. Run by ``bench_analyse.py`` with the folder of files, the wards and where
to write.
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
from shapely.geometry import Polygon
from sklearn.neighbors import KernelDensity

RESOLUTION = 10


def main(folder: Path, wards_file: Path, out: Path, first: str, last: str) -> None:
    files = sorted(folder.rglob("*.csv*"))
    rows = pd.concat([pd.read_csv(file) for file in files], ignore_index=True)
    rows = rows.dropna(subset=["Longitude", "Latitude"])
    wards = gpd.read_file(wards_file).to_crs(4326)
    points = gpd.GeoDataFrame(
        rows,
        geometry=gpd.points_from_xy(rows["Longitude"], rows["Latitude"]),
        crs=4326,
    )
    # Every row is joined, because the account says how many lie outside every area.
    points = gpd.sjoin(points, wards, how="inner", predicate="within")
    points = points[points["Month"].between(first, last)]
    points = points[~points["Crime type"].isin(["Drugs", "Possession of weapons"])]
    points["cell"] = points.apply(
        lambda row: h3.latlng_to_cell(row["Latitude"], row["Longitude"], RESOLUTION),
        axis=1,
    )
    outline = wards.geometry.union_all()
    study = h3.geo_to_cells(outline, RESOLUTION)
    cells = sorted(set(study) | set(points["cell"]))
    counts = points["cell"].value_counts().reindex(cells, fill_value=0)

    xy = np.column_stack([(g := points.to_crs(27700).geometry).x, g.y])
    centres = gpd.GeoSeries(
        gpd.points_from_xy(*np.array([h3.cell_to_latlng(c)[::-1] for c in cells]).T),
        crs=4326,
    ).to_crs(27700)
    kde = KernelDensity(bandwidth=300, kernel="epanechnikov").fit(xy)
    density = np.exp(kde.score_samples(np.column_stack([centres.x, centres.y])))

    known = set(cells)
    near = {c: [n for n in h3.grid_ring(c, 1) if n in known] for c in cells}
    gi_star = G_Local(
        counts.to_numpy(float),
        W(near, silence_warnings=True),
        star=True,
        permutations=0,
    )
    shapes = [Polygon([p[::-1] for p in h3.cell_to_boundary(c)]) for c in cells]
    table = gpd.GeoDataFrame(
        {
            "cell": cells,
            "n": counts.to_numpy(),
            "density": density,
            "z": gi_star.Zs,
        },
        geometry=shapes,
        crs=4326,
    )
    table[table["n"] > 0].to_file(out, driver="GeoJSON")
    print(f"{len(points):,} incidents in {int((counts > 0).sum()):,} cells")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), *sys.argv[4:6])
