"""``hotspots suggest TACTIC``: a command for each tactic, made from its fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from hotspots.cli import options, screen
from hotspots.cli.listing import LazyGroup, group
from hotspots.core.options import parameters
from hotspots.core.window import in_words
from hotspots.tactics.catalogue import TACTICS
from hotspots.tactics.words import words_of

if TYPE_CHECKING:
    from hotspots.tactics.plan import Plan
    from hotspots.tactics.suggestion import Suggestion
    from hotspots.tactics.tactic import Tactic


SHARED: dict[str, Any] = {
    "files": options.Files,
    "areas": options.AreaFiles,
    "out": Annotated[
        Path | None, options.a_folder("--out", "Folder for the cards and files.")
    ],
    "day": Annotated[
        dt.datetime | None,
        options.a_day(
            "--day", "First day of the plan; default the day after the data end."
        ),
    ],
    **options.RESOURCES,
    "eligibility": Annotated[
        Path | None,
        typer.Option(
            "--eligibility",
            help="Your own table of what a camera can act on (CSV: category, "
            "eligibility, why).",
        ),
    ],
    "officer_generated": Annotated[
        bool,
        typer.Option(
            "--officer-generated",
            help="Let incidents found by officers' own activity choose places.",
        ),
    ],
    "seed": Annotated[
        int | None,
        typer.Option(
            "--seed",
            min=0,
            max=2**32 - 1,
            help="For every random choice.  [default: 1]",
        ),
    ],
    "link": Annotated[
        str | None,
        typer.Option("--link", help="Web address of the live plan, for the cards."),
    ],
    "extra": options.ExtraFormat,
    "full": Annotated[
        bool, typer.Option("--full", help="Print every line of the reasons.")
    ],
    "category": options.Categories,
    "window": options.WindowText,
    **options.READING,
}


class _Tactics(LazyGroup):
    """The tactics, each loaded when it is asked for."""

    sections: ClassVar[dict[str, dict[str, str]]] = {
        "Tactics": {name: words_of(name).help for name in TACTICS}
    }

    def load(self, name: str) -> Any:
        """Make the command of a tactic."""
        return _command(TACTICS[name]) if name in TACTICS else None


app = group("Suggest where to act, with every reason.", kind=_Tactics)
app.callback()(lambda: None)  # a group, whose commands are loaded when asked for

COMMANDS = {"suggest": app}


def _command(tactic: Tactic) -> Callable[..., None]:
    own = {p.name: p for p in parameters(tactic.options) if p.name != "category"}
    fields = {"weigh_by_harm" if name == "harm" else name: own[name] for name in own}

    def run(**given: Any) -> None:
        text = {p.name: given[n] for n, p in fields.items() if given[n] is not None}
        _read_old(tactic, given, text)
        _run(tactic, given, text)

    more = [options.option_of(replace(p, name=name)) for name, p in fields.items()]
    shared = options.shared_options(SHARED)
    return options.with_options(run, [*shared, *more], help=tactic.help)


def _read_old(tactic: Tactic, given: dict[str, Any], text: dict[str, str]) -> None:
    """Give a tactic what it calls ``category`` or ``harm`` itself, as it once was."""
    own = {param.name: param for param in parameters(tactic.options)}
    if "category" in own and given["category"]:
        text["category"], given["category"] = ";".join(given["category"]), None
    if "harm" in own and str(given["harm"]) in own["harm"].choices:
        text["harm"], given["harm"] = str(given["harm"]), None


def _run(tactic: Tactic, given: dict[str, Any], text: dict[str, str]) -> None:
    options.begin_parser()
    from hotspots.core import beside
    from hotspots.core.folders import check_target
    from hotspots.outputs.plan_folder import write_plan
    from hotspots.outputs.printing import Background
    from hotspots.resources import load_resources
    from hotspots.tactics.planner import PlanRequest, suggest

    asked = PlanRequest(
        tactic=tactic.name,
        options=tuple(text.items()),
        day=screen.day_of(given["day"]),
        window=given["window"],
        categories=tuple(given["category"] or ()),
        officer_generated=bool(given["officer_generated"]),
        leave_out=given["leave_out"] or "",
        seed=1 if given["seed"] is None else given["seed"],
    )
    asked.built()  # a bad option is told before files are read
    if given["out"] is not None:
        values = [value for name, value in given.items() if name != "out"]
        read = screen.paths_of(given["files"], given["areas"], *values)
        check_target(given["out"], inputs=read)
        beside.begin("hotspots.outputs.printing", "pyogrio", "xlsxwriter", "typst")
    # What is left out by name is the plan's own: victims there are still listed.
    how = replace(options.How.of(given), leave_out=None)
    dataset = screen.read_dataset(given["files"], given["areas"], how)
    kinds = (*options.RESOURCES, "eligibility")
    resources = load_resources(
        **{name: given[name] for name in kinds}, simulated=dataset.simulated
    )
    with screen.progress_bar("Planning") as progress:
        progress(tactic.title, 0, 2)
        plan = suggest(dataset, asked, resources)
        if given["out"] is not None:
            progress("cards and files", 1, 2)
            ground = Background.from_areas(dataset.areas, resources=resources)
            write_plan(
                plan,
                given["out"],
                url=given["link"],
                background=ground,
                esri=options.is_esri(given["extra"]),
            )
        progress("", 2, 2)
    _show(plan, full=given["full"])
    if given["out"] is not None:
        screen.show_lines(["", f"Written to {given['out']}."])


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
        screen.show_lines(["Method and notes", *plan.notes])


def _show_one(suggestion: Suggestion, *, full: bool) -> None:
    lines = suggestion.rationale()
    short = {"When", "How much", "Why here", "Valid until", "Caution"}
    kept = [each for each in lines if full or each[0] in short]
    screen.show_lines([f"{suggestion.rank}  {suggestion.name}: {suggestion.what}"])
    screen.show_lines([f"    {heading}: {text}" for heading, text in kept])
    screen.show_lines([""])
