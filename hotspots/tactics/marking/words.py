"""The reasons of a patch in words: every line of its rationale."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import PlanError
from hotspots.core.window import Window, in_words
from hotspots.methods.repeats.addresses import normalise_premises
from hotspots.model.incidents import Incidents
from hotspots.optimise.patches import grow_patch
from hotspots.optimise.patches.network import Patch
from hotspots.tactics import rationale
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.dwellings import DWELLING_RULE
from hotspots.tactics.marking.choice import CONTROL_AWAY_M, PatchChooser
from hotspots.tactics.marking.streets import CampaignStreets
from hotspots.tactics.marking.tables import Controls, patch_name
from hotspots.tactics.rationale import Alternative, Backtest, Driver
from hotspots.tactics.suggestion import Suggestion

if TYPE_CHECKING:
    from hotspots.tactics.marking.tactic import PropertyMarking


VALID_DAYS = 56
POOL = "One campaign cannot be judged by itself: pool at least 8 patches."


@dataclass(frozen=True, kw_only=True, eq=False)
class Reasons:
    """What the words are made from.

    Parameters
    ----------
    context : PlanningContext
        With incidents of every counted category.
    """

    tactic: PropertyMarking
    context: PlanningContext
    chooser: PatchChooser
    streets: CampaignStreets
    controls: Controls
    n_signs: tuple[int, ...]
    backtest: Backtest
    stability: tuple[float, ...]


def build_suggestion(reasons: Reasons, k: int) -> Suggestion:
    """Return patch ``k`` as a suggestion with its whole rationale."""
    tactic, chooser, streets = reasons.tactic, reasons.chooser, reasons.streets
    day, patch = reasons.context.day, chooser.chosen.patches[k]
    chronic = float(chooser.parts[0][list(patch.members)].sum())
    weeks = tactic.revisit_weeks
    here = _here(reasons, patch)
    alternatives = _alternatives(reasons, patch)
    window = chooser.context.window
    counted = chooser.count(patch)
    return Suggestion(
        tactic="marking",
        rank=k + 1,
        name=patch_name(streets, patch),
        geometry=streets.shape_of(patch.members),
        what=(
            f"Mark property in every home of {len(patch.members)} whole sections of "
            f"street that join ({_street_names(streets, patch)}): offer a kit and a "
            f"door sticker, put up signs at {reasons.n_signs[k]} points."
        ),
        when=(
            f"Offer from {in_words(day)}, signs first, done by "
            f"{in_words(day + dt.timedelta(days=VALID_DAYS - 1))}; again after "
            f"{weeks} weeks, from {in_words(day + dt.timedelta(weeks=weeks))}, because "
            "the effect fades within 6 to 12 months."
        ),
        dose=_dose(tactic, patch),
        expires=day + dt.timedelta(days=VALID_DAYS - 1),
        drivers=_drivers(reasons, patch),
        chronic_share=chronic / patch.value,
        split_note=(
            "Lasting: density over 24 months, 150 m. Recent: fading with 50 m and 42 "
            "days. Both over the density of homes, so that it is the risk of a home. "
            "Each street's split is in the table of streets."
        ),
        eligible=counted,
        ineligible=here - counted,
        eligibility=(
            f"Counted: dwelling burglaries of {window}. Not counted: every other "
            f"incident there. {DWELLING_RULE}"
        ),
        details=_details(reasons, patch, day),
        backtest=reasons.backtest,
        solution=_solution(chooser.chosen.bounds[k], patch, chooser.chosen.drawn),
        binding=_binding(reasons, k),
        stability=reasons.stability[k],
        n_resamples=tactic.n_resamples,
        value=100 * patch.value,
        leave_one_out=100 * patch.value,
        value_unit="per cent of the district's risk of dwelling burglary",
        alternatives=alternatives,
        no_alternative=(
            ""
            if len(alternatives) == 3
            else "No other streets apart from these have risk."
        ),
        rating=rationale.rating("marking"),
        detectable=_detectable(reasons, patch),
        success=(
            rationale.success_test(
                "Dwelling burglaries in the patch", weeks=weeks, start=day
            )
            + f" {POOL} Of this one, report homes offered, marked, refused and not "
            f"reached; at least {tactic.take_up_percent:g}% marked is the target."
        ),
        controls=_controls(reasons, k),
        control_note=_control_note(reasons, k),
        coverage=rationale.coverage(chooser.context, chooser.context.recent),
        cut_off=rationale.cut_off(reasons.context),
        dpia=rationale.dpia("marking"),
        equality=rationale.equality("marking"),
        marking="OFFICIAL-SENSITIVE",
        do=(
            "Ask at every home of these streets, rented ones too; call again where "
            "nobody answers.",
            "Put signs up first and photograph each.",
            "Write down offered, marked, refused, no answer: counts by street.",
        ),
        do_not=(
            "Do not pick single homes or leave out neighbours: a patch with gaps is "
            "not seen.",
            "Do not tell anyone which home was burgled.",
            "Do not copy the list; destroy it after 90 days at most.",
        ),
        cautions=_cautions(window, weeks, day, reasons.stability[k]),
    )


def _here(reasons: Reasons, patch: Patch) -> int:
    street = reasons.streets.street_of(reasons.context.recent)
    return int(pl.Series(street).is_in(list(patch.members)).sum())


def _street_names(streets: CampaignStreets, patch: Patch) -> str:
    return ", ".join(sorted({streets.names[k] for k in patch.members}))


def _dose(tactic: PropertyMarking, patch: Patch) -> str:
    kits = tactic.kits // tactic.n_patches
    return (
        f"{patch.size:,} homes asked for {kits:,} kits: at {tactic.take_up_percent:g}% "
        f"take-up about {patch.size * tactic.take_up_percent / 100:,.0f} are used "
        f"(at most {tactic.budget:,} homes). Kits left over go to the rapid list."
    )


def _drivers(reasons: Reasons, patch: Patch) -> tuple[Driver, ...]:
    context = reasons.chooser.context
    midnight = dt.datetime.combine(context.day, dt.time())
    recent = context.recent
    inside = pl.Series(reasons.chooser.street_of).is_in(list(patch.members))
    new = recent.frame["start"] >= midnight - dt.timedelta(days=VALID_DAYS)
    again = _again(recent)
    lines = (
        (f"dwelling burglaries of {context.window}", inside, len(inside)),
        (f"dwelling burglaries in the last {VALID_DAYS} days", inside & new, new.sum()),
        ("burglaries of a home that was burgled before", inside & again, again.sum()),
    )
    return tuple(
        Driver(what=what, count=int(rows.sum()), of=int(of)) for what, rows, of in lines
    )


def _again(incidents: Incidents) -> pl.Series:
    """Say which incidents are not the first of the window at their premises number."""
    number = pl.Series([normalise_premises(t) for t in incidents.frame["premises"]])
    order = pl.DataFrame({"n": number, "t": incidents.frame["start"]})
    rank = order.select(pl.col("t").rank("ordinal").over("n"))["t"]
    return (rank > 1) & number.is_not_null()


def _alternatives(reasons: Reasons, patch: Patch) -> tuple[Alternative, ...]:
    streets = reasons.streets
    found = []
    for other in reasons.chooser.chosen.spare[:3]:
        sizes = streets.network.size[list(other.members)]
        x, y = (streets.centre_m[list(other.members)] * sizes[:, None]).sum(axis=0)
        lon, lat = bng_to_lonlat(*(np.array([v]) / sizes.sum() for v in (x, y)))
        found.append(
            Alternative(
                name=patch_name(streets, other),
                at=(float(lon[0]), float(lat[0])),
                loss=1 - other.value / patch.value,
            )
        )
    return tuple(found)


def _details(
    reasons: Reasons, patch: Patch, day: dt.date
) -> tuple[tuple[str, str], ...]:
    revisit = day + dt.timedelta(weeks=reasons.tactic.revisit_weeks)
    return (
        ("Re-visit", f"{in_words(revisit)}, whatever the counts say by then."),
        (
            "Chosen again means",
            "a resample's patch holds at least half of these homes "
            f"({patch.size:,} homes); found by the heuristic alone.",
        ),
    )


def _solution(bound: float, patch: Patch, drawn: str) -> str:
    how = "grown street by street, two ahead, then improved by local search"
    if bound <= patch.value:
        words = f"Proven best: {how}; every other neighbourhood was ruled out."
    else:
        gap = bound / patch.value - 1
        words = f"Heuristic: {how}; no patch can be more than {gap:.1%} better."
    return f"{words} {drawn}".strip()


def _binding(reasons: Reasons, k: int) -> tuple[str, ...]:
    chooser, patch = reasons.chooser, reasons.chooser.chosen.patches[k]
    network, value = reasons.streets.network, chooser.value
    beside = network.beside(patch.members)
    found = []
    spare = chooser.budget - patch.size
    if any(network.size[j] > spare and value[j] > 0 for j in beside):
        found.append(
            f"The kits: {chooser.budget:,} homes at most; {spare:,} left, too few for "
            "any whole street beside it that is worth adding."
        )
    scattered = _scattered(chooser)
    if scattered > patch.value * 1.005:
        found.append(
            "Streets must join: scattered ones would hold "
            f"{100 * scattered:.1f}% of the risk instead of {100 * patch.value:.1f}%."
        )
    if not chooser.allowed.all():
        free = chooser.allowed | True
        for other in chooser.chosen.patches[:k]:
            free[list(other.members)] = False
            free[list(network.beside(other.members))] = False
        try:
            without = grow_patch(network, value, chooser.budget, allowed=free)
        except PlanError:
            return tuple(found)
        if without.value > patch.value * 1.0001:
            found.append(
                f"The reserve: without it {100 * without.value:.1f}% of the risk."
            )
    return tuple(found)


def _scattered(chooser: PatchChooser) -> float:
    """Return the most risk that streets within the budget hold, joined or not."""
    size, value = chooser.streets.network.size, chooser.value
    left, total = chooser.budget, 0.0
    for j in (-value / size).argsort(kind="stable").tolist():
        if chooser.allowed[j] and size[j] <= left:
            left -= int(size[j])
            total += float(value[j])
    return total


def _detectable(reasons: Reasons, patch: Patch) -> str:
    context, weeks = reasons.chooser.context, reasons.tactic.revisit_weeks
    per_week = context.recent.n * 7 / context.window.days
    expected = patch.value * per_week * weeks
    return f"{rationale.detectable(expected, weeks=weeks)} {POOL}"


def _controls(reasons: Reasons, k: int) -> tuple[str, ...]:
    patch = reasons.controls.patches[k]
    return (patch_name(reasons.streets, patch),) if patch else ()


def _control_note(reasons: Reasons, k: int) -> str:
    controls, chooser = reasons.controls, reasons.chooser
    patch, mine = controls.patches[k], chooser.chosen.patches[k]
    if patch is None:
        return (
            f"No streets farther than {CONTROL_AWAY_M:g} m from every marked patch "
            "have dwelling burglaries to compare with."
        )
    how = controls.drawn or (
        "Named before anything is done: of the patches tried, the nearest in count "
        f"that touches none and is more than {CONTROL_AWAY_M:g} m from every marked "
        f"patch; nothing was drawn (seed {reasons.context.seed})."
    )
    return (
        f"{patch.size:,} homes and {controls.counts[k]:,} dwelling burglaries against "
        f"{mine.size:,} homes and {chooser.count(mine):,} here, "
        f"{controls.away_m[k]:,.0f} m away. {how} Leave it without a campaign until "
        "the re-visit; victims there still get their pack."
    )


def _cautions(
    window: Window, weeks: int, day: dt.date, stability: float
) -> tuple[str, ...]:
    caution = rationale.same_window_caution(window, weeks=weeks, start=day)
    tied = (
        "In most resamples other streets are chosen: the data do not single these out. "
        "Where another choice is practically tied, decide on practicalities."
    )
    return tuple(each for each in (caution, tied if stability < 0.5 else "") if each)
