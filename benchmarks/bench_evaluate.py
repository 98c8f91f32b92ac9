"""Rolling-origin evaluation: ours, and the loop an analyst would write.

The loop knows each incident's cell beforehand, counts with pandas, smooths with
scikit-learn's KernelDensity (Epanechnikov, which has less to calculate than our
quartic) and sorts. Both test 13 months from 12 months each, a count and a density at
150 m, on the cells of resolution 10.

    python benchmarks/bench_evaluate.py [--quick]
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import shapely
from sklearn.neighbors import KernelDensity
from table import Row, clustered_town, parse_quick, print_machine, print_table, timed

from hotspots.core.crs import bng_to_lonlat
from hotspots.effects import rate_ratio
from hotspots.evaluate.rolling_origin import RollingOrigin
from hotspots.evaluate.verdict import Evaluation
from hotspots.methods.kde import Kde
from hotspots.model.cells import Cells, bin_points
from hotspots.model.incidents import Incidents

N_MONTHS, N_FOLDS, SHARE, BANDWIDTH_M = 26, 13, 0.005, 150.0


def made_up(n: int, *, side_m: float) -> tuple[Incidents, Cells]:
    xy = clustered_town(n, seed=4, side_m=side_m)
    lon, lat = bng_to_lonlat(xy[:, 0], xy[:, 1])
    month = np.random.default_rng(5).integers(0, N_MONTHS, n)
    start = [dt.datetime(2023 + m // 12, m % 12 + 1, 15) for m in month.tolist()]
    frame = pl.DataFrame({"lon": lon, "lat": lat, "start": start})
    incidents = Incidents.from_located(
        frame.with_columns(category=pl.lit("Burglary")), time_precision="month"
    )
    box = shapely.box(lon.min(), lat.min(), lon.max(), lat.max())
    return incidents, Cells.from_polygon(box, resolution=10)


def ours(incidents: Incidents, cells: Cells, *, smooth: bool) -> Evaluation:
    run = RollingOrigin(n_folds=N_FOLDS, share_area=SHARE)
    method = Kde(bandwidth_m=BANDWIDTH_M, edge="none")
    return run(incidents, cells, {"kde": method} if smooth else {}, rng=1)


def the_loop(incidents: Incidents, cells: Cells, *, smooth: bool) -> np.ndarray:
    places = incidents.places
    ids = bin_points(places["lon"].to_numpy(), places["lat"].to_numpy(), resolution=10)
    rows = incidents.frame["place"].to_numpy()
    table = pd.DataFrame({"cell": ids[rows], "start": incidents.frame["start"]})
    table["month"] = table["start"].dt.year * 12 + table["start"].dt.month
    xy, top = incidents.xy_m, round(SHARE * len(cells))
    found = np.zeros(2)
    for month in sorted(table["month"].unique())[-N_FOLDS:]:
        past = table["month"].between(month - 12, month - 1)
        now = table[table["month"] == month]["cell"].value_counts()
        hot = table[past]["cell"].value_counts().index[:top]
        found[0] += now.reindex(hot, fill_value=0).sum()
        if smooth:
            model = KernelDensity(bandwidth=BANDWIDTH_M, kernel="epanechnikov")
            score = model.fit(xy[past.to_numpy()]).score_samples(cells.xy_m)
            hot = cells.ids[np.argsort(-score)[:top]]
            found[1] += now.reindex(hot, fill_value=0).sum()
    return found


def compare(name: str, n: int, side_m: float, *, smooth: bool) -> None:
    incidents, cells = made_up(n, side_m=side_m)
    what = "count, density" if smooth else "count"
    ours(incidents, cells, smooth=smooth)
    result, seconds = timed(lambda: ours(incidents, cells, smooth=smooth), repeat=2)
    at = int(np.argmin(np.abs(result.shares - SHARE)))
    hits = result.found[:, :, at].sum(axis=1)
    rows = [Row(name=f"ours: {what}; curves", seconds=seconds, agrees=found(hits))]
    theirs, seconds = timed(lambda: the_loop(incidents, cells, smooth=smooth))
    theirs = theirs if smooth else theirs[:1]
    rows.append(Row(name=f"the loop: {what}", seconds=seconds, agrees=found(theirs)))
    print_table(f"{name}: {n:,} incidents, {len(cells):,} cells, 13 months", rows)


def found(hits: np.ndarray) -> str:
    return "found " + ", ".join(f"{one:,.0f}" for one in hits)


def many_sites() -> None:
    rng = np.random.default_rng(6)
    treated, control = rng.poisson(30, (20, 2)), rng.poisson(30, (20, 2))
    rate_ratio(treated, control, rng=1)
    _, seconds = timed(lambda: rate_ratio(treated, control, rng=1), repeat=3)
    rows = [Row(name="ours, 9,999 draws", seconds=seconds)]
    _, slow = timed(lambda: draw_by_draw(treated, control, 999))
    rows.append(Row(name="draw by draw, from 999", seconds=slow * 9_999 / 999))
    print_table("Permutation over 20 treated and 20 control sites", rows)


def draw_by_draw(treated: np.ndarray, control: np.ndarray, n: int) -> list[float]:
    rng, sites = np.random.default_rng(1), np.concatenate([treated, control])
    values = []
    for _ in range(n):
        mixed = rng.permutation(sites)
        (t0, t1), (c0, c1) = mixed[:20].sum(axis=0), mixed[20:].sum(axis=0)
        values.append(float(np.log((t1 / t0) / (c1 / c0))))
    return values


def main() -> None:
    quick = parse_quick(__doc__)
    print_machine()
    compare("A district", 9_000, 22_000.0, smooth=True)
    if not quick:
        compare("A force", 230_000, 50_000.0, smooth=False)
        compare("A force", 230_000, 50_000.0, smooth=True)
    many_sites()


if __name__ == "__main__":
    main()
