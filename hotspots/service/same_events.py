"""Rows of two feeds that may tell of one event: offered to look at, never merged.

Police and council often hold the same call. Whoever adds their counts up counts it
twice; only somebody who knows both records can say so.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import polars as pl

from hotspots.core.crs import lonlat_to_bng
from hotspots.rights import Actor, check
from hotspots.service.audit import record
from hotspots.service.datasets import current_version, rows_at
from hotspots.service.sealed import key_of, seal, unseal
from hotspots.service.site import Site
from hotspots.store import Session
from hotspots.store.models import Batch, Feed
from hotspots.store.queries import find, get

NEAR_M, NEAR_HOURS, SPAN_HOURS = 50.0, 1.0, 2.0
"""How near in place and time; a row that is vaguer than the last is not compared."""
MOST = 10_000
_HOUR_US = 3_600e6
SCHEMA: dict[str, Any] = {
    "feed": pl.String,
    "category": pl.String,
    "start": pl.Datetime("us"),
    "other_feed": pl.String,
    "other_category": pl.String,
    "other_start": pl.Datetime("us"),
    "metres": pl.Int64,
    "minutes_apart": pl.Int64,
    "easting": pl.Int64,
    "northing": pl.Int64,
}


def same_events(site: Site, session: Session, actor: Actor, id: str) -> pl.DataFrame:
    """Return the pairs that an import's rows make with other feeds' (:data:`SCHEMA`).

    The reading is logged. At most 10,000 pairs, the nearest first.
    """
    check(actor, "batch.import")
    record(session, actor, "batch.same_events", get(session, Batch, id).id)
    return possible_same(site, session, id)


def possible_same(site: Site, session: Session, id: str) -> pl.DataFrame:
    """Return the pairs of an import as they were found, or find them."""
    key = key_of(site, "same events", 0, {"batch": id})
    found = unseal(site, key)
    if found is None:
        found = _find(site, session, get(session, Batch, id))
        seal(site, key, found)
    return cast("pl.DataFrame", found)


def _find(site: Site, session: Session, batch: Batch) -> pl.DataFrame:
    names = {each.id: each.name for each in find(session, Feed)}
    if len(names) < 2:
        return pl.DataFrame(schema=SCHEMA)
    rows = rows_at(site, session, current_version(session))
    span = (pl.col("end_us") - pl.col("start_us")) / _HOUR_US
    told = rows.filter(span <= SPAN_HOURS).with_columns(
        feed=pl.col("feed_id").replace_strict(names)
    )
    here = told.filter(pl.col("origin") == batch.id)
    return _pairs(here, told.filter(pl.col("feed_id") != batch.feed_id))


def _pairs(here: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
    if here.is_empty() or there.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    from scipy.spatial import cKDTree

    (x, y, start, end), (x2, y2, start2, end2) = _where(here), _where(there)
    hours = NEAR_HOURS + SPAN_HOURS  # between the middles of two that are near
    trees = [
        cKDTree(np.column_stack([e / NEAR_M, n / NEAR_M, (s + t) / (2 * hours)]))
        for e, n, s, t in ((x, y, start, end), (x2, y2, start2, end2))
    ]
    close = trees[0].sparse_distance_matrix(
        trees[1], np.sqrt(2) + 1e-9, output_type="coo_matrix"
    )
    i, j = close.row, close.col
    metres = np.hypot(x[i] - x2[j], y[i] - y2[j])
    apart = np.maximum(0, np.maximum(start[i] - end2[j], start2[j] - end[i]))
    near = np.flatnonzero((metres <= NEAR_M) & (apart <= NEAR_HOURS))
    near = near[np.lexsort((j[near], i[near], apart[near], metres[near]))][:MOST]
    one, other = here[i[near]], there[j[near]]
    moment = pl.from_epoch("start_us", time_unit="us").alias("start")
    named = other.select("feed", "category", moment)
    pairs: pl.DataFrame = one.select("feed", "category", moment).hstack(
        [
            *(named[name].alias(f"other_{name}") for name in named.columns),
            pl.Series("metres", metres[near].round().astype(np.int64)),
            pl.Series("minutes_apart", (60 * apart[near]).round().astype(np.int64)),
            pl.Series("easting", x[i[near]].round().astype(np.int64)),
            pl.Series("northing", y[i[near]].round().astype(np.int64)),
        ]
    )
    return pairs


def _where(rows: pl.DataFrame) -> tuple[np.ndarray, ...]:
    """Return metres east and north, and begin and end in hours."""
    x, y = lonlat_to_bng(rows["lon"].to_numpy(), rows["lat"].to_numpy())
    start, end = (rows[name].to_numpy() / _HOUR_US for name in ("start_us", "end_us"))
    return np.nan_to_num(x, nan=-1e9), np.nan_to_num(y, nan=-1e9), start, end
