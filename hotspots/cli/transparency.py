"""``hotspots transparency``: what a public body must be able to show about its tool."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotspots.cli import options, screen
from hotspots.core.errors import PrecisionError, TooFewError

if TYPE_CHECKING:
    from hotspots.evaluate import Evaluation
    from hotspots.workflow import Dataset


@options.reads
def transparency(
    files: options.Files,
    areas: options.AreaFiles,
    out: Annotated[Path, options.a_folder("--out", "Folder for the records.")],
    how: options.How,
    plan: Annotated[
        list[Path] | None,
        options.a_folder("--plan", "Folder of a plan; may be given again."),
    ] = None,
    briefs: options.BriefsFolder = None,
    back_test: Annotated[
        bool, typer.Option(help="Test the methods on months they had not seen.")
    ] = True,
    window: options.WindowText = None,
) -> None:
    """Fill in the transparency record, the DPIA evidence and the equality note."""
    from hotspots.analysis.parameters import Parameters
    from hotspots.core.folders import check_target
    from hotspots.transparency import read_plan_run, read_usage, write_transparency
    from hotspots.workflow import analyse

    plans = [read_plan_run(folder) for folder in plan or ()]
    check_target(out, inputs=screen.paths_of(files, areas, *how.paths))
    usage = read_usage(briefs) if briefs is not None else ()
    parameters = Parameters.from_options(window=window)
    dataset = screen.read_dataset(files, areas, how)
    with screen.progress_bar("Analysing") as progress:
        analysis = analyse(dataset, parameters, progress=progress)
    evaluation, untested = _tested(dataset) if back_test else (None, NOT_ASKED)
    written = write_transparency(
        analysis,
        out,
        evaluation=evaluation,
        plans=plans,
        usage=usage,
        untested=untested,
    )
    for path in written:
        screen.say(path)


NOT_ASKED = "No back-test was asked for."


def _tested(dataset: Dataset) -> tuple[Evaluation | None, str]:
    """Return the back-test, or why there is none."""
    from hotspots.workflow import evaluate

    try:
        with screen.progress_bar("Testing") as progress:
            return evaluate(dataset, progress=progress), ""
    except (PrecisionError, TooFewError) as error:
        return None, f"No back-test: {error}"


COMMANDS = {"transparency": transparency}
