"""Longitude and latitude to H3 cells: ours, the h3-py loop, and h3ronpy.

python benchmarks/bench_binning.py [--quick]
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import h3
import numpy as np
from h3ronpy.vector import coordinates_to_cells
from table import Row, clustered_town, parse_quick, print_machine, print_table, timed

from hotspots.kernels.h3_index import cells_from_lonlat

RESOLUTION = 9


def with_h3_py(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    pairs = zip(lat.tolist(), lon.tolist(), strict=True)
    cells = [h3.latlng_to_cell(y, x, RESOLUTION) for y, x in pairs]
    return np.array([int(cell, 16) for cell in cells], dtype=np.uint64)


def with_h3ronpy(lon: np.ndarray, lat: np.ndarray, n_threads: int) -> np.ndarray:
    parts = zip(
        np.array_split(lat, n_threads), np.array_split(lon, n_threads), strict=True
    )
    with ThreadPoolExecutor(n_threads) as pool:
        cells = pool.map(
            lambda p: np.asarray(coordinates_to_cells(*p, RESOLUTION)), parts
        )
        return np.concatenate(list(cells))


def main() -> None:
    quick = parse_quick(__doc__)
    n = 300_000 if quick else 10_000_000
    n_loop = n if quick else n // 10
    # a clustered town laid over the country: 50 km become 8 degrees
    town = (clustered_town(n, seed=1) - [430_000, 280_000]) / 50_000
    lon, lat = (np.ascontiguousarray(v) for v in (town * [7.0, 8.5] + [-6.0, 50.0]).T)
    cells_from_lonlat(lon[:10], lat[:10], RESOLUTION)  # compile
    ours, seconds = timed(lambda: cells_from_lonlat(lon, lat, RESOLUTION), repeat=3)
    rows = [Row(name="ours", seconds=seconds)]
    for n_threads in (2, 1):
        theirs, seconds = timed(lambda t=n_threads: with_h3ronpy(lon, lat, t))
        different = f"{int((theirs != ours).sum()):,} of {n:,} differ"
        name = f"h3ronpy, {n_threads} thread{'s' * (n_threads > 1)}"
        rows.append(Row(name=name, seconds=seconds, agrees=different))
    theirs, seconds = timed(lambda: with_h3_py(lon[:n_loop], lat[:n_loop]))
    different = f"{int((theirs != ours[:n_loop]).sum()):,} of {n_loop:,} differ"
    name = f"h3-py loop (timed on {n_loop:,})"
    rows.append(Row(name=name, seconds=seconds * n / n_loop, agrees=different))
    print_machine()
    print_table(f"{n:,} points to H3 resolution {RESOLUTION}", rows)


if __name__ == "__main__":
    main()
