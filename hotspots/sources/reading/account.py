"""What came out of the files, and the account that is kept of every row."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Protocol

import polars as pl

from hotspots.core.errors import NotIncidentsError, ProfileError
from hotspots.core.types import TimePrecision
from hotspots.core.window import Window
from hotspots.intake.gazetteer import Lookups
from hotspots.intake.inputs import InputFile, archives_kept
from hotspots.intake.profile import Profile
from hotspots.intake.raw import RawRows
from hotspots.intake.rejects import rows_outside
from hotspots.intake.validation import check_rows
from hotspots.model.harm import HarmTable, fold_category
from hotspots.model.incidents import Incidents
from hotspots.sources.reading.kinds import choose_reader

Progress = Callable[[str, int, int], None]
"""Called as ``progress(what, done, total)``."""

AT_ONCE, SMALL_BYTES = 2, 1 << 23
"""So many files are read beside each other, none of which is larger than this."""
TOGETHER = 200_000
"""So many rows of small files are judged at once."""
COARSEST: tuple[TimePrecision, ...] = ("month", "day", "minute")
WORDS = ("category", "subcategory", "street", "source_flag", "qualifiers")
"""Columns of words that repeat."""


class Sink(Protocol):
    """Where blocks of rows go: a list in memory, or files on the disk."""

    def append(self, rows: pl.DataFrame, /) -> None:
        """Take a block."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What came out of the files.

    ``incidents``: of the whole of the files; of a lake, only those of the window asked
    for.
    ``rejects``: rows refused while reading (:data:`hotspots.intake.rejects.SCHEMA`).
    ``rows_read``: records in the files; equals incidents plus rejects.
    ``inputs``: tuple of (str, str); name and SHA-256 of each file, in the order of
    ``file`` numbers.
    ``left``: returns the rows (``file, line, start``) that a lake holds beside a
    window.
    ``everywhere``: ``lon, lat, n`` of all that a lake holds, where only a window was
    read.
    """

    incidents: Incidents
    rejects: pl.DataFrame
    rows_read: int
    inputs: tuple[tuple[str, str], ...]
    left: Callable[[Window], pl.DataFrame] | None = None
    everywhere: pl.DataFrame | None = None

    def outside(self, window: Window) -> pl.DataFrame:
        """Return as rejects every incident outside a window."""
        held = self.incidents.frame if self.left is None else self.left(window)
        return rows_outside(held, window)


@dataclass
class Tally:
    """What the blocks read so far add up to."""

    located: Sink
    rejects: Sink
    inputs: list[tuple[str, str]] = field(default_factory=list)
    categories: set[str] = field(default_factory=set)
    notes: dict[str, None] = field(default_factory=dict)
    precisions: set[TimePrecision] = field(default_factory=set)
    rows_read: int = 0
    snapped: bool = False
    simulated: bool = False
    accepted: set[str] = field(default_factory=set)
    lookups: Lookups | None = None
    waiting: list[tuple[RawRows, int]] = field(default_factory=list)
    n_waiting: int = 0

    def add(self, raw: RawRows, file: int, today: dt.date) -> None:
        """Count a block of raw rows; it is judged with others, if it is small."""
        self.notes.update(dict.fromkeys(raw.notes))
        self.rows_read += raw.rows.height
        self.precisions.add(raw.time_precision)
        self.snapped |= raw.snapped
        self.simulated |= raw.simulated
        self.accepted.update(raw.accepted)
        self.waiting.append((raw, file))
        self.n_waiting += raw.rows.height
        if self.n_waiting >= TOGETHER:
            self.judge(today)

    def judge(self, today: dt.date) -> None:
        """Judge what waits, in the order that it came in."""
        for crs, blocks in groupby(self.waiting, lambda each: each[0].crs):
            rows = pl.concat(
                raw.rows.with_columns(file=pl.lit(file, dtype=pl.UInt16))
                for raw, file in blocks
            )
            located, rejects = check_rows(rows, crs, today)
            compact = located.with_columns(pl.col(WORDS).cast(pl.Categorical()))
            self.located.append(compact)
            self.rejects.append(rejects)
            self.categories.update(compact["category"].unique().cast(pl.String))
        self.waiting, self.n_waiting = [], 0


def check_categories(
    there: Iterable[str], allowed: Iterable[str], harm: HarmTable
) -> None:
    """Refuse to count what nobody has said what it is.

    Raises ProfileError naming the categories that neither the harm table nor a mapping
    knows.
    """
    accepted = {fold_category(name) for name in allowed}
    strange = [
        c for c in harm.unknown(sorted(there)) if fold_category(c) not in accepted
    ]
    if strange:
        shown = ", ".join(f"'{name}'" for name in strange[:10])
        more = f" and {len(strange) - 10:,} others" if strange[10:] else ""
        raise ProfileError(
            f"every category must be known before it is counted; not known are {shown}"
            f"{more}. Say in [categories] of the column mapping what each is in the "
            "words of the harm table, or map it to itself to count it as it is."
        )


@archives_kept()
def read_files(
    files: Sequence[InputFile],
    tally: Tally,
    *,
    profile: Profile | None = None,
    today: dt.date | None = None,
    progress: Progress | None = None,
    first: int = 0,
) -> None:
    """Read files into a tally, block by block; numbers of files begin with ``first``.

    Raises SourceError if a file cannot be used.
    """
    day = today or dt.date.today()
    seen: dict[str, str] = {}
    refused: list[NotIncidentsError] = []

    def blocks(item: InputFile) -> Iterator[RawRows]:
        item.sha256()  # before anything is read
        yield from choose_reader(item, profile, today=day, lookups=tally.lookups)(item)

    for number, (item, read) in enumerate(_ahead(files, blocks)):
        if progress:
            progress(item.name, number, len(files))
        digest = item.sha256()
        tally.inputs.append((item.name, digest))
        if digest in seen:
            same = f"{item.name} has the same content as {seen[digest]}: read once."
            tally.notes[same] = None
            continue
        seen[digest] = item.name
        try:
            before = tally.rows_read
            for raw in read():
                tally.add(raw, first + number, day)
            item.check_unchanged()
            if tally.rows_read == before:
                tally.notes[f"{item.name} has a header and no rows."] = None
        except NotIncidentsError as error:
            if not item.was_found:
                raise
            refused.append(error)
            tally.notes[f"{item.name} was left out: {_reason(error)}"] = None
    tally.judge(day)
    if progress:
        progress("", len(files), len(files))
    if refused and not tally.rows_read and len(refused) == len(seen):
        raise refused[0]


def _ahead(
    files: Sequence[InputFile], blocks: Callable[[InputFile], Iterator[RawRows]]
) -> Iterator[tuple[InputFile, Callable[[], Iterable[RawRows]]]]:
    """Give each file and what returns its blocks; the next small ones are being read.

    A large one is read when it is asked for, block by block.
    """
    waiting: deque[tuple[InputFile, Callable[[], Iterable[RawRows]]]] = deque()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for item in files:
            read: Callable[[], Iterable[RawRows]] = partial(blocks, item)
            if item.size <= SMALL_BYTES:
                task: Callable[[], list[RawRows]] = partial(list, read())
                read = pool.submit(copy_context().run, task).result
            waiting.append((item, read))
            if len(waiting) > AT_ONCE:
                yield waiting.popleft()
        yield from waiting


def _reason(error: NotIncidentsError) -> str:
    """Return the part of a message that says what was there."""
    return str(error).partition("; ")[2].partition(". ")[0] + "."
