"""What hotspots and plans would have caught, beside the best simple choice.

    python tools/backtest.py [--data FOLDER] [--no-plans]

Each data set is cut in time: places are found on the first three quarters of its days
and scored on the last. Beside them stand the fullest single cells and the densest cells
(300 m) of the same number, and the places of the older rule (three to five cells, a
cell apart). Needs the real data beside the checkout (HOTSPOTS_SHARED_DATA).
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from backtest_plans import CITIES, city, print_plans
from backtest_shapes import (
    HEAD_MOVED,
    HEAD_STREETS,
    Moved,
    Points,
    inside_of,
    streets_row,
)
from h3ronpy import grid_disk
from h3ronpy.vector import cells_to_coordinates

from hotspots.analysis.backtest import caught_by_fullest
from hotspots.analysis.finder import HotspotRule, WalkableRule
from hotspots.analysis.persistence import EDGES, lasting
from hotspots.core.window import add_months
from hotspots.kernels.kernel_sum import kernel_sum
from hotspots.model.cells import Cells, bin_points
from hotspots.sources.areas import read_areas

ROOT = Path(__file__).resolve().parent.parent
NOT_COUNTED = ("Drugs", "Possession of weapons")
FEWEST = 2_000
SPANS = (("2019-12", "2022-06"), ("2024-01", "2025-06"))
SPAN_NAMES = ("Dec 2019 to Jun 2022", "2024 and 2025")
ORIGINS = (("2019-12", 12), ("2020-06", 12), ("2020-12", 12), ("2019-12", 24))
"""First month and months of training, each with the half-year after it."""
HEAD = (
    "| data | later | cells | hotspots | PAI | single cells | density | 3-5 cells |\n"
    "|---|---|---|---|---|---|---|---|"
)


class Score:
    """Incidents caught of those that came later, added up over districts."""

    def __init__(self) -> None:
        self.n = self.n_cells = 0
        self.caught = np.zeros(4)
        self.expected = 0.0
        self.shares: list[float] = []

    def add(self, earlier: np.ndarray, later: np.ndarray, cells: Cells) -> None:
        """Score one district."""
        inside = inside_of(HotspotRule(), earlier, cells)
        n = len(inside)
        single = caught_by_fullest(earlier, later, n)
        dense = np.argsort(-_density(earlier, cells), kind="stable")[:n]
        wide = inside_of(WalkableRule(), earlier, cells)
        as_wide = caught_by_fullest(earlier, later, len(wide))
        scaled = later[wide].sum() * single / as_wide if as_wide else 0.0
        self.caught += later[inside].sum(), single, later[dense].sum(), scaled
        area = cells.area_km2
        self.expected += later.sum() * area[inside].sum() / area.sum()
        self.n += int(later.sum())
        self.n_cells += n
        if single:
            self.shares.append(float(later[inside].sum() / single))

    def row(self, name: str) -> str:
        """Return a line of the table."""
        hit = [f"{100 * each / self.n:.1f}%" for each in self.caught]
        pai = self.caught[0] / self.expected
        return (
            f"| {name} | {self.n:,} | {self.n_cells:,} | {hit[0]} | {pai:,.0f} | "
            f"{hit[1]} | {hit[2]} | {hit[3]} |"
        )


def _density(counts: np.ndarray, cells: Cells) -> np.ndarray:
    """Return the density within 300 m; flat metres do for one district anywhere."""
    batch = cells_to_coordinates(cells.ids)
    lon, lat = (np.asarray(batch.column(name)) for name in ("lng", "lat"))
    metres = 111_195.0
    x = (lon - lon.mean()) * metres * np.cos(np.radians(lat.mean()))
    xy_m = np.column_stack([x, (lat - lat.mean()) * metres])
    filled = counts > 0
    return kernel_sum(xy_m[filled], counts[filled], xy_m, 300.0, "quartic")


def police(frame: pl.DataFrame) -> pl.DataFrame:
    """Return month, cell and district of the rows that count."""
    frame = frame.with_columns(
        pl.col("LSOA name", "Crime type", "Month").cast(pl.String)
    )
    frame = frame.drop_nulls(["Longitude", "Latitude", "LSOA name"]).filter(
        ~pl.col("Crime type").is_in(NOT_COUNTED)
    )
    lon, lat = (
        frame[name].cast(pl.Float64).to_numpy() for name in ("Longitude", "Latitude")
    )
    return frame.select(
        time="Month",
        lon=pl.Series(lon),
        lat=pl.Series(lat),
        cell=pl.Series(bin_points(lon, lat, resolution=10)),
        district=pl.col("LSOA name").str.replace(r" \w{4}$", ""),
    )


def districts(frame: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, Points]]:
    """Yield each large district, and which of its incidents are scored on."""
    times = frame["time"].unique().sort()
    cut = times[-max(1, len(times) // 4)]
    for _, part in frame.group_by("district", maintain_order=True):
        if part.height >= FEWEST or part["district"][0] in CITIES:
            yield part, Points.of(part, cut)


def split(frame: pl.DataFrame, cells: Cells | None = None) -> Score:
    """Score each district of a frame on the last quarter of its times."""
    score = Score()
    for part, points in districts(frame):
        ids = part["cell"].to_numpy()
        study = cells or _around(ids)
        score.add(*points.counts(ids, study), study)
    return score


def moved(frame: pl.DataFrame) -> Moved:
    """Score the same on every position of the grid."""
    score = Moved()
    for _, points in districts(frame):
        score.add(points, _around)
    return score


def _counts(ids: np.ndarray, cells: Cells) -> np.ndarray:
    at = cells.index_of(ids)
    return np.bincount(at[at >= 0], minlength=len(cells)).astype(np.float64)


def _around(ids: np.ndarray) -> Cells:
    """Return the cells inside the hull of incidents, for want of a boundary."""
    own = Cells.from_ids(np.unique(ids), resolution=10)
    hull = shapely.convex_hull(shapely.union_all(shapely.centroid(own.polygons())))
    near = np.asarray(grid_disk(own.ids, 1, flatten=True))
    return Cells.from_polygon(hull, resolution=10).union(np.unique(near))


def point_sets(data: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield data sets of points with a day, as one district each."""
    for name in CITIES:
        frame = city(data, name)
        lon, lat = (frame[axis].to_numpy() for axis in ("lon", "lat"))
        yield (
            name,
            frame.with_columns(
                time=pl.col("time").str.slice(0, 10),
                cell=pl.Series(bin_points(lon, lat, resolution=10)),
                district=pl.lit(name),
            ),
        )


def data_sets(data: Path) -> Iterator[tuple[str, pl.DataFrame, Cells | None]]:
    """Yield every data set, and the ground it is searched on where that is known."""
    force = _force(data)
    melton = read_areas(data / "melton" / "boundaries" / "melton_lad.geojson")
    study = Cells.from_polygon(melton.outline, resolution=10)
    for (first, last), name in zip(SPANS, SPAN_NAMES, strict=True):
        span = force.filter(pl.col("time").is_between(pl.lit(first), pl.lit(last)))
        own = span.filter(pl.col("district") == "Melton")
        yield f"Melton, {name}", own, study
        yield f"Leicestershire, {name}", span, None
    for months in ("2018-10_2019-02", "2024-01_04"):
        frame = pl.read_parquet(data / "scale" / f"police_uk_street_{months}.parquet")
        rows = police(frame)
        name = f"{len(_large(rows))} districts, {months.replace('_', ' to ')}"
        yield name, rows, None
    for name, frame in point_sets(data):
        yield name, frame, None


def streets(data: Path) -> Iterator[str]:
    """Yield what sections of street would have caught, where there is a network."""
    roads = data / "osm" / "rutland-latest_2018-02-27.osm.pbf"
    rows = _force(data).filter(pl.col("district") == "Rutland")
    for first, last in SPANS:
        span = rows.filter(pl.col("time").is_between(pl.lit(first), pl.lit(last)))
        times = span["time"].unique().sort()
        points = Points.of(span, times[-max(1, len(times) // 4)])
        name = f"Rutland, {first} to {last}"
        yield streets_row(name, points, _around(span["cell"].to_numpy()), roads)


def _force(data: Path) -> pl.DataFrame:
    """Return the rows of the districts of Leicestershire."""
    files = sorted((data / "police_uk" / "leicestershire").glob("*/*.csv.gz"))
    rows = police(pl.concat([pl.read_csv(f, infer_schema=False) for f in files]))
    return rows.filter(pl.col("district").is_in(_large(rows)))


def _large(frame: pl.DataFrame) -> list[str]:
    held = frame["district"].value_counts().filter(pl.col("count") >= FEWEST)
    return sorted(held["district"].to_list())


def persistence(data: Path) -> Iterator[str]:
    """Yield how many places of each band of stability lasted half a year."""
    n, lasted = np.zeros(5, int), np.zeros(5, int)
    for _, part in _force(data).group_by("district", maintain_order=True):
        for first, length in ORIGINS:
            start = dt.date.fromisoformat(f"{first}-01")
            cut, end = (add_months(start, k) for k in (length, length + 6))
            edges = [f"{day:%Y-%m}" for day in (start, cut, end)]
            ids = [
                part.filter(pl.col("time").is_between(pl.lit(a), pl.lit(b), "left"))[
                    "cell"
                ].to_numpy()
                for a, b in pairwise(edges)
            ]
            study = Cells.from_ids(np.unique(np.concatenate(ids)), resolution=10)
            earlier, later = (_counts(each, study) for each in ids)
            found = HotspotRule().find(earlier, study)
            again = HotspotRule().find(later, study, stability=False)
            for place, stays in zip(found, lasting(found, again), strict=True):
                band = int(np.searchsorted(EDGES, place.stability, side="right"))
                n[band] += 1
                lasted[band] += stays
    for edge, places, kept in zip((0.0, *EDGES), n, lasted, strict=True):
        share = kept / max(places, 1)
        yield f"* stability from {edge:g}: {kept} of {places} places ({share:.0%})"


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    beside = ROOT.parent / "shared" / "data"
    given = Path(os.environ.get("HOTSPOTS_SHARED_DATA", beside))
    parser.add_argument("--data", type=Path, default=given)
    parser.add_argument("--no-plans", action="store_true")
    chosen = parser.parse_args()
    if not chosen.data.is_dir():
        print("The real data are not here: give --data FOLDER.")
        return 1
    print(HEAD)
    low, other = [], []
    for name, frame, study in data_sets(chosen.data):
        score = split(frame, study)
        print(score.row(name), flush=True)
        low.append((name, score))
        other.append(moved(frame).row(name))
    print()
    for name, score in low:
        part = np.array(score.shares)
        if not score.caught[1] or not len(part):
            print(f"* {name}: cannot tell; the single cells caught none.")
            continue
        print(
            f"* {name}: hotspots over single cells of equal area, pooled "
            f"{score.caught[0] / score.caught[1]:.1%}; by district, median "
            f"{np.median(part):.1%}, tenth lowest in 100 {np.quantile(part, 0.1):.1%}."
        )
    print("\nThe grid moved, and the cell at any position:\n", HEAD_MOVED, sep="\n")
    print("\n".join(other))
    print("\nSections of street:\n", HEAD_STREETS, sep="\n")
    print("\n".join(streets(chosen.data)))
    print("\nIn the list of the next half-year:\n")
    print("\n".join(persistence(chosen.data)))
    if not chosen.no_plans:
        print_plans(chosen.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
