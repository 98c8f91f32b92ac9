"""Getis-Ord Gi* of 25,000 hexagons: ours, and esda's G_Local.

esda gets its weights ready-made and is run twice; the second run is counted, so that
neither its compilation nor its imports are.

    python benchmarks/bench_gistar.py [--quick]
"""

from __future__ import annotations

import warnings

import h3
import numpy as np
from table import Row, parse_quick, print_machine, print_table, timed

from hotspots.core.pvalues import adjust_p, normal_p
from hotspots.methods.gistar import gi_star
from hotspots.model.cells import Cells


def hexagons(n_rings: int) -> Cells:
    middle = h3.latlng_to_cell(52.7, -1.0, 10)
    ids = [h3.str_to_int(cell) for cell in h3.grid_disk(middle, n_rings)]
    return Cells.from_ids(np.array(ids, dtype=np.uint64), resolution=10)


def main() -> None:
    quick = parse_quick(__doc__)
    cells = hexagons(30 if quick else 90)
    neighbours = cells.neighbours
    rng = np.random.default_rng(1)
    values = rng.poisson(rng.lognormal(-1, 1.5, len(cells))).astype(float)
    z, seconds = timed(lambda: gi_star(values, neighbours), repeat=20)
    rows = [Row(name="ours: z", seconds=seconds)]
    _, more = timed(lambda: adjust_p(normal_p(gi_star(values, neighbours))), repeat=20)
    rows.append(Row(name="ours: z, p, false discovery rate", seconds=more))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda import G_Local
        from libpysal.weights import W

        lists = np.split(neighbours.indices, neighbours.indptr[1:-1])
        around = {k: row.tolist() for k, row in enumerate(lists)}
        weights = W(around, silence_warnings=True)
        given = {"transform": "B", "permutations": 0, "star": True}
        theirs, seconds = timed(lambda: G_Local(values, weights, **given), repeat=2)
    agrees = f"largest difference of z {np.abs(theirs.Zs - z).max():.0e}"
    rows.append(Row(name="esda G_Local", seconds=seconds, agrees=agrees))
    print_machine()
    print_table(f"Gi* of {len(cells):,} hexagons", rows)


if __name__ == "__main__":
    main()
