"""``hotspots serve``: the pages on this computer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli import options, screen

if TYPE_CHECKING:
    from hotspots.service import Site


@options.reads
def serve(
    how: options.How,
    resources: dict[str, Path],
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Incident files; default the simulated town."),
    ] = None,
    areas: options.OptionalAreaFiles = None,
    briefs: options.BriefsFolder = None,
    survey: options.SurveyFile = None,
    basemap: Annotated[
        Path | None,
        options.a_file("--basemap", "The base map; default drawn from --streets."),
    ] = None,
    site: Annotated[
        Path | None,
        options.a_folder(
            "--site",
            "Serve this site; other options but --port and --host are for files.",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option("--host", help="Address of a site that has accounts.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port on this computer.")] = 8765,
) -> None:
    """Show the interactive map on this computer only (127.0.0.1), or serve a site."""
    if site is not None:
        from hotspots.web.site.serve import serve_site

        with screen.until_stopped():
            serve_site(site, host=host, port=port, say=screen.say)
        return
    from hotspots.service.temporary import Given, temporary_site
    from hotspots.web.site.serve import answer

    own = {
        "harm": how.harm,
        "institutions": how.institutions,
        "postcodes": how.postcodes,
        "uprns": how.uprns,
        "survey": survey,
    }
    there = resources | {kind: path for kind, path in own.items() if path is not None}
    given = (
        Given(files=files, areas=areas or [], profile=how.profile, resources=there)
        if files
        else Given.town(**there)
    )
    given = replace(
        given,
        today=screen.day_of(how.today),
        leave_out=how.leave_out or "",
        with_institutions=how.with_institutions,
    )
    with screen.until_stopped():
        made = temporary_site(given)
        lay_ground(made, basemap)
        answer(made, "Hotspots", port=port, briefs=briefs, say=screen.say)


def lay_ground(site: Site, basemap: Path | None) -> None:
    """Put the ground into a site: a file as given, else drawn from its streets."""
    import shutil

    from hotspots.outputs.basemap import can_draw, write_basemap

    own = site.resource_files()
    sources = [own[kind] for kind in ("streets", "ground") if kind in own]
    target = site.folder / "basemap.pmtiles"
    if basemap is not None:
        shutil.copyfile(basemap, target)
    elif sources and all(can_draw(path) for path in sources):
        with screen.progress_bar("Drawing the ground"):
            write_basemap(sources, target)


COMMANDS = {"serve": serve}
