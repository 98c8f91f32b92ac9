"""A question that can be asked of incidents, defined once.

The command, the page with its form, the address and the list in the documentation are
all made from a :class:`Question`; its options are the fields of the method that answers
it and of ``extra``.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import ParameterError, did_you_mean
from hotspots.core.options import Checked, Param, build, option, parameters
from hotspots.core.spread import Engine
from hotspots.core.window import Window, check_year
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents
from hotspots.questions.answer import Answer
from hotspots.resources import Resources

if TYPE_CHECKING:
    from hotspots.analysis.dataset import Dataset


@dataclass(frozen=True, kw_only=True)
class NoMore:
    """The method's own fields are all the options there are."""


@dataclass(frozen=True, kw_only=True)
class Material:
    """What a question is asked of.

    ``incidents``: chosen by category, window and area.
    ``dataset``: areas and all incidents; only questions that need areas have
    it for certain.
    ``area``: code of the one area that was asked for, if any.
    ``engine``: who does the work of a question that can be spread.
    """

    incidents: Incidents
    window: Window
    dataset: Dataset | None = None
    resources: Resources = field(default_factory=Resources)
    area: str = ""
    engine: Engine | None = None

    def cells(self, resolution: int) -> Cells:
        """Return the cells of the study area (or the one area) and of the incidents."""
        dataset = self.areas()
        places = np.unique(self.incidents.frame["place"].to_numpy())
        extra: npt.NDArray[np.uint64] = dataset.cells_of_places(resolution)[places]
        return dataset.study_cells(resolution, area=self.area or None).union(extra)

    @property
    def ground(self) -> Any:
        """The polygon of the one area that was asked for, or None."""
        if not self.area:
            return None
        return self.areas().outline_of(self.area)

    def areas(self) -> Dataset:
        """Return the dataset with its areas.

        Raises ParameterError if there are none.
        """
        if self.dataset is None:
            raise ParameterError(
                "this question needs the areas of the district; got none. Give them "
                "with --areas."
            )
        return self.dataset

    def day(self, text: str) -> dt.date:
        """Return a day from text; empty is the last day of the window.

        Raises ParameterError if it is no date.
        """
        if not text:
            last = self.incidents.frame["start"].max()
            known = last.date() if isinstance(last, dt.datetime) else None
            return min(self.window.last_day, known or self.window.last_day)
        try:
            day = dt.date.fromisoformat(text)
        except ValueError as error:
            raise ParameterError(
                f"a day must be written like 2025-06-14; got {text!r}."
            ) from error
        check_year(day)
        return day

    def place_names(self, cells: Cells, positions: npt.NDArray[np.int64]) -> list[str]:
        """Return "street, ward" for cells, from the incidents inside or nearest."""
        at_m = np.atleast_2d(cells.xy_m[positions])
        found = self.areas().names_near(self.incidents, at_m)
        return found or [f"{int(cells.ids[k]):x}" for k in positions]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question, its options and where its method is explained.

    ``name``: the command and the last part of the address.
    ``method``: the dataclass whose fields are options.
    ``extra``: dataclass with the options that the method does not have.
    ``ask``: ``ask(material, method, extra) -> Answer``.
    ``document``: page of ``docs/methods``, without the ending.
    ``title``, ``help``, ``formula``, ``when``, ``when_not``, ``source``: for people, in
    a sentence each; see ``questions.toml``.
    ``needs_moments``: what cannot be done on month-only or snapped data, as the refusal
    names it.
    ``default_window``: str or None; ``all``, or None for the last 24 months.
    ``counted_only``: whether, when no category is chosen, only those that count for
    hotspots are used.
    ``exact_places``: whether exact places are compared, which snapped points do not
    allow across July 2022.
    ``one_kind``: the kind of crime that is asked of when none is chosen, or the most
    frequent one where the files know no such kind; empty where several go together.
    ``defaults``: defaults that differ from the method's own, because a whole district
    is asked about at once.
    ``spreads``: whether its work can be spread over workers.
    ``without_files``: ``without_files(method, extra) -> Answer or None``: answers from
    the options alone, where they hold everything.
    """

    name: str
    title: str
    help: str
    method: type
    extra: type = NoMore
    ask: Callable[[Material, Any, Any], Answer]
    document: str
    formula: str
    when: str
    when_not: str
    source: str
    needs_areas: bool = False
    needs_moments: str = ""
    default_window: str | None = "all"
    counted_only: bool = False
    exact_places: bool = True
    one_kind: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    spreads: bool = False
    without_files: Callable[[Any, Any], Answer | None] | None = None

    @property
    def options(self) -> tuple[Param, ...]:
        """The options, the method's own first."""
        return tuple(
            replace(param, default=self.defaults.get(param.name, param.default))
            for param in (*parameters(self.method), *parameters(self.extra))
        )

    def answer(self, material: Material, text: Mapping[str, str]) -> Answer:
        """Ask with options as text; those left out keep their default."""
        if self.needs_moments:
            material.incidents.check_moments(self.needs_moments)
        return self.ask(material, *self.build(text))

    def build(self, text: Mapping[str, str]) -> tuple[Any, Any]:
        """Return the method and the extra options from text.

        Raises ParameterError if an option is unknown or its value impossible.
        """
        text = {**{k: str(v) for k, v in self.defaults.items()}, **text}
        own = {param.name for param in parameters(self.method)}
        more = {param.name for param in parameters(self.extra)}
        for name in text:
            if name not in own | more:
                raise ParameterError(
                    f"'{self.name}' has no option '{name}'. It has: "
                    f"{', '.join([*sorted(own), *sorted(more)]) or 'none'}."
                    f"{did_you_mean(name, own | more)}"
                )
        return (
            build(self.method, {k: v for k, v in text.items() if k in own}),
            build(self.extra, {k: v for k, v in text.items() if k in more}),
        )


@dataclass(frozen=True, kw_only=True)
class Resolution(Checked):
    """The size of the cells."""

    resolution: int = option(9, help="H3 resolution of the cells.", ge=8, le=11)


_WORDS = tomllib.loads(
    Path(__file__).with_name("questions.toml").read_text(encoding="utf-8")
)


def question(name: str, **parts: Any) -> Question:
    """Return the question whose words stand under its name in ``questions.toml``."""
    return Question(name=name, **_WORDS[name], **parts)


def question_of_cells(
    name: str, method: type, ask: Any, extra: type = Resolution, **parts: Any
) -> Question:
    """Return a question of all cells: counted incidents of the last 24 months."""
    usual = {"needs_areas": True, "counted_only": True, "default_window": None}
    return question(name, method=method, ask=ask, extra=extra, **{**usual, **parts})
