"""Which incidents are analysed, and for each of the others the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.analysis.dataset import Dataset
from hotspots.analysis.parameters import Parameters
from hotspots.analysis.periods import choose_window
from hotspots.core.errors import NoUsableRowsError, ParameterError, did_you_mean
from hotspots.core.window import Window
from hotspots.model.areas import Areas
from hotspots.model.harm import HarmTable, excluded_reason, protected_reason
from hotspots.model.incidents import Incidents, within
from hotspots.model.institutions import apart_notes


def select(
    incidents: Incidents,
    *,
    categories: Sequence[str] | None = None,
    window: str | None = None,
    same_places: bool = True,
    harm: HarmTable | None = None,
) -> tuple[Incidents, Window]:
    """Return the incidents of some categories in a window, for one question.

    What must never be counted (sexual, domestic and hate offences, by category and by
    mark) is never among them, nor what is set apart, which is listed in the notes.

    Raises NoUsableRowsError if none is left; ParameterError if a category is not there
    or the window is none; PrecisionError if snapped places would be mixed across July
    2022.
    """
    span, _ = choose_window(incidents, text=window, months=24, same_places=same_places)
    weights = (harm or HarmTable.default()).look_up(incidents)
    incidents = incidents.select(protected_reason(incidents, weights).is_null())
    gone = incidents.frame["apart"].is_not_null()
    said = apart_notes(incidents.frame.filter(gone), incidents.places)
    incidents = replace(incidents.select(~gone), notes=(*incidents.notes, *said))
    names = pl.col("category").cast(pl.String)
    there = sorted(incidents.frame["category"].cast(pl.String).unique().to_list())
    chosen_names = [_one_of(category, there) for category in categories or ()]
    rows = within(span)
    if chosen_names:
        rows &= names.is_in(chosen_names)
    chosen = incidents.select(rows)
    if not chosen.n:
        raise NoUsableRowsError(
            f"at least one incident must be left; none of {incidents.n:,} is of the "
            f"categories asked for in {span}. Choose a longer window."
        )
    return chosen, span


def _one_of(category: str, there: Sequence[str]) -> str:
    """Return the category that is meant, in capitals or not."""
    found = next((c for c in there if c.lower() == category.strip().lower()), None)
    if found is None:
        raise ParameterError(
            f"a category must be one of {', '.join(there)}; got {category!r}."
            f"{did_you_mean(category, there)}"
        )
    return found


def check_choices(dataset: Dataset, chosen: Parameters) -> None:
    """Refuse a category or an area that the dataset does not have.

    Raises ParameterError naming what is there.
    """
    for category in chosen.categories or ():
        _one_of(category, dataset.categories)
    codes = dataset.areas.frame["code"].to_list()
    if chosen.area is not None and chosen.area not in codes:
        raise ParameterError(
            f"the area must be the code of one that was given; got {chosen.area!r}."
            f"{did_you_mean(chosen.area, codes)}"
        )


def build_statuses(
    dataset: Dataset, chosen: Parameters, incidents: Incidents, weights: pl.DataFrame
) -> pl.DataFrame:
    """Say for each incident of the window why it is not analysed; the first wins."""
    place = incidents.frame["place"].to_numpy()
    inside = dataset.area_of_place >= 0
    reason = excluded_reason(incidents, weights, asked=chosen.categories)
    if chosen.area is not None:
        row = dataset.areas.frame["code"].to_list().index(chosen.area)
        only = dataset.areas.geometry[row : row + 1]
        there = _inside_one(only, incidents)[place]
        reason = reason.set(pl.Series(~there), "outside the chosen area")
    place_text = pl.format("{},{}", "lon", "lat")
    texts = incidents.places.select(place_text.alias("t"))["t"]
    rows = incidents.frame.select("file", "line", "category", "place")
    return rows.with_columns(outside=pl.Series(~inside[place]), left_out=reason).select(
        "file",
        "line",
        pl.when("outside")
        .then(pl.lit("outside areas"))
        .when(pl.col("left_out").is_not_null())
        .then(pl.lit("excluded"))
        .alias("status"),
        pl.when("outside")
        .then(pl.lit("outside every area given"))
        .otherwise("left_out")
        .alias("reason"),
        pl.when("outside")
        .then(pl.lit(texts).gather("place"))
        .otherwise(pl.col("category").cast(pl.String))
        .alias("value"),
    )


def counted_in(dataset: Dataset, chosen: Parameters, window: Window) -> Incidents:
    """Return what is counted, by the rules of an analysis, in another window."""
    inside = dataset.incidents.select(within(window))
    weights = dataset.harm.look_up(inside)
    status = build_statuses(dataset, chosen, inside, weights)["status"]
    return inside.select(status.is_null())


def _inside_one(
    polygons: npt.NDArray[np.object_], incidents: Incidents
) -> npt.NDArray[np.bool_]:
    one = Areas.from_polygons(polygons, codes=["chosen"])
    places = incidents.places
    return one.locate(places["lon"].to_numpy(), places["lat"].to_numpy()) >= 0
