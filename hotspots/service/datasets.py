"""One data version as the dataset that the file readers would make of the same rows.

The rows of a version never change, so they are kept as a Parquet file beside the
database; the next version is made from it and the few rows that differ. The
incidents made of them lie sealed beside it.
"""

from __future__ import annotations

import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hotspots.analysis.dataset import Dataset
from hotspots.analysis.result import Analysis
from hotspots.core.errors import NoUsableRowsError
from hotspots.core.once import Once
from hotspots.core.types import TimePrecision
from hotspots.model.incidents import FRAME_SCHEMA, Incidents
from hotspots.service.areas import areas_at, sets_at
from hotspots.service.sealed import INCIDENTS, forget_sealed, key_of, seal, unseal
from hotspots.service.site import Site
from hotspots.sources import Reading
from hotspots.store import Session
from hotspots.store.bulk import ended_ids, incident_rows, rows_of
from hotspots.store.models import Batch, Reject, SiteRecord
from hotspots.store.queries import find, get

KEPT = 2
PRECISIONS: tuple[TimePrecision, ...] = ("month", "day", "minute")
_SNAPSHOT = re.compile(r"rows-\d+-(\d+)\.parquet")
_ready: Once[tuple[Path, int], Dataset] = Once(KEPT)
made_analyses: Once[tuple[Path, str], Analysis] = Once(KEPT)
"""By site and key, those that work of this process used last."""


class EmptySiteError(NoUsableRowsError):
    """Nothing was imported yet."""


def current_version(session: Session) -> int:
    """Return the data version of the site."""
    return get(session, SiteRecord, 1).data_version


def rows_at(site: Site, session: Session, version: int) -> pl.DataFrame:
    """Return the incidents of a data version as they are kept."""
    kept = _Snapshots(site.cache, get(session, SiteRecord, 1).n_keys)
    target = kept.path(version)
    if target.is_file():
        return pl.read_parquet(target)
    earlier = [v for v in kept.versions() if v < version]
    if earlier:
        before = pl.read_parquet(kept.path(earlier[-1]))
        ended = ended_ids(session, earlier[-1], version)
        begun = incident_rows(session, version, since=earlier[-1])
        rows = pl.concat([before.filter(~pl.col("id").is_in(ended.implode())), begun])
    else:
        rows = incident_rows(session, version)
    _keep(rows, target)
    for old in kept.versions()[:-KEPT]:
        kept.path(old).unlink(missing_ok=True)
    return rows


def dataset_at(site: Site, version: int | None = None) -> Dataset:
    """Return the dataset of a data version; default that of now.

    Raises EmptySiteError if nothing was imported yet.
    """
    with site.store.reading() as session:
        number = current_version(session) if version is None else version
        key = (site.folder, number)
        return _ready.get(key, lambda: _build(site, session, number))


def batches_at(session: Session, version: int) -> list[Batch]:
    """Return the imports that count at a data version, earliest first."""
    return [
        batch
        for batch in find(session, Batch, order="version")
        if batch.version is not None
        and batch.version <= version
        and (batch.undone_version is None or batch.undone_version > version)
    ]


def forget_snapshots(site: Site) -> None:
    """Delete what was kept of earlier data versions, in memory and on disk."""
    forget_sealed(site)
    for path in site.cache.glob("rows-*.parquet"):
        path.unlink(missing_ok=True)
    _ready.forget(lambda key: key[0] == site.folder)
    made_analyses.forget(lambda key: key[0] == site.folder)


def _build(site: Site, session: Session, version: int) -> Dataset:
    batches = batches_at(session, version)
    files, order = _files_of(batches)
    told = {"keys": get(session, SiteRecord, 1).n_keys}
    key = key_of(site, INCIDENTS, version, told)
    incidents: Incidents | None = unseal(site, key, INCIDENTS)
    if incidents is None:
        rows = rows_at(site, session, version)
        incidents = _incidents(site, rows, batches, order)
        seal(site, key, incidents, INCIDENTS)
    rejects = _rejects(session, batches, order)
    sets = sets_at(session, version)
    reading = Reading(
        incidents=incidents,
        rejects=rejects,
        rows_read=incidents.n + rejects.height,
        inputs=tuple((name, digest) for name, digest in files),
    )
    return Dataset(
        reading=reading,
        harm=site.harm(),
        areas=areas_at(session, version),
        area_inputs=tuple((each.name, each.sha256) for each in sets),
    )


def _incidents(
    site: Site, rows: pl.DataFrame, batches: list[Batch], order: pl.DataFrame
) -> Incidents:
    if rows.is_empty():
        raise EmptySiteError(
            "a site must hold incidents before it can be analysed; it holds none. "
            "Import some first."
        )
    located = (
        rows.join(order, on="origin", how="left")
        .sort("order", "file", "line", "id")
        .with_columns(
            pl.from_epoch("start_us", time_unit="us").alias("start"),
            pl.from_epoch("end_us", time_unit="us").alias("end"),
            file=pl.col("file") + pl.col("offset"),
            reference=pl.col("key"),
        )
    )
    return Incidents.from_located(
        located.select(
            "lon", "lat", *(c for c in FRAME_SCHEMA if c in located.columns)
        ),
        time_precision=next(
            p for p in PRECISIONS if p in {b.time_precision for b in batches}
        ),
        snapped=any(batch.snapped for batch in batches),
        simulated=any(batch.simulated for batch in batches),
        apart=site.apart(),
        notes=dict.fromkeys(note for batch in batches for note in batch.notes),
    )


def _files_of(batches: list[Batch]) -> tuple[list[tuple[str, str]], pl.DataFrame]:
    files: list[tuple[str, str]] = []
    order = []
    for number, batch in enumerate(batches):
        order.append((batch.id, number, len(files)))
        files += [(name, digest) for name, digest in batch.files]
    schema = {"origin": pl.String, "order": pl.Int64, "offset": pl.Int64}
    return files, pl.DataFrame(order, schema=schema, orient="row")


def _rejects(
    session: Session, batches: list[Batch], order: pl.DataFrame
) -> pl.DataFrame:
    from hotspots.intake.rejects import SCHEMA

    parts = [
        rows_of(session, Reject, batch_id=batch.id, counted=True) for batch in batches
    ]
    rows = pl.concat(parts).rename({"batch_id": "origin"})
    placed = rows.join(order, on="origin", how="left", maintain_order="left")
    return placed.with_columns(file=pl.col("file") + pl.col("offset")).select(
        pl.col(name).cast(kind) for name, kind in SCHEMA.items()
    )


@dataclass(frozen=True)
class _Snapshots:
    """The snapshots of a folder, of references under ``n_keys`` keys."""

    folder: Path
    n_keys: int

    def path(self, version: int) -> Path:
        return self.folder / f"rows-{self.n_keys}-{version}.parquet"

    def versions(self) -> list[int]:
        names = [
            path.name for path in self.folder.glob(f"rows-{self.n_keys}-*.parquet")
        ]
        found = (_SNAPSHOT.fullmatch(name) for name in names)
        return sorted(int(each[1]) for each in found if each)


def _keep(rows: pl.DataFrame, target: Path) -> None:
    """Write it beside and put it in place at once, so that no half file is read."""
    beside = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    rows.write_parquet(beside)
    beside.replace(target)
