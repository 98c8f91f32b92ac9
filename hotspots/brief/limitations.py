"""Limitations: gaps, late data, recording changes, what was not supplied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from hotspots.brief.content import Note
from hotspots.brief.indicators import Indicator
from hotspots.brief.period import TABLES
from hotspots.brief.scope import Scope
from hotspots.core.table import Table, build_table
from hotspots.core.window import Window, add_months, in_words, month_start
from hotspots.intake.rejects import count_by_reason
from hotspots.model.incidents import SNAP_CHANGE

LATE_DAYS = 7
"""A source whose last incident is so many days before the cut-off may be late."""
NO_SOURCE = "source not stated"


def cut_off_table(scope: Scope) -> Table:
    """Return the last day of each source, and whether it may be late."""
    last = scope.period.window.last_day
    frame = scope.incidents.frame.select(
        source=pl.col("source_flag").cast(pl.String).fill_null(NO_SOURCE),
        day=pl.col("start").dt.date(),
    )
    now = scope.period.counted
    rows = frame.group_by("source").agg(
        last_day=pl.col("day").max(),
        now=pl.col("day").is_between(now.start, now.last_day).sum().cast(pl.Int64),
    )
    if scope.incidents.time_precision == "month":
        ends = pl.col("last_day").dt.month_end()
        rows = rows.with_columns(last_day=ends)
    gap = (last - pl.col("last_day")).dt.total_days()
    state = pl.when(gap > LATE_DAYS).then(pl.lit("may be late"))
    late = gap > LATE_DAYS
    rows = rows.with_columns(
        key=pl.format("source:{}", "source"),
        now=pl.when(~late | (pl.col("now") > 0)).then("now"),
        state=state.otherwise(pl.lit("up to date")),
    )
    return build_table(
        TABLES,
        "cut_offs",
        rows.sort("source"),
        words=scope.period.words,
        caption=f"As at {in_words(last)}.",
    )


def not_mapped_table(scope: Scope) -> Table:
    """Return the rows of the files that are on no map, by reason."""
    counts = count_by_reason(scope.dataset.reading.rejects, "rejected")
    if scope.n_outside:
        counts["outside every area given"] = scope.n_outside
    counts = dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    return build_table(
        TABLES,
        "not_mapped",
        pl.DataFrame(
            {
                "key": [f"reason:{reason}" for reason in counts],
                "reason": list(counts),
                "n": list(counts.values()),
            },
            schema={"key": pl.String, "reason": pl.String, "n": pl.Int64},
        ),
        caption=(
            f"{sum(counts.values()):,} of {scope.dataset.reading.rows_read:,} rows."
        ),
    )


def limitation_notes(
    scope: Scope,
    *,
    safeguards: Sequence[str],
    not_measured: Sequence[Indicator],
    has_deployments: bool,
    has_actions: bool,
) -> tuple[Note, ...]:
    """Return what this brief cannot say, each in a sentence."""
    not_mapped, cut_offs = not_mapped_table(scope), cut_off_table(scope)
    text = f"Not mapped: {not_mapped.caption}"
    if not not_mapped.rows.height:
        text = f"All {scope.dataset.reading.rows_read:,} rows of the files are mapped."
    notes = [Note(topic="Rejected rows", text=text)]
    late = cut_offs.rows.filter(pl.col("state") == "may be late")
    for source, day in late.select("source", "last_day").iter_rows():
        text = f"No record from {source} since {in_words(day)}: counts may still rise."
        notes.append(Note(topic="Late data", text=text))
    notes += _gap_notes(scope)
    notes += _recording_notes(scope)
    if not_measured:
        labels = "; ".join(each.label for each in not_measured)
        text = f"The files cannot separate: {labels}."
        notes.append(Note(topic="Not measured", text=text))
    notes += [Note(topic="Safeguards", text=text) for text in safeguards]
    notes += _time_notes(scope)
    if scope.n_later:
        text = f"{scope.n_later:,} later incidents are in the files and are not used."
        notes.append(Note(topic="After the period", text=text))
    if not has_deployments:
        text = "No record of deployments was supplied: activity is not known."
        notes.append(Note(topic="Deployments", text=text))
    if not has_actions:
        text = "No record of actions was supplied: decisions are not known."
        notes.append(Note(topic="Actions", text=text))
    return tuple(notes)


def _gap_notes(scope: Scope) -> list[Note]:
    now, notes = scope.period.counted, []
    if not scope.covers(now):
        held = scope.dataset.exposure.n_days(now)
        text = (
            f"The files cover {held} of the {now.days} days counted: too low a count."
        )
        notes.append(Note(topic="Period not covered", text=text))
    return notes + _missing_months(scope)


def _missing_months(scope: Scope) -> list[Note]:
    end = month_start(scope.period.window.last_day)
    first = scope.incidents.frame["start"].min()
    assert isinstance(first, dt.datetime)
    start = max(month_start(first.date()), add_months(end, -24))
    if start >= end:
        return []
    gaps = scope.gaps(Window(start=start, end=end))
    if not gaps:
        return []
    names = ", ".join(_spans(gaps))
    many = "month is" if len(gaps) == 1 else "months are"
    text = (
        f"{len(gaps)} {many} missing from the files since {in_words(start)}: {names}."
    )
    return [Note(topic="Months missing", text=text)]


def _spans(months: Sequence[Window]) -> list[str]:
    """Return months in words, those that follow one another as one span."""
    runs: list[list[Window]] = []
    for month in months:
        if runs and runs[-1][-1].end == month.start:
            runs[-1].append(month)
        else:
            runs.append([month])
    return [
        f"{run[0].start:%B %Y}"
        if len(run) == 1
        else f"{run[0].start:%B %Y} to {run[-1].start:%B %Y}"
        for run in runs
    ]


def _recording_notes(scope: Scope) -> list[Note]:
    """Say where recording changed: snap points, categories that begin or end."""
    notes = []
    first = scope.incidents.frame["start"].min()
    assert isinstance(first, dt.datetime)
    if scope.incidents.snapped and first.date() < SNAP_CHANGE:
        text = (
            "data.police.uk changed its map points in July 2022: places are not "
            "compared across that date."
        )
        notes.append(Note(topic="Recording changed", text=text))
    frame = scope.incidents.frame.select(
        pl.col("category").cast(pl.String), day=pl.col("start").dt.date()
    )
    spans = frame.group_by("category").agg(
        first=pl.col("day").min(), last=pl.col("day").max(), n=pl.len()
    )
    long_ago = add_months(first.date(), 12)
    recent = add_months(scope.period.window.end, -12)
    new = spans.filter((pl.col("first") > long_ago) & (pl.col("n") >= 12))
    gone = spans.filter((pl.col("last") < recent) & (pl.col("n") >= 12))
    for name, day in new.sort("category").select("category", "first").iter_rows():
        text = f"{name} first appears on {in_words(day)}: check for a recording change."
        notes.append(Note(topic="Recording changed", text=text))
    for name, day in gone.sort("category").select("category", "last").iter_rows():
        text = f"{name} last appears on {in_words(day)}: check for a recording change."
        notes.append(Note(topic="Recording changed", text=text))
    return notes


def _time_notes(scope: Scope) -> list[Note]:
    if scope.incidents.time_precision == "month":
        text = (
            "The files state only the month: no hours, weeks or near repeats can be "
            "given."
        )
        return [Note(topic="Time", text=text)]
    now = pl.Series(scope.within(scope.period.counted))
    rows = scope.incidents.frame.filter(now)
    long = int((rows["end"] - rows["start"] > dt.timedelta(hours=2)).sum())
    text = (
        f"{long:,} of {rows.height:,} incidents in the period have a time window of "
        "more than two hours; each is spread evenly across its window."
    )
    return [Note(topic="Time", text=text)]
