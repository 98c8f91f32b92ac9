"""What plans would have caught of the last quarter of each data set: of its incidents.

Every tactic chooses from what came before, beside the simple choices of equal size that
its own plan names; where it refuses, its sentence stands. A part of
``tools/backtest.py``.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import polars as pl
import pyproj
import shapely

from hotspots.core.errors import HotspotsError
from hotspots.core.window import Window, month_start
from hotspots.resources import Resources
from hotspots.resources.bundle import load_resources
from hotspots.samples import sample_path, sample_paths
from hotspots.tactics.backtest import back_test
from hotspots.tactics.catalogue import TACTICS
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.rationale import Backtest
from hotspots.workflow import Dataset, load, suggest

HEAD_PLANS = (
    "| data | plan | later | captured | PAI | best simple choice of equal size | "
    "captured | PAI |\n|---|---|---|---|---|---|---|---|"
)
SPANS = {"Dec 2019 to Jun 2022": ("2019-12", "2022-06"), "2024 and 2025": ("2024", "9")}
MIDDLE_M = (475_000.0, 319_000.0)
"""Where cities of other countries are put on the British grid, distances kept."""
CITIES = {
    "Memphis robbery 2019": ("memphis_personal_robberies_2019.csv", 4326, "Robbery"),
    "New York vehicle theft 2014-17": (
        "nyc_vehicle_thefts_2014_2017.csv.gz",
        4326,
        "Vehicle crime",
    ),
    "Chicago burglary 2016": ("chicago_burglary_2016.csv.gz", 26971, "Burglary"),
    "Chicago arson 2016": ("chicago_arson_2016.csv", 26971, "Arson"),
}
"""File, coordinate system and category."""
NATIONAL = ("2018-10_2019-02", "2024-01_04")
EVERY = 20
"""Of the districts of the national files, in the order of their names, each 20th."""
FEWEST = 2_000


@dataclass(frozen=True, kw_only=True)
class Given:
    """A data set, each of its districts read when it is asked for."""

    name: str
    districts: tuple[Callable[[], Dataset], ...]
    resources: Resources | None = None


def given(data: Path, folder: Path) -> Iterator[Given]:
    """Yield every data set; ``folder`` takes what has to be written to be read."""
    melton, force = data / "melton", data / "police_uk" / "leicestershire"
    lads = gpd.read_file(data / "boundaries" / "llr_lad_dissolved.geojson").rename(
        columns={"LADCD": "code", "LADNM": "name"}
    )
    for name, (first, last) in SPANS.items():
        months = [
            path.name for path in sorted(force.iterdir()) if first <= path.name <= last
        ]
        files = [file for m in months for file in (force / m).glob("*.csv.gz")]
        own = [
            file for m in months for file in (melton / "police_uk" / m).glob("*.csv")
        ]
        wards = melton / "boundaries" / "melton_wards_2013.geojson"
        yield Given(
            name=f"Melton, {name}",
            districts=(partial(load, own, [wards]),),
        )
        yield Given(
            name=f"Leicestershire, {name}",
            districts=tuple(
                partial(load, files, lads[k : k + 1]) for k in range(len(lads))
            ),
        )
    for span in NATIONAL:
        frame = pl.read_parquet(data / "scale" / f"police_uk_street_{span}.parquet")
        yield _national(frame, span, folder)
    for name in CITIES:
        yield Given(name=name, districts=(partial(_city, data, name),))
    incidents, areas = sample_paths()
    yield Given(
        name="simulated town",
        districts=(partial(load, [incidents], list(areas)),),
        resources=load_resources(
            columns=sample_path("data/simulated_columns.csv"),
            premises=sample_path("data/simulated_premises.csv"),
            streets=sample_path("boundaries/simulated_streets.geojson"),
            simulated=True,
        ),
    )


def rows(each: Given) -> Iterator[str]:
    """Yield a line of the table for each tactic, added up over the districts."""
    found: dict[str, list[Backtest | str]] = {tactic: [] for tactic in TACTICS}
    for read in each.districts:
        dataset = read()
        for tactic, held in found.items():
            held.append(_score(dataset, tactic, each.resources))
    for tactic, held in found.items():
        scored = [one for one in held if isinstance(one, Backtest) and one.of]
        name = f"{each.name} ({len(scored)})" if len(scored) > 1 else each.name
        yield f"| {name} | {tactic} | " + (
            _row(scored)
            if scored
            else f"refused: {next((t for t in held if isinstance(t, str)), 'none')} |"
        )


def sentences(each: Given) -> Iterator[str]:
    """Yield what each plan says of itself, for its own period."""
    dataset = each.districts[0]()
    for tactic in TACTICS:
        try:
            found = suggest(dataset, tactic, each.resources).suggestions
        except HotspotsError as error:
            yield f"* {tactic}, {each.name}: refused: {_first(error)}"
            continue
        said = found[0].backtest.sentence() if found else "nothing is suggested."
        yield f"* {tactic}, {each.name}: {said}"


def _score(
    dataset: Dataset, tactic: str, resources: Resources | None
) -> Backtest | str:
    """Return what the last quarter brought, or why there is no plan."""
    try:
        context = PlanningContext.from_dataset(dataset, resources=resources)
        trial = TACTICS[tactic].solve(TACTICS[tactic].options(), context).covers
    except HotspotsError as error:
        return _first(error)
    first = context.incidents.frame["start"].min()
    assert isinstance(first, dt.datetime)
    days = context.exposure.covered(Window(start=first.date(), end=context.day))
    cut: dt.date = days[3 * len(days) // 4].item()
    if context.exposure.by_month:
        cut = month_start(cut + dt.timedelta(days=15))
    return back_test(context, trial, [Window(start=cut, end=context.day)])


def _row(scored: list[Backtest]) -> str:
    of, captured, simple = (
        sum(getattr(one, name) for one in scored)
        for name in ("of", "captured", "baseline_captured")
    )
    chance = np.array(
        [(one.by_chance, one.baseline_by_chance) for one in scored], dtype=float
    )
    own, other = np.array([captured, simple]) / chance.sum(axis=0)
    words = scored[0].baseline if len(scored) == 1 else "the best of each district"
    return (
        f"{of:,} | {captured / of:.1%} | {own:,.0f} | {words} | {simple / of:.1%} | "
        f"{other:,.0f} |"
    )


def _first(error: HotspotsError) -> str:
    return str(error).partition(";")[0].partition(". ")[0].rstrip(".") + "."


def _national(frame: pl.DataFrame, months: str, folder: Path) -> Given:
    """Return every 20th of the large districts of a national file."""
    of = pl.col("LSOA name").cast(pl.String).str.replace(r" \w{4}$", "")
    frame = frame.with_columns(district=of).drop_nulls(["Longitude", "Latitude"])
    held = frame["district"].drop_nulls().value_counts()
    large = sorted(held.filter(pl.col("count") >= FEWEST)["district"].to_list())

    def read(name: str) -> Dataset:
        part = frame.filter(pl.col("district") == name).drop("district")
        path = folder / "district.parquet"
        part.write_parquet(path)
        at = shapely.points(*part.select("Longitude", "Latitude").to_numpy().T)
        return load([path], _hull(gpd.GeoSeries(at, crs=4326), name))

    return Given(
        name=f"each {EVERY}th of {len(large)} districts, {months.replace('_', ' to ')}",
        districts=tuple(partial(read, name) for name in large[EVERY // 2 :: EVERY]),
    )


def city(data: Path, name: str) -> pl.DataFrame:
    """Return time, longitude and latitude of the incidents of a city."""
    file, crs, _ = CITIES[name]
    frame = pl.read_csv(data / "points" / file, infer_schema=False)
    if "X" not in frame.columns and "longitude" not in frame.columns:
        raw = pl.read_csv(data / "points" / file, infer_schema=False, has_header=False)
        frame = raw.rename(dict(zip(raw.columns, ("X", "Y", "date"), strict=True)))
    named = {"longitude": "X", "latitude": "Y", "date_single": "date"}
    frame = frame.rename(named, strict=False).drop_nulls(["X", "Y", "date"])
    x, y = (frame[axis].cast(pl.Float64).to_numpy() for axis in ("X", "Y"))
    lon, lat = pyproj.Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
    return pl.DataFrame({"time": frame["date"], "lon": lon, "lat": lat})


def _city(data: Path, name: str) -> Dataset:
    frame = city(data, name)
    lon, lat = (frame[axis].to_numpy() for axis in ("lon", "lat"))
    flat = f"+proj=aeqd +lon_0={lon.mean()} +lat_0={lat.mean()}"
    x, y = pyproj.Transformer.from_crs(4326, flat, always_xy=True).transform(lon, lat)
    points = gpd.GeoSeries(shapely.points(x + MIDDLE_M[0], y + MIDDLE_M[1]), crs=27700)
    incidents = gpd.GeoDataFrame(
        {"start": frame["time"].to_list(), "category": CITIES[name][2]}, geometry=points
    )
    return load(incidents, _hull(points, name))


def _hull(points: gpd.GeoSeries, name: str) -> gpd.GeoDataFrame:
    shape = points.to_crs(27700).union_all().convex_hull.buffer(200)
    return gpd.GeoDataFrame(
        {"code": ["1"], "name": [name]}, geometry=[shape], crs=27700
    ).to_crs(4326)


def print_plans(data: Path) -> None:
    """Print the table of every data set, and what plans say of themselves."""
    print("\nPlans:\n", HEAD_PLANS, sep="\n")
    with tempfile.TemporaryDirectory(prefix="hotspots-") as folder:
        every = list(given(data, Path(folder)))
        for each in every:
            for row in rows(each):
                print(row, flush=True)
    print("\nWhat a plan says of its own time:\n")
    for each in (every[2], every[-1]):
        for line in sentences(each):
            print(line, flush=True)
