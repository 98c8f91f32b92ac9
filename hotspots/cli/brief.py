"""``hotspots brief``: one brief, its schedule and sending; transparency records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from hotspots.cli import options, screen
from hotspots.cli.listing import group
from hotspots.cli.schedule import schedule, send, status

if TYPE_CHECKING:
    from typer._click import Context

    from hotspots.brief.period import Period


@options.reads
def make(
    files: options.Files,
    areas: options.AreaFiles,
    out: Annotated[Path, options.a_folder("--out", "Folder for the brief.")],
    how: options.How,
    week: Annotated[
        str | None, typer.Option("--week", help="An ISO week, such as 2025-W24.")
    ] = None,
    month: Annotated[
        str | None, typer.Option("--month", help="A month, such as 2025-06.")
    ] = None,
    quarter: Annotated[
        str | None, typer.Option("--quarter", help="A quarter, such as 2025-Q2.")
    ] = None,
    year: Annotated[
        str | None, typer.Option("--year", help="A year, 2025 or 2024/25.")
    ] = None,
    deployments: options.DeploymentsFile = None,
    actions: options.ActionsFile = None,
    audience: Annotated[
        str, typer.Option("--audience", help="operational, partner or public.")
    ] = "operational",
    previous: Annotated[
        Path | None, options.a_folder("--previous", "Folder of the last brief.")
    ] = None,
    purpose: Annotated[
        str, typer.Option("--purpose", help="What the brief is for.")
    ] = "",
    agreement: options.Agreement = "",
    annex_purpose: Annotated[
        str,
        typer.Option(
            "--annex-purpose",
            help="What addresses are needed for; makes the restricted annex.",
        ),
    ] = "",
    streets: options.StreetsFile = None,
    buildings: options.BuildingsFile = None,
    ground: options.GroundFile = None,
) -> None:
    """Make the brief of a week, a month, a quarter or a year."""
    from hotspots.brief.run import chosen_period, make_brief
    from hotspots.brief.write import check_out
    from hotspots.core import beside
    from hotspots.resources import load_resources

    period = chosen_period(week=week, month=month, quarter=quarter, year=year)
    _check_audience(period, audience, annex_purpose)
    more = (deployments, actions, *how.paths, streets, buildings, ground)
    check_out(out, inputs=screen.paths_of(files, areas, *more))
    beside.begin("hotspots.brief.word", "xlsxwriter", "typst")
    dataset = screen.read_dataset(files, areas, how)
    resources = load_resources(
        streets=streets, buildings=buildings, ground=ground, simulated=dataset.simulated
    )
    with screen.progress_bar("Making the brief") as progress:
        made = make_brief(
            dataset,
            out,
            period=period,
            audience=audience,
            deployments=deployments,
            actions=actions,
            previous=previous,
            purpose=purpose,
            sharing_agreement=agreement,
            annex_purpose=annex_purpose,
            resources=resources,
            progress=progress,
        )
    screen.show_lines(
        [
            f"{made.marking}. " + ("SIMULATED DATA. " if made.simulated else ""),
            f"{made.title}, {period}",
            *(said.text for said in made.bottom_line),
            "",
            f"Written to {out}.",
        ]
    )


def _check_audience(period: Period, audience: str, annex_purpose: str) -> None:
    """Refuse what this audience may not have before any file is read."""
    from hotspots.brief.public import check_public_period
    from hotspots.brief.repeats import check_annex
    from hotspots.disclosure.policy import check_audience

    if check_audience(audience) == "public":
        check_public_period(period)
    if annex_purpose:
        check_annex(audience, annex_purpose)


class _MakeUnlessNamed(TyperGroup):
    """``brief FILES ...`` was how one was made: files first mean ``make``."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help"):
            args = ["make", *args]
        return super().parse_args(ctx, args)


app = group(
    "Make the brief of a period, schedule and send it, see that it ran.",
    kind=_MakeUnlessNamed,
)
for function in (make, schedule, send, status):
    app.command()(function)

COMMANDS = {"brief": app, "schedule": schedule, "send": send, "status": status}
