"""The Delta Lake table of a lake: its columns, its parts, one commit for a change."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hotspots.core.errors import OutputError
from hotspots.core.folders import real
from hotspots.model.areas import Areas
from hotspots.model.cells import bin_points
from hotspots.sources.reading.lake import (
    ACCOUNTS,
    COLUMNS,
    RESOLUTION,
    Account,
    delta_table,
)

ROW_GROUP = 100_000
KINDS: dict[str, pl.DataType] = {
    "cell": pl.Int64(),
    "reference_id": pl.String(),
    "start": pl.Datetime("us"),
    "end": pl.Datetime("us"),
    "lon": pl.Float64(),
    "lat": pl.Float64(),
    "file": pl.Int32(),
    "line": pl.Int64(),
}
"""Types of the columns; every other one is text."""


def schema_of(areas: Areas | None) -> dict[str, pl.DataType]:
    """Return the columns of a lake: an incident, its cell, its areas, its reference."""
    names = ["cell", "reference_id", *COLUMNS, *_area_columns(areas).values()]
    return {name: KINDS.get(name, pl.String()) for name in dict.fromkeys(names)}


def _area_columns(areas: Areas | None) -> dict[str, str]:
    kinds = areas.kinds if areas is not None else ()
    return {kind: f"area_{kind.replace(' ', '_')}" for kind in kinds}


def placed(rows: pl.DataFrame, digests: list[str], areas: Areas | None) -> pl.DataFrame:
    """Return rows with their cell, areas and reference, sorted by cell.

    ``digests``: SHA-256 of each file. The reference is the beginning of its file's and
    the line, the same in every lake that holds the file.
    """
    places = rows.select("lon", "lat").unique()
    lon, lat = (places[name].to_numpy() for name in ("lon", "lat"))
    cell = bin_points(lon, lat, resolution=RESOLUTION).astype(np.int64)
    places = places.with_columns(cell=pl.Series(cell))
    if areas is not None:
        codes = [*areas.frame["code"].to_list(), None]
        for kind, name in _area_columns(areas).items():
            at = areas.locate(lon, lat, kind=kind)
            said = pl.Series(name, codes, dtype=pl.String).gather(at % len(codes))
            places = places.with_columns(said)
    begins = pl.lit(pl.Series([digest[:12] for digest in digests], dtype=pl.String))
    reference = pl.format("{}-{}", begins.gather(pl.col("file")), "line")
    kinds = schema_of(areas)
    return (
        rows.join(places, on=["lon", "lat"], how="left")
        .with_columns(reference_id=reference)
        .select(pl.col(name).cast(kind) for name, kind in kinds.items())
        .sort("cell", "start", "file", "line")
    )


def write_part(rows: pl.DataFrame, lake: Path, month: str, id: str) -> str:
    """Write the rows of a month as a part that no version names yet."""
    name = f"month={month}/{id}.parquet"
    (lake / name).parent.mkdir(parents=True, exist_ok=True)
    rows.write_parquet(lake / name, compression="zstd", row_group_size=ROW_GROUP)
    to_disk(lake / name)
    return name


def hashed(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def to_disk(path: Path) -> None:
    """Wait until a file is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def create_table(path: Path, areas: Areas | None) -> None:
    """Make a lake without rows.

    Raises OutputError if a lake cannot lie there, as under a name of odd letters.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        DeltaTable.create(
            real(path),  # never an address, whatever its name
            schema=_arrow(areas),
            partition_by=["month"],
            name="hotspots",
            description="Incidents, one row each, counted once. See _hotspots.",
            mode="ignore",
        )
    except (DeltaError, OSError) as error:
        raise OutputError(
            f"it must be possible to make a lake at {path}; got: {error}. Choose "
            "another folder, with a plain name."
        ) from error


def _arrow(areas: Areas | None) -> Any:
    empty = pl.DataFrame(schema={"month": pl.String(), **schema_of(areas)})
    return empty.to_arrow(compat_level=pl.CompatLevel.oldest()).schema


def commit(
    path: Path, account: Account, said: dict[str, Any], removed: Iterable[str] = ()
) -> None:
    """Make the parts of an account the next version, in one step.

    ``account``: on the disk already; the commit names it, and without that it
    does not count.
    ``said``: for the history.
    ``removed``: parts of the version before that are no longer in it.
    """
    from deltalake import CommitProperties, Transaction
    from deltalake.transaction import AddAction, RemoveAction

    table = delta_table(path)
    now = int(time.time() * 1000)
    there = {Path(uri).relative_to(path.resolve()).as_posix() for uri in _uris(table)}
    actions: list[Any] = [
        AddAction(
            part,
            (path / part).stat().st_size,
            {"month": part.partition("=")[2][:7]},
            now,
            True,
            json.dumps({"numRecords": n}),
        )
        for part, (_, n) in account.parts.items()
        if part not in there
    ]
    actions += [
        RemoveAction(
            part,
            True,
            now,
            (path / part).stat().st_size,
            {"month": part.partition("=")[2][:7]},
        )
        for part in removed
    ]
    table.create_write_transaction(
        actions,
        mode="append",
        schema=table.schema(),
        partition_by=["month"],
        commit_properties=CommitProperties(
            custom_metadata={"hotspots": json.dumps(said)},
            app_transactions=[Transaction(account.id, 1)],
        ),
    )


def _uris(table: Any) -> list[str]:
    return [
        str(Path(uri.removeprefix("file://")).resolve()) for uri in table.file_uris()
    ]


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Be the only one that changes a lake; what a stopped run left is taken away.

    Raises OutputError if another run changes it.
    """
    folder = path / ACCOUNTS
    folder.mkdir(parents=True, exist_ok=True)
    opened = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o666)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OutputError(
                f"only one run at a time may change the lake {path.name}; another is "
                "at it. Wait until it has ended and run this again."
            ) from error
        shutil.rmtree(folder / "staging", ignore_errors=True)
        yield
    finally:
        shutil.rmtree(folder / "staging", ignore_errors=True)
        os.close(opened)


def tidy(path: Path, account: Account) -> list[str]:
    """Take away what the account does not name; return the parts that were there."""
    strange = strange_parts(path, account)
    for part in strange:
        (path / part).unlink()
    for folder in (path / ACCOUNTS).glob("*/account.json"):
        if folder.parent.name != account.id:
            shutil.rmtree(folder.parent, ignore_errors=True)
    named = {*account.rejects, *account.again}
    for file in (path / ACCOUNTS / "rows").glob("*.parquet"):
        if f"rows/{file.name}" not in named:
            with contextlib.suppress(OSError):
                file.unlink()
    for folder in path.glob("month=*"):
        with contextlib.suppress(OSError):
            folder.rmdir()  # where nothing is left in it
    return strange


def strange_parts(path: Path, account: Account) -> list[str]:
    """Return the Parquet files that no version names: what a stopped run left."""
    found = (part.relative_to(path).as_posix() for part in path.glob("month=*/*"))
    return sorted(set(found) - set(account.parts))
