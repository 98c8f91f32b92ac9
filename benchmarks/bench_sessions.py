"""A week of youth sessions: priced and pruned, the best 80 of each slot, all, greedy.

Made-up reports at made-up places; the first line is what the tactic runs. The gap is
how much less a way finds than the best of all.

    python benchmarks/bench_sessions.py [--quick]
"""

from __future__ import annotations

from functools import partial

import numpy as np
from table import Row, parse_quick, print_machine, print_table, timed

from hotspots.optimise.session_choice import (
    Columns,
    Rules,
    choose_columns,
    greedy_columns,
)
from hotspots.optimise.sessions import SessionSpace, best_sessions, build_session_space


def town(n_places: int, seed: int) -> tuple[SessionSpace, np.ndarray, np.ndarray]:
    """Return all sessions of a made-up town, what each is worth, and who is outside."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 2500, (n_places, 2))
    apart = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(axis=2))
    space = build_session_space(1.3 * apart / 4000 * 60)
    weights = 1 / np.arange(1, n_places + 1)[:, None]
    weights = weights * rng.poisson(0.05, (n_places, 168)) / 104
    return space, space.values(weights), np.arange(n_places) >= 0.8 * n_places


def best_of_slots(space: SessionSpace, values: np.ndarray, keep: int) -> np.ndarray:
    order = np.argsort(-values, axis=0, kind="stable")[:keep]
    which = np.unique(order * len(space.slots) + np.arange(len(space.slots)))
    return which[values.ravel()[which] > 0]


def columns_of(
    space: SessionSpace, values: np.ndarray, outside: np.ndarray, keep: int | None
) -> Columns:
    which = (
        np.flatnonzero(values.ravel() > 0)
        if keep is None
        else best_of_slots(space, values, keep)
    )
    return space.columns(which, values, outside)


def main() -> None:
    quick = parse_quick(__doc__)
    print_machine()
    for n_places in (12,) if quick else (12, 24):
        for n_sessions in (2, 3, 5):
            compare(n_places, n_sessions)


def compare(n_places: int, n_sessions: int) -> None:
    space, values, outside = town(n_places, seed=1)
    rules = Rules(n_sessions=n_sessions, max_hours=3 * n_sessions, outside_share=0.2)
    ours, seconds = timed(lambda: best_sessions(space, values, rules, outside))
    rows = [Row(name="priced, all proven", seconds=seconds)]
    found = [ours.value]
    for name, keep in (("best 80 of each slot", 80), ("all columns", None)):
        columns = columns_of(space, values, outside, keep)
        chosen, seconds = timed(
            partial(choose_columns, columns, rules, time_limit_s=120)
        )
        found.append(chosen.value)
        rows.append(Row(name=f"{name} ({len(columns):,})", seconds=seconds))
    every = columns_of(space, values, outside, None)
    plain, seconds = timed(lambda: greedy_columns(every, rules))
    found.append(plain.value)
    rows.append(Row(name="greedy", seconds=seconds))
    best = max(found)
    rows = [
        Row(name=row.name, seconds=row.seconds, agrees=f"gap {1 - value / best:.2%}")
        for row, value in zip(rows, found, strict=True)
    ]
    print_table(
        f"{n_sessions} sessions, {n_places} places, {space.n_columns:,} possible "
        f"sessions, proven: {ours.proven}",
        rows,
    )


if __name__ == "__main__":
    main()
