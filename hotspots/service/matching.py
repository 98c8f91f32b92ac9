"""Which rows of a file are new, which are held already, which are a later version.

A row with a reference is a later version of the row of its feed with that reference:
of the one with the same start where there are several, or of the only one left. Rows
without a reference are held already as often as the same content is held: identical
rows of one file stay separate events.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

CONTENT = (
    "lon",
    "lat",
    "start_us",
    "end_us",
    "category",
    "subcategory",
    "street",
    "premises",
    "address",
    "source_flag",
    "qualifiers",
)
"""What an incident says; where it stood is not part of it."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """Rows of the file by number, and what they end.

    ``updated`` has ``row`` and ``id``, the identifier of the row that it follows.
    """

    new: pl.Series
    same: pl.Series
    updated: pl.DataFrame


def keyed(references: pl.Series, keys: Sequence[bytes]) -> pl.Series:
    """Return the keyed hash of each reference; with several keys, of the hash before.

    A new key can so be put on top of hashes whose references nobody has any more.
    """

    def one(reference: str) -> str:
        value = reference.strip()
        for key in keys:
            value = hmac.digest(key, value.encode(), "sha256")[:16].hex()
        return value

    hashes = {text: one(text) for text in references.drop_nulls().unique()}
    return references.replace_strict(hashes, default=None, return_dtype=pl.String)


def with_content(rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``content``: a hash of all that a row says."""
    degrees = [(pl.col(c) * 1e9).round().cast(pl.Int64) for c in ("lon", "lat")]
    said = pl.concat_str(
        [
            pl.coalesce(each.cast(pl.String), pl.lit("\x00"))
            for each in (*degrees, *map(pl.col, CONTENT[2:]))
        ],
        separator="\x1f",
    )
    texts = rows.select(said.alias("said"))["said"].to_list()
    hashes = [
        hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in texts
    ]
    return rows.with_columns(content=pl.Series(hashes, dtype=pl.String))


def match(held: pl.DataFrame, given: pl.DataFrame) -> Match:
    """Compare the rows of a file with those held of its feed.

    ``held`` has ``id``, ``key``, ``content``, ``start_us``; ``given`` the same with
    ``row`` instead of ``id``.
    """
    held, given = _without_nulls(held), _without_nulls(given)
    same = _pairs(held, given, ["key", "content"])
    held, given = _rest(held, given, same)
    keyed_rows = given.filter(pl.col("key") != "")
    candidates = held.filter(pl.col("key") != "")
    dated = _pairs(candidates, keyed_rows, ["key", "start_us"])
    candidates, keyed_rows = _rest(candidates, keyed_rows, dated)
    moved = _pairs(_alone(candidates), _alone(keyed_rows), ["key"])
    updated = pl.concat([dated, moved])
    new = given.join(updated, on="row", how="anti")
    return Match(new=new["row"], same=same["row"], updated=updated)


def _without_nulls(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.col("key").fill_null(""))


def _pairs(held: pl.DataFrame, given: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Pair the n-th of each kind here with the n-th there."""
    nth = pl.int_range(pl.len()).over(on).alias("nth")
    left = given.select("row", *on, nth)
    right = held.select("id", *on, nth)
    return left.join(right, on=[*on, "nth"], how="inner").select("row", "id")


def _rest(
    held: pl.DataFrame, given: pl.DataFrame, pairs: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    return (
        held.join(pairs, on="id", how="anti", maintain_order="left"),
        given.join(pairs, on="row", how="anti", maintain_order="left"),
    )


def _alone(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.len().over("key") == 1)
