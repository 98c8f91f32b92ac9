"""Put files into a lake: through the same reader as everything, a month at a time."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from hotspots.analysis.area_files import joined, kind_and_path, read_area_files
from hotspots.core.errors import NoUsableRowsError, OutputError
from hotspots.core.folders import real
from hotspots.intake.given import expand, passed_over
from hotspots.intake.inputs import InputFile
from hotspots.intake.profile import Profile
from hotspots.lake.staging import MONTH, Spool
from hotspots.lake.table import (
    commit,
    create_table,
    hashed,
    held,
    placed,
    tidy,
    to_disk,
    write_part,
)
from hotspots.model.areas import Areas
from hotspots.model.harm import HarmTable
from hotspots.model.incidents import FRAME_SCHEMA, calendar_of
from hotspots.sources import Progress
from hotspots.sources.reading.account import Tally, check_categories, read_files
from hotspots.sources.reading.identity import Facts, counted_once
from hotspots.sources.reading.lake import (
    ACCOUNTS,
    Account,
    Lake,
    delta_table,
    is_lake,
    require_delta,
)

KEYS = ("file", "line", "reference", "start", "lon", "lat", "category", "street")
"""By which a row is known again in a later file."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """How files are read: mapping, last day, who hears how far it is."""

    profile: Profile | None = None
    today: dt.date | None = None
    progress: Progress | None = None


@dataclass(frozen=True, kw_only=True)
class Added:
    """What came of putting files into a lake."""

    lake: str
    files: int = 0
    rows: int = 0
    again: int = 0
    rejected: int = 0
    skipped: tuple[str, ...] = ()
    version: int = 0

    def sentences(self) -> list[str]:
        """Say it."""
        said = [
            f"{name} is in the lake already: its content was read before."
            for name in self.skipped
        ]
        if not self.files:
            return [*said, f"Nothing was changed; {self.lake} is as it was."]
        return [
            *said,
            f"{self.rows:,} incidents of {self.files:,} files are in {self.lake} "
            f"(version {self.version}). {self.rejected:,} rows could not be used, "
            f"{self.again:,} were read before.",
        ]


def build(
    files: Sequence[Path], out: Path, areas: Sequence[str], reader: Reader
) -> Added:
    """Make a lake of files.

    ``areas``: ``[KIND=]PATH``: kept in the lake, and each incident is placed in them.

    Raises OutputError if something is there already; SourceError, AreaError if a file
    cannot be used. Then nothing is made.
    """
    require_delta(out)
    _check_free(out)
    _check_outside(out, [*files, *(kind_and_path(text)[1] for text in areas)])
    was_there = out.is_dir()
    out.mkdir(parents=True, exist_ok=True)
    with held(out):
        try:
            kept = _keep_areas(out, areas)
            create_table(out, _areas_of(out, kept))
            return _put(out, Account(id="", areas=kept), files, reader)
        except BaseException:
            _leave_nothing(out, was_there)
            raise


def add(files: Sequence[Path], lake: Path, reader: Reader) -> Added:
    """Add files to a lake; those that it holds change nothing.

    Raises OutputError if another run changes it; SourceError if it is no lake, or a
    file cannot be used. Then it stays as it was.
    """
    Lake.open(lake)
    with held(lake):
        account = Lake.open(lake).account
        tidy(lake, account)
        return _put(lake, account, files, reader)


def _check_free(out: Path) -> None:
    """Refuse a folder that holds anything but a build that was stopped."""
    begun = is_lake(out) and delta_table(out).version() == 0
    if out.is_file() or not (
        begun or {each.name for each in out.glob("*")} <= {ACCOUNTS}
    ):
        raise OutputError(
            f"a lake must be built where nothing is; {out} holds files. Choose another "
            "folder, or put more files in with `hotspots lake add`."
        )


def _check_outside(out: Path, read: Sequence[Path]) -> None:
    """Refuse a folder inside one that is read: the lake would read itself."""
    for path in map(Path, read):
        if path.is_dir() and real(out).is_relative_to(real(path)):
            raise OutputError(
                f"a lake must lie outside what it is made of; {out} lies in {path}. "
                "Choose another folder."
            )


def _leave_nothing(out: Path, was_there: bool) -> None:
    """Take away a lake that was begun and holds no version yet."""
    if is_lake(out) and delta_table(out).version() > 0:
        return
    for path in out.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if not was_there:
        out.rmdir()


def _keep_areas(lake: Path, areas: Sequence[str]) -> tuple[str, ...]:
    """Copy the files of areas into the lake, with their names."""
    shutil.rmtree(lake / ACCOUNTS / "areas", ignore_errors=True)
    kept = []
    for number, text in enumerate(areas):
        kind, path = kind_and_path(text)
        file, layer_mark, layer = str(path).partition("::")
        folder = lake / ACCOUNTS / "areas" / str(number)
        folder.mkdir(parents=True)
        if Path(file).is_dir():
            shutil.copytree(file, folder / Path(file).name)
        else:
            InputFile.at(Path(file), what="file of areas")
            for one in Path(file).parent.glob(f"{Path(file).stem}.*"):
                shutil.copyfile(one, folder / one.name)
        name = f"areas/{number}/{Path(file).name}{layer_mark}{layer}"
        kept.append(f"{kind}={name}" if kind else name)
    return tuple(kept)


def _areas_of(lake: Path, kept: Sequence[str]) -> Areas | None:
    if not kept:
        return None
    parts = (text.rpartition("=") for text in kept)
    texts = [f"{kind}{eq}{lake / ACCOUNTS / name}" for kind, eq, name in parts]
    return joined(read_area_files(texts))


def _put(path: Path, before: Account, files: Sequence[Path], reader: Reader) -> Added:
    known = {digest for _, digest in before.files}
    every = expand([Path(file) for file in files])
    fresh = [item for item in every if item.sha256() not in known]
    skipped = tuple(item.name for item in every if item.sha256() in known)
    if not fresh:
        return Added(lake=path.name, skipped=skipped)
    staging = path / ACCOUNTS / "staging"
    tally = Tally(
        located=Spool(staging / "rows", by=MONTH), rejects=Spool(staging / "rejects")
    )
    read_files(
        fresh,
        tally,
        profile=reader.profile,
        today=reader.today,
        progress=reader.progress,
        first=len(before.files),
    )
    check_categories(tally.categories, tally.accepted, HarmTable.default())
    change = _Change(path=path, before=before, tally=tally)
    passed = passed_over([Path(file) for file in files])
    return replace(change.made(passed), skipped=skipped)


@dataclass
class _Change:
    """The next version of a lake, as it grows month by month."""

    path: Path
    before: Account
    tally: Tally
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    parts: dict[str, tuple[str, int]] = field(default_factory=dict)
    calendars: list[pl.DataFrame] = field(default_factory=list)
    again: list[pl.DataFrame] = field(default_factory=list)
    refused: list[pl.DataFrame] = field(default_factory=list)
    pairs: list[pl.DataFrame] = field(default_factory=list)
    lake: Lake | None = None

    def __post_init__(self) -> None:
        self.first = len(self.before.files)
        self.files = (*self.before.files, *self.tally.inputs)
        self.id = f"{self.before.number + 1:06}-{self.id[:12]}"
        self.areas = _areas_of(self.path, self.before.areas)
        if self.before.id:
            self.lake = Lake.open(self.path)
            self.calendars.append(self.lake.calendar)
            self.pairs.append(self.lake.pairs)

    def made(self, passed: tuple[str, ...]) -> Added:
        """Write the parts, the account, then the one commit that makes them count."""
        spool = self.tally.located
        assert isinstance(spool, Spool)
        for month in spool.values():
            rows = spool.rows(month)
            if rows is not None:
                self._take(month, rows)
        account = self._account(passed)
        if not self.parts:
            raise NoUsableRowsError(
                f"at least one row must have a place and a date; of "
                f"{self.tally.rows_read:,} none has one that is new."
            )
        n_again = sum(rows.height for rows in self.again)
        n_rejected = sum(rows.height for rows in self.refused) - n_again
        added = Added(
            lake=self.path.name,
            files=len(self.tally.inputs),
            rows=sum(n for _, n in self.parts.values()),
            again=n_again,
            rejected=n_rejected,
        )
        said = {"what": "add" if self.first else "build", "rows": added.rows}
        said |= {"files": added.files, "read_before": n_again, "refused": n_rejected}
        commit(self.path, account, said)
        lake = Lake.open(self.path)
        tidy(self.path, lake.account)
        return replace(added, version=lake.version)

    def _take(self, month: str, rows: pl.DataFrame) -> None:
        """Write what is new of a month."""
        kept = self._new_of(month, rows)
        if kept.is_empty():
            return
        self.calendars.append(as_said(calendar_of(kept)))
        ready = placed(kept, [digest for _, digest in self.files], self.areas)
        part = write_part(ready, self.path, month, self.id)
        self.parts[part] = (hashed(self.path / part), ready.height)

    def _new_of(self, month: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that no earlier file held, and put the others aside."""
        keys = rows.select(KEYS)
        earlier = self._earlier(month)
        both = pl.concat([earlier, keys]).with_row_index("row")
        once = counted_once(both)
        kept = once.rows["row"].filter(once.rows["row"] >= earlier.height)
        new = rows[(kept - earlier.height).to_numpy()]
        again = once.again.filter(pl.col("file") >= self.first)
        if again.height:
            self.refused.append(again)
            self.again.append(
                keys.join(again.select("file", "line"), on=["file", "line"], how="semi")
            )
        self.pairs.append(once.pairs)
        return new

    def _earlier(self, month: str) -> pl.DataFrame:
        """Return the keys of the rows of a month that the lake holds, in file order."""
        kinds = {**FRAME_SCHEMA, "lon": pl.Float64(), "lat": pl.Float64()}
        cast = [pl.col(name).cast(kinds[name]) for name in KEYS]
        empty = pl.DataFrame(schema={name: kinds[name] for name in KEYS})
        if self.lake is None:
            return empty
        parts = [p for p in self.before.parts if p.startswith(f"month={month}/")]
        found = [
            pl.read_parquet(self.path / part, columns=list(KEYS)) for part in parts
        ]
        of_month = month == MONTH
        found += [rows.filter(of_month) for rows in self.lake.counted_before()]
        held_rows = [rows.select(cast) for rows in found]
        return pl.concat([empty, *held_rows]).sort("file", "line")

    def _account(self, passed: tuple[str, ...]) -> Account:
        """Write what the next version holds beside it, whole and on the disk."""
        before, tally = self.before, self.tally
        parts = {**before.parts, **self.parts}
        scan = pl.scan_parquet([self.path / part for part in parts])
        facts = Facts.of(scan)
        account = replace(
            before,
            id=self.id,
            number=before.number + 1,
            files=self.files,
            rows_read=before.rows_read + tally.rows_read,
            precisions=tuple(sorted({*before.precisions, *tally.precisions})),
            snapped=before.snapped or tally.snapped,
            simulated=before.simulated or tally.simulated,
            accepted=tuple(sorted({*before.accepted, *tally.accepted})),
            passed=(*before.passed, *passed),
            notes=(*before.notes, *tally.notes),
            parts=parts,
            rejects=(*before.rejects, *self._rows("rejects", self._refused())),
            again=(*before.again, *self._rows("again", self.again)),
            n=facts.n,
            repeats=facts.repeats,
        )
        write_account(self.path, account, facts, self._tables())
        return account

    def _refused(self) -> list[pl.DataFrame]:
        spool = self.tally.rejects
        assert isinstance(spool, Spool)
        rows = spool.rows()
        if rows is not None:
            self.refused.append(rows)
        return [rows for rows in self.refused if rows.height]

    def _rows(self, name: str, tables: list[pl.DataFrame]) -> list[str]:
        if not tables:
            return []
        file = f"rows/{self.id}-{name}.parquet"
        target = self.path / ACCOUNTS / file
        target.parent.mkdir(exist_ok=True)
        pl.concat(tables).write_parquet(target)
        to_disk(target)
        return [file]

    def _tables(self) -> dict[str, pl.DataFrame]:
        keys = ["file", "day", "category", "subcategory"]
        calendar = pl.concat([as_said(each) for each in self.calendars])
        pairs = pl.concat(self.pairs)
        return {
            "calendar": calendar.group_by(keys).agg(pl.col("n").sum()).sort(keys),
            "pairs": pairs.unique().sort("file", "earlier", "month"),
        }


def as_said(calendar: pl.DataFrame) -> pl.DataFrame:
    """Return a calendar with its words as text."""
    return calendar.select(
        pl.col("file").cast(pl.UInt16),
        "day",
        pl.col("category", "subcategory").cast(pl.String),
        pl.col("n").cast(pl.UInt32),
    )


def write_account(
    path: Path, account: Account, facts: Facts, tables: dict[str, Any]
) -> None:
    """Write an account beside the parts; without a commit that names it, it is none."""
    folder = path / ACCOUNTS / account.id
    folder.mkdir()
    for name, table in {**tables, "spread": facts.spread, "last": facts.last}.items():
        table.write_parquet(folder / f"{name}.parquet")
        to_disk(folder / f"{name}.parquet")
    (folder / "account.json").write_text(account.to_json(), encoding="utf-8")
    to_disk(folder / "account.json")
