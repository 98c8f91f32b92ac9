"""``hotspots suggest TACTIC``: a command for each tactic, made from its fields."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hotspots.cli import screen
from hotspots.cli.options import (
    AreaFiles,
    BuildingsFile,
    CamerasFile,
    ColumnsFile,
    DeliveriesFile,
    Files,
    PremisesFile,
    ProfileFile,
    SlotsFile,
    StreetsFile,
    Today,
    WindowText,
)
from hotspots.cli.questions import option_of
from hotspots.core.options import parameters
from hotspots.core.window import in_words

if TYPE_CHECKING:
    from hotspots.tactics.catalogue import Tactic
    from hotspots.tactics.plan import Plan
    from hotspots.tactics.suggestion import Suggestion


NONE: dict[str, Any] = {"default": None}
SHARED: list[tuple[str, Any, dict[str, Any]]] = [
    ("files", Files, {}),
    ("areas", AreaFiles, {}),
    (
        "out",
        Annotated[
            Path | None, typer.Option("--out", help="Folder for the cards and files.")
        ],
        NONE,
    ),
    (
        "day",
        Annotated[
            dt.datetime | None,
            typer.Option(
                "--day",
                formats=["%Y-%m-%d"],
                help="First day of the plan; default the day after the data end.",
            ),
        ],
        NONE,
    ),
    ("columns", ColumnsFile, NONE),
    ("cameras", CamerasFile, NONE),
    ("buildings", BuildingsFile, NONE),
    ("premises", PremisesFile, NONE),
    ("streets", StreetsFile, NONE),
    ("slots", SlotsFile, NONE),
    ("deliveries", DeliveriesFile, NONE),
    (
        "eligibility",
        Annotated[
            Path | None,
            typer.Option(
                "--eligibility",
                help="Your own table of what a camera can act on (CSV: category, "
                "eligibility, why).",
            ),
        ],
        NONE,
    ),
    (
        "officer_generated",
        Annotated[
            bool,
            typer.Option(
                "--officer-generated",
                help="Let incidents found by officers' own activity choose places.",
            ),
        ],
        {"default": False},
    ),
    (
        "leave_out",
        Annotated[
            str,
            typer.Option(
                "--leave-out",
                help="Streets or places that no plan may be for, such as "
                "'General Hospital; Prison Lane'.",
            ),
        ],
        {"default": ""},
    ),
    (
        "seed",
        Annotated[int, typer.Option("--seed", help="For every random choice.")],
        {"default": 1},
    ),
    (
        "link",
        Annotated[
            str | None,
            typer.Option("--link", help="Address of the live version, for the cards."),
        ],
        NONE,
    ),
    (
        "full",
        Annotated[
            bool, typer.Option("--full", help="Print every line of the reasons.")
        ],
        {"default": False},
    ),
    ("profile", ProfileFile, NONE),
    (
        "harm_table",
        Annotated[
            Path | None,
            typer.Option("--harm-table", help="Your own table of harm weights (CSV)."),
        ],
        NONE,
    ),
    (
        "only",
        Annotated[
            list[str] | None,
            typer.Option("--only", help="Only this category; may be given again."),
        ],
        NONE,
    ),
    ("window", WindowText, NONE),
    ("today", Today, NONE),
]
RESOURCES = (
    "columns",
    "cameras",
    "buildings",
    "premises",
    "streets",
    "slots",
    "deliveries",
    "eligibility",
)


def make_app(asked: str = "") -> typer.Typer:
    """Return the group of commands."""
    from hotspots.tactics.catalogue import TACTICS

    app = typer.Typer(
        help="Suggest where to act, with every reason.", no_args_is_help=True
    )
    app.callback()(lambda: None)  # a group, even of one command
    for tactic in [TACTICS[asked]] if asked in TACTICS else TACTICS.values():
        app.command(name=tactic.name, help=tactic.help)(_command(tactic))
    return app


def _command(tactic: Tactic) -> Callable[..., None]:
    fields = parameters(tactic.method)

    def run(**given: Any) -> None:
        names = {param.name for param in fields}
        text = {k: v for k, v in given.items() if k in names and v is not None}
        _run(tactic, given, text)

    kind = inspect.Parameter.KEYWORD_ONLY
    shared = [
        inspect.Parameter(name, kind, annotation=annotation, **default)
        for name, annotation, default in SHARED
    ]
    every = [*shared, *(option_of(param) for param in fields)]
    run.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in every}
    return run


def _run(tactic: Tactic, given: dict[str, Any], text: dict[str, str]) -> None:
    from hotspots.core.options import build
    from hotspots.outputs.plan_folder import write_plan
    from hotspots.outputs.printing import Background
    from hotspots.resources import load_resources
    from hotspots.tactics.planner import suggest
    from hotspots.workflow import load

    method = build(tactic.method, text)  # a bad option is told before files are read
    with screen.progress_bar("Reading") as progress:
        dataset = load(
            given["files"],
            given["areas"],
            profile=given["profile"],
            harm=given["harm_table"],
            today=_day(given["today"]),
            progress=progress,
        )
        resources = load_resources(
            **{name: given[name] for name in RESOURCES}, simulated=dataset.simulated
        )
    with screen.progress_bar("Planning") as progress:
        progress(tactic.title, 0, 2)
        plan = suggest(
            dataset,
            method,
            resources=resources,
            day=_day(given["day"]),
            window=given["window"],
            categories=given["only"],
            officer_generated=given["officer_generated"],
            leave_out=given["leave_out"],
            seed=given["seed"],
        )
        if given["out"] is not None:
            progress("cards and files", 1, 2)
            ground = Background.from_areas(dataset.areas, resources=resources)
            write_plan(plan, given["out"], url=given["link"], background=ground)
        progress("", 2, 2)
    _show(plan, full=given["full"])
    if given["out"] is not None:
        screen.show_lines(["", f"Written to {given['out']}."])


def _day(moment: dt.datetime | None) -> dt.date | None:
    return moment.date() if moment else None


def _show(plan: Plan, *, full: bool) -> None:
    marked = f"{plan.marking}. " + ("SIMULATED DATA. " if plan.simulated else "")
    screen.show_lines(
        [
            f"{marked}{plan.title}, from {in_words(plan.made_for)}. {plan.window}",
            plan.headline,
            "",
        ]
    )
    for suggestion in plan.suggestions:
        _show_one(suggestion, full=full)
    if plan.notes:
        screen.show_lines(["What was chosen and what to know", *plan.notes])


def _show_one(suggestion: Suggestion, *, full: bool) -> None:
    lines = suggestion.rationale()
    short = {"When", "How much", "Why here", "Valid until", "Caution"}
    kept = [each for each in lines if full or each[0] in short]
    screen.show_lines([f"{suggestion.rank}  {suggestion.name}: {suggestion.what}"])
    screen.show_lines([f"    {heading}: {text}" for heading, text in kept])
    screen.show_lines([""])
