"""Ten places for every district: an index, a page and a table, all or none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from hotspots.core.folders import atomic_folder
from hotspots.disclosure import MARKING
from hotspots.model.hotspot import Change, Hotspot
from hotspots.outputs.formats import Layer, write_csv, write_geojson, write_geoparquet
from hotspots.outputs.formats.layer import render_template
from hotspots.outputs.formats.page import NONE, Entry, Heading, PageTable, hotspots_page

FILES = (
    "districts.csv",
    "index.html",
    "places.csv",
    "places.geojson",
    "places.parquet",
)
"""Beside them a page for each district, in ``district``."""


@dataclass(frozen=True, kw_only=True)
class District:
    """The places of one district; none where ``why_none`` says so.

    ``change``: of the whole district against the same months a year before.
    """

    code: str
    name: str
    n_incidents: int = 0
    hotspots: tuple[Hotspot, ...] = ()
    change: Change | None = None
    notes: tuple[str, ...] = ()
    why_none: str = ""

    @property
    def share(self) -> float:
        """The share of its incidents that its places hold."""
        held = sum(place.n_incidents for place in self.hotspots)
        return held / self.n_incidents if self.n_incidents else 0.0


@dataclass(frozen=True, kw_only=True)
class Nation:
    """Every district of a run, and what is said of all of them."""

    districts: Sequence[District]
    kind: str
    window: str
    attribution: str
    simulated: bool = False


@dataclass(frozen=True, kw_only=True)
class _Page:
    title: str
    lead: str
    table: PageTable
    attribution: str
    simulated: bool
    links: Sequence[tuple[str, str]] = ()
    linked: str = "Pages"
    notes: Sequence[str] = ()
    marking: str = MARKING["operational"]

    def write(self, path: Path) -> None:
        text = render_template("districts.html.j2", page=self)
        path.write_text(text, encoding="utf-8", newline="\n")


def write_districts(nation: Nation, out: Path) -> tuple[Path, ...]:
    """Write the index, the tables and a page for every district.

    Raises OutputError if the folder cannot be written or holds something else.
    """
    rows = districts_table(nation)
    with atomic_folder(out) as made:
        _index(nation, rows).write(made / "index.html")
        write_csv(made / "districts.csv", _stamped(rows, nation))
        places = _places(nation)
        write_csv(made / "places.csv", places.frame)
        write_geojson(made / "places.geojson", places)
        write_geoparquet(made / "places.parquet", places)
        (made / "district").mkdir()
        for each in nation.districts:
            _district_page(each, nation).write(made / "district" / page_name(each))
    return tuple(out / name for name in FILES)


def page_name(district: District) -> str:
    """Return the file of a district's page: its code, letters and digits only."""
    return "".join(c if c.isalnum() else "_" for c in district.code) + ".html"


def districts_table(nation: Nation) -> pl.DataFrame:
    """Return a row for each district: counts, change, its first place."""
    rows = [
        {
            "code": each.code,
            "name": each.name,
            "n_incidents": each.n_incidents,
            "n_places": len(each.hotspots),
            "share_in_places": round(each.share, 4),
            "first_place": each.hotspots[0].name if each.hotspots else None,
            "n_first_place": each.hotspots[0].n_incidents if each.hotspots else None,
            "n_last": each.change.now if each.change else None,
            "n_before": each.change.before if each.change else None,
            "word": each.change.word if each.change else "cannot tell",
            "why_none": each.why_none or None,
        }
        for each in nation.districts
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


_HEADINGS = {
    "name": Heading(text="District"),
    "code": Heading(text="Code"),
    "n_incidents": Heading(text="Incidents", numeric=True),
    "n_places": Heading(text="Places", numeric=True),
    "share_in_places": Heading(text="Share in its places (%)", numeric=True),
    "first_place": Heading(text="First place"),
    "n_first_place": Heading(text="Incidents there", numeric=True),
    "n_last": Heading(text="Last comparable months", numeric=True),
    "n_before": Heading(text="Same months a year before", numeric=True),
    "word": Heading(text="Change"),
}


def _index(nation: Nation, rows: pl.DataFrame) -> _Page:
    table = PageTable(
        caption=f"Every {nation.kind}, as in districts.csv",
        headings=tuple(_HEADINGS.values()),
        rows=tuple(
            tuple(_entry(name, row[name]) for name in _HEADINGS)
            for row in rows.iter_rows(named=True)
        ),
    )
    n = sum(each.n_incidents for each in nation.districts)
    return _Page(
        title=f"Hotspots of every {nation.kind}",
        lead=f"{n:,} incidents of {len(nation.districts):,} areas, {nation.window}.",
        table=table,
        attribution=nation.attribution,
        simulated=nation.simulated,
        linked="A page for each",
        links=[(e.name, f"district/{page_name(e)}") for e in nation.districts],
    )


def _entry(name: str, value: object) -> Entry:
    if value is None:
        return Entry(text=NONE)
    if name == "share_in_places" and isinstance(value, float):
        return Entry(text=f"{100 * value:.1f}")
    return Entry(text=f"{value:,}" if isinstance(value, int) else str(value))


def _district_page(district: District, nation: Nation) -> _Page:
    lead = f"{district.n_incidents:,} incidents counted, {nation.window}."
    return _Page(
        title=f"Hotspots of {district.name}",
        lead=" ".join((lead, district.why_none)).strip(),
        table=hotspots_page(district.hotspots),
        attribution=nation.attribution,
        simulated=nation.simulated,
        links=[(f"Every {nation.kind}", "../index.html")],
        notes=district.notes,
    )


def _places(nation: Nation) -> Layer:
    found = [(each, place) for each in nation.districts for place in each.hotspots]
    rows = [
        {"code": each.code, "district": each.name, **place.to_row()}
        for each, place in found
    ]
    shapes = np.empty(len(found), dtype=object)
    shapes[:] = [place.polygon for _, place in found]
    frame = _stamped(pl.DataFrame(rows, infer_schema_length=None), nation)
    return Layer(
        name="places",
        frame=frame,
        geometry=shapes,
        description=f"Incidents from {nation.window}. {nation.attribution}",
    )


def _stamped(table: pl.DataFrame, nation: Nation) -> pl.DataFrame:
    return table.with_columns(
        data=pl.lit("simulated" if nation.simulated else "as supplied"),
        marking=pl.lit(MARKING["operational"]),
        attribution=pl.lit(nation.attribution),
    )
