"""Readers: one format a file. This is the door that chooses among them.

``read_incidents`` takes files, folders and archives and gives back the incidents, the
rows that could not be used, and what every file was.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hotspots.core.errors import (
    EmptyFileError,
    NoUsableRowsError,
    OutputError,
    SourceError,
)
from hotspots.intake.inputs import InputFile, expand
from hotspots.intake.police_layout import is_police_uk
from hotspots.intake.profile import Profile
from hotspots.intake.raw import RawRows
from hotspots.intake.rejects import count_by_reason, stack_rejects
from hotspots.intake.validation import check_rows
from hotspots.model.incidents import Incidents, TimePrecision
from hotspots.sources import columns, police_uk, vector

__all__ = ["Progress", "Reading", "choose_reader", "read_incidents", "write_proposal"]

Progress = Callable[[str, int, int], None]
"""Called as ``progress(what, done, total)``."""

GIS_SUFFIXES = (".geojson", ".json", ".gpkg", ".parquet", ".geoparquet")
_COARSEST: tuple[TimePrecision, ...] = ("month", "day", "minute")
SAME_REFERENCE = "already read: same reference and date in an earlier file"


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

    located: list[pl.DataFrame]
    rejects: list[pl.DataFrame]
    notes: dict[str, None]
    precisions: set[TimePrecision]
    rows_read: int = 0
    snapped: bool = False
    simulated: bool = False

    def add(self, raw: RawRows, file: int, today: dt.date) -> None:
        located, rejects = check_rows(raw, file=file, today=today)
        self.located.append(_compact(located))
        self.rejects.append(rejects)
        self.notes.update(dict.fromkeys(raw.notes))
        self.rows_read += raw.rows.height
        self.precisions.add(raw.time_precision)
        self.snapped |= raw.snapped
        self.simulated |= raw.simulated


def read_incidents(
    paths: Sequence[Path],
    *,
    profile: Profile | None = None,
    today: dt.date | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Read files of incidents, judge every row and keep account of all of them.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders or ``.zip`` archives.
    profile : Profile, optional
        Column mapping for files that are not in the data.police.uk layout. Without
        it a ``.toml`` of the same name beside the file is used.
    today : date, optional
        Rows after this day are refused; default the current date.

    Raises
    ------
    EmptyFileError
        If a file is empty, or all files hold headers only.
    ColumnError, ProfileError, SourceError
        If a file cannot be used.
    NoUsableRowsError
        If every row was refused; the message counts the reasons.
    """
    files = expand(paths)
    day = today or dt.date.today()
    tally = _Tally([], [], {}, set())
    inputs: list[tuple[str, str]] = []
    seen: dict[str, str] = {}
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
        _read_one(item, profile, tally, number, day)
    if progress:
        progress("", len(files), len(files))
    return _finish(tally, tuple(inputs))


def choose_reader(
    item: InputFile, profile: Profile | None
) -> Callable[[InputFile], Iterator[RawRows]]:
    """Return the reader for a file, by its suffix, its profile and its header.

    Returns
    -------
    callable
        Takes the file and yields blocks of raw rows.

    Raises
    ------
    SourceError
        If no reader fits.
    """
    own = profile or _profile_beside(item)
    if item.suffix in GIS_SUFFIXES:
        return lambda file: vector.read(file, own)
    if own is not None:
        return lambda file: columns.read(file, own)
    if item.suffix == ".csv" and is_police_uk(_header(item)):
        return police_uk.read
    if item.suffix == ".xlsx" and is_police_uk(columns.sheet_header(item)):
        return columns.read_police
    raise SourceError(
        f"{item.name} must be a data.police.uk file or come with a column mapping; its "
        f"columns are: {', '.join(_columns(item)) or 'none'}. Run `hotspots profile "
        f"{item.path.name}` to propose a mapping, check it, and give it with --profile."
    )


def write_proposal(path: Path, out: Path) -> str:
    """Propose a column mapping for a file and write it as TOML.

    Parameters
    ----------
    out : Path
        Not overwritten where it exists.

    Returns
    -------
    str
        The TOML, with a comment on what was guessed.

    Raises
    ------
    OutputError
        If ``out`` exists or cannot be written.
    SourceError
        If the file cannot be read or its columns say too little.
    """
    if out.exists():
        raise OutputError(
            f"a proposal must not replace a mapping; {out} is already there. Choose "
            "another with --out."
        )
    item = expand([path])[0]
    if item.suffix in (".csv", ".xlsx") and is_police_uk(_columns(item)):
        raise SourceError(
            f"{item.name} is a data.police.uk file, which is read without a mapping; "
            "none is needed. Give the file itself to the other commands."
        )
    propose = vector.propose if item.suffix in GIS_SUFFIXES else columns.propose
    text = propose(item).to_toml()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{out} must be writable; {error}.") from error
    return text


def _read_one(
    item: InputFile, profile: Profile | None, tally: _Tally, number: int, day: dt.date
) -> None:
    before = tally.rows_read
    for raw in choose_reader(item, profile)(item):
        tally.add(raw, number, day)
    if tally.rows_read == before:
        tally.notes[f"{item.name} has a header and no rows."] = None


def _finish(tally: _Tally, inputs: tuple[tuple[str, str], ...]) -> Reading:
    if tally.rows_read == 0:
        names = ", ".join(name for name, _ in inputs[:5])
        hold = "holds a header" if len(inputs) == 1 else "hold headers"
        raise EmptyFileError(
            f"there must be at least one row; {names} {hold} only. Was the export run "
            "for the right dates?"
        )
    located = pl.concat(tally.located)
    again = _read_before(located)
    rejects = stack_rejects([*tally.rejects, again[1]])
    if again[0].is_empty():
        _refuse_all(rejects)
    precision = next(p for p in _COARSEST if p in tally.precisions)
    incidents = Incidents.from_located(
        again[0],
        time_precision=precision,
        snapped=tally.snapped,
        simulated=tally.simulated,
        notes=(*tally.notes, *_repeat_note(again[0])),
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


def _read_before(located: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part rows whose reference and date stood in an earlier file."""
    known = pl.col("reference").is_not_null()
    first = pl.col("file").min().over("reference", "start")
    again = located.select((known & (pl.col("file") > first)).alias("a"))["a"]
    if not again.any():
        return located, located.head(0).pipe(_as_rejects)
    return located.filter(~again), located.filter(again).pipe(_as_rejects)


def _as_rejects(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "file",
        "line",
        pl.lit("rejected").alias("status"),
        pl.lit(SAME_REFERENCE).alias("reason"),
        pl.col("reference").alias("value"),
    )


def _repeat_note(located: pl.DataFrame) -> tuple[str, ...]:
    repeated = (
        located.lazy()
        .filter(pl.col("reference").is_not_null())
        .group_by("reference")
        .len()
        .filter(pl.col("len") > 1)
        .select(pl.len(), pl.col("len").sum().alias("rows"))
        .collect()
    )
    n, rows = repeated.row(0)
    if not n:
        return ()
    many = "reference stands" if n == 1 else "references stand"
    return (
        f"{n:,} {many} on more than one row with different dates or in one file "
        f"({rows:,} rows); all were kept as separate incidents.",
    )


def _compact(located: pl.DataFrame) -> pl.DataFrame:
    """Hold repeated words once, so that millions of rows fit in memory."""
    words = ("category", "subcategory", "street", "source_flag", "qualifiers")
    return located.with_columns(pl.col(words).cast(pl.Categorical()))


def _profile_beside(item: InputFile) -> Profile | None:
    if item.member is not None:
        return None
    stem = item.path.name.removesuffix(".gz").removesuffix(item.suffix)
    beside = item.path.with_name(f"{stem}.toml")
    if not beside.is_file():
        return None
    try:
        return Profile.from_toml(beside)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{beside.name} must be TOML; {error}.") from error


def _columns(item: InputFile) -> list[str]:
    return columns.sheet_header(item) if item.suffix == ".xlsx" else _header(item)


def _header(item: InputFile) -> list[str]:
    if item.suffix != ".csv":
        return []
    block = next(item.blocks(block_bytes=1 << 16))
    return pl.read_csv(
        block.data, n_rows=0, infer_schema=False, truncate_ragged_lines=True
    ).columns
