"""The question: how often is the same place a target again, and how soon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.core.options import Checked, option
from hotspots.core.table import Table, filled_table
from hotspots.methods.repeat_victimisation import Repeats, RepeatVictimisation
from hotspots.methods.repeats.near_miss import near_misses
from hotspots.methods.repeats.table import inside_window
from hotspots.questions.answer import Answer
from hotspots.questions.question import Material, question


@dataclass(frozen=True, kw_only=True)
class _AtRisk(Checked):
    at_risk: int = option(
        0,
        help="Places that could be targets, for the share under chance; 0 where it "
        "is not known.",
        ge=0,
    )


def _ask(material: Material, method: RepeatVictimisation, extra: _AtRisk) -> Answer:
    found = method(
        material.incidents,
        window=material.window,
        n_at_risk=extra.at_risk or None,
        engine=material.engine,
    )
    return Answer(
        sentences=_sentences(found),
        tables=(
            _course(found),
            _by_category(material, method),
            *_by_area(material, method),
        ),
        notes=(*found.notes, *_case_reviews(material, found)),
    )


def _case_reviews(material: Material, found: Repeats) -> tuple[str, ...]:
    """Return the sentence on ASB case reviews where there are ASB reports."""
    inside, _ = inside_window(material.incidents, material.window)
    counted = near_misses(material.incidents.select(inside), found.targets)
    return (counted.sentence(),) if counted.n_reports_seen else ()


def _sentences(found: Repeats) -> tuple[str, ...]:
    told = found.summary
    first = (
        f"{told['n_repeat_targets']:,} of {told['n_targets']:,} targets were targets "
        f"again within the time they were followed; they had "
        f"{told['n_at_repeat_targets']:,} of {told['n_followed']:,} incidents."
    )
    expected = told["expected_repeat_targets"]
    if expected is None:
        return (
            first,
            "Say how many places are at risk to compare with what chance would give.",
        )
    return (
        first,
        f"Chance would give {expected:,.1f} repeat targets among "
        f"{told['n_at_risk']:,} places.",
    )


def _course(found: Repeats) -> Table:
    cells = {
        "Days": "{from_days:.0f} to {to_days:.0f}",
        "Came": "{n_next:,}",
        "Followed so long": "{n_at_risk:,}",
    }
    rows = found.course.rows(named=True)
    return filled_table("How soon the next incident came", rows, cells)


def _again(
    material: Material, method: RepeatVictimisation, labels: pl.Series
) -> pl.DataFrame:
    return method.by(
        material.incidents, labels, window=material.window, engine=material.engine
    )


def _by_category(material: Material, method: RepeatVictimisation) -> Table:
    labels = material.incidents.frame["category"]
    frame = _again(material, method, labels)
    return _labelled("Within each category", "Category", frame.rows(named=True))


def _by_area(material: Material, method: RepeatVictimisation) -> tuple[Table, ...]:
    if material.dataset is None:
        return ()
    wards = np.asarray(material.dataset.ward_of_place, dtype=object)
    names = wards[material.incidents.frame["place"].to_numpy()]
    labels = pl.Series([name or None for name in names], dtype=pl.String)
    frame = _again(material, method, labels)
    return (_labelled("Within each ward", "Ward", frame.rows(named=True)),)


def _labelled(title: str, heading: str, rows: list[dict[str, object]]) -> Table:
    cells = {
        heading: "{label}",
        "Incidents": "{n_incidents:,}",
        "Targets": "{n_targets:,}",
        "Targets again": "{n_repeat_targets:,}",
    }
    return filled_table(title, rows, cells)


REPEATS = question(
    "repeats",
    method=RepeatVictimisation,
    extra=_AtRisk,
    ask=_ask,
    needs_moments="Repeat victimisation",
    spreads=True,
)
