"""Loops of 1,000 m: the heuristic against the proven best, and a plain greedy walk.

Prizes are the kernel density (100 m) of incidents along the streets: in the simulated
town, and of recorded crime in Oakham where the real data are at hand. Starts are the
places with the most prize around them, at least 300 m apart.

    python benchmarks/bench_loops.py [--quick]
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from table import Row, parse_quick, print_machine, print_table, timed

from hotspots.core.crs import lonlat_to_bng
from hotspots.methods.kde import density
from hotspots.optimise.loops import Loop, best_loop, edge_prizes
from hotspots.optimise.loops.network import reach
from hotspots.optimise.loops.search import search_loop, worth_of
from hotspots.resources.street_graph import StreetGraph
from hotspots.resources.streets import read_streets
from hotspots.samples import sample_path, sample_paths

ROOT = Path(__file__).resolve().parent.parent
MAX_M = 1000.0
APART_M = 300.0
BANDWIDTH_M = 100.0


def real_data() -> Path:
    beside = ROOT.parent / "shared" / "data"
    return Path(os.environ.get("HOTSPOTS_SHARED_DATA", beside))


def oakham() -> tuple[StreetGraph, np.ndarray] | None:
    """Return Oakham's walking network and the places of recorded crime there."""
    path = real_data() / "osm" / "oakham_walk.graphml"
    months = sorted((real_data() / "police_uk" / "leicestershire").glob("*/*.csv.gz"))
    if not path.is_file() or not months:
        return None
    graph = read_streets(path)
    rows = pl.concat(
        pl.read_csv(month, columns=["Longitude", "Latitude"]).drop_nulls()
        for month in months
    )
    xy = np.column_stack(lonlat_to_bng(*rows.to_numpy().T))
    low, high = graph.node_xy_m.min(axis=0), graph.node_xy_m.max(axis=0)
    return graph, xy[((xy >= low) & (xy <= high)).all(axis=1)]


def sample_town() -> tuple[StreetGraph, np.ndarray]:
    graph = read_streets(sample_path("boundaries/simulated_streets.geojson"))
    rows = pl.read_csv(
        sample_paths()[0], columns=["Easting", "Northing"], infer_schema=False
    )
    xy = rows.cast(pl.Float64, strict=False).drop_nulls().to_numpy()
    return graph, xy[(xy > 1).all(axis=1)]


def starts(graph: StreetGraph, prize: np.ndarray, n: int) -> list[int]:
    """Return nodes with much prize within 150 m, each 300 m from the others."""
    at_node = np.bincount(graph.edges.ravel(), np.repeat(prize / 2, 2), graph.n_nodes)
    near = graph.walk_m(np.arange(graph.n_nodes), limit_m=150) <= 150
    left = near @ at_node
    chosen: list[int] = []
    while len(chosen) < n and left.max() > 0:
        chosen.append(int(left.argmax()))
        apart = np.hypot(*(graph.node_xy_m - graph.node_xy_m[chosen[-1]]).T)
        left[apart < APART_M] = 0
    return chosen


def greedy(graph: StreetGraph, prize: np.ndarray, root: int) -> float:
    """Insert the street with the most prize a metre until none fits; nothing else."""
    area = reach(graph, prize, root=root, max_m=MAX_M)
    rng = np.random.default_rng(1)
    return worth_of(area, search_loop(area, rng=rng, n_rounds=0, n_starts=1))


def against(found: list[float], best: list[float]) -> str:
    """Say how far below the best the prizes are."""
    gaps = 1 - np.asarray(found) / np.asarray(best)
    zeros = int((gaps < 1e-6).sum())
    return (
        f"below the best by {gaps.mean():.1%} on average, {gaps.max():.1%} at most; "
        f"best itself {zeros} of {len(gaps)}"
    )


def compare(title: str, graph: StreetGraph, xy: np.ndarray, n: int) -> None:
    prize, along = timed(
        lambda: edge_prizes(
            graph, lambda at_m: density(xy, at_m, bandwidth_m=BANDWIDTH_M)
        )
    )
    roots = starts(graph, prize, n)

    def loops(**how: Any) -> list[Loop]:
        return [best_loop(graph, prize, root=root, **how) for root in roots]

    fast, heuristic_s = timed(loops)
    best, exact_s = timed(lambda: loops(exact=True, n_rounds=1))
    plain, greedy_s = timed(lambda: [greedy(graph, prize, root) for root in roots])
    bounds = [loop.bound for loop in best]
    proven = sum(loop.how.startswith("proven") for loop in best)
    streets = [len(reach(graph, prize, root=r, max_m=MAX_M).edges) for r in roots]
    print_table(
        f"{title}: {len(roots)} loops of {MAX_M:,.0f} m among {min(streets)} to "
        f"{max(streets)} streets, {len(xy):,} incidents; prizes took {along:.2f} s",
        [
            Row(
                name="insert, ruin, recreate",
                seconds=heuristic_s / len(roots),
                agrees=against([loop.prize for loop in fast], bounds),
            ),
            Row(
                name="mixed-integer program, 10 s",
                seconds=exact_s / len(roots),
                agrees=f"proven {proven} of {len(best)}; "
                + against([loop.prize for loop in best], bounds),
            ),
            Row(
                name="greedy insertion alone",
                seconds=greedy_s / len(roots),
                agrees=against(plain, bounds),
            ),
        ],
    )


def main() -> None:
    n = 4 if parse_quick(__doc__) else 12
    print_machine()
    town, incidents = sample_town()
    compare("Simulated town", town, incidents, n)
    real = oakham()
    if real is None:
        print("\nOakham: the real data are not on this machine (HOTSPOTS_SHARED_DATA)")
    else:
        compare("Oakham, recorded crime", *real, n)


if __name__ == "__main__":
    main()
