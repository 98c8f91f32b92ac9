"""Patrol areas and shift plans: ours against greedy, against exact, gap and time.

Areas on the sample town's counts: grown one after the other; grow and swap; proven by
listing every area worth considering; and, on a piece of the town that it can still
solve, the integer program with flow. Shifts: the greedy order, the search, the bound.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from table import parse_quick, print_machine, timed

from hotspots.model.cells import Cells
from hotspots.optimise.compact import Ground, best_areas, grow_areas
from hotspots.optimise.compact.proof import prove_areas
from hotspots.optimise.compact.shape import polsby_popper
from hotspots.optimise.shifts import ShiftRules, plan_shift
from hotspots.samples import sample_paths
from hotspots.tactics.context import PlanningContext
from hotspots.workflow import load

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from reference_areas import flow_areas

LINE = "{:34} {:>9} {:>9} {:>8} {:>9} {:>6}"


def town_counts() -> tuple[np.ndarray, Cells]:
    """Return the counts of the sample town and the cells near them."""
    incidents, areas = sample_paths()
    context = PlanningContext.from_dataset(load([incidents], list(areas)))
    dataset = context.dataset
    ids = dataset.cells_of_places(10)[context.recent.frame["place"].to_numpy()]
    everywhere = dataset.study_cells(10)
    used = np.unique(everywhere.index_of(ids))
    for _ in range(2):
        near = everywhere.neighbour_table[used]
        used = np.union1d(used, near[near >= 0])
    cells = Cells.from_ids(everywhere.ids[used], resolution=10)
    counts = np.bincount(cells.index_of(ids), minlength=len(cells)).astype(float)
    return counts, cells


def show(
    name: str, result: Any, seconds: float, best: float, neighbours: np.ndarray
) -> None:
    shape = np.mean([polsby_popper(area, neighbours) for area in result.areas])
    gap = f"{1 - result.value / best:.1%}"
    print(
        LINE.format(
            name, f"{result.value:.1f}", gap, f"{shape:.2f}", f"{seconds:.3f} s", ""
        )
    )


def areas(
    counts: np.ndarray, neighbours: np.ndarray, n_areas: int, penalty: float
) -> None:
    ground = Ground(
        weights=counts, neighbours=neighbours, n_areas=n_areas, penalty=penalty
    )
    best_areas(ground, n_tries=0, rng=np.random.default_rng(1))
    grown, t_grown = timed(lambda: grow_areas(ground), repeat=3)
    quick, t_quick = timed(
        lambda: best_areas(ground, n_tries=0, rng=np.random.default_rng(1)), repeat=3
    )
    tried, t_tried = timed(
        lambda: best_areas(ground, n_tries=60, rng=np.random.default_rng(1))
    )
    proof, t_proof = timed(lambda: prove_areas(quick, ground))
    best = min(proof.bound, 1e300)
    print(f"\n{n_areas} areas, penalty {penalty:g}: bound {proof.bound:.1f}")
    print(LINE.format("", "value", "gap", "shape", "time", ""))
    show("grown one after the other", grown, t_grown, best, neighbours)
    show("grow and swap", quick, t_quick, best, neighbours)
    show("grow and swap, 60 regrowths", tried, t_tried, best, neighbours)
    show("list and choose (proof)", proof.found, t_proof, best, neighbours)


def with_flow(counts: np.ndarray, cells: Cells, n_cells: int, limit_s: float) -> None:
    """Compare on the cells around the highest one."""
    middle = cells.xy_m[int(counts.argmax())]
    near = np.argsort(np.hypot(*(cells.xy_m - middle).T), kind="stable")[:n_cells]
    part = Cells.from_ids(cells.ids[near], resolution=10)
    weights = counts[cells.index_of(part.ids)]
    table = part.neighbour_table
    ground = Ground(weights=weights, neighbours=table, n_areas=2, penalty=5.0)
    found = best_areas(ground, rng=np.random.default_rng(1))
    proof, t_proof = timed(lambda: prove_areas(found, ground))
    (flow, bound), t_flow = timed(lambda: flow_areas(ground, time_limit_s=limit_s))
    print(f"\n2 areas on the {n_cells} cells around the highest")
    print(LINE.format("", "value", "gap", "shape", "time", ""))
    show("grow and swap", found, 0.0, proof.bound, table)
    show("list and choose (proof)", proof.found, t_proof, proof.bound, table)
    show(f"flow program (bound {bound:.0f})", flow, t_flow, proof.bound, table)


def shifts(n: int, n_crews: int, hours: int) -> None:
    rng = np.random.default_rng(3)
    at = rng.random((n + 1, 2)) * 3000
    apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    rules = ShiftRules(
        n_crews=n_crews,
        shift_min=60 * hours,
        visit_min=15,
        gap_min=120,
        daily_cap=3,
    )
    values = rng.exponential(5, n)
    travel = apart * 1.3 / 1000 / 4 * 60
    plan, seconds = timed(
        lambda: plan_shift(
            values, travel, rules, rng=np.random.default_rng(1), vary=0.0
        )
    )
    print(
        f"{n:3} places, {n_crews} crews, {hours} h: greedy {plan.greedy_value:7.2f}  "
        f"search {plan.best_value:7.2f}  bound {plan.bound:7.2f} "
        f"(at most {plan.bound / plan.best_value - 1:.0%} better)  {seconds:.2f} s"
    )


def main() -> None:
    quick = parse_quick(__doc__)
    print_machine()
    counts, cells = town_counts()
    for n_areas in (3, 5) if quick else (3, 5, 10):
        for penalty in (0.0, 5.0):
            areas(counts, cells.neighbour_table, n_areas, penalty)
    with_flow(counts, cells, 40 if quick else 61, 20 if quick else 120)
    print()
    for n, n_crews, hours in ((6, 1, 3), (5, 1, 8), (12, 2, 4), (20, 2, 8), (40, 4, 8)):
        shifts(n, n_crews, hours)


if __name__ == "__main__":
    main()
