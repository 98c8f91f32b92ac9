"""Gi* and local Moran with 999 conditional permutations of 25,000 hexagons, and esda's.

esda gets its weights ready-made and is run twice; the second run is counted, so that
neither its compilation nor its imports are. Values are not whole numbers, so that ties
play no part; esda's p-value is of the smaller side, half of ours.

    python benchmarks/bench_permutation.py [--quick]
"""

from __future__ import annotations

import warnings

import h3
import numpy as np
from table import Row, parse_quick, print_machine, print_table, timed

from hotspots.core.pvalues import adjust_p
from hotspots.methods.gi_permutation import gi_permutation
from hotspots.methods.local_moran import local_moran
from hotspots.model.cells import Cells


def hexagons(n_rings: int) -> Cells:
    middle = h3.latlng_to_cell(52.7, -1.0, 10)
    ids = [h3.str_to_int(cell) for cell in h3.grid_disk(middle, n_rings)]
    return Cells.from_ids(np.array(ids, dtype=np.uint64), resolution=10)


def agreement(ours: np.ndarray, theirs: np.ndarray) -> str:
    gap = np.abs(np.minimum(ours / 2, 0.5) - theirs).max()
    return f"largest difference of one-sided p {gap:.3f} (chance gives about 0.08)"


def main() -> None:
    quick = parse_quick(__doc__)
    cells = hexagons(30 if quick else 90)
    neighbours = cells.neighbours
    rng = np.random.default_rng(1)
    values = rng.poisson(rng.lognormal(-1, 1.5, len(cells))) + rng.uniform(
        0, 0.1, len(cells)
    )
    gi, seconds = timed(lambda: gi_permutation(values, neighbours, rng=1), repeat=10)
    ours = [Row(name="ours: Gi*, 999 permutations", seconds=seconds)]
    for name in ("bh", "by"):
        _, more = timed(
            lambda name=name: adjust_p(
                gi_permutation(values, neighbours, rng=1).p_value, name
            ),
            repeat=10,
        )
        ours.append(Row(name=f"ours with {name.upper()} over all cells", seconds=more))
    moran, moran_seconds = timed(
        lambda: local_moran(values, neighbours, rng=1), repeat=10
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda import G_Local, Moran_Local
        from libpysal.weights import W

        lists = np.split(neighbours.indices, neighbours.indptr[1:-1])
        around = {k: row.tolist() for k, row in enumerate(lists)}
        weights = W(around, silence_warnings=True)
        given = {"permutations": 999, "keep_simulations": False, "seed": 1}
        theirs, seconds = timed(
            lambda: G_Local(values, weights, transform="B", star=True, **given),
            repeat=2,
        )
        moran_theirs, moran_other = timed(
            lambda: Moran_Local(values, weights, transformation="r", **given), repeat=2
        )
    print_machine()
    agrees = agreement(gi.p_value, theirs.p_sim)
    ours.append(Row(name="esda G_Local", seconds=seconds, agrees=agrees))
    print_table(f"Gi* of {len(cells):,} hexagons, 999 permutations", ours)
    rows = [Row(name="ours: local Moran, 999 permutations", seconds=moran_seconds)]
    agrees = agreement(moran.p_value, moran_theirs.p_sim)
    rows.append(Row(name="esda Moran_Local", seconds=moran_other, agrees=agrees))
    print_table(f"Local Moran of {len(cells):,} hexagons, 999 permutations", rows)


if __name__ == "__main__":
    main()
