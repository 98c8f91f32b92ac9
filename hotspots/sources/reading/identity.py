"""One incident counted once, one category written one way, premises that are one place.

Rows that look alike are separate events, unless a reference says that they are one or
two files are seen to hold the same month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.model.harm import HarmTable, fold_category

SAME_REFERENCE = "already read: same reference and date in an earlier file"
SAME_CRIME = "already read: same reference, date, place and category in this file"
SAME_MONTH = "already read: the same month of the same places in an earlier file"
ENOUGH_ALIKE = 20
MOSTLY = 0.9
PREMISES_M = 200.0
_ALIKE = ["month", "start", "lon", "lat", "category", "street"]


@dataclass(frozen=True, kw_only=True)
class Once:
    """Rows counted once, those that were read before, and which files overlap."""

    rows: pl.DataFrame
    again: pl.DataFrame
    pairs: pl.DataFrame


def counted_once(located: pl.DataFrame) -> Once:
    """Part the rows that stood in the files before.

    ``located``: n rows; with ``file``, ``line``, ``reference``, ``start``, ``lon``,
    ``lat``, ``category``, ``street``.
    """
    rows = located.with_columns(
        month=pl.col("start").dt.truncate("1mo"), again=_read_before(located)
    )
    pairs = _overlapping(rows)
    if pairs.height:
        rows = _without_twins(rows, pairs)
    again = rows.filter(pl.col("again").is_not_null())
    return Once(
        rows=rows.filter(pl.col("again").is_null()).drop("again", "month"),
        again=again.select(
            "file",
            "line",
            pl.lit("rejected").alias("status"),
            pl.col("again").alias("reason"),
            pl.coalesce("reference", pl.col("start").dt.strftime("%Y-%m")).alias(
                "value"
            ),
        ),
        pairs=pairs,
    )


def _read_before(located: pl.DataFrame) -> pl.Series:
    """Say why a row whose reference stands on others too was read before, or null."""
    several = pl.col("reference").is_not_null() & pl.col("reference").is_duplicated()
    first = pl.col("file").min().over("reference", "start")
    whole = ["file", "reference", "start", "lon", "lat", "category"]
    found = (
        located.select(*whole, row=pl.int_range(pl.len()), several=several)
        .filter("several")
        .select(
            "row",
            again=pl.when(pl.col("file") > first)
            .then(pl.lit(SAME_REFERENCE))
            .when(pl.int_range(pl.len()).over(whole) > 0)
            .then(pl.lit(SAME_CRIME)),
        )
    )
    none = pl.repeat(None, located.height, dtype=pl.String, eager=True)
    return none.scatter(found["row"], found["again"])


def _overlapping(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of files that hold the same rows of a month."""
    empty = pl.DataFrame(
        schema={"file": pl.UInt16, "earlier": pl.UInt16, "month": rows.schema["month"]}
    )
    if rows["file"].n_unique() < 2:
        return empty
    by_id = rows.filter(pl.col("reference").is_not_null())
    found = [_pairs(by_id, ["reference", "month"], least=1, share=0.5)]
    bare = rows.filter(pl.col("reference").is_null()).with_columns(
        nth=pl.int_range(pl.len()).over("file", *_ALIKE)
    )
    found.append(_pairs(bare, [*_ALIKE, "nth"], least=ENOUGH_ALIKE, share=MOSTLY))
    return pl.concat([empty, *found]).unique().sort("file", "earlier", "month")


def _pairs(
    rows: pl.DataFrame, key: list[str], *, least: int, share: float
) -> pl.DataFrame:
    """Return pairs of which at least a share of the smaller is in the other too."""
    sizes = rows.group_by("file", "month").len()
    there = rows.filter(pl.col(key[0]).is_duplicated())
    held = there.select("file", *key).unique()
    several = held.filter(pl.len().over(key) > 1)
    both = several.join(several, on=key, nulls_equal=True, suffix="_b")
    both = both.filter(pl.col("file_b") < pl.col("file"))
    shared = both.group_by("file", pl.col("file_b").alias("earlier"), "month").len("n")
    sized = shared.join(sizes, on=["file", "month"]).join(
        sizes.rename({"file": "earlier", "len": "other"}), on=["earlier", "month"]
    )
    smaller = pl.min_horizontal("len", "other")
    enough = (pl.col("n") >= least) & (pl.col("n") >= share * smaller)
    return sized.filter(enough).select("file", "earlier", "month")


def _without_twins(rows: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Mark rows without a reference of which an overlapping file has as many."""
    group = pairs.group_by("file", "month").agg(pl.col("earlier").min())
    marked = rows.join(group, on=["file", "month"], how="left", maintain_order="left")
    marked = marked.with_columns(
        group=pl.coalesce("earlier", "file"),
        nth=pl.int_range(pl.len()).over("file", "reference", *_ALIKE),
    )
    twin = pl.int_range(pl.len()).over("group", "reference", "nth", *_ALIKE) > 0
    bare = pl.col("reference").is_null() & pl.col("again").is_null()
    return marked.with_columns(
        again=pl.when(bare & twin).then(pl.lit(SAME_MONTH)).otherwise("again")
    ).drop("group", "nth", "earlier")


def overlap_notes(pairs: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Say which files hold the same months, by pairs of file and earlier file."""
    notes = []
    for (file, earlier), group in pairs.sort("file", "earlier", "month").group_by(
        "file", "earlier", maintain_order=True
    ):
        months = group["month"].dt.strftime("%B %Y").to_list()
        shown = ", ".join(months[:3]) + (" and others" if len(months) > 3 else "")
        notes.append(
            f"{names[earlier]} and {names[file]} hold the same {shown}: each incident "
            "was counted once."
        )
    return notes


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What can be said only of all rows together, however many blocks they came in.

    ``n``: rows.
    ``words``: DataFrame of ``category, subcategory, n``.
    ``spread``: DataFrame of ``premises, n``; numbers of premises that lie hundreds of
    metres apart, with their rows.
    ``last``: DataFrame of ``start, file, line``; the six latest rows.
    ``repeats``: references on several rows, and those rows.
    """

    n: int
    words: pl.DataFrame
    spread: pl.DataFrame
    last: pl.DataFrame
    repeats: tuple[int, int]

    @classmethod
    def of(cls, rows: pl.LazyFrame) -> Facts:
        """Find them in rows that were located."""
        words = rows.group_by(pl.col("category", "subcategory").cast(pl.String))
        counted = words.len("n").collect(engine="streaming")
        order = ["start", "file", "line"]
        last = rows.select(order).top_k(6, by=order)
        return cls(
            n=int(counted["n"].sum()),
            words=counted,
            spread=_spread_premises(rows),
            last=last.collect(engine="streaming").sort(order),
            repeats=_repeats(rows),
        )


def mend(
    rows: pl.DataFrame, facts: Facts, names: Sequence[str]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Write categories one way, take spread premises off, and say what was noticed.

    ``rows`` may be only some of those that the facts are of.
    """
    renamed, spellings = fold_categories(facts.words)
    for column, names_of in renamed.items():
        folded = pl.col(column).cast(pl.String).replace(names_of)
        rows = rows.with_columns(folded.alias(column))
    wrong = pl.col("premises").is_in(facts.spread["premises"].to_list())
    if facts.spread.height:
        rows = rows.with_columns(pl.when(~wrong).then("premises").alias("premises"))
    return rows, (
        *spellings,
        *_spread_note(facts.spread),
        *_late_note(facts, names),
        *_repeat_note(*facts.repeats),
    )


def _repeats(rows: pl.LazyFrame) -> tuple[int, int]:
    repeated = (
        rows.filter(pl.col("reference").is_not_null())
        .group_by("reference")
        .len()
        .filter(pl.col("len") > 1)
        .select(pl.len(), pl.col("len").sum().alias("rows"))
    )
    n, n_rows = repeated.collect(engine="streaming").row(0)
    return int(n), int(n_rows)


def _repeat_note(n: int, rows: int) -> tuple[str, ...]:
    """Say how many references stand on several rows that were all kept."""
    if not n:
        return ()
    many = "reference stands" if n == 1 else "references stand"
    return (
        f"{n:,} {many} on more than one row with different dates, places or categories "
        f"({rows:,} rows); all were kept as separate incidents.",
    )


def fold_categories(words: pl.DataFrame) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Return how each category and sub category is written: as the harm table does.

    ``words``: ``category``, ``subcategory`` and how many (``n``) are written so.
    """
    notes: list[str] = []
    every: dict[str, dict[str, str]] = {}
    table = HarmTable.default().frame
    for column in ("category", "subcategory"):
        counted = words.group_by(pl.col(column).cast(pl.String).alias("as"))
        spellings = counted.agg(pl.col("n").sum()).drop_nulls()
        spellings = spellings.sort(["n", "as"], descending=[True, False])
        known = table[column].drop_nulls().unique().to_list()
        chosen = {fold_category(name): name for name in known}
        renamed: dict[str, str] = {}
        for spelling in spellings["as"].to_list():
            right = chosen.setdefault(fold_category(spelling), spelling.strip())
            if right != spelling:
                renamed[spelling] = right
        if renamed:
            every[column] = renamed
            shown = "; ".join(f"'{a}' as '{b}'" for a, b in list(renamed.items())[:4])
            notes.append(f"Spellings of a {column} were taken as one: {shown}.")
    return every, notes


def _spread_premises(rows: pl.LazyFrame) -> pl.DataFrame:
    reach_m = (
        ((pl.col("lon").max() - pl.col("lon").min()) * np.cos(np.radians(53)))
        .pow(2)
        .add((pl.col("lat").max() - pl.col("lat").min()).pow(2))
        .sqrt()
        .mul(111_200.0)
    )
    return (
        rows.filter(pl.col("premises").is_not_null())
        .group_by("premises")
        .agg(reach=reach_m, n=pl.len())
        .filter(pl.col("reach") > PREMISES_M)
        .sort("n", "premises", descending=[True, False])
        .select("premises", "n")
        .collect(engine="streaming")
    )


def _spread_note(spread: pl.DataFrame) -> tuple[str, ...]:
    if spread.is_empty():
        return ()
    return (
        f"{spread.height:,} premises numbers stand at places over {PREMISES_M:.0f} m "
        f"apart ({spread['premises'][0]} and others, {spread['n'].sum():,} rows) and "
        "were not used: a spreadsheet may have rounded them, or they are fillers.",
    )


def _late_note(facts: Facts, names: Sequence[str]) -> tuple[str, ...]:
    """Warn of a few dates that lie long after all others: they move the window."""
    last = facts.last
    if facts.n < ENOUGH_ALIKE or last.height < 6:
        return ()
    gaps = last["start"].diff().dt.total_days().fill_null(0).to_list()
    at = next((k for k, days in enumerate(gaps) if days > 90), None)
    if at is None:
        return ()
    start, file, line = last.row(at)
    return (
        f"{last.height - at} of {facts.n:,} incidents are dated "
        f"{start:%d/%m/%Y} or later, {gaps[at]:,} days after all others "
        f"({names[file]}, line {line:,}). If that is a slip, a window that ends with "
        "the last date is wrong: correct the date or give --window.",
    )
