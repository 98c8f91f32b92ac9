"""Commands that ask one question of the incidents and answer it with counts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from hotspots import screen
from hotspots.cli.options import Categories, Files, ProfileFile, Today, WindowText

if TYPE_CHECKING:
    from hotspots.incidents import Incidents
    from hotspots.window import Window

__all__ = ["app"]

app = typer.Typer()


@app.command()
def repeats(
    files: Files,
    profile: ProfileFile = None,
    category: Categories = None,
    window: WindowText = "all",
    at_risk: Annotated[
        int | None,
        typer.Option(help="Places that could be targets, for the share under chance."),
    ] = None,
    today: Today = None,
) -> None:
    """Say how often the same place is a target again, and how soon."""
    from hotspots.methods.repeat_victimisation import RepeatVictimisation

    incidents, span = _read(files, profile, category, window, today)
    incidents.check_moments("Repeat victimisation")
    screen.show_repeats(
        RepeatVictimisation()(incidents, window=span, n_at_risk=at_risk)
    )


@app.command()
def near_repeats(
    files: Files,
    profile: ProfileFile = None,
    category: Categories = None,
    window: WindowText = "all",
    on: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The day to warn for.",
            show_default="the last day of the files",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="For the shuffled dates.")] = 1,
    today: Today = None,
) -> None:
    """Say whether incidents follow each other in space and time, and where now."""
    from hotspots.methods.knox import Knox
    from hotspots.methods.near_repeat import NearRepeat

    incidents, span = _read(files, profile, category, window, today)
    incidents.check_moments("Near-repeat analysis")
    test = Knox()(incidents, rng=np.random.default_rng(seed))
    day = on.date() if on else span.last_day
    screen.show_near_repeats(test, NearRepeat()(incidents, on=day), day)


@app.command()
def clock(
    files: Files,
    profile: ProfileFile = None,
    category: Categories = None,
    window: WindowText = "all",
    today: Today = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the clock as SVG.")
    ] = None,
) -> None:
    """Say when in the week incidents happen, sharing out windows of time."""
    from hotspots.clock_svg import clock_svg
    from hotspots.methods.aoristic import Aoristic
    from hotspots.methods.clock import Clock

    incidents, span = _read(files, profile, category, window, today)
    incidents.check_moments("Time-of-day analysis")
    week = Aoristic()(incidents)
    screen.show_clock(Clock(), week, span)
    if out is not None:
        title = f"Incidents by hour and day of the week, {span}"
        svg = clock_svg(week.hours, title=title, clock=Clock())
        out.write_text(svg, encoding="utf-8", newline="\n")


def _read(
    files: list[Path],
    profile: Path | None,
    category: list[str] | None,
    window: str | None,
    today: dt.datetime | None,
) -> tuple[Incidents, Window]:
    from hotspots.workflow import read_selected

    with screen.progress_bar("Reading") as progress:
        return read_selected(
            files,
            profile=profile,
            categories=category,
            window=window,
            today=today.date() if today else None,
            progress=progress,
        )
