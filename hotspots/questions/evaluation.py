"""Does any method find more of what comes next than the plain count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

from hotspots.core.options import Checked, option
from hotspots.core.table import Table, filled_table
from hotspots.evaluate import Evaluation, Period
from hotspots.outputs.charts.lines import capture_svg, lorenz_svg
from hotspots.questions.answer import Answer, Picture
from hotspots.questions.question import Material, question
from hotspots.workflow import evaluate

AUTOMATIC = "automatic"


@dataclass(frozen=True, kw_only=True)
class BackTest(Checked):
    """How the methods are tested."""

    resolution: int = option(10, help="H3 resolution of the cells.", ge=8, le=11)
    period: str = option(
        AUTOMATIC,
        help="How long each tested time is; automatic is 28 days where the files state "
        "days and a month where they do not.",
        choices=(AUTOMATIC, *get_args(Period)),
    )
    seed: int = option(1, help="Starts the random numbers of the intervals.", ge=0)


def _ask(material: Material, method: BackTest, _extra: object) -> Answer:
    chosen = method.period
    found = evaluate(
        material.areas(),
        incidents=material.incidents,
        cells=material.cells(method.resolution),
        window=material.window,
        period=None if chosen == AUTOMATIC else cast(Period, chosen),
        seed=method.seed,
    )
    return Answer(
        sentences=tuple(found.sentences()),
        tables=(_table(found),),
        pictures=(
            Picture(name="capture", svg=capture_svg(found)),
            Picture(name="lorenz", svg=lorenz_svg(found.counts)),
        ),
        notes=tuple(found.notes),
    )


def _table(found: Evaluation) -> Table:
    rows = [
        {**row, "interval": _interval(row["low"], row["high"])}
        for row in found.summary.rows(named=True)
    ]
    cells = {
        "Method": "{method}",
        "Area": "{share_area:.1%}",
        "Found": "{n_found:,.0f}",
        "Of": "{n_incidents:,}",
        "95% interval": "{interval}",
        "PAI": "{pai:.1f}",
        "PEI": "{pei:.2f}",
    }
    title = f"Incidents of {found.unseen} inside the cells ranked first"
    return filled_table(title, rows, cells)


def _interval(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "too few"
    return f"{100 * low:.1f} to {100 * high:.1f}%"


EVALUATE = question(
    "evaluate",
    method=BackTest,
    ask=_ask,
    needs_areas=True,
    counted_only=True,
    exact_places=False,
)
