"""Tables as people read them on a page: headings, units, thousands separators.

What the map says about a place and what the table below it says come from the same
text, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup, escape

from hotspots.core.sanitise import clean_text
from hotspots.model.hotspot import Hotspot

CHANGED = ("higher", "lower")
WORDS = (*CHANGED, "usual", "too few to say", "cannot tell")
MOST_NAMED = 8
NONE = "–"
"""Stands in an empty entry."""


@dataclass(frozen=True, kw_only=True)
class Heading:
    """The top of a column.

    ``text``: with the unit.
    ``numeric``: whether its entries are lined up on the right.
    ``wide``: whether its entries are sentences.
    """

    text: str
    numeric: bool = False
    wide: bool = False


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a table.

    ``faint``: whether it rests on too few incidents to lean on.
    """

    text: str
    faint: bool = False


@dataclass(frozen=True, kw_only=True)
class PageTable:
    """A table ready to be shown.

    ``row_heading``: the column that names the row.
    """

    caption: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Entry, ...], ...]
    row_heading: int = 0

    @property
    def body(self) -> Markup:
        """The rows as HTML, their text escaped."""
        cells = [self._cell(k, heading) for k, heading in enumerate(self.headings)]
        rows = (
            "".join(
                f"{begin[entry.faint]}{escape(clean_text(entry.text))}{end}"
                for (begin, end), entry in zip(cells, row, strict=True)
            )
            for row in self.rows
        )
        return Markup("".join(f"<tr>{row}</tr>\n" for row in rows))  # nosec B704

    def _cell(self, column: int, heading: Heading) -> tuple[tuple[str, str], str]:
        """Return how an entry begins, plain and faint, and how it ends."""
        tag = "th" if column == self.row_heading else "td"
        scope = ' scope="row"' if tag == "th" else ""
        plain, faint = ' class="number"', ' class="number faint"'
        kinds = (plain, faint) if heading.numeric else ("", "")
        first, second = (f"<{tag}{scope}{kind}>" for kind in kinds)
        return (first, second), f"</{tag}>"

    def facts(self, row: int) -> list[tuple[str, str]]:
        """Return one row as pairs of heading and text, its name left out."""
        return [
            (heading.text, entry.text)
            for k, (heading, entry) in enumerate(
                zip(self.headings, self.rows[row], strict=True)
            )
            if k != self.row_heading
        ]


@dataclass(frozen=True, kw_only=True)
class _Column:
    name: str
    heading: str
    show: Callable[[Any], str] = str
    numeric: bool = False
    wide: bool = False
    faint_if: str = ""


def _number(digits: int) -> Callable[[float], str]:
    return lambda value: f"{value:,.{digits}f}".replace("-", "−")


def _percent(value: float) -> str:
    return f"{value:+.1f}%".replace("-", "−")


def _share(value: float) -> str:
    return f"{100 * value:.1f}%"


def _p_value(value: float) -> str:
    return "under 0.001" if value < 0.001 else f"{value:.3f}"


def _months(value: int) -> str:
    return {0: "", 1: "1 month"}.get(value, f"{value} months")


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _significant(value: bool) -> str:
    return "still a change" if value else "may be chance"


def _figure(name: str, heading: str, digits: int = 0) -> _Column:
    return _Column(name=name, heading=heading, show=_number(digits), numeric=True)


_HOTSPOTS = (
    _Column(name="rank", heading="Rank", numeric=True),
    _Column(name="name", heading="Place"),
    _Column(name="ward", heading="Ward"),
    _figure("n_incidents", "Incidents"),
    _Column(name="share", heading="Share of all", show=_share, numeric=True),
    _figure("area_ha", "Area, hectares", 1),
    _figure("harm", "Harm score"),
    _figure("n_last", "Latest months"),
    _figure("n_before", "Same months a year before"),
    _Column(name="trend", heading="Change"),
    _Column(
        name="persistence",
        heading="So stable and still in the list half a year later",
        show=_share,
        numeric=True,
    ),
    _Column(name="below_floor", heading="Below the floor", show=_yes_no),
    _Column(name="why", heading="Why here", wide=True),
)

_AREAS = (
    _Column(name="kind", heading="Kind"),
    _Column(name="name", heading="Area"),
    _Column(name="code", heading="Code"),
    _figure("n_window", "Incidents in window"),
    _figure("n_now", "Latest months"),
    _figure("n_previous", "Same months a year before"),
    _Column(name="months_compared", heading="Compared", show=_months, numeric=True),
    _Column(
        name="change_percent",
        heading="Change, %",
        show=_percent,
        numeric=True,
        faint_if="percent_on_small_base",
    ),
    _Column(name="p_value", heading="p value", show=_p_value, numeric=True),
    _Column(name="word", heading="In a word"),
    _Column(
        name="significant_overall", heading="Allowing for all areas", show=_significant
    ),
    _figure("area_km2", "Area, km²", 2),
)

_CELLS = (
    _Column(name="cell", heading="Cell (H3)"),
    _figure("n_incidents", "Incidents"),
    _figure("kde_per_km2", "Incidents per km², smoothed", 1),
    _figure("gi_z", "Gi* z", 2),
    _Column(
        name="gi_p_adjusted", heading="Gi* adjusted p", show=_p_value, numeric=True
    ),
    _Column(name="hotspot_id", heading="Hotspot", numeric=True),
    _Column(name="ward", heading="Ward"),
    _figure("area_km2", "Area, km²", 4),
)


def hotspots_page(hotspots: Sequence[Hotspot]) -> PageTable:
    """Return the hotspots with every column, the reasons last."""
    rows = [hotspot.to_row() for hotspot in hotspots]
    return _build_table(
        "Hotspots, the most incidents first", _HOTSPOTS, rows, row_heading="name"
    )


def areas_page(table: pl.DataFrame) -> PageTable:
    """Return the areas; a percentage on a small base is faint."""
    return _build_table(
        "Areas: the latest months and the same months a year before",
        _present(_AREAS, table),
        list(table.iter_rows(named=True)),
        row_heading="name",
    )


def areas_in_words(table: pl.DataFrame) -> str:
    """Return how many areas have changed, and which are named by that.

    Examples
    --------
    >>> table = pl.DataFrame({"name": ["A", "B"], "word": ["higher", "usual"]})
    >>> areas_in_words(table)
    'Of 2 areas: higher 1 (A), usual 1.'
    """
    said = []
    for word in WORDS if "word" in table.columns else ():
        names = table.filter(pl.col("word") == word)["name"].to_list()
        if names:
            few = word in CHANGED and len(names) <= MOST_NAMED
            listed = f" ({', '.join(names)})" if few else ""
            said.append(f"{word} {len(names)}{listed}")
    many = "area" if table.height == 1 else "areas"
    return f"Of {table.height:,} {many}: {', '.join(said)}." if said else ""


def cells_page(table: pl.DataFrame, *, most: int) -> PageTable:
    """Return the cells with the most incidents."""
    largest = table.sort(["n_incidents", "cell"], descending=[True, False]).head(most)
    caption = "Cells, the most incidents first"
    if table.height > most:
        caption = f"The {most:,} cells with the most incidents, of {table.height:,}"
    return _build_table(
        caption,
        _present(_CELLS, table),
        list(largest.iter_rows(named=True)),
        row_heading="cell",
    )


def _present(columns: tuple[_Column, ...], table: pl.DataFrame) -> tuple[_Column, ...]:
    return tuple(column for column in columns if column.name in table.columns)


def _build_table(
    caption: str,
    columns: tuple[_Column, ...],
    rows: Sequence[Mapping[str, Any]],
    *,
    row_heading: str,
) -> PageTable:
    months = {row.get("months_compared") for row in rows}
    length = _months(months.pop() or 0) if len(months) == 1 else ""
    return PageTable(
        caption=caption,
        headings=tuple(
            Heading(
                text=column.heading.replace("months", length or "months"),
                numeric=column.numeric,
                wide=column.wide,
            )
            for column in columns
        ),
        rows=tuple(tuple(_entry(column, row) for column in columns) for row in rows),
        row_heading=[column.name for column in columns].index(row_heading),
    )


def _entry(column: _Column, row: Mapping[str, Any]) -> Entry:
    value = row[column.name]
    if value is None or value == "" or value != value:
        return Entry(text=NONE)
    faint = bool(column.faint_if and row.get(column.faint_if))
    return Entry(text=column.show(value), faint=faint)
