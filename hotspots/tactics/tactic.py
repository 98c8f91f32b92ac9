"""What a tactic is: one declaration; and the proposal that it makes of a context."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from hotspots.model.incidents import Incidents
from hotspots.tactics.backtest import Trial
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.plan import PlanLayer
from hotspots.tactics.rationale import Action, Alternative
from hotspots.tactics.words import Words


@dataclass(frozen=True, kw_only=True)
class Place(Action):
    """One thing to do at one place, as its tactic proposes it.

    ``lasting``: float or None; share of the risk that is lasting, 0 to 1; None or nan
    where it is not known.
    ``n_eligible``, ``n_ineligible``: incidents here that the tactic can act on, and
    that it cannot.
    ``per_day``: incidents a day that success is measured by, were nothing done.
    ``control_times``: incidents of the comparison places for each of those.
    ``leave_one_out``: what the plan without it loses (default its value).
    ``success``: str or None; where it differs from the proposal's.
    ``slots``: fills the do and do not of the tactic's words.
    """

    lasting: float | None
    n_eligible: int
    n_ineligible: int
    per_day: float
    alternatives: tuple[Alternative, ...] = ()
    controls: tuple[str, ...] = ()
    control_times: float = 1.0
    binding: tuple[str, ...] = ()
    leave_one_out: float | None = None
    start: dt.date | None = None
    success: str | None = None
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a tactic proposes; everything else of a plan the planner adds.

    ``used``: those that chose.
    ``measured``: what success is counted in, in words.
    ``weeks``: how long it is done and judged.
    ``covers``: how the choice is tested on earlier days.
    ``eligibility``, ``value_unit``: which incidents count, and what the value of a
    place is counted in.
    ``drawn``: how the places were drawn by lot; empty where they were not.
    ``fall``, ``success``: sentences around the smallest fall (``{fall}``) and the test
    (``{test}``).
    ``do``, ``do_not``: in place of those of the tactic's words.
    """

    places: tuple[Place, ...]
    headline: str
    used: Incidents
    measured: str
    weeks: int
    covers: Trial
    eligibility: str
    value_unit: str
    n_resamples: int
    no_alternative: str
    title: str = ""
    start: dt.date | None = None
    window: str = ""
    drawn: str = ""
    split_note: str = ""
    fall: str = "{fall}"
    success: str = "{test}"
    marking: str = "OFFICIAL"
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    layers: Mapping[str, PlanLayer] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    attribution: str = ""
    do: tuple[str, ...] = ()
    do_not: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tactic:
    """A tactic, declared once.

    ``name``: the command and the last part of the address.
    ``options``: the dataclass of its options.
    ``solve``: from options and a context to a :class:`Proposal`.
    ``words``: its file of words, beside the module of ``solve``; its name's unless
    given.
    ``check``: from options and incidents: raises PrecisionError where they are too
    coarse.
    ``needs``, ``uses``: resources that it cannot do without, and that make it better.
    """

    name: str
    options: type[Any]
    solve: Callable[[Any, PlanningContext], Proposal]
    words: str = ""
    check: Callable[[Any, Incidents], None] = lambda _options, _incidents: None
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()

    @cached_property
    def text(self) -> Words:
        """Its words."""
        file = self.words or f"{self.name}.toml"
        return Words.from_toml(Path(inspect.getfile(self.solve)).parent / file)

    @property
    def title(self) -> str:
        """As people say it."""
        return self.text.title

    @property
    def help(self) -> str:
        """What it does, in one sentence."""
        return self.text.help

    @property
    def docs_row(self) -> str:
        """Its row in the table of ``docs/planner.md``."""
        named = (
            ", ".join(f"`--{n}`" for n in names) for names in (self.needs, self.uses)
        )
        cells = [f"`{self.name}`", self.text.suggests, *named]
        return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")
