"""The plan of one tactic: its suggestions, lists, geometry and notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.geoframe import explore, geo_frame, html_summary, plot
from hotspots.model.cells import Cells, bin_points, cell_names
from hotspots.model.incidents import Incidents
from hotspots.tactics.suggestion import MARKINGS, Suggestion

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


RESOLUTION = 10


@dataclass(frozen=True, kw_only=True)
class PlanLayer:
    """Geometry beside the suggestions: sign points, routes, what a camera sees.

    ``frame``: attributes; ``rank`` names the suggestion and ``name`` is shown.
    ``geometry``: shape (n,), EPSG:4326.
    """

    frame: pl.DataFrame
    geometry: npt.NDArray[np.object_]

    @classmethod
    def of_counts(cls, incidents: Incidents) -> PlanLayer:
        """Return how many incidents lie in each cell that has any."""
        lon, lat = (incidents.places[name].to_numpy() for name in ("lon", "lat"))
        of_place = bin_points(lon, lat, resolution=RESOLUTION)
        ids, n = np.unique(
            of_place[incidents.frame["place"].to_numpy()], return_counts=True
        )
        frame = pl.DataFrame({"cell": cell_names(ids), "n_incidents": n})
        cells = Cells.from_ids(ids, resolution=RESOLUTION)
        return cls(frame=frame, geometry=cells.polygons())


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The suggestions of one tactic, and everything that is handed out with them.

    ``title``: in plain words.
    ``parameters``: the tactic's fields (:func:`hotspots.core.options.to_record`).
    ``made_for``: the first day that the plan is for.
    ``window``: the incidents used, in words.
    ``tables``: lists of this tactic: addresses, visits, sessions. Names become file
    names.
    ``cells``: the incidents used, by cell: what lies under the plan on a
    map.
    ``headline``: one sentence of what the plan covers, with counts.
    ``notes``: every automatic choice.
    ``attribution``: whose data these are.
    ``table_titles``, ``layer_titles``, ``headings``: what lists, layers and their
    columns are called, where people read them.
    ``provenance``: input files and their hashes.
    """

    tactic: str
    title: str
    parameters: Mapping[str, Any]
    made_for: dt.date
    window: str
    suggestions: tuple[Suggestion, ...]
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    layers: Mapping[str, PlanLayer] = field(default_factory=dict)
    cells: PlanLayer | None = None
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
    def frame(self) -> GeoDataFrame:
        """The suggestions, one row each, EPSG:27700."""
        rows = [each.to_row() for each in self.suggestions]
        shapes = np.empty(len(rows), dtype=object)
        shapes[:] = [each.geometry for each in self.suggestions]
        days = pl.col("expires", "data_to").str.to_date()
        table = pl.DataFrame(rows, infer_schema_length=None).with_columns(days)
        return geo_frame(table, shapes)

    def explore(self, **options: Any) -> Any:
        """Return a folium map of the suggestions."""
        return explore([self.frame], **options)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the suggestions on a matplotlib axes."""
        return plot([self.frame], ax=ax, **options)

    def _repr_html_(self) -> str:
        shown = ("rank", "name", "what", "when", "expires")
        rows = [{k: each.to_row()[k] for k in shown} for each in self.suggestions]
        data = "SIMULATED DATA." if self.simulated else ""
        lines = (f"{self.marking}. {data}", self.headline, *self.attribution)
        return html_summary(self.title, lines, pl.DataFrame(rows))

    @property
    def data_to(self) -> dt.date:
        """The last day of the data that it was made of; documents are dated with it."""
        return max((each.cut_off for each in self.suggestions), default=self.made_for)

    @property
    def marking(self) -> str:
        """The highest marking of anything in the plan."""
        sensitive = any(s.marking == MARKINGS[1] for s in self.suggestions)
        return MARKINGS[int(sensitive)]
