"""A command for each question, made from its definition: nothing is said twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from hotspots.cli import options, screen
from hotspots.core.errors import ParameterError
from hotspots.questions import QUESTIONS, Answer, Material, Question
from hotspots.questions.gather import gather

if TYPE_CHECKING:
    import inspect

    from hotspots.lake.cluster import Cluster

PicturesFolder = Annotated[
    Path | None, options.a_folder("--out", "Folder for the pictures (SVG).")
]


def _command(question: Question) -> Callable[..., None]:
    """Return the function that typer makes a command of."""

    def ask(**given: Any) -> None:
        names = {param.name for param in question.options}
        text = {k: v for k, v in given.items() if k in names and v is not None}
        answer, credit = None, ""
        if question.without_files is not None and not given["files"]:
            answer = question.without_files(*question.build(text))
        if answer is None:
            material = replace(_material(question, given), engine=_engine(given))
            answer = question.answer(material, text)
            credit = material.incidents.attribution
        show_answer(answer)
        _write_pictures(answer, given.get("out"), credit)

    own = [options.option_of(param) for param in question.options]
    return options.with_options(ask, [*_shared(question), *own], help=question.help)


def _shared(question: Question) -> list[inspect.Parameter]:
    alone = question.without_files is not None
    needs_areas = question.needs_areas and not alone
    return options.shared_options(
        {
            "files": options.OptionalFiles if alone else options.Files,
            "areas": options.AreaFiles if needs_areas else options.OptionalAreaFiles,
            "premises": options.PremisesFile,
            "category": options.Categories,
            "window": options.WindowText,
            "area": options.AreaCode,
            "out": PicturesFolder,
            **options.READING,
            **(options.SPREADING if question.spreads else {}),
        }
    )


def _engine(given: dict[str, Any]) -> Cluster | None:
    named = (given.get("engine"), given.get("scheduler"))
    return options.cluster_of(*named, given.get("workers") or 2)


def _material(question: Question, given: dict[str, Any]) -> Material:
    from hotspots.resources import load_resources

    if not given["files"]:
        raise ParameterError(
            "at least one file of incidents must be given; got none. Name them after "
            f"'hotspots {question.name}'."
        )
    if not given["areas"]:
        return _without_areas(question, given)
    dataset = screen.read_dataset(given["files"], given["areas"], options.How.of(given))
    material = gather(
        question,
        dataset,
        categories=given["category"],
        window=given["window"],
        area=given["area"],
        resources=load_resources(premises=given["premises"])
        if given["premises"]
        else None,
    )
    screen.tell(material.incidents.notes[len(dataset.incidents.notes) :])
    return material


def _without_areas(question: Question, given: dict[str, Any]) -> Material:
    from hotspots.workflow import read, select

    with screen.progress_bar("Reading") as progress:
        reading, harm = read(
            given["files"], **options.How.of(given).settings(), progress=progress
        )
    screen.tell_reading(reading)
    incidents, window = select(
        reading.incidents,
        categories=given["category"],
        window=given["window"] or question.default_window or "all",
        same_places=question.exact_places and not question.needs_moments,
        harm=harm,
    )
    screen.tell(incidents.notes[len(reading.incidents.notes) :])
    return Material(incidents=incidents, window=window)


def show_answer(answer: Answer) -> None:
    """Print an answer: sentences, tables, notes."""
    screen.show_lines([*answer.sentences, ""])
    for table in answer.tables:
        labels = [column.label for column in table.columns]
        words = [column.label for column in table.columns if not column.numeric]
        screen.show_table(table.title, labels, table.shown(), text=words)
    screen.show_lines(answer.notes)


def _write_pictures(answer: Answer, out: Path | None, credit: str) -> None:
    if out is None:
        return
    out.mkdir(parents=True, exist_ok=True)
    for picture in answer.pictures:
        path = out / f"{picture.name}.svg"
        path.write_text(picture.credited(credit), encoding="utf-8", newline="\n")


COMMANDS = {question.name: _command(question) for question in QUESTIONS.values()}
