"""Propose a profile from the headings and all values of a table.

A proposal is for a person to check: what was taken, by what, and what was not found is
said in comments at the top of the profile. Headings are known by what they mean, so
that the date of an offence is taken before the date it was reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import polars as pl

from hotspots.core.crs import GB_BOUNDS
from hotspots.intake import places
from hotspots.intake.dates import (
    date_order,
    most,
    read_moments,
    share_of_clocks,
    share_of_moments,
    without_fillers,
)
from hotspots.intake.gazetteer import bare_key
from hotspots.intake.headings import (
    CLOCK,
    LOOSE,
    MARKS,
    NAMES,
    PATTERNS,
    RANGES,
    WHAT,
    WHEN,
    YES_OR_NO,
    alternatives,
    bare,
    completions,
    end_rank,
    goes_with,
    start_rank,
)
from hotspots.intake.profile import SOURCE_FLAGS, Profile
from hotspots.intake.table import Table

_FLAG_WORDS = {
    "public report": ("public", "call", "999", "101", "victim", "caller", "online"),
    "partner": ("partner", "council", "fire", "housing", "agency", "school"),
    "officer-generated": ("officer", "police", "patrol", "proactive", "self"),
}
MAX_FLAG_VALUES = 30
EXAMPLE = (
    'For instance: start = "Date committed", easting = "Easting", northing = "Northing"'
)


def propose_profile(
    table: Table, name: str, *, needs_coordinates: bool = True
) -> Profile:
    """Propose a profile from names and values; what is missing is among its gaps."""
    guess = _Guess(table.frame)
    guess.dates()
    if needs_coordinates:
        guess.coordinates()
    guess.words()
    guess.flag_columns()
    order, said = _order(guess.date_texts())
    flags = _guess_flags(guess.values(guess.found.get("source_flag")))
    return Profile(
        columns=guess.found,
        name=name,
        order=order,
        category=None if "category" in guess.found else name,
        simulated="simulat" in name.lower(),
        crs=27700 if "easting" in guess.found else None,
        source_flags=flags,
        flags=guess.flags,
        delimiter=table.delimiter or ",",
        sheet=table.sheet,
        header_row=table.header_row if table.header_row > 1 else None,
        comments=_comments(guess, said, flags, table),
        gaps=_gaps(guess, needs_coordinates),
    )


class _Guess:
    """What was found so far; a column is used once."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self.found: dict[str, str] = {}
        self.flags: dict[str, str] = {}
        self.warnings: list[str] = []

    def values(self, column: str | None) -> pl.Series:
        """Return the values of a column that say something."""
        if column is None or column not in self.frame.columns:
            return pl.Series([], dtype=pl.String)
        known = self.frame.select(without_fillers(pl.col(column)).alias("t"))["t"]
        return known.drop_nulls()

    def free(self) -> list[str]:
        """Return the columns that are not used yet, in the order of the file."""
        used = {*self.found.values(), *self.flags}
        return [name for name in self.frame.columns if name not in used]

    def named(self, kind: str) -> list[str]:
        """Return the free columns of a kind, by its order, then the file's."""
        parts = alternatives(NAMES[kind])
        hits = []
        for place, column in enumerate(self.free()):
            known = PATTERNS[kind].fullmatch(bare(column))
            spelt = [bare(column)] if known else completions(column)
            rank = next(
                (
                    i
                    for i, p in enumerate(parts)
                    if any(re.fullmatch(p, plain) for plain in spelt)
                ),
                None,
            )
            if rank is not None:
                hits.append((rank, place, column))
        return [column for _, _, column in sorted(hits)]

    # -- when --

    def dates(self) -> None:
        """Find start and end among the columns of dates, and the times beside them."""
        shares = {
            column: share_of_moments(
                self.values(column), by_number=bool(WHEN.search(bare(column)))
            )
            for column in self.free()
        }
        dated = [column for column, share in shares.items() if most(share)]
        self.timed = [c for c in self.free() if c not in dated and self._is_clock(c)]
        blank = [c for c in self.free() if c not in dated and self.values(c).is_empty()]
        ranked = [(c not in dated, start_rank(c), c) for c in [*dated, *blank]]
        # Of columns without a value only one that is plainly meant is taken.
        ranked = [one for one in ranked if not one[0] or one[1] < 4]
        if ranked:
            _, rank, start = min(ranked, key=lambda one: one[:2])
            self._keep_moment("start", start)
            self._warn_of_start(rank, start, [c for c in dated if c != start])
        ends = sorted(
            (of_end, c)
            for c in [*dated, *blank]
            if c in self.free() and (of_end := end_rank(c)) is not None
        )
        if ends:
            self._keep_moment("end", ends[0][1])

    def _is_clock(self, column: str) -> bool:
        values, plain = self.values(column), bare(column)
        digits = values.str.contains(r"^\d+(\.\d+)?$").all() if len(values) else True
        if digits and not CLOCK.search(plain):
            return False
        return most(share_of_clocks(values))

    def _keep_moment(self, which: str, column: str) -> None:
        self.found[which] = column
        moments = read_moments(self.values(column))["moment"].drop_nulls()
        if (moments.dt.truncate("1d") != moments).any():
            return
        times = [c for c in self.timed if c in self.free() and goes_with(c, column)]
        rank = start_rank if which == "start" else end_rank
        fits = sorted((r, c) for c in times if (r := rank(c)) is not None and r < 9)
        if fits:
            del self.found[which]
            self.found |= {f"{which}_date": column, f"{which}_time": fits[0][1]}

    def _warn_of_start(self, rank: int, start: str, others: list[str]) -> None:
        if rank == 5 and others:
            self.warnings.append(
                f"'{start}' seems to say when it was REPORTED, not when it happened. "
                f"Other columns of dates: {', '.join(others)}. Name the right one."
            )
        elif rank > 5:
            self.warnings.append(
                f"'{start}' was taken for the date because its values are dates."
            )

    # -- where --

    def coordinates(self) -> None:
        """Find a pair of columns whose names and values are coordinates."""
        pairs = (("easting", "northing"), ("longitude", "latitude"))
        for loose in (False, True):
            for pair in pairs:
                first = self._coordinate(pair[0], loose=loose)
                second = self._coordinate(pair[1], loose=loose, but=first)
                if first and second:
                    self.found |= {pair[0]: first, pair[1]: second}
                    return
        for column in self.free():
            if self._fits(column, lambda t: places.grid_reference(t)[0]):
                self.found["grid_reference"] = column
                return
        for column in self.free():
            if column not in self.timed and self._fits(
                column, lambda t: places.pair(t)[1]
            ):
                self.found["point"] = column
                return

    def _fits(self, column: str, read: Callable[[pl.Series], pl.Series]) -> bool:
        values = self.values(column)
        if not len(values) or most(share_of_moments(values, by_number=False)):
            return False
        return most(len(read(values).drop_nulls()) / len(values))

    def _coordinate(
        self, kind: str, *, loose: bool, but: str | None = None
    ) -> str | None:
        low, high = RANGES[kind]
        projected = kind in ("easting", "northing")
        names = self.named(kind)
        if loose:
            names = [c for c in self.free() if re.search(LOOSE[kind], bare(c))]
        for column in names:
            text = self.values(column)
            number = places.number(text).drop_nulls()
            if column == but or not most(len(number) / max(len(text), 1)):
                continue
            inside = number.is_between(low, high)
            if loose and not projected:
                west, south, east, north = GB_BOUNDS
                inside = number.is_between(min(west, south), max(east, north))
            large = number.abs() > 180
            right = int((inside & (large if projected else ~large)).sum())
            if most(right / max(len(number), 1)):
                return column
        return None

    # -- what --

    def words(self) -> None:
        """Find the columns of text."""
        kinds = ("reference", "premises", "subcategory", "category", "source_flag")
        for kind in (*kinds, "postcode", "qualifiers", "address", "street"):
            hits = [c for c in self.named(kind) if c not in self.timed]
            if hits:
                self.found[kind] = hits[0]
        if "category" not in self.found:
            self._category_by_part_of_name()
        if "postcode" not in self.found:
            self._postcodes_by_value()

    def _category_by_part_of_name(self) -> None:
        """Take a column of few words whose heading speaks of what happened."""
        for column in self.free():
            words = self.values(column)
            n_words = int(words.str.contains(r"[A-Za-z]{3}").sum())
            few = words.n_unique() <= max(10, len(words) // 5)
            if WHAT.search(bare(column)) and few and 2 * n_words > len(words):
                self.found["category"] = column
                self.warnings.append(
                    f"'{column}' was taken for the category because its heading speaks "
                    "of what happened."
                )
                return

    def _postcodes_by_value(self) -> None:
        def read(text: pl.Series) -> pl.Series:
            return pl.select(bare_key(pl.lit(text), "postcode")).to_series()

        hits = [column for column in self.free() if self._fits(column, read)]
        if hits:
            self.found["postcode"] = hits[0]

    def flag_columns(self) -> None:
        """Find columns of yes and no that mark incidents, and ask about others."""
        for column in self.free():
            mark = next((m for m, p in MARKS.items() if re.search(p, bare(column))), "")
            values = self.values(column).str.to_lowercase().unique()
            if mark and set(values.to_list()) <= YES_OR_NO:
                self.flags[column] = mark
            elif mark or values.str.contains("domestic|hate crime|racial").any():
                shown = ", ".join(repr(v) for v in values.sort().head(5).to_list())
                self.warnings.append(
                    f"'{column}' may mark domestic, hate or other incidents ({shown}). "
                    "If it does, name it as qualifiers under [columns]."
                )

    def date_texts(self) -> pl.Series:
        """Return what will be read as dates."""
        keys = ("start", "start_date", "end", "end_date")
        texts = [self.values(self.found.get(key)).alias("t") for key in keys]
        return pl.concat(texts)


# -- what is said ----------------------------------------------------------------------


def _order(texts: pl.Series) -> tuple[str | None, list[str]]:
    """Return which of day and month comes first, and what was assumed."""
    n_day, n_month, n_both = date_order(texts)
    order = "month first" if n_month > n_day else "day first"
    if n_day and n_month:
        return order, [
            f"Dates disagree: {n_day:,} can only be day/month and {n_month:,} only "
            f"month/day. Check them; those that are not {order} are refused."
        ]
    if n_month:
        return order, [
            "Dates are month first (05/25/2024): some values can be read no other way."
        ]
    if n_both and not n_day:
        return order, [
            "Dates were taken as day/month/year, as is usual in Britain; no value in "
            "the file proves it."
        ]
    return (order, []) if n_day else (None, [])


def _gaps(guess: _Guess, needs_coordinates: bool) -> tuple[str, ...]:
    gaps, found = [], guess.found
    shown = ", ".join(guess.frame.columns) or "none"
    if "start" not in found and "start_date" not in found:
        gaps.append(
            "no column looks like a date: name one as start under [columns]. Columns: "
            f"{shown}. {EXAMPLE}."
        )
    where = ("easting", "longitude", "grid_reference", "point", "postcode")
    if needs_coordinates and not any(key in found for key in where):
        gaps.append(
            "no columns look like coordinates: name easting and northing, longitude "
            f"and latitude, or grid_reference. Columns: {shown}. {EXAMPLE}."
        )
    return tuple(gaps)


def _guess_flags(values: pl.Series) -> dict[str, str]:
    """Return our flag for each value that names one plainly."""
    flags: dict[str, str] = {}
    unique = values.unique().sort().to_list()
    for value in unique if len(unique) <= MAX_FLAG_VALUES else []:
        words = value.lower()
        if words in SOURCE_FLAGS:
            flags[value] = words
            continue
        hits = [f for f, marks in _FLAG_WORDS.items() if any(m in words for m in marks)]
        if len(hits) == 1:
            flags[value] = hits[0]
    return flags


def _comments(
    guess: _Guess, said: Sequence[str], flags: dict[str, str], table: Table
) -> tuple[str, ...]:
    """Return what a person should check, as lines for the top of the profile."""
    found = guess.found
    lines = [*guess.warnings]
    lines.append("Proposed from the column names and all values: check every line.")
    lines += table.notes
    if "category" not in found:
        lines.append(
            "No column looks like a category: every row gets the one under [dataset]. "
            "Name the column under [columns], or the right category."
        )
    lines += said
    unused_times = [c for c in guess.timed if c in guess.free()]
    if unused_times:
        lines.append(f"Columns of times that are NOT used: {', '.join(unused_times)}.")
    optional = ("reference", "end", "subcategory", "street", "premises", "source_flag")
    absent = [k for k in optional if k not in found and f"{k}_date" not in found]
    if absent:
        lines.append(f"Not found, and not needed: {', '.join(absent)}.")
    placed = {"easting", "longitude", "grid_reference", "point"} & set(found)
    if "postcode" in found and not placed:
        lines.append(
            "Places are known by postcode alone: give --postcodes FILE (Code-Point "
            "Open or the ONS Postcode Directory), or postcodes under [coordinates]."
        )
    if unused := guess.free():
        lines.append(f"Columns not used: {', '.join(unused)}.")
    source = guess.values(found.get("source_flag")).unique().sort().to_list()
    unknown = [value for value in source if value not in flags]
    if unknown:
        shown = ", ".join(repr(value) for value in unknown[:10])
        lines.append(f"Say in [source_flags] what these mean: {shown}.")
    return tuple(line.replace("\r", " ").replace("\n", " ") for line in lines)
