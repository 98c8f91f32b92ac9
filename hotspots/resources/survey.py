"""What residents named as a concern when they were asked, beside what was recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hotspots.core.errors import SourceError
from hotspots.core.intervals import wilson
from hotspots.core.window import in_words
from hotspots.intake.records import RecordField, read_records

LEAST_ASKED = 10
"""Of fewer people nothing is said: it would be about them and not about a place."""
MOST = 3
FIELDS = (
    RecordField(
        name="area",
        kind="text",
        required=True,
        help="Code or name of an area.",
        also=("ward", "neighbourhood", "code", "name"),
    ),
    RecordField(
        name="concern",
        kind="text",
        required=True,
        help="What was named.",
        also=("issue", "problem"),
    ),
    RecordField(
        name="asked",
        kind="whole",
        required=True,
        help="How many were asked in the area.",
        also=("respondents", "base", "n asked"),
    ),
    RecordField(
        name="said",
        kind="whole",
        required=True,
        help="How many of them named it.",
        also=("named", "count", "n said"),
    ),
    RecordField(name="date", kind="date", help="The last day of asking."),
)


@dataclass(frozen=True, kw_only=True)
class Survey:
    """How many of those asked in an area named a concern; it decides no number.

    ``frame``: ``area``, ``concern``, ``asked``, ``said``, ``date``.
    ``name``: the file.
    """

    frame: pl.DataFrame
    name: str

    @classmethod
    def from_file(cls, path: Path | str) -> Survey:
        """Read a survey.

        Raises ColumnError if a column is missing; SourceError if more named a concern
        than were asked, or an area has a concern twice.
        """
        records = read_records(path, FIELDS, unique=None)
        frame = records.frame
        wrong = (pl.col("said") > pl.col("asked")) | (pl.col("asked") < 1)
        bad = frame.select(wrong).to_series()
        if bad.any():
            raise SourceError(
                f"as many as were asked can name a concern at most; in {records.name} "
                f"{records.where(bad)} say otherwise. Correct them."
            )
        key = pl.struct(pl.col("area", "concern").str.to_lowercase())
        twice = frame.select(key.is_duplicated()).to_series()
        if twice.any():
            raise SourceError(
                f"each area must have a concern once; in {records.name} "
                f"{records.where(twice)} stand twice. Correct them."
            )
        return cls(frame=frame, name=records.name)

    def sentences(self) -> Iterator[tuple[str, str]]:
        """Yield each area with its three leading concerns, each with both counts.

        The interval is Wilson's at 95%.

        Examples
        --------
        >>> frame = pl.DataFrame({"area": ["Mill"], "concern": ["Parking"],
        ...                       "asked": [40], "said": [14], "date": [None]})
        >>> list(Survey(frame=frame, name="survey.csv").sentences())
        [('Mill', 'Parking: 14 of 40 asked (35%, 22 to 50%).')]
        """
        for (area,), rows in self.frame.group_by("area", maintain_order=True):
            yield str(area), _sentence(rows)


def _sentence(rows: pl.DataFrame) -> str:
    asked = rows.filter(pl.col("asked") >= LEAST_ASKED)
    if asked.is_empty():
        return f"Fewer than {LEAST_ASKED} were asked: nothing is shown."
    leading = asked.sort("said", "concern", descending=[True, False]).head(MOST)
    said = "; ".join(map(_share, leading.to_dicts()))
    last = asked["date"].max()
    until = f", to {in_words(last)}" if isinstance(last, dt.date) else ""
    return f"{said}{until}."


def _share(row: dict[str, int]) -> str:
    said, asked = row["said"], row["asked"]
    low, high = wilson(said, asked)
    range_ = f"{said / asked:.0%}, {100 * low:.0f} to {high:.0%}"
    return f"{row['concern']}: {said:,} of {asked:,} asked ({range_})"
