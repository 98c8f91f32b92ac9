"""A command for each question, made from its definition: nothing is said twice."""

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
    Categories,
    Files,
    HarmFile,
    OptionalAreaFiles,
    OptionalFiles,
    PremisesFile,
    ProfileFile,
    Today,
    WindowText,
)
from hotspots.core.errors import ParameterError
from hotspots.core.options import Param

if TYPE_CHECKING:
    from hotspots.questions import Answer, Material, Question


PicturesFolder = Annotated[
    Path | None, typer.Option("--out", help="Folder for the pictures (SVG).")
]
AreaCode = Annotated[
    str | None, typer.Option("--area", help="Only the area with this code.")
]


def add_questions(app: typer.Typer) -> None:
    """Add a command for each question."""
    from hotspots.questions import QUESTIONS

    for question in QUESTIONS.values():
        app.command(name=question.name, help=question.help)(_command(question))


def option_of(param: Param) -> inspect.Parameter:
    """Return one option of a method as the command line takes it: text, or nothing."""
    choices = ", ".join(str(choice) for choice in param.choices)
    unit = f" In {param.unit}." if param.unit else ""
    shown = param.default
    if isinstance(shown, tuple):
        shown = ",".join(f"{value:g}" for value in shown)
    kind = Annotated[
        str | None,
        typer.Option(
            f"--{param.name.replace('_', '-')}",
            help=f"{param.help}{unit}" + (f" One of: {choices}." if choices else ""),
            show_default=str(shown) if shown not in ("", None) else False,
            metavar={int: "NUMBER", float: "NUMBER", bool: "YES|NO"}.get(
                param.kind, "TEXT"
            ),
        ),
    ]
    return inspect.Parameter(
        param.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind
    )


def _command(question: Question) -> Callable[..., None]:
    """Return the function that typer makes a command of."""

    def ask(**given: Any) -> None:
        names = {param.name for param in question.options}
        text = {k: v for k, v in given.items() if k in names and v is not None}
        answer = None
        if question.without_files is not None and not given["files"]:
            answer = question.without_files(*question.build(text))
        if answer is None:
            answer = question.answer(_material(question, given), text)
        show_answer(answer)
        _write_pictures(answer, given.get("out"))

    parameters = [*_shared(question), *(option_of(param) for param in question.options)]
    ask.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    ask.__annotations__ = {each.name: each.annotation for each in parameters}
    return ask


def _shared(question: Question) -> list[inspect.Parameter]:
    none: dict[str, Any] = {"default": None}
    alone = question.without_files is not None
    needs_areas = question.needs_areas and not alone
    rows: list[tuple[str, Any, dict[str, Any]]] = [
        ("files", OptionalFiles if alone else Files, none if alone else {}),
        (
            "areas",
            AreaFiles if needs_areas else OptionalAreaFiles,
            {} if needs_areas else none,
        ),
        ("profile", ProfileFile, none),
        ("harm", HarmFile, none),
        ("premises", PremisesFile, none),
        ("category", Categories, none),
        ("window", WindowText, none),
        ("area", AreaCode, none),
        ("today", Today, none),
        ("out", PicturesFolder, none),
    ]
    kind = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(name, kind, annotation=annotation, **default)
        for name, annotation, default in rows
    ]


def _material(question: Question, given: dict[str, Any]) -> Material:
    from hotspots.questions import Material
    from hotspots.questions.gather import gather
    from hotspots.resources import load_resources
    from hotspots.workflow import load, read_selected

    if not given["files"]:
        raise ParameterError(
            "at least one file of incidents must be given; got none. Name them after "
            f"'hotspots {question.name}'."
        )
    today = given["today"].date() if isinstance(given["today"], dt.datetime) else None
    with screen.progress_bar("Reading") as progress:
        if not given["areas"]:
            incidents, window = read_selected(
                given["files"],
                profile=given["profile"],
                categories=given["category"],
                window=given["window"] or question.default_window,
                same_places=question.exact_places and not question.needs_moments,
                today=today,
                progress=progress,
            )
            return Material(incidents=incidents, window=window)
        dataset = load(
            given["files"],
            given["areas"],
            profile=given["profile"],
            harm=given["harm"],
            today=today,
            progress=progress,
        )
    return gather(
        question,
        dataset,
        categories=given["category"],
        window=given["window"],
        area=given["area"],
        resources=load_resources(premises=given["premises"])
        if given["premises"]
        else None,
    )


def show_answer(answer: Answer) -> None:
    """Print an answer: sentences, tables, notes."""
    screen.show_lines([*answer.sentences, ""])
    for table in answer.tables:
        screen.show_table(
            table.title, table.headings, table.rows, text=table.text_columns
        )
    screen.show_lines(answer.notes)


def _write_pictures(answer: Answer, out: Path | None) -> None:
    if out is None:
        return
    out.mkdir(parents=True, exist_ok=True)
    for picture in answer.pictures:
        path = out / f"{picture.name}.svg"
        path.write_text(picture.svg, encoding="utf-8", newline="\n")
