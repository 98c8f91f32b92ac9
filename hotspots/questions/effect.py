"""Did it fall more there than where nothing was done, or can one not tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import shapely

from hotspots.analysis.dataset import Dataset
from hotspots.core.crs import bng_to_lonlat, lonlat_to_bng
from hotspots.core.errors import ParameterError, did_you_mean
from hotspots.core.options import Checked, option
from hotspots.core.table import text_table
from hotspots.core.window import Window
from hotspots.effects import (
    Effect,
    assess_effect,
    baseline_caution,
    before_and_after,
    earlier_dispersion,
)
from hotspots.questions.answer import Answer
from hotspots.questions.question import Material, question

NOT_ESTIMATED = (
    "How much counts vary from month to month was not known. Where they vary twice as "
    "much as chance gives, 16 in 100 such verdicts are false, not 5: give --dispersion."
)
_COUNTS = re.compile(r"\s*\d{1,9}\s*,\s*\d{1,9}\s*")


@dataclass(frozen=True, kw_only=True)
class WhereAndWhen(Checked):
    """Where something was done, where not, and the times before and after."""

    treated: str = option(
        "",
        help="Names or codes of the areas where you acted, joined by ';', or the "
        "counts BEFORE,AFTER.",
    )
    control: str = option(
        "",
        help="Names or codes of the areas to compare with, joined by ';', or the "
        "counts BEFORE,AFTER.",
    )
    before: str = option("", help="The time before, FROM:TO (months or days).")
    after: str = option("", help="The time after, as long, FROM:TO.")
    buffer_m: int = option(
        100,
        help="Width of the ring around the treated areas; 0 for none.",
        unit="metres",
        ge=0,
        le=2000,
    )
    ring: str = option(
        "", help="The counts BEFORE,AFTER in the ring around, with counts only."
    )
    dispersion: float = option(
        0.0,
        help="Variance over mean of earlier counts, 1 or more; 0 to estimate it.",
        ge=0,
    )
    chosen_on: str = option(
        "", help="The time whose counts chose the areas, FROM:TO, if counts did."
    )


def _from_counts(method: WhereAndWhen, _extra: object) -> Answer | None:
    """Answer from counts alone; none where areas are named."""
    if not (_COUNTS.fullmatch(method.treated) and _COUNTS.fullmatch(method.control)):
        return None
    pairs = {"treated": _pair(method.treated), "control": _pair(method.control)}
    if method.ring:
        pairs["ring"] = _pair(method.ring)
    effect = assess_effect(
        pairs["treated"],
        pairs["control"],
        pairs.get("ring"),
        dispersion=method.dispersion or 1.0,
    )
    return effect_answer(
        effect, pairs, notes=() if method.dispersion else (NOT_ESTIMATED,)
    )


def _pair(text: str) -> tuple[int, int]:
    if not _COUNTS.fullmatch(text):
        raise ParameterError(
            f"counts must be two whole numbers, BEFORE,AFTER; got {text!r}."
        )
    before, after = text.split(",")
    return int(before), int(after)


def _ask(material: Material, method: WhereAndWhen, _extra: object) -> Answer:
    if (counted := _from_counts(method, _extra)) is not None:
        return counted
    dataset = material.areas()
    if not (method.treated and method.control and method.before and method.after):
        return Answer(
            sentences=(
                "Choose the areas where you acted, the areas to compare with, and the "
                "times before and after.",
            )
        )
    before, after = Window.from_text(method.before), Window.from_text(method.after)
    if abs(before.days - after.days) > 3:
        raise ParameterError(
            "the times before and after must be equally long; got "
            f"{before.days} and {after.days} days. Shorten the longer one."
        )
    treated = _polygon(dataset, method.treated)
    control = _polygon(dataset, method.control)
    if shapely.intersects(shapely.buffer(treated, -1e-6), control):
        raise ParameterError(
            "the areas to compare with must not overlap those where you acted."
        )
    ring = _ring(treated, control, method.buffer_m)
    pairs = {
        name: before_and_after(material.incidents, shape, before, after)
        for name, shape in (("treated", treated), ("control", control), ("ring", ring))
        if shape is not None
    }
    dispersion = method.dispersion or earlier_dispersion(
        material.incidents, [treated, control], before.end
    )
    effect = assess_effect(
        pairs["treated"],
        pairs["control"],
        pairs.get("ring"),
        dispersion=dispersion or 1.0,
    )
    cautions = [] if dispersion else [NOT_ESTIMATED]
    if method.chosen_on:
        chosen_on = Window.from_text(method.chosen_on)
        cautions.append(baseline_caution(chosen_on, before))
    return effect_answer(effect, pairs, notes=tuple(filter(None, cautions)))


def effect_answer(
    effect: Effect, pairs: dict[str, tuple[int, int]], *, notes: tuple[str, ...] = ()
) -> Answer:
    """Return an effect as people read it."""
    names = {
        "treated": "Where you acted",
        "control": "Where you did not",
        "ring": "In the ring around",
    }
    return Answer(
        sentences=(f"{effect.word.capitalize()}.", *effect.sentences()),
        tables=(
            text_table(
                "Incidents before and after",
                ["Place", "Before", "After"],
                [(names[k], f"{b:,}", f"{a:,}") for k, (b, a) in pairs.items()],
            ),
        ),
        notes=(
            *notes,
            "The interval takes counts to vary as chance gives."
            if effect.dispersion == 1
            else "The interval allows for counts that vary "
            f"{effect.dispersion:.1f} times as much as chance gives.",
        ),
    )


def _polygon(dataset: Dataset, text: str) -> Any:
    frame = dataset.areas.frame
    rows = []
    for name in (part.strip() for part in text.split(";")):
        found = [
            row
            for row, (code, label) in enumerate(frame.select("code", "name").rows())
            if name in (code, label)
        ]
        if not found:
            known = [*frame["name"].to_list(), *frame["code"].to_list()]
            raise ParameterError(
                f"an area must be one of those given; got {name!r}."
                f"{did_you_mean(name, known)}"
            )
        rows += found[:1]
    return shapely.union_all(dataset.areas.geometry[rows])


def _ring(treated: Any, control: Any, buffer_m: int) -> Any:
    """Return the ring around an area, without what is compared with; none for 0 m."""
    if not buffer_m:
        return None
    metres = shapely.transform(treated, lonlat_to_bng, interleaved=False)
    wide = shapely.transform(
        shapely.buffer(metres, buffer_m), bng_to_lonlat, interleaved=False
    )
    ring = shapely.difference(shapely.difference(wide, treated), control)
    return None if shapely.is_empty(ring) else ring


EFFECT = question(
    "effect",
    method=WhereAndWhen,
    ask=_ask,
    needs_areas=True,
    exact_places=False,
    without_files=_from_counts,
)
