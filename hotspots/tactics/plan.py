"""The plan of one tactic: its suggestions, lists, geometry and notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.tactics.suggestion import MARKINGS, Suggestion


@dataclass(frozen=True, kw_only=True)
class PlanLayer:
    """Geometry beside the suggestions: sign points, routes, what a camera sees.

    Parameters
    ----------
    frame : DataFrame, n rows
        Attributes; ``rank`` names the suggestion and ``name`` is shown.
    geometry : ndarray of shape (n,), shapely, EPSG:4326
    """

    frame: pl.DataFrame
    geometry: npt.NDArray[np.object_]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The suggestions of one tactic, and everything that is handed out with them.

    Parameters
    ----------
    title : str
        In plain words.
    parameters : mapping
        The tactic's fields (:func:`hotspots.core.options.to_record`).
    made_for : date
        The first day that the plan is for.
    window : str
        The incidents used, in words.
    tables : mapping of str to DataFrame
        Lists of this tactic: addresses, visits, sessions. Names become file names.
    headline : str
        One sentence of what the plan covers, with counts.
    notes : tuple of str
        Every automatic choice.
    attribution : tuple of str
        Whose data these are.
    table_titles, layer_titles, headings : mapping of str
        What lists, layers and their columns are called, where people read them.
    provenance : mapping
        Input files and their hashes.
    """

    tactic: str
    title: str
    parameters: Mapping[str, Any]
    made_for: dt.date
    window: str
    suggestions: tuple[Suggestion, ...]
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    layers: Mapping[str, PlanLayer] = field(default_factory=dict)
    headline: str
    notes: tuple[str, ...]
    seed: int
    simulated: bool
    attribution: tuple[str, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    table_titles: Mapping[str, str] = field(default_factory=dict)
    layer_titles: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def marking(self) -> str:
        """The highest marking of anything in the plan."""
        sensitive = any(s.marking == MARKINGS[1] for s in self.suggestions)
        return MARKINGS[int(sensitive)]
