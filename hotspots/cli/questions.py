"""Commands that ask one question of the incidents and answer it with counts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from hotspots import screen
from hotspots.cli import answers
from hotspots.cli.options import (
    AreaFiles,
    Categories,
    Files,
    HarmFile,
    ProfileFile,
    Today,
    WindowText,
)
from hotspots.errors import ParameterError

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
    answers.show_repeats(
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
    answers.show_near_repeats(test, NearRepeat()(incidents, on=day), day)


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
    answers.show_clock(Clock(), week, span)
    if out is not None:
        title = f"Incidents by hour and day of the week, {span}"
        svg = clock_svg(week.hours, title=title, clock=Clock())
        out.write_text(svg, encoding="utf-8", newline="\n")


@app.command()
def change(
    files: Files,
    profile: ProfileFile = None,
    category: Categories = None,
    window: WindowText = "all",
    today: Today = None,
) -> None:
    """Say which categories are outside their usual range in the last 28 days."""
    from hotspots.methods.usual_range import PeriodTable

    incidents, span = _read(files, profile, category, window, today)
    by_month = incidents.time_precision == "month"
    table = PeriodTable(period="month" if by_month else "28 days")
    answers.show_change(table(incidents, end=span.end))


@app.command()
def evaluate(
    files: Files,
    areas: AreaFiles,
    profile: ProfileFile = None,
    harm: HarmFile = None,
    resolution: Annotated[int, typer.Option(help="H3 resolution, 8 to 11.")] = 10,
    seed: Annotated[int, typer.Option(help="For the intervals.")] = 1,
    today: Today = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the two curves (SVG).")
    ] = None,
) -> None:
    """Back-test the methods on your own data beside last year's plain count."""
    from hotspots.evaluate import capture_svg, lorenz_svg
    from hotspots.workflow import evaluate as run
    from hotspots.workflow import load

    with screen.progress_bar("Reading") as progress:
        dataset = load(
            files,
            areas,
            profile=profile,
            harm=harm,
            today=today.date() if today else None,
            progress=progress,
        )
    with screen.progress_bar("Forecasting") as progress:
        found = run(dataset, resolution=resolution, seed=seed, progress=progress)
    answers.show_evaluation(found)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, svg in (
            ("capture.svg", capture_svg(found)),
            ("lorenz.svg", lorenz_svg(found.counts)),
        ):
            (out / name).write_text(svg, encoding="utf-8", newline="\n")


@app.command()
def effect(
    treated: Annotated[str, typer.Option(help="BEFORE,AFTER where you acted.")],
    control: Annotated[str, typer.Option(help="BEFORE,AFTER where you did not.")],
    buffer: Annotated[
        str | None, typer.Option(help="BEFORE,AFTER in the ring around.")
    ] = None,
    dispersion: Annotated[
        float, typer.Option(help="Variance over mean of earlier counts, 1 or more.")
    ] = 1.0,
) -> None:
    """Say whether it fell more than the comparison, or that one cannot tell."""
    from hotspots.effects import assess_effect

    answers.show_effect(
        assess_effect(
            _pair("treated", treated),
            _pair("control", control),
            _pair("buffer", buffer) if buffer else None,
            dispersion=dispersion,
        )
    )


def _pair(name: str, text: str) -> tuple[int, int]:
    try:
        before, after = (int(part) for part in text.split(","))
    except ValueError as error:
        raise ParameterError(
            f"--{name} must be two whole numbers, BEFORE,AFTER; got {text!r}."
        ) from error
    return before, after


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
