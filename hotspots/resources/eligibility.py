"""How much of each category a camera can act on, from a table of policy numbers."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

import polars as pl

from hotspots.core.errors import ColumnError, SourceError
from hotspots.core.types import Floats
from hotspots.intake.records import RecordField, read_records
from hotspots.model.incidents import Incidents

FIELDS = (
    RecordField(name="category", kind="text", required=True, help="As in the files."),
    RecordField(name="eligibility", kind="number", required=True, help="0 to 1."),
    RecordField(name="why", kind="text", required=True, help="The reason."),
)


@dataclass(frozen=True, kw_only=True)
class Eligibility:
    """How much of each category a camera can act on: policy numbers, not estimates.

    ``frame``: ``category``, ``eligibility`` (0 to 1), ``why``.
    ``name``: the file.

    Raises ColumnError if a column is missing; SourceError if a category stands twice or
    a number is not between 0 and 1.
    """

    frame: pl.DataFrame
    name: str

    def __post_init__(self) -> None:
        for column in (each.name for each in FIELDS):
            if column not in self.frame.columns:
                raise ColumnError(column, self.name, self.frame.columns)
        key = self.frame["category"].str.to_lowercase()
        values = self.frame["eligibility"].cast(pl.Float64, strict=False)
        if (
            key.is_duplicated().any()
            or not values.is_between(0, 1).fill_null(False).all()
        ):
            raise SourceError(
                f"{self.name} must have one row for each category, with an eligibility "
                "from 0 to 1; at least one row has not. Correct it."
            )

    @classmethod
    def default(cls) -> Eligibility:
        """Return the table that ships with the package."""
        with as_file(files("hotspots") / "resources" / "cctv_eligibility.csv") as path:
            return cls.from_csv(path)

    @classmethod
    def from_csv(cls, path: Path | str) -> Eligibility:
        """Read a partnership's own table.

        Raises ColumnError, SourceError if it is not a table of the columns above.
        """
        records = read_records(path, FIELDS, unique=None)
        return cls(frame=records.frame, name=records.name)

    def of(self, incidents: Incidents) -> Floats:
        """Return the eligibility of each incident; 0 for categories not in the table.

        Returns (n,), 0 to 1.
        """
        keys = self.frame["category"].str.to_lowercase().str.strip_chars()
        values = self.frame["eligibility"].cast(pl.Float64)
        known = dict(zip(keys.to_list(), values.to_list(), strict=True))
        category = incidents.frame["category"].cast(pl.String).str.to_lowercase()
        return category.replace_strict(
            known, default=0.0, return_dtype=pl.Float64
        ).to_numpy()

    def words(self, incidents: Incidents) -> str:
        """Say what counts and how much, for the categories that occur."""
        there = incidents.frame["category"].cast(pl.String).unique().to_list()
        weight = {
            row["category"]: float(row["eligibility"])
            for row in self.frame.iter_rows(named=True)
            if row["category"] in there and float(row["eligibility"]) > 0
        }
        by_weight: dict[float, list[str]] = {}
        for category, value in sorted(weight.items(), key=lambda kv: (-kv[1], kv[0])):
            by_weight.setdefault(value, []).append(category)
        shown = "; ".join(f"{v:g}: {', '.join(c)}" for v, c in by_weight.items())
        return (
            f"Counted with these weights, which are policy and not estimates: {shown}. "
            "All other categories count 0."
        )
