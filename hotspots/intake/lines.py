"""Delimited text as people save it: from lines to whole records, each with its line.

Quotation marks are taken as spreadsheets take them. A field may hold line breaks, but
not other records: a mark that is never closed costs its own line, not those below it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from hotspots.core.errors import SourceError

DELIMITERS = (",", ";", "\t", "|")
MAX_JOINED_LINES = 200
_MOST = 0.9
MAX_JOINED_LETTERS = 1 << 16
MAX_QUOTED = 1_000
"""Of so many lines with quotation marks in a block each is looked at by itself."""
OPEN_QUOTE = "a quotation mark is not closed, or stands inside a field"
_SEP = re.compile(r'^"?sep=(.|\\t)"?\s*$', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Records:
    """Whole records of a delimited text, blank ones left out.

    ``frame``: n rows; ``text`` (well-formed, of ``width`` fields), ``line``,
    ``n_fields`` and ``fault`` (why the record cannot be used, or null).
    ``mended``: lines whose quotation marks were taken as letters.
    ``left``: how many lines at the end begin a record that goes on in the next block.
    """

    frame: pl.DataFrame
    n_blank: int = 0
    mended: tuple[int, ...] = ()
    left: int = 0


def stated_delimiter(line: str) -> str | None:
    """Return the delimiter of a line such as ``sep=;``, which is for a spreadsheet."""
    found = _SEP.match(line)
    return None if found is None else found[1].replace("\\t", "\t")


def fields_of(record: str, delimiter: str) -> list[str]:
    """Split one record as a spreadsheet does; a stray carriage return is a blank.

    Raises SourceError if a field is longer than any that a person wrote.
    """
    for text in (record, record.replace("\r", " ")):
        try:
            return next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
        except csv.Error as error:
            found = error
    raise SourceError(
        f"a field must be text of at most {csv.field_size_limit():,} characters; "
        f"{found} in the record that begins {record[:40]!r}. Correct the file there."
    ) from found


def plain_records(lines: Sequence[str], delimiter: str, width: int) -> str | None:
    """Return lines as they are, if each is a record of a width that needs no mending.

    Most files are so, and a fifth of the work. Whether one is blank is seen later.
    """
    text = "\n".join(lines)
    quoted = [line for line in lines if '"' in line] if '"' in text else []
    if len(quoted) > MAX_QUOTED:
        return None
    pattern = re.compile(_well_formed(delimiter))
    for line in quoted:
        if not pattern.match(line) or len(fields_of(line, delimiter)) != width:
            return None
    n_between = text.count(delimiter) - sum(line.count(delimiter) for line in quoted)
    return text if n_between == (width - 1) * (len(lines) - len(quoted)) else None


def _well_formed(delimiter: str) -> str:
    """Return a pattern of records in which every quotation mark has its twin."""
    mark = re.escape(delimiter)
    field = rf'(?:[^"\n{mark}]*| *"(?:[^"]|"")*" *)'
    return f"^{field}(?:{mark}{field})*$"


def whole_records(
    lines: Sequence[str],
    *,
    first_line: int,
    delimiter: str,
    width: int,
    spare: int = 0,
    is_last: bool = True,
) -> Records:
    """Put lines together to records of a width.

    ``spare``: how many blank headings stand after the last that has a name.
    ``is_last``: whether no lines follow.
    """
    frame = pl.DataFrame({"text": lines}, schema={"text": pl.String}).with_row_index(
        "line", offset=first_line
    )
    frame = frame.with_columns(fault=pl.lit(None, dtype=pl.String))
    mender = _Mender(delimiter=delimiter, width=width, is_last=is_last)
    frame = mender.mend(frame)
    blank = pl.col("text").str.strip_chars(f' "\t{delimiter}') == ""
    n_blank = int(frame.select((blank & pl.col("fault").is_null()).sum()).item())
    frame = frame.filter(~blank | pl.col("fault").is_not_null())
    unquoted = pl.col("text").str.replace_all(r'"(?:[^"]|"")*"', "")
    counts = unquoted.str.count_matches(delimiter, literal=True) + 1
    frame = frame.with_columns(
        n_fields=pl.when(pl.col("fault").is_null()).then(counts).otherwise(width)
    )
    return Records(
        frame=_cut_long(frame, delimiter, width, spare),
        n_blank=n_blank,
        mended=tuple(mender.mended),
        left=mender.left,
    )


def _cut_long(
    frame: pl.DataFrame, delimiter: str, width: int, spare: int
) -> pl.DataFrame:
    """Take blank surplus fields off; other surplus fields have moved the columns.

    A surplus field that is blank is harmless only where nearly every row has it.
    """
    long = frame.filter(pl.col("n_fields") > width)
    if long.is_empty():
        return frame
    if long.height > _MOST * frame.height:
        spare = max(spare, int(long["n_fields"].mode()[0]) - width)
    shown = {"\t": "tab"}.get(delimiter, delimiter)
    said = f"more fields than the {width} of the header; is a '{shown}' inside a field?"
    rows = [fields_of(text, delimiter) for text in long["text"]]
    moved = [
        len(row) > width + spare or "".join(row[width:]).strip() != "" for row in rows
    ]
    cut = pl.DataFrame(
        {
            "line": long["line"],
            "cut": [_written(row[:width], delimiter) for row in rows],
            "moved": [said if bad else None for bad in moved],
        },
        schema_overrides={"moved": pl.String},
    )
    joined = frame.join(cut, on="line", how="left", maintain_order="left")
    return joined.select(
        pl.coalesce("cut", "text").alias("text"),
        "line",
        pl.min_horizontal("n_fields", width).alias("n_fields"),
        pl.coalesce("fault", "moved").alias("fault"),
    )


def _written(fields: Sequence[str], delimiter: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow(fields)
    return out.getvalue()


class _Mender:
    """Joins lines of one record and reads those whose marks do not pair."""

    def __init__(self, *, delimiter: str, width: int, is_last: bool) -> None:
        self.delimiter, self.width, self.is_last = delimiter, width, is_last
        self.well_formed = _well_formed(delimiter)
        self.pattern = re.compile(self.well_formed)
        self.mended: list[int] = []
        self.left = 0

    def mend(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the frame with a row for each record."""
        quoted = frame["text"].str.contains('"', literal=True)
        if not quoted.any():
            return frame
        odd = quoted & ~frame["text"].str.contains(self.well_formed)
        if not odd.any():
            return frame
        texts: list[str | None] = frame["text"].to_list()
        faults: list[str | None] = [None] * len(texts)
        for row in odd.arg_true().to_list():
            if texts[row] is not None and not self._join(texts, row):
                faults[row] = self._take_alone(texts, row, frame["line"][row])
            if self.left:
                break
        done = frame.with_columns(
            pl.Series("text", texts, dtype=pl.String),
            pl.Series("fault", faults, dtype=pl.String),
        )
        return done.head(len(texts) - self.left).filter(pl.col("text").is_not_null())

    def _join(self, texts: list[str | None], row: int) -> bool:
        """Join a line to those below until its marks pair; not over other records."""
        joined, begun = texts[row] or "", texts[row] or ""
        if begun.count('"') % 2 == 0:
            return False  # a mark inside a field: no line break can mend it
        for below in range(row + 1, row + 1 + MAX_JOINED_LINES):
            if below >= len(texts):
                if self.is_last:
                    return False
                self.left = len(texts) - row
                return True
            line = texts[below] or ""
            joined += "\n" + line
            if self._is_record(line) or len(joined) > MAX_JOINED_LETTERS:
                return False
            if line.count('"') % 2 and self.pattern.match(joined):
                texts[row] = joined
                texts[row + 1 : below + 1] = [None] * (below - row)
                return True
        return False

    def _is_record(self, line: str) -> bool:
        if self.width < 3 or not self.pattern.match(line):
            return False
        return len(fields_of(line, self.delimiter)) == self.width

    def _take_alone(self, texts: list[str | None], row: int, line: int) -> str | None:
        """Read one line whose marks do not pair as text; say what is wrong, if so."""
        text = texts[row] or ""
        for fields in (fields_of(text, self.delimiter), text.split(self.delimiter)):
            if len(fields) == self.width:
                texts[row] = _written(fields, self.delimiter)
                self.mended.append(line)
                return None
        texts[row] = _written([""] * self.width, self.delimiter)
        return OPEN_QUOTE
