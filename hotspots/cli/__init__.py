"""The command line: commands only translate, call one function and show the result."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from hotspots._version import __version__
from hotspots.cli import screen
from hotspots.cli.options import (
    AreaFiles,
    BuildingsFile,
    CamerasFile,
    ColumnsFile,
    DeliveriesFile,
    Files,
    HarmFile,
    PremisesFile,
    ProfileFile,
    SlotsFile,
    StreetsFile,
    Today,
)
from hotspots.core.errors import HotspotsError
from hotspots.core.lean import own_process
from hotspots.core.temporary import remove_folders

if TYPE_CHECKING:
    from hotspots.workflow import Dataset

__all__ = ["app", "main"]

SITE_COMMANDS = [
    "site",
    "import",
    "user",
    "token",
    "agency",
    "audit",
    "backup",
    "restore",
]
STOPPED = "\nStopped. Nothing was written.\n"

app = typer.Typer(
    help="From incident files to hotspots, a map and patrol areas.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; errors are one clear message and exit status 2.

    Notes
    -----
    A command lives for seconds: looking for reference cycles while libraries load, and
    taking the compiler and the table engine down again at the end, cost a third of the
    time and free nothing that the end of the process does not.
    """
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    stays = sys.argv[1:2] == ["serve"] or "--run" in sys.argv
    stays = stays or sys.argv[1:3] == ["site", "work"]
    own_process()
    if not stays:
        gc.disable()
    if sys.argv[1:2] == ["brief"]:
        from hotspots.cli.brief import joined

        sys.argv[1:] = joined(sys.argv[1:])
    _add_commands(sys.argv[1] if sys.argv[1:] else "")
    try:
        app()
    except HotspotsError as error:
        screen.show_error(error)
        _leave(2)
    except _StoppedError:
        sys.stderr.write("\nStopped.\n" if stays else STOPPED)
        _leave(130)
    except SystemExit as done:
        _leave(done.code if isinstance(done.code, int) else int(done.code is not None))


def _add_commands(asked: str) -> None:
    """Add the commands whose methods take half a second to load, where needed."""
    named = ((each.name, each.callback) for each in app.registered_commands)
    own = {str(name or getattr(made, "__name__", "")) for name, made in named}
    if asked in own:
        return
    if asked in ("", "--help", *SITE_COMMANDS):
        from hotspots.cli.site import add_site

        add_site(app)
    if asked in SITE_COMMANDS:
        return
    if asked in ("", "--help", "transparency") or asked.startswith("brief"):
        from hotspots.cli.brief import add_brief

        add_brief(app)
    if asked == "transparency" or asked.startswith("brief"):
        return
    if asked in ("", "--help", "suggest"):
        from hotspots.cli.suggest import make_app

        app.add_typer(make_app("".join(sys.argv[2:3])), name="suggest")
    if asked != "suggest":
        from hotspots.cli.questions import add_questions

        add_questions(app)


def _leave(status: int) -> NoReturn:
    """End the process at once, with everything said and written."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # the reader may have gone
            stream.flush()
    remove_folders()
    os._exit(status)


@app.command()
def analyse(
    files: Files,
    areas: AreaFiles,
    out: Annotated[Path, typer.Option("--out", help="Folder for the outputs.")],
    profile: ProfileFile = None,
    harm: HarmFile = None,
    window: Annotated[
        str | None,
        typer.Option(
            help="FROM:TO (months or days, both included) or 'all'.",
            show_default="the last 24 months of the files",
        ),
    ] = None,
    window_months: Annotated[
        int, typer.Option(help="Length of the automatic window.")
    ] = 24,
    resolution: Annotated[int, typer.Option(help="H3 resolution, 8 to 11.")] = 10,
    category: Annotated[
        list[str] | None, typer.Option(help="Only this category; may be given again.")
    ] = None,
    area: Annotated[
        str | None, typer.Option(help="Only the area with this code.")
    ] = None,
    bandwidth_m: Annotated[
        float | None, typer.Option("--bandwidth-m", help="Kernel radius in metres.")
    ] = None,
    kernel: Annotated[
        str | None, typer.Option(help="Density kernel: quartic or gaussian.")
    ] = None,
    n_hotspots: Annotated[
        int | None, typer.Option(help="At most so many places.", show_default="10")
    ] = None,
    today: Today = None,
) -> None:
    """Find hotspots: incident files and area polygons in, every output out."""
    from hotspots.analysis.parameters import Parameters
    from hotspots.core.folders import check_target
    from hotspots.outputs.analysis_folder import FILES
    from hotspots.workflow import analyse as run
    from hotspots.workflow import write

    check_target(out, is_output=FILES.__contains__)
    parameters = Parameters.from_options(
        resolution=resolution,
        window=window,
        window_months=window_months,
        categories=tuple(category) if category else None,
        area=area,
        kde={"bandwidth_m": bandwidth_m, "kernel": kernel},
        rule={"n_hotspots": n_hotspots},
    )
    dataset = _load(files, areas, profile, harm, today)
    with screen.progress_bar("Analysing") as progress:
        analysis = run(dataset, parameters, progress=progress)
    with screen.progress_bar("Writing") as progress:
        write(analysis, out, progress=progress)
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.SIG_IGN)  # all is written; only the telling is left
    screen.show_analysis(analysis, out)


@app.command()
def sample(
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")],
    seed: Annotated[int, typer.Option(help="Another seed makes another town.")] = 1,
) -> None:
    """Write the simulated market town: incidents, premises, streets and areas."""
    from hotspots.samples import write_sample

    for path in write_sample(out, seed=seed):
        typer.echo(path)


@app.command()
def profile(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file of incidents.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where to write it.", show_default="FILE.toml"),
    ] = None,
) -> None:
    """Propose a column mapping for a file and write it as TOML, to be checked."""
    from hotspots.sources import write_proposal

    stem = file.name.removesuffix(".gz").rpartition(".")[0] or file.name
    target = out or file.with_name(f"{stem}.toml")
    typer.echo(write_proposal(file, target))
    typer.echo(f"Written to {target}. Check every line before you use it.", err=True)


@app.command()
def serve(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Incident files; default the simulated town."),
    ] = None,
    areas: Annotated[
        list[str] | None, typer.Option("--areas", help="Polygons, PATH or KIND=PATH.")
    ] = None,
    profile: ProfileFile = None,
    harm: HarmFile = None,
    columns: ColumnsFile = None,
    cameras: CamerasFile = None,
    buildings: BuildingsFile = None,
    premises: PremisesFile = None,
    streets: StreetsFile = None,
    slots: SlotsFile = None,
    deliveries: DeliveriesFile = None,
    briefs: Annotated[
        Path | None,
        typer.Option("--briefs", help="Folder of the weekly briefs; shows their runs."),
    ] = None,
    site: Annotated[
        Path | None,
        typer.Option(
            "--site",
            help="Serve this site; other options but --port and --host are for files.",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option("--host", help="Address of a site that has accounts.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port on this computer.")] = 8765,
    today: Today = None,
) -> None:
    """Show the interactive map on this computer only (127.0.0.1), or serve a site."""
    if site is not None:
        from hotspots.web.site.serve import serve_site

        serve_site(site, host=host, port=port, say=typer.echo)
        return
    from hotspots.resources import load_resources
    from hotspots.samples import sample_path, sample_paths
    from hotspots.web import serve as serve_web

    if not files:
        incidents, polygons = sample_paths()
        files, areas = [incidents], [str(path) for path in polygons]
        columns = columns or sample_path("data/simulated_columns.csv")
        premises = premises or sample_path("data/simulated_premises.csv")
        streets = streets or sample_path("boundaries/simulated_streets.geojson")
    dataset = _load(files, areas or [], profile, harm, today)
    resources = load_resources(
        columns=columns,
        cameras=cameras,
        buildings=buildings,
        premises=premises,
        streets=streets,
        slots=slots,
        deliveries=deliveries,
        simulated=dataset.simulated,
    )
    serve_web(dataset, resources=resources, briefs=briefs, port=port, say=typer.echo)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def _load(
    files: list[Path],
    areas: list[str],
    profile: Path | None,
    harm: Path | None,
    today: dt.datetime | None,
) -> Dataset:
    from hotspots.workflow import load

    with screen.progress_bar("Reading") as progress:
        return load(
            files,
            areas,
            profile=profile,
            harm=harm,
            today=today.date() if today else None,
            progress=progress,
        )


class _StoppedError(BaseException):
    """The person, or the system, asked the program to stop."""


def _stop(_signal: int, _frame: object) -> None:
    raise _StoppedError
