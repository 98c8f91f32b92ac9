"""The door of the readers: chooses among them and keeps account of every row.

``read_incidents`` takes files, folders and archives and gives back the incidents, the
rows that could not be used, and what every file was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from hotspots.core.errors import EmptyFileError, NoUsableRowsError, SourceError
from hotspots.core.folders import real
from hotspots.intake.gazetteer import Lookups
from hotspots.intake.given import expand, passed_over
from hotspots.intake.profile import Profile
from hotspots.intake.rejects import count_by_reason, stack_rejects
from hotspots.model.harm import HarmTable
from hotspots.model.incidents import Incidents
from hotspots.model.institutions import Apart
from hotspots.sources.reading.account import (
    COARSEST,
    Progress,
    Reading,
    Tally,
    check_categories,
    read_files,
)
from hotspots.sources.reading.identity import Facts, counted_once, mend, overlap_notes
from hotspots.sources.reading.lake import Chooser, Lake, lake_among, read_lake
from hotspots.sources.reading.proposing import write_proposal

__all__ = ["Progress", "Reading", "read_incidents", "write_proposal"]


def read_incidents(
    paths: Sequence[Path],
    *,
    profile: Profile | None = None,
    today: dt.date | None = None,
    progress: Progress | None = None,
    but_not: Sequence[Path] = (),
    harm: HarmTable | None = None,
    apart: Apart | None = None,
    lookups: Lookups | None = None,
    only: Chooser | None = None,
    ground: Any = None,
) -> Reading:
    """Read files of incidents, judge every row and keep account of all of them.

    ``paths``: files, folders or ``.zip`` archives. What lies in a folder and is not
    incidents is left out with a note.
    ``profile``: column mapping for files that are not in the data.police.uk
    layout. Without it a ``.toml`` of the same name beside the file is used.
    ``today``: rows after this day are refused; default the current date.
    ``but_not``: files and folders of something else that may lie in one of the folders.
    ``harm``: what categories are known by; default the table that ships.
    ``apart``: what is set apart before anything is counted; default
    institutions.
    ``lookups``: files of postcodes and UPRNs that place rows without
    coordinates.
    ``only``: chooses, from the days that a lake holds, the window whose rows are read.
    ``ground``: of a lake, the areas asked about: the rest is read by place, time and
    category only.

    Raises EmptyFileError if a file is empty, or all files hold headers only;
    ColumnError, ProfileError, SourceError if a file cannot be used, or a category is
    neither known nor mapped; NoUsableRowsError if every row was refused; the message
    counts the reasons.
    """
    if (lake := lake_among(paths)) is not None:
        _check_settled(lake, profile, today)
        return read_lake(lake, only=only, harm=harm, apart=apart, ground=ground)
    others = {real(Path(path)) for path in but_not}
    files = [item for item in expand(paths) if not _is_among(item.path, others)]
    located: list[pl.DataFrame] = []
    rejects: list[pl.DataFrame] = []
    notes = dict.fromkeys(passed_over(paths))
    tally = Tally(located=located, rejects=rejects, notes=notes, lookups=lookups)
    read_files(files, tally, profile=profile, today=today, progress=progress)
    check_categories(tally.categories, tally.accepted, harm or HarmTable.default())
    names = [name for name, _ in tally.inputs]
    if tally.rows_read == 0:
        hold = "holds a header" if len(names) == 1 else "hold headers"
        raise EmptyFileError(
            f"there must be at least one row; {', '.join(names[:5])} {hold} only. Was "
            "the export run for the right dates?"
        )
    once = counted_once(pl.concat(located))
    refused = stack_rejects([*rejects, once.again])
    if once.rows.is_empty():
        _refuse_all(refused)
    rows, said = mend(once.rows, Facts.of(once.rows.lazy()), names)
    incidents = Incidents.from_located(
        rows,
        time_precision=next(p for p in COARSEST if p in tally.precisions),
        snapped=tally.snapped,
        simulated=tally.simulated,
        apart=apart,
        notes=(*tally.notes, *overlap_notes(once.pairs, names), *said),
    )
    return Reading(
        incidents=incidents,
        rejects=refused,
        rows_read=tally.rows_read,
        inputs=tuple(tally.inputs),
    )


def _is_among(path: Path, others: set[Path]) -> bool:
    """Say whether a file is one of some, or lies in a folder of them."""
    here = real(path)
    return here in others or bool(others & {*here.parents})


def _check_settled(lake: Path, profile: Profile | None, today: dt.date | None) -> None:
    """Refuse what was settled when the files came into the lake."""
    if profile is not None:
        raise SourceError(
            f"a column mapping must be given when files come into a lake; {lake.name} "
            "holds rows that were read already. Leave --profile out."
        )
    last = Lake.open(lake).calendar["day"].max()
    if today is not None and isinstance(last, dt.date) and last > today:
        raise SourceError(
            f"rows after a day must be refused when files come into a lake; {lake.name}"
            f" holds some to {last.isoformat()}. Build it again with --today."
        )


def _refuse_all(rejects: pl.DataFrame) -> None:
    reasons = count_by_reason(rejects, "rejected")
    shown = "; ".join(f"{reason}: {n:,}" for reason, n in reasons.items())
    raise NoUsableRowsError(
        f"at least one row must have a place and a date; all {rejects.height:,} were "
        f"refused ({shown}). Check the column mapping and the coordinate system."
    )
