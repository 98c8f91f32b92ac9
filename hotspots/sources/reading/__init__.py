"""The door of the readers: chooses among them and keeps account of every row.

``read_incidents`` takes files, folders and archives and gives back the incidents, the
rows that could not be used, and what every file was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from hotspots.core.errors import (
    EmptyFileError,
    NotIncidentsError,
    NoUsableRowsError,
    ProfileError,
)
from hotspots.core.types import TimePrecision
from hotspots.intake.inputs import InputFile, expand, passed_over
from hotspots.intake.profile import Profile
from hotspots.intake.raw import RawRows
from hotspots.intake.rejects import count_by_reason, stack_rejects
from hotspots.intake.validation import check_rows
from hotspots.model.harm import HarmTable, fold_category
from hotspots.model.incidents import Incidents
from hotspots.sources.reading.identity import (
    counted_once,
    fold_categories,
    late_note,
    repeat_note,
    without_spread_premises,
)
from hotspots.sources.reading.kinds import choose_reader
from hotspots.sources.reading.proposing import write_proposal

__all__ = ["Progress", "Reading", "read_incidents", "write_proposal"]

Progress = Callable[[str, int, int], None]
"""Called as ``progress(what, done, total)``."""

_COARSEST: tuple[TimePrecision, ...] = ("month", "day", "minute")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What came out of the files.

    Parameters
    ----------
    incidents : Incidents
    rejects : DataFrame
        Rows refused while reading (:data:`hotspots.intake.rejects.SCHEMA`).
    rows_read : int
        Records in the files; equals incidents plus rejects.
    inputs : tuple of (str, str)
        Name and SHA-256 of each file, in the order of ``file`` numbers.
    """

    incidents: Incidents
    rejects: pl.DataFrame
    rows_read: int
    inputs: tuple[tuple[str, str], ...]


@dataclass
class _Tally:
    """What the blocks read so far add up to."""

    located: list[pl.DataFrame] = field(default_factory=list)
    rejects: list[pl.DataFrame] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    precisions: set[TimePrecision] = field(default_factory=set)
    rows_read: int = 0
    snapped: bool = False
    simulated: bool = False
    accepted: set[str] = field(default_factory=set)

    def add(self, raw: RawRows, file: int, today: dt.date) -> None:
        located, rejects = check_rows(raw, file=file, today=today)
        self.located.append(_compact(located))
        self.rejects.append(rejects)
        self.notes.update(dict.fromkeys(raw.notes))
        self.rows_read += raw.rows.height
        self.precisions.add(raw.time_precision)
        self.snapped |= raw.snapped
        self.simulated |= raw.simulated
        self.accepted.update(raw.accepted)


def read_incidents(
    paths: Sequence[Path],
    *,
    profile: Profile | None = None,
    today: dt.date | None = None,
    progress: Progress | None = None,
    but_not: Sequence[Path] = (),
    harm: HarmTable | None = None,
) -> Reading:
    """Read files of incidents, judge every row and keep account of all of them.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders or ``.zip`` archives. What lies in a folder and is not incidents
        is left out with a note.
    profile : Profile, optional
        Column mapping for files that are not in the data.police.uk layout. Without
        it a ``.toml`` of the same name beside the file is used.
    today : date, optional
        Rows after this day are refused; default the current date.
    but_not : sequence of Path
        Files of something else that may lie in one of the folders.
    harm : HarmTable, optional
        What categories are known by; default the table that ships.

    Raises
    ------
    EmptyFileError
        If a file is empty, or all files hold headers only.
    ColumnError, ProfileError, SourceError
        If a file cannot be used, or a category is neither known nor mapped.
    NoUsableRowsError
        If every row was refused; the message counts the reasons.
    """
    others = {Path(path).resolve() for path in but_not}
    files = [item for item in expand(paths) if item.path.resolve() not in others]
    day = today or dt.date.today()
    tally = _Tally(notes=dict.fromkeys(passed_over(paths)))
    inputs: list[tuple[str, str]] = []
    seen: dict[str, str] = {}
    refused: list[NotIncidentsError] = []
    for number, item in enumerate(files):
        if progress:
            progress(item.name, number, len(files))
        digest = item.sha256()
        inputs.append((item.name, digest))
        if digest in seen:
            same = f"{item.name} has the same content as {seen[digest]}: read once."
            tally.notes[same] = None
            continue
        seen[digest] = item.name
        try:
            _read_one(item, profile, tally, number, day)
        except NotIncidentsError as error:
            if not item.was_found:
                raise
            refused.append(error)
            tally.notes[f"{item.name} was left out: {_reason(error)}"] = None
    if progress:
        progress("", len(files), len(files))
    if refused and not tally.rows_read and len(refused) == len(seen):
        raise refused[0]
    _check_categories(tally, harm or HarmTable.default())
    return _finish(tally, tuple(inputs))


def _check_categories(tally: _Tally, harm: HarmTable) -> None:
    """Refuse to count what nobody has said what it is."""
    words = [rows["category"].cast(pl.String).unique() for rows in tally.located]
    there = pl.concat(words).unique().sort().to_list() if words else []
    accepted = {fold_category(name) for name in tally.accepted}
    strange = [c for c in harm.unknown(there) if fold_category(c) not in accepted]
    if strange:
        shown = ", ".join(f"'{name}'" for name in strange[:10])
        more = f" and {len(strange) - 10:,} others" if strange[10:] else ""
        raise ProfileError(
            f"every category must be known before it is counted; not known are {shown}"
            f"{more}. Say in [categories] of the column mapping what each is in the "
            "words of the harm table, or map it to itself to count it as it is."
        )


def _reason(error: NotIncidentsError) -> str:
    """Return the part of a message that says what was there."""
    return str(error).partition("; ")[2].partition(". ")[0] + "."


def _read_one(
    item: InputFile, profile: Profile | None, tally: _Tally, number: int, day: dt.date
) -> None:
    before = tally.rows_read
    for raw in choose_reader(item, profile, today=day)(item):
        tally.add(raw, number, day)
    item.check_unchanged()
    if tally.rows_read == before:
        tally.notes[f"{item.name} has a header and no rows."] = None


def _finish(tally: _Tally, inputs: tuple[tuple[str, str], ...]) -> Reading:
    names = [name for name, _ in inputs]
    if tally.rows_read == 0:
        hold = "holds a header" if len(inputs) == 1 else "hold headers"
        raise EmptyFileError(
            f"there must be at least one row; {', '.join(names[:5])} {hold} only. Was "
            "the export run for the right dates?"
        )
    once = counted_once(pl.concat(tally.located), names)
    rejects = stack_rejects([*tally.rejects, once.again])
    if once.rows.is_empty():
        _refuse_all(rejects)
    rows, spellings = fold_categories(once.rows)
    rows, spread = without_spread_premises(rows)
    incidents = Incidents.from_located(
        rows,
        time_precision=next(p for p in _COARSEST if p in tally.precisions),
        snapped=tally.snapped,
        simulated=tally.simulated,
        notes=(
            *tally.notes,
            *once.notes,
            *spellings,
            *spread,
            *late_note(rows, names),
            *repeat_note(rows),
        ),
    )
    return Reading(
        incidents=incidents, rejects=rejects, rows_read=tally.rows_read, inputs=inputs
    )


def _refuse_all(rejects: pl.DataFrame) -> None:
    reasons = count_by_reason(rejects, "rejected")
    shown = "; ".join(f"{reason}: {n:,}" for reason, n in reasons.items())
    raise NoUsableRowsError(
        f"at least one row must have a place and a date; all {rejects.height:,} were "
        f"refused ({shown}). Check the column mapping and the coordinate system."
    )


def _compact(located: pl.DataFrame) -> pl.DataFrame:
    """Hold repeated words once, so that millions of rows fit in memory."""
    words = ("category", "subcategory", "street", "source_flag", "qualifiers")
    return located.with_columns(pl.col(words).cast(pl.Categorical()))
