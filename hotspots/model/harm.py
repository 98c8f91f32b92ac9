"""Which categories count towards hotspots, and how severe each is.

The table that ships names a source and a vintage for every weight, and leaves blank
what cannot honestly take one weight. A partnership can give its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.errors import ColumnError, SourceError
from hotspots.intake.records import RecordField, check_rows, read_records
from hotspots.model import safeguards
from hotspots.model.incidents import Incidents

_SCHEMA: dict[str, pl.DataType] = {
    "category": pl.String(),
    "subcategory": pl.String(),
    "count_weight": pl.Float64(),
    "severity_weight": pl.Float64(),
    "source": pl.String(),
    "vintage": pl.String(),
    "included": pl.String(),
    "why": pl.String(),
}

SHIPPED = "harm_weights.csv"
_DASH = re.compile(r" ?[-‐‑–—] ?")
_INCLUDED = ("yes", "no", "never")
FIELDS = (
    RecordField(name="category", kind="text", required=True, help="As in the files."),
    RecordField(name="subcategory", kind="text", help="Blank for any other."),
    RecordField(name="count_weight", kind="number", help="0 or more."),
    RecordField(name="severity_weight", kind="number", help="Blank where none."),
    RecordField(name="source", kind="text", help="Of the weight."),
    RecordField(name="vintage", kind="text", help="Of the source."),
    RecordField(
        name="included",
        kind="choice",
        choices=_INCLUDED,
        required=True,
        help="Whether it counts.",
    ),
    RecordField(name="why", kind="text", help="In words."),
)


def fold_category(name: str) -> str:
    """Return what the spellings of one category share.

    Examples
    --------
    >>> fold_category(" BURGLARY –  dwelling")
    'burglary-dwelling'
    """
    return _DASH.sub("-", " ".join(name.casefold().split()))


@dataclass(frozen=True, kw_only=True)
class HarmTable:
    """Weights and inclusion by category and sub category.

    ``frame``: ``category``, ``subcategory`` (null: any other of the category),
    ``count_weight``, ``severity_weight`` (null: none can honestly be given),
    ``source``, ``vintage``, ``included`` ("yes", "no" until asked for by name, or
    "never"), ``why``.

    Raises ColumnError if a column is missing; SourceError if a category stands twice, a
    weight is negative or ``included`` is neither.
    """

    frame: pl.DataFrame
    name: str = "the harm table"

    def __post_init__(self) -> None:
        for column in _SCHEMA:
            if column not in self.frame.columns:
                raise ColumnError(column, self.name, self.frame.columns)
        if self.frame.select("category", "subcategory").is_duplicated().any():
            raise SourceError(
                f"{self.name} must have one row for each category and sub category; "
                "at least one stands twice."
            )
        if not self.frame["included"].is_in(_INCLUDED).all():
            raise SourceError(f"included in {self.name} must be yes, no or never.")
        for column in ("count_weight", "severity_weight"):
            if (self.frame[column].fill_null(0) < 0).any():
                raise SourceError(f"{column} in {self.name} must be at least 0.")

    @classmethod
    def default(cls) -> HarmTable:
        """Return the table that ships with the package."""
        return _shipped()

    @classmethod
    def from_csv(cls, path: Path) -> HarmTable:
        """Read a partnership's own table.

        Raises ColumnError, EmptyFileError, SourceError if it is not a table of the
        columns above.
        """
        records = read_records(path, FIELDS, unique=None)
        check_rows(records, "a table")
        for column in _SCHEMA:
            if column not in records.columns:
                raise ColumnError(column, records.name, records.columns)
        return cls(
            frame=records.frame.select(
                pl.col(name).cast(kind) for name, kind in _SCHEMA.items()
            ),
            name=records.name,
        )

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The categories, in alphabetical order."""
        return tuple(sorted(self.frame["category"].unique().to_list()))

    def unknown(self, categories: Iterable[str]) -> list[str]:
        """Return those of some categories that neither table nor words make known."""
        known = {fold_category(category) for category in self.categories}
        return safeguards.strange_categories(
            each for each in categories if fold_category(each) not in known
        )

    def look_up(self, incidents: Incidents) -> pl.DataFrame:
        """Return the weights that apply to each incident.

        The row for the sub category is used where there is one, else the row for the
        category; letter case is ignored. What neither row names is known by its words
        (:mod:`hotspots.model.safeguards`); anything else is counted, without severity.

        Returns n rows: ``count_weight``, ``severity_weight`` (null where none),
        ``included`` ("yes", "no", "never"), ``why``, ``known`` (bool).
        """
        return self.weigh(incidents.frame)

    def weigh(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the weights of rows with ``category`` and ``subcategory``."""
        pairs = rows.select("category", "subcategory")
        words = pl.col("category", "subcategory").cast(pl.String)
        distinct = pairs.unique()
        found = self._found(distinct.select(words))
        joined = pairs.join(
            pl.concat([distinct, found], how="horizontal"),
            on=["category", "subcategory"],
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        return joined.select(found.columns)

    def _found(self, distinct: pl.DataFrame) -> pl.DataFrame:
        """Return what applies to each pair of category and sub category."""
        distinct = distinct.with_columns(
            key=pl.col("category").str.to_lowercase().str.strip_chars(),
            sub=pl.col("subcategory").str.to_lowercase().str.strip_chars(),
        )
        values = ("count_weight", "severity_weight", "included", "why")
        table = self.frame.with_columns(
            key=pl.col("category").str.to_lowercase(),
            sub=pl.col("subcategory").str.to_lowercase(),
        )
        exact = table.filter(pl.col("sub").is_not_null()).select("key", "sub", *values)
        broad = table.filter(pl.col("sub").is_null()).select("key", *values)
        left: dict[str, Any] = {"how": "left", "maintain_order": "left"}
        found = distinct.join(exact, on=["key", "sub"], **left).join(
            broad, on="key", suffix="_broad", **left
        )
        no_exact = pl.col("included").is_null()
        found = found.with_columns(
            known=pl.coalesce("included", "included_broad").is_not_null(),
            **{
                name: pl.when(no_exact).then(f"{name}_broad").otherwise(name)
                for name in values
            },
        )
        found = found.with_columns(_by_meaning(no_exact=no_exact))
        found = found.with_columns(
            pl.col("count_weight").fill_null(1.0),
            included=pl.col("included").fill_null("yes"),
            why=pl.col("why").fill_null("Not in the harm table: counted, no severity"),
        )
        return found.select(*values, "known")


def _by_meaning(*, no_exact: pl.Expr) -> list[pl.Expr]:
    """Return what the words of a category mean where no row of the table says it."""
    broad = pl.col("included_broad").is_null()
    kind = pl.coalesce(
        pl.when(no_exact).then(safeguards.safeguard_of(pl.col("subcategory"))),
        pl.when(no_exact & broad).then(safeguards.safeguard_of(pl.col("category"))),
    )
    included = (
        pl.when(kind.is_in(safeguards.NEVER))
        .then(pl.lit("never"))
        .otherwise(pl.lit("no"))
    )
    means = kind.is_not_null()
    nothing = pl.lit(None, dtype=pl.Float64)
    return [
        pl.when(means).then(0.0).otherwise("count_weight").alias("count_weight"),
        pl.when(means)
        .then(nothing)
        .otherwise("severity_weight")
        .alias("severity_weight"),
        pl.when(means).then(included).otherwise("included").alias("included"),
        pl.when(means)
        .then(pl.format("Excluded: its words mean a {} offence", kind))
        .otherwise("why")
        .alias("why"),
        (pl.col("known") | means).alias("known"),
    ]


def protected_reason(incidents: Incidents, weights: pl.DataFrame) -> pl.Series:
    """Say why each incident must never be counted or shown, even if asked, or null."""
    rows = incidents.frame.select("category", "subcategory", "qualifiers")
    rows = rows.with_columns(
        weights["included"], mark=safeguards.protected_mark(pl.col("qualifiers"))
    )
    return rows.select(
        pl.when(pl.col("included") == "never")
        .then(pl.format("category left out: {}", _label()))
        .when(pl.col("mark").is_not_null())
        .then(pl.format("marked {} in the file", pl.col("mark")))
        .alias("reason")
    )["reason"]


def _label() -> pl.Expr:
    category, finer = (pl.col(n).cast(pl.String) for n in ("category", "subcategory"))
    finer = pl.when(finer != category).then(finer)
    return pl.concat_str([category, finer], separator=", ", ignore_nulls=True)


@cache
def _shipped() -> HarmTable:
    text = files("hotspots").joinpath("model", SHIPPED).read_bytes()
    return HarmTable(frame=pl.read_csv(text, schema=_SCHEMA), name=SHIPPED)


def excluded_reason(
    incidents: Incidents, weights: pl.DataFrame, *, asked: tuple[str, ...] | None = None
) -> pl.Series:
    """Say why each incident is left out of hotspot counts, or null.

    ``asked``: categories asked for by name: those that are merely left out by default
    are then counted; those that never are stay out, and so does every other category.
    """
    category = pl.col("category").cast(pl.String)
    counted = pl.col("included") == "yes"
    not_asked = pl.lit(False)
    if asked is not None:
        named = category.str.to_lowercase().is_in([name.lower() for name in asked])
        not_asked = ~named
        counted |= (pl.col("included") == "no") & named
    rows = incidents.frame.select("category", "subcategory", "apart")
    return rows.with_columns(
        weights["included"], never=protected_reason(incidents, weights)
    ).select(
        pl.when(pl.col("never").is_not_null())
        .then("never")
        .when(~counted)
        .then(pl.format("category left out: {}", _label()))
        .when(pl.col("apart").is_not_null())
        .then(pl.col("apart").cast(pl.String))
        .when(not_asked)
        .then(pl.lit("category not chosen"))
        .alias("reason")
    )["reason"]


def harm_of(weights: pl.DataFrame) -> npt.NDArray[np.float64]:
    """Return the square root of each incident's severity, 0 where it has none.

    Returns shape (n,).

    The square root keeps the emphasis on serious harm without letting one rare event
    make a hotspot by itself.
    """
    severity = weights["severity_weight"].fill_null(0.0).to_numpy()
    return np.asarray(np.sqrt(severity))
