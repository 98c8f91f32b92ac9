"""The question: what is outside its usual range."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from hotspots.core.options import Checked, option
from hotspots.core.table import Table, filled_table
from hotspots.methods.change import MIN_BASE_FOR_PERCENT
from hotspots.methods.usual_range import PeriodReport, PeriodTable
from hotspots.questions.answer import Answer
from hotspots.questions.question import Material, question


@dataclass(frozen=True, kw_only=True)
class _By(Checked):
    by: str = option(
        "category",
        help="What the rows are.",
        choices=("category", "ward", "priority neighbourhood"),
    )


def _ask(material: Material, method: PeriodTable, extra: _By) -> Answer:
    months_only = material.incidents.time_precision == "month"
    if months_only:
        method = replace(method, period="month")
    report = method(
        material.incidents,
        by=_labels(material, extra.by),
        end=material.window.end,
        engine=material.engine,
    )
    return Answer(
        sentences=_sentences(report),
        tables=(_table(report),),
        notes=(
            *report.notes,
            f"A percentage of fewer than {MIN_BASE_FOR_PERCENT} is in brackets: do not "
            "lean on it.",
            *(["The files state only months, so the period is a month."] * months_only),
        ),
    )


def _labels(material: Material, by: str) -> str | pl.Series:
    if by == "category":
        return by
    dataset = material.areas()
    row = dataset.locate_kind(by)[material.incidents.frame["place"].to_numpy()]
    names = np.array([*dataset.areas.frame["name"].to_list(), None], dtype=object)
    return pl.Series(names[row].tolist(), dtype=pl.String)


def _sentences(report: PeriodReport) -> tuple[str, ...]:
    first = report.frame.row(0, named=True)
    rows = report.frame.slice(1)
    alarms = rows.filter(pl.col("significant_overall"))
    said = (
        f"All incidents, {report.window}: {first['now']:,}, usually "
        f"{_range(first['usual_low'], first['usual_high'])}: {first['word']}."
    )
    if alarms.is_empty():
        single = ", ".join(rows.filter(pl.col("alarm") != "")["name"].to_list())
        alone = f" Outside it when looked at alone: {single}." if single else ""
        return (
            said,
            f"None of the other {rows.height:,} rows is outside its usual range once "
            f"the number of rows is allowed for.{alone}",
        )
    names = ", ".join(
        f"{row['name']} ({row['now']:,}, usually "
        f"{_range(row['usual_low'], row['usual_high'])})"
        for row in alarms.rows(named=True)
    )
    return (
        said,
        f"Outside the usual range after allowing for the number of rows compared: "
        f"{names}.",
    )


def _table(report: PeriodReport) -> Table:
    rows = [
        {
            **row,
            "previous": _count(row["previous"]),
            "last_year": _count(row["last_year"]),
            "usually": _range(row["usual_low"], row["usual_high"]),
            "change": _percent(row["percent"], row["small_base"]),
            "alarm": row["alarm"] or "none",
        }
        for row in report.frame.rows(named=True)
    ]
    cells = {
        "Row": "{name}",
        "Now": "{now:,}",
        "Before": "{previous}",
        "Last year": "{last_year}",
        "Usually": "{usually}",
        "Change on before": "{change}",
        "In words": "{word}",
        "Alarm": "{alarm}",
        "All rows allowed for": "{significant_overall}",
    }
    words = ["Usually", "In words", "Alarm", "All rows allowed for"]
    return filled_table(str(report.window), rows, cells, words=words)


def _range(low: int | None, high: int | None) -> str:
    return "not known" if low is None or high is None else f"{low:,} to {high:,}"


def _count(value: int | None) -> str:
    return "not covered" if value is None else f"{value:,}"


def _percent(value: float | None, small: bool | None) -> str:
    if value is None:
        return "–"
    text = f"{value:+.0f}%".replace("-", "−")
    return f"({text})" if small else text


CHANGE = question(
    "change",
    method=PeriodTable,
    extra=_By,
    ask=_ask,
    exact_places=False,
    spreads=True,
)
