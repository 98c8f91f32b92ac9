"""The simulated town, read, analysed and planned with once in a run of tests."""

from __future__ import annotations

import datetime as dt
from functools import cache

from hotspots.samples import sample_paths
from hotspots.tactics.context import PlanningContext
from hotspots.workflow import Analysis, Dataset, analyse, load


@cache
def sample_town() -> Dataset:
    """The town as it is read with nothing said of it."""
    incidents, areas = sample_paths()
    return load([incidents], areas)


@cache
def sample_planning() -> PlanningContext:
    """What a plan of the town starts from."""
    return PlanningContext.from_dataset(sample_town())


@cache
def town_on_its_day() -> Dataset:
    """The town as it is read on the day after its data end."""
    incidents, areas = sample_paths()
    return load([incidents], areas, today=dt.date(2025, 7, 1))


@cache
def sample_analysis() -> Analysis:
    """The town analysed on the day after its data end."""
    return analyse(town_on_its_day())
