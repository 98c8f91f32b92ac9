"""The one door: ``load`` the files, ``analyse`` them, ``write`` the outputs.

Notebook, command line and web page all come through here, so that the same question
has the same answer everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.analysis.backtest import Located, back_test
from hotspots.analysis.dataset import Dataset, load, read
from hotspots.analysis.evidence import Evidence, build_hotspots
from hotspots.analysis.finder import Cluster, price_of_shape
from hotspots.analysis.notes import build_notes, shape_notes
from hotspots.analysis.parameters import Parameters
from hotspots.analysis.parted import PlacePoints, parted_anyway, parted_surfaces
from hotspots.analysis.periods import Comparison, choose_window
from hotspots.analysis.persistence import measure_persistence
from hotspots.analysis.result import Analysis
from hotspots.analysis.safeguards import safeguard_notes
from hotspots.analysis.selection import build_statuses, check_choices, select
from hotspots.analysis.tabulate import (
    areas_notes,
    build_areas_table,
    build_cells_table,
    build_months_table,
    typical_dispersion,
)
from hotspots.core.errors import NoUsableRowsError
from hotspots.core.spread import Engine
from hotspots.core.window import Window
from hotspots.intake.rejects import stack_rejects
from hotspots.methods.count import Count
from hotspots.methods.gistar import GiStar
from hotspots.methods.kde import Kde
from hotspots.methods.near_repeat import NearRepeat
from hotspots.methods.prospective import Prospective
from hotspots.model.cells import MAX_STUDY, Cells
from hotspots.model.harm import excluded_reason
from hotspots.model.incidents import Incidents, within
from hotspots.model.institutions import apart_notes
from hotspots.model.surface import Surface
from hotspots.sources import Progress

if TYPE_CHECKING:
    from hotspots.evaluate import DatedForecaster, Evaluation, Forecaster, Period
    from hotspots.outputs.analysis_folder import Extras
    from hotspots.tactics.planner import suggest

__all__ = [
    "Analysis",
    "Dataset",
    "Parameters",
    "analyse",
    "evaluate",
    "load",
    "read",
    "select",
    "suggest",
    "write",
]


def __getattr__(name: str) -> Any:
    """Load the tactics when ``suggest`` is first asked for: an analysis needs none."""
    if name != "suggest":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from hotspots.tactics.planner import suggest

    return suggest


def analyse(
    dataset: Dataset,
    parameters: Parameters | None = None,
    *,
    progress: Progress | None = None,
    engine: Engine | None = None,
) -> Analysis:
    """Find the hotspots of a dataset.

    ``engine``: who does the parts of an area that is searched part by part; with one it
    always is, without one only where it needs over 500,000 cells.
    ``progress``: called as ``progress(what, done, total)``.

    Raises AreaError if no area was valid on the last day of the window; ParameterError
    if the window, a category or the area is not in the data; PrecisionError if snapped
    places would be mixed across July 2022; NoUsableRowsError if no incident is left to
    analyse.
    """
    chosen = parameters or Parameters()
    check_choices(dataset, chosen)
    window, window_notes = choose_window(
        dataset.incidents, text=chosen.window, months=chosen.window_months
    )
    dataset = dataset.valid_on(window.last_day)
    say = progress or _silent
    say("choosing incidents", 0, 4)
    counted = _counted(dataset, chosen, window)
    incidents, rejects = counted.incidents, counted.rejects
    say("density and clusters", 1, 4)
    cell_of_place = dataset.cells_of_places(chosen.resolution)
    surfaces, finding = _searched(
        dataset, chosen, incidents, cell_of_place, engine, say
    )
    cells = surfaces["count"].cells
    by_area = Comparison.of_last_year(dataset.incidents, window, same_places=False)
    areas_table = build_areas_table(dataset, incidents, by_area)
    say("places and their stability", 2, 4)
    counts = surfaces["count"].values
    located = Located.of(incidents, cell_of_place, cells)
    exposure, rule = dataset.exposure, chosen.rule
    evidence = Evidence(
        incidents=incidents,
        weights=counted.weights,
        cell_of=located.cell,
        counts=counts,
        cells=cells,
        ward_of_place=dataset.ward_of_place,
        harm=dataset.harm,
        comparison=Comparison.of_last_year(dataset.incidents, window, same_places=True),
        window=window,
        exposure=exposure,
        dispersion=typical_dispersion(areas_table, dataset.ward_kind),
        persistence=measure_persistence(located, rule, window, exposure),
        rule=rule,
    )
    clusters = finding.result()
    hotspots = build_hotspots(clusters, evidence)
    price = price_of_shape(counts, [cluster.positions for cluster in clusters])
    backtest = back_test(located, rule, window, exposure)
    notes = (
        *build_notes(dataset, chosen, surfaces, hotspots, evidence, window_notes),
        *safeguard_notes(incidents, rejects, dataset.harm),
        *counted.apart,
        *shape_notes(hotspots, price, backtest),
    )
    say("", 4, 4)
    return Analysis(
        dataset=dataset,
        parameters=chosen,
        window=window,
        comparison=evidence.comparison,
        incidents=incidents,
        hotspots=hotspots,
        cells=cells,
        surfaces=surfaces,
        cells_table=build_cells_table(
            surfaces, hotspots, incidents, evidence.cell_of, dataset.ward_of_place
        ),
        areas_table=areas_table,
        price_of_shape=price,
        backtest=backtest,
        persistence=evidence.persistence,
        months_table=build_months_table(dataset, incidents, window),
        rejects=rejects,
        notes=(*notes, *areas_notes(areas_table)),
    )


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """What is analysed of a window, and what is not: listed, and said of places."""

    incidents: Incidents
    weights: pl.DataFrame
    rejects: pl.DataFrame
    apart: tuple[str, ...]


def _counted(dataset: Dataset, chosen: Parameters, window: Window) -> _Counted:
    """Choose what is analysed; what is held for that alone is let go of."""
    inside = dataset.incidents.select(within(window))
    weights = dataset.harm.look_up(inside)
    status = build_statuses(dataset, chosen, inside, weights)
    used = status["status"].is_null()
    if not used.any():
        raise NoUsableRowsError(
            f"at least one incident must be left to analyse; of "
            f"{dataset.reading.rows_read:,} rows none is inside the areas, in the "
            f"window {window} and of a counted category. Check the areas, the window "
            "and the categories."
        )
    unused = status.filter(~used)
    return _Counted(
        incidents=inside.select(used),
        weights=weights.filter(used),
        rejects=stack_rejects(
            [dataset.reading.rejects, unused.select(_REJECT_COLUMNS)]
        ),
        apart=_apart(inside, status),
    )


def _searched(
    dataset: Dataset,
    chosen: Parameters,
    incidents: Incidents,
    cell_of_place: npt.NDArray[np.uint64],
    engine: Engine | None,
    say: Progress,
) -> tuple[dict[str, Surface], Future[list[Cluster]]]:
    """Return counts, density and Gi*, and the places that are being found beside."""
    pool, context = ThreadPoolExecutor(1), copy_context()

    def beside(work: Callable[..., Any], *given: Any) -> Future[Any]:
        return pool.submit(context.run, work, *given)

    if engine is not None or parted_anyway(dataset, chosen):
        study = dataset.study_cells(chosen.resolution, area=chosen.area, most=MAX_STUDY)
        points = PlacePoints.of(incidents, cell_of_place, chosen.resolution)

        def told(done: int, total: int) -> None:
            say(f"density and clusters, part {done} of {total}", 1, 4)

        surfaces = parted_surfaces(points, study, chosen, engine, told)
        count = surfaces["count"]
        finding = beside(chosen.rule.find, count.values, count.cells)
    else:
        places = np.unique(incidents.frame["place"].to_numpy())
        cells = dataset.study_cells(chosen.resolution, area=chosen.area)
        cells = cells.union(cell_of_place[places])
        cells.read_areas_off()
        count = Count()(incidents, cells, cell_of_place)
        gi_star = beside(chosen.gi_star, incidents, cells)
        finding = beside(chosen.rule.find, count.values, cells)
        kde = chosen.kde(incidents, cells)
        surfaces = {"count": count, "kde": kde, "gi_star": gi_star.result()}
    beside(getattr, dataset.areas, "coverage_notes")  # asked for at the end
    pool.shutdown(wait=False)
    return surfaces, finding


def _apart(incidents: Incidents, status: pl.DataFrame) -> tuple[str, ...]:
    """List what was set apart of what would have been analysed."""
    excluded = (status["status"] == "excluded").fill_null(False)
    return apart_notes(incidents.frame.filter(excluded), incidents.places)


def evaluate(
    dataset: Dataset,
    *,
    incidents: Incidents | None = None,
    cells: Cells | None = None,
    window: Window | None = None,
    resolution: int = 10,
    period: Period | None = None,
    seed: int = 1,
    progress: Progress | None = None,
) -> Evaluation:
    """Back-test the methods on a dataset beside the plain count of 12 months.

    ``incidents``: some of the dataset's; default those inside the areas and of counted
    categories.
    ``cells``: what is searched; default the whole study area.
    ``window``: the time that ``incidents`` were chosen from; default that of the files.
    ``resolution``: of the cells, where they are not given.
    ``period``: how long each tested time is; default 28 days where the files state
    days.
    ``seed``: for the block bootstrap.
    ``progress``: called as ``progress(what, done, total)``.

    Raises PrecisionError if 28 days are asked of files that state only months;
    TooFewError if there are too few months to forecast one.

    Notes
    -----
    Density and Gi* always; where the files state days and true places, also risk that
    lasts and is recent (:class:`Prospective`) and open zones (:class:`NearRepeat`).
    """
    from hotspots.evaluate import RollingOrigin

    if incidents is None:
        left_out = excluded_reason(dataset.incidents, dataset.weights)
        place = dataset.incidents.frame["place"].to_numpy()
        inside = pl.Series(dataset.area_of_place[place] >= 0)
        incidents = dataset.incidents.select(left_out.is_null() & inside)
    if cells is None:
        extra = dataset.cells_of_places(resolution)
        cells = dataset.study_cells(resolution).union(extra)
    dated = incidents.time_precision != "month"
    methods: dict[str, Forecaster | DatedForecaster] = {
        "density (300 m)": Kde(),
        "Gi*": GiStar(),
    }
    if dated and not incidents.snapped:
        methods["lasting and recent risk"] = Prospective()
        methods["open near-repeat zones"] = NearRepeat()
    run = RollingOrigin(period=period or ("28 days" if dated else "month"))
    days = dataset.incidents.frame["start"].dt.date().unique().to_list()
    covered = [day for day in days if window is None or window.contains(day)]
    return run(incidents, cells, methods, covered=covered, rng=seed, progress=progress)


def write(
    analysis: Analysis,
    out: Path | str,
    *,
    progress: Progress | None = None,
    extras: Extras | None = None,
) -> tuple[Path, ...]:
    """Write every output into a folder, all of them or none.

    ``out``: made when absent. Files of an earlier run are replaced together at the end.
    ``extras``: what is written only where it is asked for: Shapefiles, streets, every
    row.

    Raises OutputError if the folder cannot be written or holds something else.
    """
    from hotspots.outputs.analysis_folder import write_outputs

    return write_outputs(analysis, Path(out), progress=progress, extras=extras)


def _silent(_what: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""


_REJECT_COLUMNS = ("file", "line", "status", "reason", "value")
