"""From a dataset and resources to the plan of one tactic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from hotspots.analysis.dataset import Dataset
from hotspots.core.options import build
from hotspots.resources import Resources
from hotspots.tactics.catalogue import find_tactic
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.plan import Plan


def suggest(
    dataset: Dataset,
    tactic: str | Any,
    options: Mapping[str, str] | None = None,
    *,
    resources: Resources | None = None,
    day: dt.date | None = None,
    window: str | None = None,
    categories: Sequence[str] | None = None,
    officer_generated: bool = False,
    leave_out: str = "",
    seed: int = 1,
) -> Plan:
    """Plan one tactic.

    Parameters
    ----------
    tactic : str or tactic
        A name of :data:`hotspots.tactics.catalogue.TACTICS`, or an instance such as
        ``FootPatrol(n_areas=3)``.
    options : mapping of str to str, optional
        Options as text, where ``tactic`` is a name.
    day : date, optional
        The first day of the plan; default the day after the data end.
    window : str, optional
        ``FROM:TO`` or ``all``; default the last 24 months.
    categories : sequence of str, optional
        Default every counted category.
    officer_generated : bool
        Whether incidents found by officers' own activity may choose a place.
    leave_out : str
        Names of streets or places, with ``;`` between, that no plan may be for: a
        hospital, a prison. Case and position in the address do not matter.
    seed : int
        For every random choice.

    Raises
    ------
    PlanError
        If a constraint cannot be met.
    ParameterError, PrecisionError, TooFewError
        If an option is impossible, or the data are too coarse or too few.

    Examples
    --------
    >>> from hotspots.samples import sample_paths
    >>> from hotspots.workflow import load
    >>> incidents, areas = sample_paths()
    >>> plan = suggest(load([incidents], list(areas)), "patrol", {"n_areas": "2"})
    >>> len(plan.suggestions)
    2
    """
    if isinstance(tactic, str):
        tactic = build(find_tactic(tactic).method, options or {})
    context = PlanningContext.from_dataset(
        dataset,
        resources=resources,
        day=day,
        window=window,
        categories=categories,
        officer_generated=officer_generated,
        leave_out=leave_out,
        seed=seed,
    )
    plan: Plan = tactic(context)
    return plan
