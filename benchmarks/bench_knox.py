"""Knox test, 999 permutations: ours, a plain NumPy loop, and pointpats.Knox.

The plain loop keeps the distance band of every pair and cuts the times of every pair
again for each permutation, as the open multi-band tools do; a few permutations are
timed and multiplied. pointpats, if it is installed, has one band each way.

    python benchmarks/bench_knox.py [--quick]
"""

from __future__ import annotations

import resource
import warnings
from importlib.util import find_spec

import numpy as np
from table import Row, clustered_town, parse_quick, print_machine, print_table, timed

from hotspots.methods.knox import KnoxTest, knox_test

DISTANCE_M = [0, 1, 100, 200, 400, 600]
TIME_DAYS = [0, 7, 14, 28, 56]
N_PERMUTATIONS = 999
DAYS = 730


def ours(xy: np.ndarray, days: np.ndarray, n_permutations: int) -> KnoxTest:
    rng = np.random.default_rng(1)
    bands = (DISTANCE_M, TIME_DAYS)
    return knox_test(xy, days, *bands, n_permutations=n_permutations, rng=rng)


def distance_bands(xy: np.ndarray) -> list[np.ndarray]:
    bands = []
    for k in range(len(xy) - 1):
        apart = np.sqrt(((xy[k + 1 :] - xy[k]) ** 2).sum(axis=1))
        bands.append(np.searchsorted(DISTANCE_M, apart, side="right").astype(np.uint8))
    return bands


def plain_table(bands: list[np.ndarray], days: np.ndarray) -> np.ndarray:
    shape = (len(DISTANCE_M) + 1, len(TIME_DAYS) + 1)
    counts = np.zeros(shape[0] * shape[1], dtype=np.int64)
    for k, band in enumerate(bands):
        apart = np.abs(days[k + 1 :] - days[k])
        both = band.astype(np.intp) * shape[1]
        both += np.searchsorted(TIME_DAYS, apart, side="right")
        counts += np.bincount(both, minlength=len(counts))
    return counts.reshape(shape)[1:-1, 1:-1]


def with_plain_loop(xy: np.ndarray, days: np.ndarray, few: int) -> tuple[Row, bool]:
    bands, once = timed(lambda: distance_bands(xy))
    observed = plain_table(bands, days)
    rng = np.random.default_rng(2)
    _, each = timed(
        lambda: [plain_table(bands, rng.permutation(days)) for _ in range(few)]
    )
    same = bool((ours(xy, days, 1).observed == observed).all())
    agrees = f"{few} permutations timed; " + ("same table" if same else "NOT THE SAME")
    seconds = once + each / few * N_PERMUTATIONS
    return Row(name="plain NumPy loop", seconds=seconds, agrees=agrees), same


def with_pointpats(xy: np.ndarray, days: np.ndarray, few: int = 19) -> Row:
    from pointpats import Knox

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        times = days[:, None].astype(float)
        asked = {"delta": 200, "tau": 14, "permutations": few}
        theirs, seconds = timed(lambda: Knox(xy, times, **asked))
        del asked["permutations"]
        _, once = timed(lambda: Knox(xy, times, **asked, permutations=0))
    each = max(seconds - once, 0) / few
    return Row(
        name="pointpats.Knox, one band",
        seconds=once + each * N_PERMUTATIONS,
        agrees=f"{few} permutations timed; {int(theirs.statistic_):,} pairs",
    )


def compare(n: int, few: int) -> None:
    xy = clustered_town(n, seed=4)
    days = np.random.default_rng(5).integers(0, DAYS, n)
    test, seconds = timed(lambda: ours(xy, days, N_PERMUTATIONS), repeat=3)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    agrees = f"{test.observed.sum():,} pairs; process peak so far {peak_mb:,.0f} MB"
    rows = [Row(name="ours", seconds=seconds, agrees=agrees)]
    if few:
        row, same = with_plain_loop(xy, days, few)
        rows.append(row)
        if find_spec("pointpats"):
            rows.append(with_pointpats(xy, days))
        if not same:
            raise SystemExit("the tables differ")
    print_table(f"Knox, {n:,} incidents, 5 x 4 bands, 999 permutations", rows)


def main() -> None:
    quick = parse_quick(__doc__)
    ours(clustered_town(100, seed=1), np.arange(100), 9)  # compile
    print_machine()
    if not quick:
        compare(100_000, few=0)  # first, so that the peak is its own
    compare(1_000, few=5 if quick else 20)
    compare(5_000 if quick else 20_000, few=1)


if __name__ == "__main__":
    main()
