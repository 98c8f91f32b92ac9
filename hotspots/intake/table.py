"""A table as text, whatever file it stood in, and how its header is known."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import polars as pl

_TOTALS = r"(?i)^(grand |sub)?-?totals?\b"
HEAD_LINES = 60
UNIX_DAY = dt.date(1970, 1, 1).toordinal()
"""How far down a header is looked for."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a table is to be looked for in a file.

    ``wanted``: says of the cells of a row how many it knows as headings.
    ``header_row``: line (or row of the sheet) of the header, from 1; default the first
    of those with the most known headings.
    ``is_head``: whether the first rows are enough.
    ``only_known``: whether headings that are not wanted may be left unread.
    """

    wanted: Callable[[Sequence[str]], int] = lambda _: 0
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    is_head: bool = False
    only_known: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of a file as text.

    ``frame``: n rows; one column a heading, all text, null where nothing stands.
    ``line``: Series of n; the line in the file, row of the sheet or number of the
    record.
    ``n_fields``: Series of n; how many fields the row had.
    ``fault``: Series of n; why a row cannot be used, null where it can.
    ``name``: of the file.
    ``is_native``: whether dates and numbers were kept as such, not as text.
    ``notes``: what was chosen or left out.
    """

    frame: pl.DataFrame
    line: pl.Series
    n_fields: pl.Series
    fault: pl.Series
    name: str
    is_native: bool = False
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int = 1
    notes: tuple[str, ...] = field(default=())

    def without_totals(self, lacks: pl.Expr) -> tuple[Table, int]:
        """Leave out lines that speak of totals and lack something; say how many."""
        cells = self.frame.with_columns(pl.all().fill_null("").str.strip_chars())
        totals = pl.any_horizontal(pl.all().str.contains(_TOTALS))
        out = cells.select((totals & lacks).alias("t"))["t"]
        return self._without(out), int(out.sum())

    def without_headings(self) -> Table:
        """Leave out rows that repeat the headings, as pages of a print do."""
        names = self.frame.columns
        if not names or not (self.frame[names[0]] == names[0]).any():
            return self
        same = pl.sum_horizontal((pl.col(n) == n).fill_null(value=False) for n in names)
        out = self.frame.select((2 * same > len(names)).alias("t"))["t"]
        if not out.any():
            return self
        said = (
            f"{self.name}: {out.sum():,} lines repeat the headings and were left out."
        )
        return replace(self._without(out), notes=(*self.notes, said))

    def _without(self, out: pl.Series) -> Table:
        columns = {
            name: getattr(self, name).filter(~out)
            for name in ("frame", "line", "n_fields", "fault")
        }
        return replace(self, **columns)

    @classmethod
    def of(cls, frame: pl.DataFrame, name: str, **facts: Any) -> Table:
        """Make a table of whole rows, numbered from 1 unless their lines are given."""
        n = frame.height
        whole = {
            "line": pl.int_range(1, n + 1, dtype=pl.UInt32, eager=True),
            "n_fields": pl.repeat(frame.width, n, eager=True, dtype=pl.UInt32),
            "fault": pl.repeat(None, n, eager=True, dtype=pl.String),
        }
        return cls(frame=frame, name=name, **(whole | facts))

    def faults(self, needed: Sequence[str] | None = None) -> pl.Series:
        """Return why each row cannot be used: also where it ends before a column."""
        columns = self.frame.columns
        reach = len(columns)
        if needed is not None:
            reach = 1 + max(
                (columns.index(c) for c in needed if c in columns), default=0
            )
        said = f"fewer fields than the {len(columns)} of the header"
        short = pl.DataFrame({"n": self.n_fields, "fault": self.fault}).select(
            pl.coalesce("fault", pl.when(pl.col("n") < reach).then(pl.lit(said)))
        )
        return short.to_series()


def plain_names(cells: Sequence[str]) -> list[str]:
    """Return headings without blanks around them; later twins get a number.

    What the table engine would take for a pattern ("*", "^...$") is not left as one.
    """
    names: list[str] = []
    seen: dict[str, int] = {}
    for at, cell in enumerate(cells):
        name = re.sub(r"\s+", " ", cell).strip() or f"column {at + 1}"
        if name == "*" or (name.startswith("^") and name.endswith("$")):
            name = f"heading {name}"
        seen[name] = seen.get(name, 0) + 1
        twin = f"{name} ({seen[name]})" if seen[name] > 1 else name
        while twin in names:
            seen[name] += 1
            twin = f"{name} ({seen[name]})"
        names.append(twin)
    return names


@lru_cache(1 << 14)
def fold(name: str) -> str:
    """Return a heading as two spellings of it share it."""
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def to_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return every column as text: dates in ISO form, UK wall clock, whole numbers."""
    return frame.select(
        column_text(name, kind).alias(name) for name, kind in frame.schema.items()
    )


def column_text(name: str, kind: pl.DataType) -> pl.Expr:
    """Return a column of any kind as text."""
    column = pl.col(name)
    if isinstance(kind, pl.Datetime | pl.Date):
        return _moment_text(column, kind)
    if kind.is_float():
        whole = column.is_finite() & (column == column.round()) & (column.abs() < 2**53)
        return (
            pl.when(whole)
            .then(column.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(column.cast(pl.String))
        )
    if isinstance(kind, pl.Array):
        column, kind = column.arr.to_list(), pl.List(kind.inner)
    if isinstance(kind, pl.Duration):
        return column.dt.to_string("iso")
    if isinstance(kind, pl.List):
        return column.cast(pl.List(pl.String), strict=False).list.join(";")
    if kind == pl.Binary:
        return column.bin.encode("hex")
    return column.cast(pl.String, strict=False)


def _moment_text(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Return moments as text; outside the years 1 to 9999, the number they are."""
    number = column.to_physical().cast(pl.Int64)
    first, last = (day.toordinal() - UNIX_DAY for day in (dt.date.min, dt.date.max))
    form = "%Y-%m-%d"
    per_day = 1
    if isinstance(kind, pl.Datetime):
        form += " %H:%M:%S"
        per_day = 86_400 * {"ms": 1_000, "us": 1_000_000, "ns": 10**9}[kind.time_unit]
    inside = (number // per_day).is_between(first + 1, last - 1)
    known: pl.Expr = pl.when(inside).then(column)
    if isinstance(kind, pl.Datetime) and kind.time_zone:
        known = known.dt.convert_time_zone("Europe/London").dt.replace_time_zone(None)
    return known.dt.strftime(form).fill_null(number.cast(pl.String))


def header_of(rows: Sequence[Sequence[str]], layout: Layout) -> tuple[int, int]:
    """Return which of some rows is the header, and how many headings it has known."""
    scores = [layout.wanted(row) for row in rows]
    best = max(scores, default=0)
    if best:
        return scores.index(best), best
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    return filled.index(max(filled)) if filled else 0, 0


def above_note(name: str, above: int) -> tuple[str, ...]:
    """Say how many lines above a header hold no rows."""
    if not above:
        return ()
    lines = "line" if above == 1 else "lines"
    return (f"{name}: {above} {lines} above the header hold no rows.",)


def without_blank(
    frame: pl.DataFrame, line: pl.Series, name: str
) -> tuple[pl.DataFrame, pl.Series, tuple[str, ...]]:
    """Leave out the rows of a table of text in which nothing stands, and say so."""
    cells = pl.all().str.strip_chars().fill_null("")
    some = frame.select(pl.any_horizontal(cells != "").alias("some"))["some"]
    n_blank = frame.height - int(some.sum())
    if not n_blank:
        return frame, line, ()
    note = f"{name}: {n_blank:,} empty lines were left out."
    return frame.filter(some), line.filter(some), (note,)


def without_tail(cells: Sequence[str]) -> Sequence[str]:
    """Leave blank headings at the end out: a spreadsheet's empty columns."""
    while len(cells) > 1 and not cells[-1].strip():
        cells = cells[:-1]
    return cells
