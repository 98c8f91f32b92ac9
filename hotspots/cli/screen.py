"""What a person sees in the terminal: progress, what was read, the places and why."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
import textwrap
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from hotspots.core.budget import Budget
from hotspots.core.errors import HotspotsError
from hotspots.core.sentences import visible
from hotspots.core.unforeseen import StoppedError
from hotspots.core.window import check_year

if TYPE_CHECKING:
    from hotspots.cli.options import How
    from hotspots.sources import Progress, Reading
    from hotspots.sources.reading.lake import Chooser
    from hotspots.workflow import Analysis, Dataset


WIDTH = 96


def say(text: object = "", *, bold: bool = False) -> None:
    """Print one line on standard output, with every control character shown."""
    typer.secho(visible(str(text)), bold=bold)


def warn(text: object) -> None:
    """Print one line on standard error."""
    typer.secho(visible(str(text)), err=True)


def show_error(error: HotspotsError) -> None:
    """Print an error on standard error: its kind, then its message."""
    typer.secho(f"{type(error).__name__}: ", err=True, nl=False, fg="red", bold=True)
    warn(error)


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """Show a bar on standard error, if a person is watching."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    label = TextColumn("{task.description}", markup=False)
    columns = (label, BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None)

        def report(what: str, done: int, total: int) -> None:
            said = visible(f"{title} {what}".strip()[:60])
            bar.update(task, description=said, completed=done, total=total)

        yield report


def patient() -> Budget:
    """Return what a command may take: for ever, if somebody there says so."""
    there = sys.stdin.isatty() and sys.stderr.isatty()
    return Budget(
        float("inf"),
        patience=60 * _minutes(),
        ask=(lambda said: typer.confirm(visible(said), err=True)) if there else None,
        told=_Told() if there else None,
    )


def _minutes() -> float:
    """Return how many minutes a command may be foreseen to take."""
    text = os.environ.get("HOTSPOTS_MINUTES", "10")
    return min(float(text), 10_000.0) if re.fullmatch(r"\d{1,5}", text) else 10.0


class _Told:
    """Shows long work on one line of standard error."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.last > 1:
            self.last = now
            said = visible(f"{done:,} of {total:,} {what}")
            typer.echo(f"\r{said:<60}\r", err=True, nl=False)


@contextmanager
def until_stopped() -> Iterator[None]:
    """Take a stop as the end of a command that stays: nothing was left half done."""
    try:
        yield
    except StoppedError:
        warn("\nStopped.")
        leave(130)


def leave(status: int) -> NoReturn:
    """End the command with an exit status.

    Raises Exit always: the command line itself ends the process.
    """
    raise typer.Exit(status)


def read_dataset(
    files: Sequence[Path],
    areas: Sequence[str],
    how: How,
    *,
    tell: bool = True,
    only: Chooser | None = None,
) -> Dataset:
    """Read what a command was given, with a bar, and tell what was noticed.

    ``only``: chooses the window of which a lake's rows are read; default all.
    """
    from hotspots.workflow import load

    with progress_bar("Reading") as progress:
        dataset = load(files, areas, **how.settings(), progress=progress, only=only)
    if tell:
        tell_reading(dataset.reading)
    return dataset


def tell_reading(reading: Reading) -> None:
    """Say on standard error what became of the rows, and what was chosen."""
    from hotspots.intake.rejects import count_by_reason

    refused = count_by_reason(reading.rejects, "rejected")
    lines = [f"{reading.rows_read:,} rows read, {reading.incidents.n:,} used."]
    if refused:
        listed = "; ".join(f"{reason}: {n:,}" for reason, n in refused.items())
        first = reading.rejects.row(0, named=True)
        lines.append(
            f"{sum(refused.values()):,} refused ({listed}). The first: "
            f"{reading.inputs[first['file']][0]}, line {first['line']:,}."
        )
    tell((*lines, *reading.incidents.notes))


def tell(lines: Iterable[str]) -> None:
    """Say sentences on standard error, folded."""
    for line in lines:
        warn(textwrap.fill(line, WIDTH))


def paths_of(files: Sequence[Path], areas: Sequence[str], *more: Any) -> list[Path]:
    """Return every path that a command reads; areas may say their kind before it."""
    polygons = [Path(each.partition("=")[2] or each) for each in areas]
    return [*files, *polygons, *(each for each in more if isinstance(each, Path))]


def day_of(moment: dt.datetime | None) -> dt.date | None:
    """Return the day of what an option gave, or None where it gave nothing."""
    if moment is None:
        return None
    check_year(moment.date())
    return moment.date()


def show_analysis(analysis: Analysis, out: Path) -> None:
    """Print what was read, what was not and why, and the places with their reasons."""
    for line, indent in _account(analysis.summary):
        _wrapped(line, indent)
    say()
    say(f"The {len(analysis.hotspots)} places, {analysis.window}", bold=True)
    for hotspot in analysis.hotspots:
        flag = "  [below the floor]" if hotspot.below_floor else ""
        _wrapped(f"{hotspot.rank:>2}  {hotspot.name}{flag}", bold=True)
        _wrapped(hotspot.why, 4)
    say()
    say("Method and notes", bold=True)
    for note in analysis.notes:
        _wrapped(f"- {note}", 2)
    say()
    _wrapped(f"Written to {out}: open {out / 'map.html'} in a browser.")


def _wrapped(text: str, indent: int = 0, *, bold: bool = False) -> None:
    for line in textwrap.wrap(visible(text), WIDTH - indent) or [""]:
        say(" " * indent + line, bold=bold)


def _account(summary: dict[str, Any]) -> Iterator[tuple[str, int]]:
    yield f"{summary['rows_read']:,} rows read", 0
    yield f"{summary['rows_rejected']:,} could not be used", 2
    for reason, n in summary["rejected_by_reason"].items():
        yield f"{n:,} {reason}", 6
    yield f"{summary['rows_outside_areas']:,} outside every area given", 2
    yield f"{summary['rows_outside_window']:,} outside the window", 2
    yield f"{summary['rows_excluded']:,} left out of hotspot counts", 2
    for reason, n in summary["excluded_by_reason"].items():
        yield f"{n:,} {reason}", 6
    yield f"{summary['rows_analysed']:,} analysed", 2


def show_lines(lines: Iterable[str]) -> None:
    """Print sentences, each wrapped."""
    for line in lines:
        _wrapped(line)


def show_table(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    text: Sequence[str] = (),
) -> None:
    """Print a table; numbers are set to the right."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    def plain(text: str) -> str:
        return escape(visible(text))

    table = Table(title=plain(title), title_justify="left", box=None, pad_edge=False)
    for place, heading in enumerate(headings):
        numeric = place and heading not in text
        table.add_column(plain(heading), justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*(plain(cell) for cell in row))
    console = Console(highlight=False, width=WIDTH)
    console.print(table)
    console.print()
