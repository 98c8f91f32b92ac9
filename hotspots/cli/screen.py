"""What a person sees in the terminal: progress, what was read, the places and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.core.errors import HotspotsError

if TYPE_CHECKING:
    from hotspots.sources import Progress
    from hotspots.workflow import Analysis


WIDTH = 96


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """Show a bar on standard error, if a person is watching."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None)

        def report(what: str, done: int, total: int) -> None:
            label = f"{title} {what}".strip()[:60]
            bar.update(task, description=label, completed=done, total=total)

        yield report


def show_error(error: HotspotsError) -> None:
    """Print an error on standard error: its kind, then its message."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    console.print(f"{type(error).__name__}: ", style="bold red", end="", markup=False)
    console.print(str(error), markup=False, soft_wrap=True)


def show_analysis(analysis: Analysis, out: Path) -> None:
    """Print what was read, what was not and why, and the places with their reasons."""
    from rich.console import Console

    console = Console(highlight=False)

    def say(text: str = "", indent: int = 0, **style: Any) -> None:
        prefix = " " * indent
        for line in textwrap.wrap(text, WIDTH - indent) or [""]:
            console.print(prefix + line, markup=False, soft_wrap=True, **style)

    for line, indent in _account(analysis.summary):
        say(line, indent)
    say()
    say(f"The {len(analysis.hotspots)} places, {analysis.window}", style="bold")
    for hotspot in analysis.hotspots:
        flag = "  [below the floor]" if hotspot.below_floor else ""
        say(f"{hotspot.rank:>2}  {hotspot.name}{flag}", style="bold")
        say(hotspot.why, 4)
    say()
    say("What was chosen and what to know", style="bold")
    for note in analysis.notes:
        say(f"- {note}", 2)
    say()
    say(f"Written to {out}: open {out / 'map.html'} in a browser.")


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
    from rich.console import Console

    console = Console(highlight=False)
    for line in lines:
        for part in textwrap.wrap(line, WIDTH) or [""]:
            console.print(part, markup=False, soft_wrap=True)


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

    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for place, heading in enumerate(headings):
        numeric = place and heading not in text
        table.add_column(heading, justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console = Console(highlight=False, width=WIDTH)
    console.print(table)
    console.print()
