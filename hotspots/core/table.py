"""Tables, and sentences whose every number stands in one of their rows."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from hotspots.core.errors import ParameterError, did_you_mean
from hotspots.core.window import in_words

ColumnKind = Literal[
    "text",
    "count",
    "amount",
    "number",
    "percent",
    "share",
    "p",
    "date",
    "word",
    "series",
    "yes",
]
NUMERIC = ("count", "amount", "number", "percent", "share", "p")
"""Kinds that are set on the right."""
MISSING = "–"
"""What stands where there is no value."""
MAX_PERCENT = 1_000
"""Changes above it are not told apart: they are of next to nothing."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table, as people read it.

    ``name``: in the frame, in JSON and in CSV.
    ``label``: the heading.
    ``kind``: ``count`` is of incidents and falls under disclosure control; ``amount``
    is any other whole number; ``number`` has one decimal; ``percent`` is a change, in
    per cent; ``share`` is a part, 0 to 1; ``p`` a probability; ``word`` one of the
    words for a comparison; ``series`` a list of counts for a sparkline; ``yes`` a truth
    value.
    """

    name: str
    label: str
    kind: ColumnKind = "text"
    unit: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(ColumnKind):
            raise ParameterError(
                f"kind must be one of {', '.join(get_args(ColumnKind))}; got "
                f"{self.kind!r}.{did_you_mean(self.kind, get_args(ColumnKind))}"
            )

    @property
    def numeric(self) -> bool:
        """Whether its cells are set on the right."""
        return self.kind in NUMERIC


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with a heading for each column and a name for each row.

    ``id``: also its file name, ``tables/ID.csv``.
    ``columns``: those shown, in their order; the first names the row for people.
    ``rows``: has these columns, and ``key``, a different text in each row.
    ``caption``: what is counted, when and where, in a sentence.
    ``adds_up``: whether each incident counts in one row at most, beside that of the
    total; only such a table can be published.
    ``total``: key of the row that is the sum of the others; empty where there is none.

    Raises ParameterError if a column is not in the rows, or keys are missing or stand
    twice.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: pl.DataFrame
    caption: str = ""
    notes: tuple[str, ...] = ()
    adds_up: bool = False
    total: str = ""

    def __post_init__(self) -> None:
        there = self.rows.columns
        for name in ("key", *(c.name for c in self.columns)):
            if name not in there:
                raise ParameterError(
                    f"table {self.id!r} must have the column {name!r}; it has "
                    f"{', '.join(there)}."
                )
        keys = self.rows["key"]
        if keys.null_count() or keys.n_unique() < len(keys):
            raise ParameterError(
                f"each row of table {self.id!r} must have its own key; got "
                f"{keys.to_list()!r}."
            )

    def column(self, name: str) -> Column:
        """Return a column by name.

        Raises ParameterError if there is none of that name.
        """
        for each in self.columns:
            if each.name == name:
                return each
        names = [c.name for c in self.columns]
        raise ParameterError(
            f"table {self.id!r} has no column {name!r}; it has {', '.join(names)}."
            f"{did_you_mean(name, names)}"
        )

    def has(self, name: str) -> bool:
        """Say whether a column of that name is shown."""
        return any(each.name == name for each in self.columns)

    def row(self, key: str) -> dict[str, Any]:
        """Return a row by its key.

        Raises ParameterError if there is none.
        """
        found = self.rows.filter(pl.col("key") == key)
        if not found.height:
            raise ParameterError(
                f"table {self.id!r} has no row {key!r}; it has "
                f"{', '.join(self.rows['key'].to_list())}."
            )
        return found.row(0, named=True)

    def shown(self) -> list[list[str]]:
        """Return the cells as text, a list a row, in the order of the columns."""
        return [
            [show(row[c.name], c) for c in self.columns]
            for row in self.rows.iter_rows(named=True)
        ]


def build_table(
    forms: Path,
    form: str,
    rows: pl.DataFrame,
    *,
    words: Mapping[str, str] | None = None,
    **parts: Any,
) -> Table:
    """Make a table whose title and headings stand in a TOML file."""
    told, words = _forms(forms), words or {}
    named = {each[0]: each for each in told.get("common", {"columns": []})["columns"]}
    columns = []
    for each in told[form]["columns"]:
        name = each if isinstance(each, str) else each[0]
        plain = name.rstrip("?")
        _, label, *kind = named[plain] if isinstance(each, str) else each
        if plain == name or plain in rows.columns:
            heading = label.format_map(words)
            columns.append(Column(name=plain, label=heading, kind=(*kind, "text")[0]))
    title = told[form]["title"].format_map(words)
    made = {"id": form, "title": title, "columns": tuple(columns), "rows": rows}
    return Table(**made | parts)


def text_table(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    words: Sequence[str] = (),
) -> Table:
    """Make a table whose values are text already; all but the first are numbers.

    ``words``: headings, beside the first, of columns that hold words. Raises
    ParameterError if a row has another length than the headings.
    """
    shown = [[str(k), *row] for k, row in enumerate(rows)]
    for _, *row in shown:
        if len(row) != len(headings):
            raise ParameterError(
                f"each row of '{title}' must have {len(headings)} values; one has "
                f"{len(row)}."
            )
    columns = tuple(
        Column(
            name=f"column {k}",
            label=label,
            kind="text" if not k or label in words else "amount",
        )
        for k, label in enumerate(headings)
    )
    names = ["key", *(each.name for each in columns)]
    frame = pl.DataFrame(shown, schema=dict.fromkeys(names, pl.String), orient="row")
    return Table(id="", title=title, columns=columns, rows=frame)


def filled_table(
    title: str,
    rows: Iterable[Mapping[str, Any]],
    cells: Mapping[str, str],
    *,
    words: Sequence[str] = (),
) -> Table:
    """Make a table of text by filling each row into the cells; truth is yes or no.

    Examples
    --------
    >>> cells = {"Ward": "{ward}", "Incidents": "{n:,}", "Urban": "{urban}"}
    >>> rows = [{"ward": "Manor", "n": 1200, "urban": True}]
    >>> filled_table("By ward", rows, cells).shown()
    [['Manor', '1,200', 'yes']]
    """
    said = {True: "yes", False: "no"}
    filled = []
    for row in rows:
        row = {k: said[v] if isinstance(v, bool) else v for k, v in row.items()}
        filled.append([cell.format(**row) for cell in cells.values()])
    return text_table(title, list(cells), filled, words=words)


@cache
def _forms(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of a sentence: the column it stands in, its value, and as shown."""

    column: str
    value: Any
    shown: str


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A sentence made by a rule, whose every number stands in one row of a table.

    ``table_id``, ``row_key``: where its numbers stand.
    ``figures``: those used, in their order.
    """

    text: str
    table_id: str
    row_key: str
    figures: tuple[Figure, ...]

    @classmethod
    def build(
        cls, template: str, table: Table, row_key: str, **words: str
    ) -> Statement:
        """Fill a sentence with the figures of a row."""
        row = table.row(row_key)
        used = [name for name in _placeholders(template) if name not in words]
        figures = tuple(
            Figure(column=n, value=row[n], shown=show(row[n], table.column(n)))
            for n in used
        )
        text = template.format(**words, **{f.column: f.shown for f in figures})
        return cls(text=text, table_id=table.id, row_key=row_key, figures=figures)


def show(value: Any, column: Column) -> str:
    """Return a value as people read it.

    Examples
    --------
    >>> show(1344, Column(name="now", label="Now", kind="count"))
    '1,344'
    >>> show(-20.84, Column(name="percent", label="Change", kind="percent"))
    '-20.8%'
    >>> show(0.1292, Column(name="share", label="Share", kind="share"))
    '12.9%'
    """
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return MISSING
    kind = column.kind
    if kind in ("count", "amount") and not isinstance(value, str):
        return f"{round(value):,}"
    if kind == "number":
        return f"{value:,.1f}"
    if kind == "percent":
        if value > MAX_PERCENT:
            return f"over +{MAX_PERCENT:,}%"
        return f"{value:+.1f}%" if value else "0.0%"
    if kind == "share":
        return "under 0.1%" if 0 < value < 0.0005 else f"{value:.1%}"
    if kind == "p":
        return "under 0.001" if value < 0.001 else f"{value:.3f}"
    if kind == "yes":
        return "yes" if value else "no"
    if kind == "series":
        return " ".join(MISSING if v is None else f"{v}" for v in value)
    return in_words(value) if isinstance(value, dt.date) else str(value)


def _placeholders(template: str) -> list[str]:
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    return list(dict.fromkeys(names))
