"""A table as it is set on paper: which columns, how wide, how each cell looks.

PDF, Word and page are given the same cells. The whole table, with the columns that
find no room on paper, is in ``tables/ID.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, Literal

from hotspots.core.table import NUMERIC, Column, Table, show
from hotspots.outputs.charts.sparkline import sparkline
from hotspots.outputs.printing.fonts import text_width

Tone = Literal["plain", "strong", "quiet", "late"]

NO_BREAK = "\u00a0"
KEPT_WHOLE = (*NUMERIC, "date", "word")
MAX_WHOLE = 18
"""Longer words for a comparison may break."""

TONES: dict[str, Tone] = {
    "overdue": "late",
    "may be late": "late",
    "cannot tell": "quiet",
    "too few to say": "quiet",
    "no review date": "late",
    **dict.fromkeys(("higher", "lower", "rose", "fell", "rising", "falling"), "strong"),
}
LEFT_OUT = {
    "places": ("rank", "area_ha", "n_all"),
    "alerts": ("phase",),
    "decisions": ("agency", "done"),
}
"""Columns of a table that stand in its CSV and elsewhere on the page."""
LEFT_OUT_EMPTY = ("amount", "number", "percent")
"""Kinds of column that are left out where no row has a value."""
RANGES = {
    "usual_low": ("usual_high", "Usual range"),
    "percent_low": ("percent_high", "95% interval"),
}
"""Two columns that are read as one."""
JOINED = {("decisions", "state"): "done"}
"""A column that stands in the same cell, after a comma."""
SHORT = {
    "n_window": "Look-back",
    "minutes_logged": "Minutes logged",
    "minutes_verified": "Minutes verified",
}


@dataclass(frozen=True, kw_only=True)
class Head:
    """A heading of a column.

    ``numeric``: whether its cells are set on the right.
    """

    label: str
    numeric: bool
    width_mm: float


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell.

    ``text``: of a picture, what it shows in numbers.
    ``tone`` ({"plain", "strong", "quiet", "late"}): ``quiet`` is of a change on a small
    base, or what cannot be told.
    ``picture``: SVG, shown in place of the text.
    """

    text: str
    tone: Tone = "plain"
    picture: str = ""


@dataclass(frozen=True, kw_only=True)
class PrintTable:
    """A table with a number.

    ``number``: in the order of the brief.
    ``title``: empty where the heading above says it.
    ``rows``: key and cells.
    ``size_pt``: type size at which it fits.
    """

    id: str
    number: int
    title: str
    caption: str
    notes: tuple[str, ...]
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    size_pt: float


def print_table(table: Table, number: int, *, under: str = "") -> PrintTable:
    """Set a table."""
    columns = _columns(table)
    rows = tuple(
        (str(row["key"]), tuple(_cell(table, row, column) for column in columns))
        for row in table.rows.iter_rows(named=True)
    )
    size = 8.0 if len(columns) > 8 else 8.5
    labels = [_label(column) for column in columns]
    numeric = [column.numeric for column in columns]
    texts = [[None if c.picture else c.text for c in cells] for _, cells in rows]
    widths = column_widths(labels, numeric, texts, size)
    return PrintTable(
        id=table.id,
        number=number,
        title="" if table.title.startswith(under) and under else table.title,
        caption=table.caption,
        notes=table.notes,
        heads=tuple(
            Head(label=label, numeric=right, width_mm=wide)
            for label, right, wide in zip(labels, numeric, widths, strict=True)
        ),
        rows=rows,
        size_pt=size,
    )


def typographic(text: str) -> str:
    """Put a minus sign where a hyphen stands for one, and keep units beside numbers.

    Examples
    --------
    >>> typographic("a change of -3.7, see 2025-06")
    'a change of −3.7, see 2025-06'
    """
    signed = re.sub(r"(?<![\w-])-(?=\d)", "−", text)
    return re.sub(r"(?<=\d) (?=(?:m|km|ha|min)\b)", NO_BREAK, signed)


def _columns(table: Table) -> list[Column]:
    """Return what is shown; z and p stand in the files, the word says it here."""
    out = {high for high, _ in RANGES.values()} | set(LEFT_OUT.get(table.id, ()))
    out |= {
        column.name
        for column in table.columns
        if column.kind == "p"
        or column.name == "z"
        or (column.kind in LEFT_OUT_EMPTY and _is_empty(table, column))
    }
    return [column for column in table.columns if column.name not in out]


def _is_empty(table: Table, column: Column) -> bool:
    values = table.rows[column.name]
    return values.len() > 0 and values.null_count() == values.len()


def _label(column: Column) -> str:
    if column.name in RANGES:
        return RANGES[column.name][1]
    return SHORT.get(column.name, column.label)


def _cell(table: Table, row: Mapping[str, Any], column: Column) -> Cell:
    text = show(row[column.name], column)
    if column.kind == "series":
        return Cell(text=text, picture=_picture(row, column))
    if column.name in RANGES:
        text = _range(table, row, column)
    beside = JOINED.get((table.id, column.name), "")
    if beside and row[beside] is not None:
        day = show(row[beside], table.column(beside)).replace(" ", NO_BREAK)
        return Cell(text=f"{text}, {day}")
    if table.id == "places" and column.name == "name":
        text = f"{row['rank']}  {text}"
    if column.kind in KEPT_WHOLE and len(text) <= MAX_WHOLE:
        text = text.replace(" ", NO_BREAK)
    if column.numeric:
        small = column.kind == "percent" and bool(row.get("small_base"))
        tone: Tone = "quiet" if small else "plain"
        return Cell(text=typographic(text), tone=tone)
    return Cell(text=text, tone=TONES.get(text.replace(NO_BREAK, " "), "plain"))


def _range(table: Table, row: Mapping[str, Any], column: Column) -> str:
    high = table.column(RANGES[column.name][0])
    if row[column.name] is None or row[high.name] is None:
        return show(None, column)
    first, last = show(row[column.name], column), show(row[high.name], high)
    return first if first == last else f"{first} to {last}"


def _picture(row: Mapping[str, Any], column: Column) -> str:
    values = row[column.name]
    if not any(value is not None for value in values):
        return ""
    low, high = row.get("usual_low"), row.get("usual_high")
    usual = (low, high) if low is not None and high is not None else None
    return sparkline(values, usual=usual)


WIDE_MM = 178.0
"""Between the margins of an A4 page."""
PAD_MM = 3.4
MM_PER_POINT = 0.3528
SPARK_MM = 27.0
MAX_TEXT_MM = 62.0
HEAD_LINES = 3


def column_widths(
    labels: Sequence[str],
    numeric: Sequence[bool],
    rows: Sequence[Sequence[str | None]],
    size_pt: float,
) -> list[float]:
    """Return widths that fit between the margins, words kept whole."""
    unit = size_pt * MM_PER_POINT
    least, wished = [], []
    for k, label in enumerate(labels):
        cells = [row[k] for row in rows]
        texts = [text for text in cells if text is not None]
        words = [word for text in texts for word in text.split(" ")]
        word = max((text_width(each) for each in words), default=0.0)
        whole = max((text_width(text) for text in texts), default=0.0)
        head = _head_width(label, HEAD_LINES if numeric[k] else 2)
        drawn = SPARK_MM if len(texts) < len(cells) else 0.0
        if numeric[k]:
            word = whole
        least.append(max(max(word, head) * unit, drawn) + PAD_MM)
        wished.append(max(least[-1], min(whole * unit + PAD_MM, MAX_TEXT_MM)))
    return _shared(least, wished, numeric)


def _head_width(label: str, lines: int) -> float:
    """Return the least width at which a heading takes so many lines at most."""
    words = label.split() or [""]
    n = len(words)
    cuts = combinations(range(1, n), min(lines, n) - 1)
    return min(
        max(
            text_width(" ".join(words[a:b]), bold=True)
            for a, b in pairwise((0, *cut, n))
        )
        for cut in cuts
    )


def _shared(
    least: list[float], wished: list[float], numeric: Sequence[bool]
) -> list[float]:
    """Give each column its least, and the rest of the page to those that wish more."""
    spare = WIDE_MM - sum(least)
    more = [want - have for want, have in zip(wished, least, strict=True)]
    if spare <= 0:
        return [each * WIDE_MM / sum(least) for each in least]
    if sum(more) > spare:
        part = spare / sum(more)
        return [have + part * each for have, each in zip(least, more, strict=True)]
    made = [have + each for have, each in zip(least, more, strict=True)]
    left = WIDE_MM - sum(made)
    grown = [0.35 if right else 1.0 for right in numeric]
    share = min(left / sum(grown), 9.0)
    return [each + share * grow for each, grow in zip(made, grown, strict=True)]
