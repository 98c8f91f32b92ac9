"""The options of youth sessions, and which incidents count as youth-related."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from hotspots.core.errors import ParameterError, TooFewError, did_you_mean
from hotspots.core.options import Checked
from hotspots.core.types import Bools
from hotspots.model.incidents import Incidents
from hotspots.optimise.session_choice import Rules
from hotspots.tactics.words import options_from
from hotspots.tactics.youth.school_year import Days, in_holiday, read_holidays

MIN_INCIDENTS = 30
"""Fewer than this over 168 hours and the places say nothing of the week."""


@dataclass(frozen=True, kw_only=True)
class YouthRule:
    """What counts as youth-related anti-social behaviour.

    ``category``: category of the incidents, in any case.
    ``marks``: qualifiers that count, with commas between.
    ``unmarked`` ({"refuse", "use all"}): what to do where no incident carries any
    qualifier of ``marks``.
    ``term`` ({"all", "term", "holiday"}): which weeks count.
    ``holidays``: the council's own holidays; empty takes the usual English pattern.
    """

    category: str
    marks: str
    unmarked: str
    term: str
    holidays: str

    def rows(self, incidents: Incidents) -> pl.Series:
        """Say which incidents count.

        Raises ParameterError if no incident is of the category; TooFewError if none is
        marked and ``unmarked`` is "refuse".
        """
        of_category = self._of_category(incidents)
        marked = of_category & self._marked(incidents)
        if not marked.any():
            if self.unmarked == "refuse":
                raise TooFewError(
                    f"youth-related incidents must be marked ({self.marks}) in the "
                    f"qualifiers; none of {int(of_category.sum()):,} of category "
                    f"'{self.category}' is. Map the column of qualifiers, name the "
                    "marks that your files use, or plan with unmarked 'use all', which "
                    "counts adults' behaviour too."
                )
            marked = of_category
        return marked & self._in_season(incidents)

    def counted(self, incidents: Incidents) -> Incidents:
        """Return the incidents that count.

        Raises TooFewError if there are fewer than 30.
        """
        found = incidents.select(self.rows(incidents))
        if found.n < MIN_INCIDENTS:
            raise TooFewError(
                f"youth sessions need at least {MIN_INCIDENTS} youth-related incidents "
                f"to choose hours by; there are {found.n:,}{self._season()}. Take a "
                "longer window or ask the youth workers."
            )
        return found

    def words(self, incidents: Incidents) -> str:
        """Return the rule in words."""
        if (self._of_category(incidents) & self._marked(incidents)).any():
            who = f"marked '{self._marks()[0]}' by whoever recorded them"
        else:
            who = (
                "of every kind: no incident is marked youth, so adults' are among them"
            )
        return f"'{self.category}' incidents {who}{self._season()}"

    def all_marked(self, incidents: Incidents) -> bool:
        """Say whether the rule rests on a mark and not on the whole category."""
        return bool((self._of_category(incidents) & self._marked(incidents)).any())

    def counts_day(self, days: Days) -> Bools:
        """Say which days are in the weeks that count."""
        if self.term == "all":
            return np.ones(len(days), dtype=np.bool_)
        off = in_holiday(days, read_holidays(self.holidays))
        return off if self.term == "holiday" else ~off

    def _of_category(self, incidents: Incidents) -> pl.Series:
        names = incidents.frame["category"].cast(pl.String)
        found = names.str.to_lowercase() == self.category.strip().lower()
        if not found.any():
            known = sorted(names.unique().to_list())
            raise ParameterError(
                f"category must be one that occurs; got '{self.category}'. There are "
                f"{', '.join(known)}.{did_you_mean(self.category, known)}"
            )
        return found

    def _marked(self, incidents: Incidents) -> pl.Series:
        kept = incidents.frame["qualifiers"].cast(pl.String).fill_null("")
        listed = kept.str.to_lowercase().str.split(";")
        marks = self._marks()
        each = listed.list.eval(pl.element().str.strip_chars().is_in(marks))
        return each.list.any()

    def _marks(self) -> list[str]:
        return [mark.strip().lower() for mark in self.marks.split(",") if mark.strip()]

    def _in_season(self, incidents: Incidents) -> pl.Series:
        days = incidents.frame["start"].dt.date().to_numpy().astype("datetime64[D]")
        return pl.Series(self.counts_day(days))

    def _season(self) -> str:
        return {
            "all": "",
            "term": ", in school term",
            "holiday": ", in school holidays",
        }[self.term]


Term = Literal["all", "term", "holiday"]
Travel = Literal["walk", "van"]
Unmarked = Literal["refuse", "use all"]


def _categories(names: Sequence[str]) -> dict[str, str]:
    return {name: name for name in sorted(set(names))}


say = options_from(Path(__file__).with_name("youth.toml"))


@dataclass(frozen=True, kw_only=True)
class YouthOptions(Checked):
    """A week of youth sessions to hold for at least ten weeks.

    Each possible session is a day, a start, a length and one to three places in order;
    the choice among all of them is exact. At most one session a day, each place at most
    twice a week.

    Raises ParameterError if a field is impossible, or no session fits between
    ``earliest`` and ``latest`` or into ``max_hours``.

    References
    ----------
    Desaulniers, G., Desrosiers, J. and Solomon, M. (eds) (2005), "Column Generation",
    Springer: the formulation. Ratcliffe and McCullagh (1998): aoristic hours.
    """

    n_sessions: int = say("n_sessions", 3, ge=1, le=7)
    max_hours: float = say("max_hours", 9.0, gt=0, le=60)
    weeks: int = say("weeks", 12, ge=10, le=52)
    earliest: int = say("earliest", 16, ge=6, le=23)
    latest: int = say("latest", 22, ge=7, le=24)
    min_hours: int = say("min_hours", 2, ge=1, le=6)
    max_hours_session: int = say("max_hours_session", 3, ge=1, le=6)
    max_stops: int = say("max_stops", 3, ge=1, le=3)
    max_travel_min: float = say("max_travel_min", 20.0, ge=0, le=60)
    travel: Travel = say("travel", "walk")  # noqa: RUF009
    outside_share: float = say("outside_share", 0.0, ge=0, le=1)
    town: str = say("town", "")
    town_radius_m: float = say("town_radius_m", 2500.0, gt=0)
    term: Term = say("term", "all")  # noqa: RUF009
    holidays: str = say("holidays", "")
    switching_cost: float = say("switching_cost", 0.1, ge=0)
    veto: str = say("veto", "")
    category: str = say("category", "Anti-social behaviour", offered=_categories)
    marks: str = say("marks", "youth, youths, youth related, youth-related")
    unmarked: Unmarked = say("unmarked", "refuse")  # noqa: RUF009
    n_places: int = say("n_places", 24, ge=1, le=40)
    place_cells: int = say("place_cells", 3, ge=1, le=5)
    pooling: float = say("pooling", 0.5, ge=0, le=1)
    randomise: bool = say("randomise", False)
    reserve_percent: float = say("reserve_percent", 0.0, ge=0, le=50)
    resamples: int = say("resamples", 40, ge=0, le=1000)

    def __post_init__(self) -> None:
        super().__post_init__()
        read_holidays(self.holidays)
        if self.max_hours_session < self.min_hours:
            raise ParameterError(
                f"max_hours_session must be at least min_hours ({self.min_hours}); got "
                f"{self.max_hours_session}."
            )
        room = min(self.max_hours, self.latest - self.earliest)
        if self.min_hours > room:
            raise ParameterError(
                f"a session of {self.min_hours} hours must fit between {self.earliest}:"
                f"00 and {self.latest}:00 and into {self.max_hours:g} hours a week; "
                "it does not. Allow more hours or shorter sessions."
            )

    @property
    def rules(self) -> Rules:
        """The limits of one week."""
        return Rules(
            n_sessions=self.n_sessions,
            max_hours=self.max_hours,
            outside_share=self.outside_share,
        )

    @property
    def rule(self) -> YouthRule:
        """Which incidents count."""
        return YouthRule(
            category=self.category,
            marks=self.marks,
            unmarked=self.unmarked,
            term=self.term,
            holidays=self.holidays,
        )
