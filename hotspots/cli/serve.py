"""``hotspots serve``: the pages on this computer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hotspots.cli import screen
from hotspots.cli.options import (
    BuildingsFile,
    CamerasFile,
    ColumnsFile,
    DeliveriesFile,
    HarmFile,
    PremisesFile,
    ProfileFile,
    SlotsFile,
    StreetsFile,
    Today,
)


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
        typer.Option(
            "--briefs",
            help="Folder of the weekly briefs; shows their runs.",
            metavar="FOLDER",
        ),
    ] = None,
    basemap: Annotated[
        Path | None,
        typer.Option(
            "--basemap",
            help="Ground under the map; default drawn from --streets.",
            metavar="FILE",
        ),
    ] = None,
    site: Annotated[
        Path | None,
        typer.Option(
            "--site",
            help="Serve this site; other options but --port and --host are for files.",
            metavar="FOLDER",
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

        with screen.until_stopped():
            serve_site(site, host=host, port=port, say=screen.say)
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
    dataset = screen.read_dataset(
        files, areas or [], profile=profile, harm=harm, today=today
    )
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
    with screen.until_stopped():
        serve_web(
            dataset,
            resources=resources,
            briefs=briefs,
            basemap=basemap or _drawn(streets),
            port=port,
            say=screen.say,
        )


def _drawn(streets: Path | None) -> Path | None:
    """Draw the ground from the file of streets, where it is of a kind that can be."""
    from hotspots.core.temporary import temporary_folder
    from hotspots.outputs.basemap import can_draw, write_basemap

    if streets is None or not can_draw(streets):
        return None
    out = temporary_folder("ground") / "basemap.pmtiles"
    with screen.progress_bar("Drawing the ground"):
        write_basemap([streets], out)
    return out


COMMANDS = {"serve": serve}
