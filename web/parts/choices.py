"""The fixed lists that filters come from: what is in the dataset, nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from hotspots.core.window import add_months, month_start
from hotspots.workflow import Dataset

LAYERS = {
    "count": "Incidents in each cell",
    "density": "Incidents per square kilometre",
    "gi_star": "Hot and cold spots (Gi*)",
    "difference": "More or fewer than before",
}


@dataclass(frozen=True, kw_only=True)
class AreaChoice:
    """An area that can be chosen."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Everything that a filter can be set to.

    ``categories``: in alphabetical order.
    ``by_default``: those that are counted when nothing is chosen.
    ``months``: first days of the months that the incidents span.
    """

    categories: tuple[str, ...]
    by_default: tuple[str, ...]
    months: tuple[dt.date, ...]
    areas: tuple[AreaChoice, ...]

    @classmethod
    def from_dataset(cls, dataset: Dataset) -> Choices:
        """Collect the choices that a dataset offers."""
        areas = dataset.areas.frame.select("code", "name", "kind").unique(
            maintain_order=True
        )
        return cls(
            categories=dataset.categories,
            by_default=_counted_by_default(dataset),
            months=_months(dataset),
            areas=tuple(AreaChoice(**row) for row in areas.iter_rows(named=True)),
        )

    def area(self, code: str) -> AreaChoice | None:
        """Return the area with a code, if there is one."""
        return next((area for area in self.areas if area.code == code), None)


def _counted_by_default(dataset: Dataset) -> tuple[str, ...]:
    category = dataset.incidents.frame["category"].cast(pl.String)
    counted = category.filter(dataset.weights["included"] == "yes").unique()
    return tuple(sorted(counted.to_list()))


def _months(dataset: Dataset) -> tuple[dt.date, ...]:
    starts = dataset.incidents.frame["start"]
    first, last = starts.min(), starts.max()
    assert isinstance(first, dt.datetime)
    assert isinstance(last, dt.datetime)
    months = [month_start(first.date())]
    while add_months(months[-1], 1) <= last.date():
        months.append(add_months(months[-1], 1))
    return tuple(months)
