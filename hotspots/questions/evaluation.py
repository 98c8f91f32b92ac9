"""Does any method find more of what comes next than the plain count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

from hotspots.core.options import check_fields, option
from hotspots.evaluate import Evaluation, Period
from hotspots.outputs.charts.lines import capture_svg, lorenz_svg
from hotspots.questions.answer import Answer, Picture, Table
from hotspots.questions.question import Material, Question
from hotspots.workflow import evaluate

AUTOMATIC = "automatic"


@dataclass(frozen=True, kw_only=True)
class BackTest:
    """How the methods are tested."""

    resolution: int = option(10, help="H3 resolution of the cells.", ge=8, le=11)
    period: str = option(
        AUTOMATIC,
        help="How long each tested time is; automatic is 28 days where the files state "
        "days and a month where they do not.",
        choices=(AUTOMATIC, *get_args(Period)),
    )
    seed: int = option(1, help="Starts the random numbers of the intervals.", ge=0)

    def __post_init__(self) -> None:
        check_fields(self)


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
    columns = (
        "method",
        "share_area",
        "n_found",
        "n_incidents",
        "low",
        "high",
        "pai",
        "pei",
    )
    return Table.of(
        f"Incidents of {found.unseen} inside the cells ranked first",
        ["Method", "Area", "Found", "Of", "95% interval", "PAI", "PEI"],
        [
            (
                method,
                f"{area:.1%}",
                f"{n:,.0f}",
                f"{total:,}",
                "too few" if low is None else f"{100 * low:.1f} to {100 * high:.1f}%",
                f"{pai:.1f}",
                f"{pei:.2f}",
            )
            for method, area, n, total, low, high, pai, pei in found.summary.select(
                columns
            ).rows()
        ],
    )


EVALUATE = Question(
    name="evaluate",
    title="Evaluation",
    help="Back-test the methods on your own data beside last year's plain count.",
    method=BackTest,
    ask=_ask,
    document="evaluation",
    formula="Rank the cells by twelve months, count what the next month or 28 days "
    "bring to the first of them, move on; hit rate, PAI and PEI with block bootstrap "
    "intervals.",
    when="Before any method other than the count is shown to anyone.",
    when_not="With fewer than six months to test.",
    source="Chainey, Tompson and Uhlig (2008), Security Journal 21, 4-28; Hunt (2016) "
    "for PEI; Bernasco and Steenbeek (2017) for the generalised Gini.",
    needs_areas=True,
    counted_only=True,
    exact_places=False,
)
