"""Disclosure control of a district: ours, and the same rule with nothing remembered.

All figures of the sample's priority neighbourhoods and the whole district, by month,
quarter and year, by category and all. The plain rule is that of the tests.

python benchmarks/bench_disclosure.py [--quick]
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import numpy as np
import polars as pl
from table import Row, parse_quick, print_machine, print_table, timed

from hotspots.disclosure import Release, build_release
from hotspots.disclosure.suppression import suppress
from hotspots.samples import sample_paths
from hotspots.workflow import load

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from reference_disclosure import PlainSuppression


def sample_release(first: dt.date) -> Release:
    """Return the figures of the sample's incidents from a day on."""
    incidents, areas = sample_paths()
    dataset = load([incidents], list(areas), profile=incidents.with_suffix(".toml"))
    frame = dataset.incidents.frame
    at = dataset.locate_kind(dataset.areas.kinds[-1])[frame["place"].to_numpy()]
    names = np.array([*dataset.areas.frame["code"].to_list(), "elsewhere"])
    rows = frame.select("category", month=pl.col("start").dt.date()).with_columns(
        area=pl.Series(names[at]), district=pl.lit("district")
    )
    return build_release(
        rows.filter(pl.col("month") >= first).drop_nulls(),
        areas=["area", "district"],
        month="month",
        category="category",
    )


def main() -> None:
    quick = parse_quick(__doc__)
    made = sample_release(dt.date(2024 if quick else 2022, 7, 1))
    found, seconds = timed(lambda: suppress(made.figures, made.policy), repeat=5)
    plain, slow = timed(lambda: PlainSuppression(made.figures, made.policy).run())
    differ = sum(a != b for a, b in zip(found.shown.tolist(), plain.shown, strict=True))
    print_machine()
    print_table(
        f"{made.frame.height:,} figures of {len(made.figures.base):,} base cells",
        [
            Row(name="ours", seconds=seconds, agrees=f"{sum(plain.shown):,} shown"),
            Row(name="plain rule", seconds=slow, agrees=f"{differ} differ"),
        ],
    )


if __name__ == "__main__":
    main()
