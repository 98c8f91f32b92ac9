"""What several commands ask for, in the same words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

Files = Annotated[
    list[Path],
    typer.Argument(help="Incident files, folders or zip archives.", show_default=False),
]
OptionalFiles = Annotated[
    list[Path] | None,
    typer.Argument(help="Incident files, folders or zip archives.", show_default=False),
]
OptionalAreaFiles = Annotated[
    list[str] | None,
    typer.Option("--areas", help="Polygons, PATH or KIND=PATH; may be given again."),
]
AreaFiles = Annotated[
    list[str],
    typer.Option("--areas", help="Polygons, PATH or KIND=PATH; may be given again."),
]
DeploymentsFile = Annotated[
    Path | None, typer.Option("--deployments", help="What was deployed (CSV).")
]
ActionsFile = Annotated[
    Path | None, typer.Option("--actions", help="What was decided (CSV).")
]
Agreement = Annotated[
    str, typer.Option("--agreement", help="Reference of the sharing agreement.")
]
SlotsFile = Annotated[
    Path | None,
    typer.Option("--slots", help="Youth sessions of last quarter (CSV)."),
]
DeliveriesFile = Annotated[
    Path | None, typer.Option("--deliveries", help="Burglary packs delivered (CSV).")
]
ColumnsFile = Annotated[
    Path | None, typer.Option("--columns", help="Lamp columns or posts (CSV).")
]
CamerasFile = Annotated[
    Path | None, typer.Option("--cameras", help="Fixed cameras (CSV).")
]
BuildingsFile = Annotated[
    Path | None, typer.Option("--buildings", help="Building footprints (polygons).")
]
StreetsFile = Annotated[
    Path | None,
    typer.Option("--streets", help="Walking network (.osm.pbf, .graphml, GeoJSON)."),
]
PremisesFile = Annotated[
    Path | None,
    typer.Option("--premises", help="Premises of the district (CSV)."),
]
ProfileFile = Annotated[
    Path | None, typer.Option("--profile", help="Column mapping (TOML).")
]
HarmFile = Annotated[
    Path | None, typer.Option("--harm", help="Your own table of harm weights (CSV).")
]
Today = Annotated[
    dt.datetime | None,
    typer.Option("--today", formats=["%Y-%m-%d"], help="Refuse rows after this day."),
]
Categories = Annotated[
    list[str] | None,
    typer.Option("--category", help="Only this category; may be given again."),
]
WindowText = Annotated[
    str | None,
    typer.Option("--window", help="FROM:TO (months or days, both included) or 'all'."),
]
