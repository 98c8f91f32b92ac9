"""Which incidents count as youth-related, and in which weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.core.errors import ParameterError, TooFewError, did_you_mean
from hotspots.core.types import Bools
from hotspots.model.incidents import Incidents
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
