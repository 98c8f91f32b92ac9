"""``hotspots lake``: put files into a lake, check it, see how it came about, forget."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli import options, screen
from hotspots.cli.listing import group

if TYPE_CHECKING:
    import datetime as dt

    from hotspots.lake import Added
    from hotspots.lake.build import Reader
    from hotspots.sources import Progress

LakeFolder = Annotated[Path, typer.Argument(help="A lake.", metavar="LAKE")]


def build(
    files: options.Files,
    out: Annotated[
        Path, typer.Option("--out", help="Folder of the lake.", metavar="LAKE")
    ],
    areas: options.OptionalAreaFiles = None,
    profile: options.ProfileFile = None,
    today: options.Today = None,
) -> None:
    """Make a lake of files of incidents."""
    from hotspots.lake import build as run

    with screen.progress_bar("Reading") as progress:
        reader = _reader(profile, today, progress)
        _show(run(files, out, areas or (), reader))


def add(
    files: options.Files,
    lake: Annotated[Path, typer.Option("--lake", help="A lake.", metavar="LAKE")],
    profile: options.ProfileFile = None,
    today: options.Today = None,
) -> None:
    """Add files to a lake; those that it holds change nothing."""
    from hotspots.lake import add as run

    with screen.progress_bar("Reading") as progress:
        _show(run(files, lake, _reader(profile, today, progress)))


def cells(
    lake: LakeFolder,
    out: Annotated[Path, options.a_folder("--out", "Folder for the tables.")],
    areas: options.OptionalAreaFiles = None,
    window: options.UsualWindow = None,
    resolution: Annotated[int, typer.Option(help="H3 resolution, 8 to 11.")] = 10,
    category: options.Categories = None,
    engine: options.Engine = None,
    scheduler: options.Scheduler = None,
    workers: options.Workers = 2,
) -> None:
    """Write counts, density and Gi* of every cell, from a lake of any size."""
    from hotspots.analysis.parameters import Parameters
    from hotspots.core.folders import check_target
    from hotspots.lake.cube import write_cells as run

    check_target(out, inputs=screen.paths_of([lake], areas or ()))
    chosen = Parameters(
        resolution=resolution,
        window=window,
        categories=tuple(category) if category else None,
    )
    found = options.cluster_of(engine, scheduler, workers)
    with screen.progress_bar("Counting") as progress:
        told = run(
            lake, out, chosen, areas=areas or (), engine=found, progress=progress
        )
    screen.show_lines([told.sentence(), f"Written to {out}."])


def verify(lake: LakeFolder) -> None:
    """Check that every part of a lake is as it was written; exit status 1 if not."""
    from hotspots.lake import verify as run

    checked = run(lake)
    screen.show_lines(checked.sentences())
    if checked.wrong:
        screen.leave(1)


def history(lake: LakeFolder) -> None:
    """Say what was done to a lake, the latest first."""
    from hotspots.lake import history as run

    for entry in run(lake):
        said = ", ".join(
            f"{name.replace('_', ' ')} {value:,}"
            if isinstance(value, int)
            else f"{name} {value}"
            for name, value in entry.items()
            if name not in ("version", "at", "what")
        )
        at = f"{entry['at']:%d/%m/%Y %H:%M} UTC"
        screen.say(f"{entry['version']:>5}  {at}  {entry['what']}  {said}".rstrip())


def forget(
    lake: LakeFolder,
    before: Annotated[
        str,
        typer.Option(
            "--before", help="The first day that is kept.", metavar="YYYY-MM-DD"
        ),
    ],
) -> None:
    """Delete every incident before a day, for good."""
    from hotspots.lake import forget as run

    screen.show_lines([run(lake, _day(before)).sentence()])


def _day(text: str) -> dt.date:
    from hotspots.core.window import Window

    return Window.from_text(f"{text}:{text}").start


def _reader(
    profile: Path | None, today: dt.datetime | None, progress: Progress
) -> Reader:
    from hotspots.intake.profile import Profile
    from hotspots.lake.build import Reader

    return Reader(
        profile=Profile.from_toml(profile) if profile else None,
        today=screen.day_of(today),
        progress=progress,
    )


def _show(added: Added) -> None:
    screen.show_lines(added.sentences())


app = group("Keep a lake: incident files of many months, added once, analysed often.")
for _command in (build, add, cells, verify, history, forget):
    app.command()(_command)

COMMANDS = {"lake": app}
