"""Patches of streets to mark: plain greedy, ours, ours proven, and the flow program.

On the sample town's streets, with the risk of dwelling burglary as value. The gap is to
the best bound that any of them gives; "streets ahead" is how far growth looks.

python benchmarks/bench_patches.py [--quick]
"""

from __future__ import annotations

import dataclasses

import numpy as np
from table import Row, parse_quick, print_machine, print_table, timed

from hotspots.optimise.patches import grow_patch, patch_bound
from hotspots.optimise.patches.exact import prove_patch, solve_flow
from hotspots.optimise.patches.network import Patch, StreetNetwork
from hotspots.resources import load_resources
from hotspots.samples import sample_paths
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.dwellings import dwelling_burglaries
from hotspots.tactics.marking.choice import PatchChooser
from hotspots.tactics.marking.streets import build_streets
from hotspots.workflow import load

BUDGETS = (58, 117, 235)
FLOW_SECONDS = 120.0


def sample_town() -> tuple[StreetNetwork, np.ndarray]:
    """Return the sample's streets and the risk on each."""
    incidents, areas = sample_paths()
    resources = load_resources(
        premises=incidents.parent / "simulated_premises.csv",
        streets=areas[0].parent / "simulated_streets.geojson",
    )
    dataset = load([incidents], list(areas), profile=incidents.with_suffix(".toml"))
    context = PlanningContext.from_dataset(dataset, resources=resources)
    burgled, _ = dwelling_burglaries(context.incidents)
    only = context.incidents.select(burgled)
    streets = build_streets(context)
    chooser = PatchChooser(
        context=dataclasses.replace(context, incidents=only),
        streets=streets,
        allowed=np.ones(len(streets), bool),
        budget=117,
        n_patches=1,
    )
    return streets.network, chooser.value


def greedy(network: StreetNetwork, value: np.ndarray, budget: int) -> Patch:
    """Return the patch grown by risk alone from the street of most risk."""
    fits = np.where(network.size <= budget, value, -1)
    members, left = {int(fits.argmax())}, budget
    left -= int(network.size[list(members)].sum())
    while True:
        beside = [k for k in network.beside(members) if network.size[k] <= left]
        if not beside:
            break
        best = max(beside, key=lambda k: (value[k], -k))
        members.add(best)
        left -= int(network.size[best])
    rows = sorted(members)
    return Patch(
        members=tuple(rows),
        value=float(value[rows].sum()),
        size=int(network.size[rows].sum()),
    )


def main() -> None:
    quick = parse_quick(__doc__)
    network, value = sample_town()
    print_machine()
    for budget in BUDGETS[: 2 if quick else 3]:
        grown, seconds = timed(lambda b=budget: grow_patch(network, value, b), repeat=3)
        bound = patch_bound(network, value, budget, at_least=grown.value)
        proven, proving = timed(
            lambda b=budget, p=grown: prove_patch(network, value, b, p)
        )
        plain, fast = timed(lambda b=budget: greedy(network, value, b), repeat=3)
        results = [
            ("ours: grown and exchanged", seconds, grown.value),
            ("ours, then proven", seconds + proving, proven[0].value),
            ("greedy by risk", fast, plain.value),
        ]
        least = min(bound, proven[1])
        if not quick:
            (flow, limit), slow = timed(
                lambda b=budget: solve_flow(
                    network, value, b, mip_rel_gap=1e-3, time_limit=FLOW_SECONDS
                )
            )
            assert flow is not None
            least = min(least, limit)
            results.append(("flow program, whole district", slow, flow.value))
        rows = [
            Row(
                name=name,
                seconds=took,
                agrees=f"{100 * worth:.3f}% of the risk, gap {least / worth - 1:.2%}",
            )
            for name, took, worth in results
        ]
        print_table(f"{budget} homes, {len(network):,} streets", rows)


if __name__ == "__main__":
    main()
