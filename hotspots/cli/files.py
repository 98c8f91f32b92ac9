"""Files in, files out: ``analyse``, ``profile``, ``sample`` and ``version``."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots._version import __version__
from hotspots.cli import options, screen

if TYPE_CHECKING:
    from hotspots.lake.cluster import Cluster
    from hotspots.resources.street_graph import StreetGraph
    from hotspots.workflow import Dataset, Parameters


@options.reads
def analyse(
    files: options.Files,
    out: Annotated[Path, options.a_folder("--out", "Folder for the outputs.")],
    how: options.How,
    areas: options.OptionalAreaFiles = None,
    window: options.UsualWindow = None,
    window_months: Annotated[
        int, typer.Option(help="Length of the automatic window, in months.")
    ] = 24,
    resolution: Annotated[int, typer.Option(help="H3 resolution, 8 to 11.")] = 10,
    category: options.Categories = None,
    area: options.AreaCode = None,
    bandwidth_m: Annotated[
        float | None, typer.Option("--bandwidth-m", help="Kernel radius in metres.")
    ] = None,
    kernel: Annotated[
        str | None, typer.Option(help="Density kernel: quartic or gaussian.")
    ] = None,
    n_hotspots: Annotated[
        int | None, typer.Option(help="How many places at most.", show_default="10")
    ] = None,
    extra: options.ExtraFormat = None,
    streets: options.StreetsFile = None,
    ground: options.GroundFile = None,
    each: Annotated[
        str | None,
        typer.Option(
            "--each",
            help="Analyse every area of a kind by itself: an index, a page for each.",
            metavar="KIND",
        ),
    ] = None,
    engine: options.Engine = None,
    scheduler: options.Scheduler = None,
    workers: options.Workers = 2,
    every_row: Annotated[
        bool,
        typer.Option(
            "--every-row", help="List the rows outside the window in rejects.csv too."
        ),
    ] = False,
) -> None:
    """Find hotspots: incident files and area polygons in, every output out."""
    from hotspots.analysis.parameters import Parameters
    from hotspots.core import beside
    from hotspots.core.folders import check_target
    from hotspots.outputs.analysis_folder import LIBRARIES, Extras
    from hotspots.outputs.basemap import can_draw
    from hotspots.workflow import analyse as run
    from hotspots.workflow import write

    esri = options.is_esri(extra)
    cluster = options.cluster_of(engine, scheduler, workers)
    check_target(
        out, inputs=screen.paths_of(files, areas or (), streets, ground, *how.paths)
    )
    parameters = Parameters.from_options(
        resolution=resolution,
        window=window,
        window_months=window_months,
        categories=tuple(category) if category else None,
        area=area,
        kde={"bandwidth_m": bandwidth_m, "kernel": kernel},
        rule={"n_hotspots": n_hotspots},
    )
    beside.begin(*LIBRARIES)
    beside.load("scipy.special", "scipy.sparse", "pyproj")
    dataset = screen.read_dataset(
        files, areas or (), how, tell=False, only=parameters.choose_window
    )
    if each is not None:
        _analyse_each(dataset, each, parameters, out, cluster)
        return
    with screen.progress_bar("Analysing") as progress:
        analysis = run(dataset, parameters, progress=progress, engine=cluster)
    with screen.progress_bar("Writing") as progress:
        extras = Extras(
            esri=esri,
            every_row=every_row,
            streets=_read_streets(streets),
            ground=[path for path in (streets, ground) if path and can_draw(path)],
        )
        write(analysis, out, progress=progress, extras=extras)
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.SIG_IGN)  # all is written; only the telling is left
    screen.show_analysis(analysis, out)


def _analyse_each(
    dataset: Dataset,
    kind: str,
    parameters: Parameters,
    out: Path,
    cluster: Cluster | None,
) -> None:
    from hotspots.lake.districts import each_district
    from hotspots.outputs.districts_folder import write_districts

    with screen.progress_bar("Analysing") as progress:
        nation = each_district(
            dataset, kind, parameters, engine=cluster, progress=progress
        )
    write_districts(nation, out)
    n_places = sum(len(each.hotspots) for each in nation.districts)
    screen.say(f"{n_places:,} places in {len(nation.districts):,} areas: {kind}.")
    screen.say(f"Written to {out}: open {out / 'index.html'} in a browser.")


def _read_streets(path: Path | None) -> StreetGraph | None:
    if path is None:
        return None
    from hotspots.resources import load_resources

    return load_resources(streets=path).streets


def sample(
    out: Annotated[Path, options.a_folder("--out", "Folder for the files.")],
    seed: Annotated[int, typer.Option(help="Another seed makes another town.")] = 1,
) -> None:
    """Write the simulated market town: incidents, premises, streets and areas."""
    from hotspots.samples import write_sample

    for path in write_sample(out, seed=seed):
        screen.say(path)


def profile(
    file: Annotated[Path, typer.Argument(help="A file of incidents.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where to write it.", show_default="FILE.toml"),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option(help="Sheet of a workbook.", show_default="the one with headings"),
    ] = None,
    header_row: Annotated[
        int | None,
        typer.Option(help="Line of the header, from 1.", show_default="found"),
    ] = None,
) -> None:
    """Propose a column mapping for a file and write it as TOML, to be checked."""
    from hotspots.intake.inputs import InputFile
    from hotspots.sources import write_proposal

    file = InputFile.at(file).path
    stem = file.name.removesuffix(".gz").rpartition(".")[0] or file.name
    target = out or file.with_name(f"{stem}.toml")
    screen.say(write_proposal(file, target, sheet=sheet, header_row=header_row))
    screen.warn(f"Written to {target}. Check every line before you use it.")


def basemap(
    files: Annotated[
        list[Path],
        typer.Argument(help="An .osm.pbf, OS Open Zoomstack .gpkg, or GeoJSON."),
    ],
    out: Annotated[Path, options.a_file("--out", "Where to write it (.pmtiles).")],
) -> None:
    """Make the base map: streets, water, green spaces and names."""
    from hotspots.outputs.basemap import write_basemap

    with screen.progress_bar("Drawing the ground"):
        ground = write_basemap(files, out)
    screen.say(
        f"{out}: {ground.table.height:,} pieces of ground. {ground.credit}".strip()
    )


def version() -> None:
    """Print the version."""
    screen.say(__version__)


COMMANDS = {
    "analyse": analyse,
    "basemap": basemap,
    "profile": profile,
    "sample": sample,
    "version": version,
}
