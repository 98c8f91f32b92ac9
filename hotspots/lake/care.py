"""Keep a lake whole: check it, say how it came about, forget what is too old."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from hotspots.core.errors import ParameterError
from hotspots.core.window import in_words
from hotspots.lake.build import write_account
from hotspots.lake.table import (
    commit,
    hashed,
    held,
    strange_parts,
    tidy,
    to_disk,
    write_part,
)
from hotspots.sources.reading.identity import Facts
from hotspots.sources.reading.lake import ACCOUNTS, Lake, delta_table


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a check of a lake found.

    ``wrong``: what does not hold; empty where the lake is whole.
    ``left``: parts of a stopped run, which no version names: the next change takes them
    away.
    """

    lake: str
    version: int
    rows: int
    files: int
    parts: int
    wrong: tuple[str, ...] = ()
    left: int = 0

    def sentences(self) -> list[str]:
        """Say it."""
        whole = "is whole" if not self.wrong else "is not whole"
        said = [
            f"{self.lake} {whole}: version {self.version}, {self.rows:,} incidents of "
            f"{self.files:,} files in {self.parts:,} parts."
        ]
        if self.left:
            said.append(
                f"{self.left:,} parts of a run that was stopped lie beside; they count "
                "for nothing, and the next change takes them away."
            )
        return [*said, *self.wrong]


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """What was deleted."""

    before: dt.date
    rows: int
    refused: int
    version: int

    def sentence(self) -> str:
        """Say it."""
        return (
            f"{self.rows:,} incidents before {in_words(self.before)} are deleted, with "
            f"{self.refused:,} refused rows of files of which nothing is left. Version "
            f"{self.version}; no earlier version can be read any more."
        )


def verify(path: Path) -> Checked:
    """Check every part of the last version against its account: bytes, rows, order.

    Raises SourceError if it is no lake or has no whole version.
    """
    lake = Lake.open(path)
    account = lake.account
    wrong = [said for part in account.parts for said in _wrong_with(lake, part)]
    table = delta_table(path)
    named = {Path(uri).name for uri in table.file_uris()}
    if named != {Path(part).name for part in account.parts}:
        wrong.append("The parts of the log are not those of the account.")
    rows = sum(n for _, n in account.parts.values())
    if not rows == account.n == int(lake.calendar["n"].sum()):
        wrong.append(f"The account is of {account.n:,} rows; the parts hold {rows:,}.")
    return Checked(
        lake=path.name,
        version=lake.version,
        rows=rows,
        files=len(account.files),
        parts=len(account.parts),
        wrong=tuple(wrong),
        left=len(strange_parts(path, account)),
    )


def _wrong_with(lake: Lake, part: str) -> list[str]:
    digest, n = lake.account.parts[part]
    path, month = lake.path / part, part.partition("=")[2][:7]
    if not path.is_file():
        return [f"{part} is missing."]
    if hashed(path) != digest:
        return [f"{part} is not as it was written."]
    rows = pl.read_parquet(path, columns=["cell", "start", "file"])
    months = rows["start"].dt.strftime("%Y-%m").unique().to_list()
    holds = (
        rows.height == n,
        rows["cell"].is_sorted(),
        months == [month],
        rows["file"].is_between(0, len(lake.account.files) - 1).all(),
    )
    return [] if all(holds) else [f"{part} does not hold what its account says."]


def history(path: Path) -> list[dict[str, Any]]:
    """Return what was done to a lake, the latest first: ``version, at, what, ...``.

    Raises SourceError if it is no lake.
    """
    told = []
    for entry in delta_table(path).history():
        said = json.loads(entry.get("hotspots") or "{}")
        at = dt.datetime.fromtimestamp(entry["timestamp"] / 1000, tz=dt.UTC)
        what = said.pop("what", entry.get("operation", "").lower())
        told.append({"version": entry["version"], "at": at, "what": what, **said})
    return told


def forget(path: Path, before: dt.date) -> Forgotten:
    """Delete every incident that began before a day, from the disk as well.

    Raises ParameterError if there is none, or nothing would be left.
    """
    Lake.open(path)
    with held(path):
        lake = Lake.open(path)
        tidy(path, lake.account)
        old = lake.calendar.filter(pl.col("day") < before)
        n_old = int(old["n"].sum())
        if not n_old or n_old == lake.account.n:
            days = lake.calendar["day"].sort()
            raise ParameterError(
                f"some incidents must be older than {before.isoformat()} and some not; "
                f"those of {path.name} begin from {days[0]} to {days[-1]}."
            )
        return _forget(lake, before, n_old)


def _forget(lake: Lake, before: dt.date, n_old: int) -> Forgotten:
    path, account = lake.path, lake.account
    id = f"{account.number + 1:06}-{uuid.uuid4().hex[:12]}"
    parts = _parts_since(lake, before, id)
    facts = Facts.of(pl.scan_parquet([path / part for part in parts]))
    calendar = lake.calendar.filter(pl.col("day") >= before)
    kept, refused = _rows_of_files(lake, calendar["file"].unique(), id)
    changed = replace(
        account,
        id=id,
        number=account.number + 1,
        parts=parts,
        n=facts.n,
        repeats=facts.repeats,
        rows_read=account.rows_read - n_old - refused,
        rejects=kept["rejects"],
        again=kept["again"],
    )
    tables = {"calendar": calendar, "pairs": lake.pairs}
    write_account(path, changed, facts, tables)
    said = {"what": "forget", "before": before.isoformat(), "rows": n_old}
    gone = [part for part in account.parts if part not in parts]
    commit(path, changed, said, removed=gone)
    delta_table(path).vacuum(
        retention_hours=0, enforce_retention_duration=False, dry_run=False
    )
    tidy(path, changed)
    version = Lake.open(path).version
    return Forgotten(before=before, rows=n_old, refused=refused, version=version)


def _parts_since(lake: Lake, before: dt.date, id: str) -> dict[str, tuple[str, int]]:
    """Return the parts from a day on; of the month that it cuts, written anew."""
    month = f"{before:%Y-%m}"
    kept = {k: v for k, v in lake.account.parts.items() if k[6:13] >= month}
    cut = [part for part in kept if part[6:13] == month] if before.day > 1 else []
    if not cut:
        return kept
    rows = pl.read_parquet([lake.path / part for part in cut], hive_partitioning=False)
    since = pl.lit(dt.datetime.combine(before, dt.time()))
    rows = rows.filter(pl.col("start") >= since).sort("cell", "start", "file", "line")
    kept = {k: v for k, v in kept.items() if k not in cut}
    if rows.height:
        name = write_part(rows, lake.path, month, id)
        kept[name] = (hashed(lake.path / name), rows.height)
    return kept


def _rows_of_files(
    lake: Lake, files: pl.Series, id: str
) -> tuple[dict[str, tuple[str, ...]], int]:
    """Write anew what was refused of files that still have rows, and only that."""
    kept: dict[str, tuple[str, ...]] = {}
    gone = 0
    for name in ("rejects", "again"):
        held_rows: tuple[str, ...] = getattr(lake.account, name)
        kept[name] = ()
        if not held_rows:
            continue
        paths = [lake.path / ACCOUNTS / file for file in held_rows]
        rows = pl.concat(pl.read_parquet(file) for file in paths)
        still = rows.filter(pl.col("file").is_in(files.to_list()))
        gone += rows.height - still.height if name == "rejects" else 0
        file = f"rows/{id}-{name}.parquet"
        still.write_parquet(lake.path / ACCOUNTS / file)
        to_disk(lake.path / ACCOUNTS / file)
        kept[name] = (file,)
    return kept, gone
