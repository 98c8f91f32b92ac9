"""A lake is read like any other file: only the months that are asked for.

A lake is a Delta Lake table, a folder of Parquet for each month, sorted by H3 cell.
Beside it lies ``_hotspots``, which Delta does not see: for each version an account of
its files and of every row that was not used. An account counts only if the version that
names it is in the log, so a stopped run changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hotspots.core.errors import SourceError
from hotspots.core.folders import real
from hotspots.core.small import json_of
from hotspots.core.types import TimePrecision
from hotspots.core.window import Window, add_months, month_start
from hotspots.intake.rejects import stack_rejects
from hotspots.model.cells import Cells
from hotspots.model.harm import HarmTable
from hotspots.model.incidents import FRAME_SCHEMA, Incidents, within
from hotspots.model.institutions import Apart, closed_places
from hotspots.sources.reading.account import COARSEST, Reading, check_categories
from hotspots.sources.reading.identity import (
    Facts,
    fold_categories,
    mend,
    overlap_notes,
)

ACCOUNTS = "_hotspots"
LOG = "_delta_log"
RESOLUTION = 10
"""Of the cells of a lake."""
DERIVED = ("place", "apart")
"""Columns that are worked out when rows are read."""
COLUMNS = (*(name for name in FRAME_SCHEMA if name not in DERIVED), "lon", "lat")
"""What an incident is made of; a lake holds cell, areas and a reference beside it."""
NARROW = ("file", "line", "start", "end", "category", "subcategory", "lon", "lat")
"""What is read of rows far from the areas: enough to say why each is not counted."""
NEAR_RESOLUTION, MOST_NEAR = 8, 30_000
"""Rows are looked for by cells of 0.7 square kilometres, up to the size of a region."""
Chooser = Callable[[Incidents], Window]
"""Says from the days that a lake holds which of them are wanted."""


def is_lake(path: Path | str) -> bool:
    """Say whether a folder is a Delta Lake table."""
    return (Path(path) / LOG).is_dir()


def lake_among(paths: Sequence[Path | str]) -> Path | None:
    """Return the lake that is asked for, if it is one.

    Raises SourceError if files are given beside it.
    """
    lakes = [Path(path) for path in paths if is_lake(path)]
    if lakes and len(paths) > 1:
        raise SourceError(
            f"a lake must be given alone; {lakes[0].name} stands beside other files. "
            "Put them in with `hotspots lake add`."
        )
    return lakes[0] if lakes else None


def lake_areas(path: Path) -> list[str]:
    """Return the files of areas that a lake was built with, as they are given."""
    found = []
    for text in Lake.open(path).account.areas:
        kind, equals, name = text.rpartition("=")
        found.append(f"{kind}{equals}{path / ACCOUNTS / name}")
    return found


@dataclass(frozen=True, kw_only=True)
class Account:
    """What a version of a lake holds, without its rows.

    ``id``: name of its folder, and of the transaction that makes it count.
    ``parts`` (dict of str to (str, int)): SHA-256 and rows of each Parquet file.
    ``rejects``, ``again``: files of the rows refused, and of those that were counted
    before.
    ``areas``: files of areas as they are given, ``KIND=PATH`` with the path inside the
    lake.
    """

    id: str
    number: int = 0
    files: tuple[tuple[str, str], ...] = ()
    rows_read: int = 0
    precisions: tuple[TimePrecision, ...] = ()
    snapped: bool = False
    simulated: bool = False
    accepted: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    parts: dict[str, tuple[str, int]] = field(default_factory=dict)
    rejects: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    n: int = 0
    repeats: tuple[int, int] = (0, 0)

    @property
    def names(self) -> list[str]:
        """The names of the files, by number."""
        return [name for name, _ in self.files]

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Account:
        """Read it back."""
        held: dict[str, Any] = json_of(text)
        plain: dict[str, Any] = {}
        for name, value in held.items():
            plain[name] = tuple(value) if isinstance(value, list) else value
        plain["files"] = tuple((name, digest) for name, digest in held["files"])
        plain["parts"] = {k: (digest, n) for k, (digest, n) in held["parts"].items()}
        return cls(**plain)


@dataclass(frozen=True, kw_only=True)
class Lake:
    """One version of a lake."""

    path: Path
    version: int
    account: Account

    @classmethod
    def open(cls, path: Path) -> Lake:
        """Open the last whole version.

        Raises SourceError if it is no lake of ours, holds nothing yet or ``deltalake``
        is missing.
        """
        table = delta_table(path) if is_lake(path) else None
        folders = sorted((path / ACCOUNTS).glob("*/account.json"), reverse=True)
        for file in folders:
            if table and table.transaction_version(file.parent.name) is not None:
                account = _account(file)
                return cls(path=path, version=table.version(), account=account)
        raise SourceError(
            f"{path.name} must be a lake that `hotspots lake build` has made whole; it "
            "holds no finished version. Build it again, or give its Parquet files."
        )

    @property
    def beside(self) -> Path:
        """The folder of the account."""
        return self.path / ACCOUNTS / self.account.id

    @cached_property
    def calendar(self) -> pl.DataFrame:
        """How many rows each file has of a day, category and sub category, as read."""
        return pl.read_parquet(self.beside / "calendar.parquet")

    @cached_property
    def facts(self) -> Facts:
        """What is said of all rows together."""
        words = self.calendar.group_by("category", "subcategory")
        return Facts(
            n=self.account.n,
            words=words.agg(pl.col("n").sum()),
            spread=pl.read_parquet(self.beside / "spread.parquet"),
            last=pl.read_parquet(self.beside / "last.parquet"),
            repeats=self.account.repeats,
        )

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """Which files hold the same months."""
        return pl.read_parquet(self.beside / "pairs.parquet")

    def part_files(self, window: Window | None = None) -> list[Path]:
        """Return the Parquet files that may hold rows of a window."""
        named = {part: part.partition("=")[2][:7] for part in self.account.parts}
        if window is not None:
            first, last = f"{window.start:%Y-%m}", f"{window.last_day:%Y-%m}"
            named = {k: month for k, month in named.items() if first <= month <= last}
        return [self.path / part for part in sorted(named)]

    def scan(self, window: Window | None = None) -> pl.LazyFrame:
        """Return the rows of a window, or all, not yet read."""
        files = self.part_files(window)
        if not files:
            empty = pl.read_parquet(self.part_files()[:1], n_rows=0)
            return empty.lazy()
        rows = pl.scan_parquet(files, hive_partitioning=False)
        return rows if window is None else rows.filter(within(window))

    @cached_property
    def _words(self) -> pl.DataFrame:
        """How many rows each place has of each category and street."""
        keys = ["lon", "lat", "category", "street"]
        return self.scan().group_by(keys).len("n").collect(engine="streaming")

    @cached_property
    def closed(self) -> pl.DataFrame:
        """The places that look closed by all rows."""
        return closed_places(self._words)

    @cached_property
    def everywhere(self) -> pl.DataFrame:
        """How many rows stand on each place: ``lon, lat, n``."""
        return self._words.group_by("lon", "lat").agg(pl.col("n").sum())

    def rows_beside(self, window: Window) -> pl.DataFrame:
        """Return file, line and start of the rows outside a window, in file order."""
        rows = self.scan().filter(~within(window)).select("file", "line", "start")
        return _numbered(rows).sort("file", "line").collect(engine="streaming")

    @cached_property
    def rejects(self) -> pl.DataFrame:
        """The rows refused, and those counted before."""
        return stack_rejects([self._beside_rows(name) for name in self.account.rejects])

    def counted_before(self) -> list[pl.DataFrame]:
        """Return the rows that were counted before, as later files must know them."""
        return [self._beside_rows(name) for name in self.account.again]

    def _beside_rows(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.path / ACCOUNTS / name)


def require_delta(path: Path) -> None:
    """Refuse a lake where the package for it is missing.

    Raises SourceError saying how to install it.
    """
    if find_spec("deltalake") is None:
        raise SourceError(
            f"{path.name} is a lake, for which the package deltalake must be there; it "
            "is not. Install it with `pip install hotspots[lake]`."
        )


def delta_table(path: Path) -> Any:
    """Open the Delta table of a lake.

    Raises SourceError if the package for it is missing, or it cannot be read.
    """
    require_delta(path)
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        return DeltaTable(real(path))  # never an address
    except (DeltaError, OSError) as error:
        raise SourceError(
            f"{path.name} must be a lake that can be read; {error}. Restore it from a "
            "backup or build it again."
        ) from error


def read_lake(
    path: Path,
    *,
    only: Chooser | None = None,
    harm: HarmTable | None = None,
    apart: Apart | None = None,
    ground: Any = None,
) -> Reading:
    """Read the incidents of a lake, as reading its files would give them.

    ``only``: chooses the window whose rows are read; default all.
    ``harm``: what categories are known by; default the table that ships.
    ``apart``: what is set apart; default institutions.

    Raises SourceError as :meth:`Lake.open`, or if a category is not known.
    """
    lake = _known(path, harm)
    shell = _shell(lake)
    near = None if ground is None else _near(ground)
    return _reading(lake, shell, only(shell) if only else None, apart, near)


def read_months(
    path: Path,
    only: Chooser,
    *,
    harm: HarmTable | None = None,
    apart: Apart | None = None,
) -> tuple[Window, Iterator[tuple[Window, Reading]]]:
    """Return a window and its months, each read when it is asked for.

    Raises SourceError as :func:`read_lake`.
    """
    lake = _known(path, harm)
    shell = _shell(lake)
    window = only(shell)
    starts = [window.start]
    while (start := add_months(month_start(starts[-1]), 1)) < window.end:
        starts.append(start)
    months = [
        Window(start=start, end=end) for start, end in pairwise([*starts, window.end])
    ]
    return window, ((month, _reading(lake, shell, month, apart)) for month in months)


def _account(file: Path) -> Account:
    try:
        return Account.from_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            f"{file} must be as the lake was built; it is not "
            f"({type(error).__name__}). Build the lake again, or put a backup in place."
        ) from error


def _known(path: Path, harm: HarmTable | None) -> Lake:
    """Open a lake all of whose categories are known."""
    lake = Lake.open(path)
    there = lake.facts.words["category"].drop_nulls().unique().to_list()
    check_categories(there, lake.account.accepted, harm or HarmTable.default())
    return lake


def _near(ground: Any) -> pl.Expr | None:
    """Return an expression: whether a row may lie in a polygon; None if it is large.

    A cell of the lake lies in a coarser one by its number, and by its place in that one
    or one beside it.
    """
    from h3ronpy import grid_disk

    cells = Cells.from_polygon(ground, resolution=NEAR_RESOLUTION).ids
    if len(cells) > MOST_NEAR:
        return None
    coarse = np.asarray(grid_disk(cells, 1, flatten=True)).astype(np.int64)
    finer = RESOLUTION - NEAR_RESOLUTION
    digits = ((1 << 3 * finer) - 1) << 3 * (15 - RESOLUTION)
    first = np.unique((coarse & ~digits) + (finer << 52))  # child of each
    found = (pl.col("cell") & ~digits).is_in(pl.Series(first).implode())
    return pl.col("cell").is_between(first[0], first[-1] | digits) & found


def _rows(lake: Lake, window: Window | None, near: pl.Expr | None) -> pl.DataFrame:
    scan = lake.scan(window)
    if near is None:
        return _numbered(scan.select(COLUMNS)).sort("file", "line").collect()
    kinds = scan.collect_schema()
    narrow = (
        pl.col(name) if name in NARROW else pl.lit(None, kinds[name]).alias(name)
        for name in COLUMNS
    )
    parts = [scan.filter(near).select(COLUMNS), scan.filter(~near).select(narrow)]
    return pl.concat(map(_numbered, parts)).sort("file", "line").collect()


def _reading(
    lake: Lake,
    shell: Incidents,
    window: Window | None,
    apart: Apart | None,
    near: pl.Expr | None = None,
) -> Reading:
    """Read the rows of a window, or all; what is said of the files is the shell's."""
    account, part = lake.account, window is not None
    closed = lake.closed if part else None  # first: all places, before any row is held
    everywhere = lake.everywhere if part else None
    rows, said = mend(_rows(lake, window, near), lake.facts, account.names)
    found = Incidents.from_located(rows, apart=apart, closed=closed)
    incidents = replace(
        shell,
        frame=found.frame,
        places=found.places,
        notes=(*shell.notes, *said),
        whole=shell.whole if part else None,
    )
    return Reading(
        incidents=incidents,
        rejects=lake.rejects,
        rows_read=account.rows_read,
        inputs=account.files,
        left=lake.rows_beside,
        everywhere=everywhere,
    )


def _shell(lake: Lake) -> Incidents:
    """Return incidents that know every day of the lake, and hold no row."""
    account = lake.account
    calendar = lake.calendar
    renamed, _ = fold_categories(lake.facts.words)
    for column, names in renamed.items():
        calendar = calendar.with_columns(pl.col(column).replace(names))
    calendar = calendar.with_columns(
        pl.col("category", "subcategory").cast(pl.Categorical()),
        pl.col("file").cast(pl.UInt16),
    )
    places = dict.fromkeys(("lon", "lat", "x", "y"), pl.Float64())
    overlaps = overlap_notes(lake.pairs, account.names)
    return Incidents(
        frame=pl.DataFrame(schema=FRAME_SCHEMA),
        places=pl.DataFrame(schema=places),
        time_precision=next(p for p in COARSEST if p in account.precisions),
        snapped=account.snapped,
        simulated=account.simulated,
        notes=(*dict.fromkeys((*account.passed, *account.notes)), *overlaps),
        whole=calendar,
    )


def _numbered(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return rows with the types that incidents have: Delta has no unsigned numbers.

    Words that repeat become numbers before the rows are held: an eighth of the memory.
    """
    return rows.with_columns(
        pl.col(name).cast(FRAME_SCHEMA[name])
        for name in rows.collect_schema().names()
        if name in FRAME_SCHEMA
    )
