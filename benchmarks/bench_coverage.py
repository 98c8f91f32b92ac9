"""Camera sites by maximal covering: ours, greedy adding, and spopt with its solver.

A district (6,000 columns, 6,000 incidents) against both, then 20,000 columns and
100,000 incidents. Ours starts from coordinates. spopt is given the matrix of distances
ready-made, with the demands merged and the columns that cannot matter left out; the
building of its model is counted.

    python benchmarks/bench_coverage.py [--quick]
"""

from __future__ import annotations

import warnings

import numpy as np
from table import Row, clustered_town, parse_quick, print_machine, print_table, timed

from hotspots.optimise.coverage import CoverProblem, cover_sets, maximise_coverage
from hotspots.optimise.coverage.greedy import choose_greedily
from hotspots.optimise.coverage.presolve import presolve

RANGE_M = 100.0


Town = tuple[np.ndarray, np.ndarray, np.ndarray]


def town(n_columns: int, n_incidents: int, side_m: float) -> Town:
    """Return columns, incidents merged at 10 m, and weights of a made-up town."""
    rng = np.random.default_rng(2)
    incidents = clustered_town(n_incidents, seed=1, side_m=side_m)
    columns = clustered_town(n_columns, seed=1, side_m=side_m)
    columns = columns + rng.normal(0, 40, columns.shape)
    demand, row = np.unique(np.round(incidents / 10) * 10, axis=0, return_inverse=True)
    each = rng.choice([0.25, 0.3, 0.5, 1.0], n_incidents) * rng.uniform(
        0.25, 1, n_incidents
    )
    return columns, demand, np.bincount(row.reshape(-1), each)


def build(place: Town, p: int) -> CoverProblem:
    """Return the problem of placing ``p`` cameras."""
    columns, demand, weight = place
    return CoverProblem(
        cover=cover_sets(columns, demand, range_m=RANGE_M),
        weight=weight,
        n_sites=p,
        period=np.zeros(len(columns), dtype=np.int64),
        xy_m=columns,
    )


def ours_and_greedy(place: Town, p: int, *, repeat: int) -> tuple[list[Row], float]:
    """Time ours and greedy adding; return the rows and the best value."""
    result, seconds = timed(lambda: maximise_coverage(build(place, p)), repeat=repeat)
    said = f"{result.how}, gap {result.gap:.1%}"
    rows = [Row(name="ours", seconds=seconds, agrees=said)]
    problem = build(place, p)
    greedy, seconds = timed(lambda: choose_greedily(build(place, p)), repeat=repeat)
    short = max(0.0, 1 - problem.value(greedy) / result.value)
    rows.append(Row(name="greedy adding", seconds=seconds, agrees=f"{short:.2%} short"))
    return rows, result.value


def spopt_row(problem: CoverProblem, best: float) -> Row:
    """Time spopt on the presolved problem: its rows are columns that see a demand."""
    import pulp
    from spopt.locate import MCLP

    small, _ = presolve(problem)
    away = np.where(small.cover.T.toarray() > 0, 1.0, 2.0)

    def run() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = MCLP.from_cost_matrix(
                away, small.weight, 1.0, p_facilities=small.n_sites
            )
            solved = model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=300))
        return float(solved.problem.objective.value())

    value, seconds = timed(run)
    return Row(
        name="spopt MCLP (CBC)",
        seconds=seconds,
        agrees=f"value differs by {abs(value - best) / best:.0e}",
    )


def main() -> None:
    quick = parse_quick(__doc__)
    print_machine()
    district = (1_500, 1_500, 8_000.0) if quick else (6_000, 6_000, 17_000.0)
    for p in (4, 20):
        place = town(*district)
        rows, best = ours_and_greedy(place, p, repeat=3)
        if p == 4:
            rows.append(spopt_row(build(place, p), best))
        print_table(
            f"{p} cameras, {district[0]:,} columns, {district[1]:,} incidents", rows
        )
    large = (4_000, 20_000, 12_000.0) if quick else (20_000, 100_000, 17_500.0)
    for p in (4, 8, 20):
        rows, _ = ours_and_greedy(town(*large), p, repeat=1)
        print_table(f"{p} cameras, {large[0]:,} columns, {large[1]:,} incidents", rows)


if __name__ == "__main__":
    main()
