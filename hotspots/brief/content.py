"""What a brief says, before it is a page: sections, tables, and sentences tied to them.

PDF, DOCX, HTML, JSON and CSV are all made from one :class:`Brief`, so that a number
cannot differ between them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.brief.period import Kind, Period
from hotspots.core.errors import OutputError, did_you_mean
from hotspots.core.table import Statement, Table
from hotspots.core.window import Window


@dataclass(frozen=True, kw_only=True)
class Place:
    """One of the places of the brief.

    ``key``: its row in the table of places.
    ``name``, ``why``, ``what``, ``when``: where it is; the counts behind it; what
    happens there; at which hours.
    ``who``, ``minutes``, ``changed``: who is deployed; minutes planned, logged and
    verified, empty where not known; against the previous brief.
    ``geometry``: shapely geometry, EPSG:4326, or None; none where the audience is shown
    areas only.
    ``cells``: h3 cells; empty where withheld.
    """

    rank: int
    key: str
    name: str
    ward: str
    why: str
    what: str
    when: str
    who: str
    minutes: str
    changed: str
    cells: tuple[str, ...]
    geometry: Any


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A near-repeat alert: where to look, and until when.

    ``key``: its row in the table of alerts.
    ``name``: street and ward, never an address.
    ``opened``, ``expires``: the last day of the alert.
    ``phase``: {"next door", "alert"}.
    ``at``: longitude and latitude rounded to the area, degrees; None where withheld.
    """

    key: str
    name: str
    text: str
    opened: dt.date
    expires: dt.date
    phase: str
    at: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Note:
    """One thing that we do not know, or that was chosen automatically."""

    topic: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Comment:
    """What a person wrote: kept apart from everything that was calculated.

    ``comment``: the analyst's comment; empty where none was written.
    ``narrative``: by the key of an indicator.
    ``carried_from``: the period of the brief that it was written for, where it was
    carried forward.
    """

    comment: str = ""
    author: str = ""
    narrative: Mapping[str, str] = field(default_factory=dict)
    carried_from: str = ""


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What decides every number: files, configuration, software.

    ``inputs``: what it is (incidents, areas, deployments, actions), name, SHA-256.
    ``configuration_hash``: SHA-256 of the configuration, the harm table and the
    version.
    ``method``: how each part was made, in sentences.
    """

    inputs: tuple[tuple[str, str, str], ...]
    configuration_hash: str
    configuration: Mapping[str, Any]
    version: str
    method: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One numbered part of a brief.

    ``text``: paragraphs before the tables.
    """

    id: str
    number: int
    title: str
    text: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    tables: tuple[Table, ...] = ()
    places: tuple[Place, ...] = ()
    alerts: tuple[Alert, ...] = ()
    notes: tuple[Note, ...] = ()


Part = TypeVar("Part", Section, Table)


@dataclass(frozen=True, kw_only=True)
class Brief:
    """Everything that one brief says.

    ``kind``: {"weekly", "monthly", "quarterly", "annual"}.
    ``audience``: {"operational", "partner", "public"}.
    ``marking``: on each page.
    ``counted``: what "now" is in the tables: 28 days, or the period itself.
    ``data_to``: the last day of incidents used.
    ``held``: the time of the look-back that the files cover, in words.
    ``sections``: in their order.
    ``areas_geometry``: ndarray of shapely, EPSG:4326; outlines for the map, with
    ``areas_frame`` (``code``, ``name``, ``kind``).
    """

    kind: Kind
    audience: str
    marking: str
    title: str
    subtitle: str
    purpose: str
    sharing_agreement: str
    period: Period
    counted: Window
    data_to: dt.date
    held: str
    sections: tuple[Section, ...]
    comment: Comment
    provenance: Provenance
    simulated: bool
    attribution: str
    areas_geometry: npt.NDArray[np.object_]
    areas_frame: pl.DataFrame

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in the order of the sections."""
        return tuple(table for each in self.sections for table in each.tables)

    @property
    def bottom_line(self) -> tuple[Statement, ...]:
        """The three sentences."""
        return self.section("bottom_line").statements

    @property
    def places(self) -> tuple[Place, ...]:
        """The places, first rank first."""
        return tuple(place for each in self.sections for place in each.places)

    def section(self, name: str) -> Section:
        """Return a section by its id."""
        return self._named(name, self.sections, "sections")

    def table(self, name: str) -> Table:
        """Return a table by its id."""
        return self._named(name, self.tables, "tables")

    def _named(self, name: str, parts: tuple[Part, ...], what: str) -> Part:
        for each in parts:
            if each.id == name:
                return each
        ids = [each.id for each in parts]
        raise OutputError(
            f"a {self.kind} brief has the {what} {', '.join(ids)}; got {name!r}."
            f"{did_you_mean(name, ids)}"
        )
