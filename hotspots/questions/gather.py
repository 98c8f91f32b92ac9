"""Gather what a question is asked of: incidents of a category, a window, an area."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.analysis.dataset import Dataset
from hotspots.analysis.selection import select
from hotspots.core.errors import NoUsableRowsError, ParameterError, did_you_mean
from hotspots.model.harm import excluded_reason
from hotspots.questions.question import Material, Question
from hotspots.resources import Resources


def gather(
    question: Question,
    dataset: Dataset,
    *,
    categories: Sequence[str] | None = None,
    window: str | None = None,
    area: str | None = None,
    resources: Resources | None = None,
) -> Material:
    """Choose the incidents of a dataset that a question is asked of.

    Raises NoUsableRowsError if none is left; ParameterError if a category, the window
    or the area is not there; PrecisionError if the data are too coarse, or snapped
    places would be mixed across July 2022.
    """
    if question.needs_moments:
        dataset.incidents.check_moments(question.needs_moments)
    if question.one_kind and not categories:
        kinds = dataset.incidents.frame["category"]
        categories = [_usual_kind(kinds, question.one_kind)]
    place = dataset.incidents.frame["place"].to_numpy()
    used = pl.Series(dataset.area_of_place[place] >= 0)
    if question.counted_only and not categories:
        reason = excluded_reason(dataset.incidents, dataset.weights)
        used &= reason.is_null() | dataset.incidents.frame["apart"].is_not_null()
    if area:
        used &= pl.Series(_inside(dataset, area)[place])
    incidents = dataset.incidents.select(used)
    if not incidents.n:
        raise NoUsableRowsError(
            f"at least one incident must be left to ask of; none of "
            f"{dataset.incidents.n:,} is inside the areas asked for. Check the areas."
        )
    chosen, span = select(
        incidents,
        categories=categories,
        window=window or question.default_window,
        same_places=question.exact_places,
        harm=dataset.harm,
    )
    return Material(
        incidents=chosen,
        window=span,
        dataset=dataset,
        resources=resources or Resources(),
        area=area or "",
    )


def _usual_kind(kinds: pl.Series, wanted: str) -> str:
    """Return the most frequent kind called so, else the most frequent of all."""
    found = kinds.value_counts(sort=True)[kinds.name].drop_nulls().to_list()
    called = [kind for kind in found if wanted.casefold() in kind.casefold()]
    return str([*called, *found, wanted][0])


def _inside(dataset: Dataset, code: str) -> npt.NDArray[np.bool_]:
    codes = dataset.areas.frame["code"].to_list()
    if code not in codes:
        raise ParameterError(
            f"the area must be the code of one that was given; got {code!r}."
            f"{did_you_mean(code, codes)}"
        )
    row = codes.index(code)
    kind = dataset.areas.frame["kind"].to_list()[row]
    return np.asarray(dataset.locate_kind(kind) == row)
