"""One camera site with every line of its rationale."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.core.window import in_words
from hotspots.tactics import rationale
from hotspots.tactics.cctv.beside import build_alternatives
from hotspots.tactics.cctv.facts import Facts
from hotspots.tactics.cctv.stability import N_RESAMPLES
from hotspots.tactics.hours import clock_text
from hotspots.tactics.suggestion import Suggestion

WEEKS_A_YEAR = 365.25 / 7


def build_suggestion(facts: Facts, k: int) -> Suggestion:
    """Give every reason for one site."""
    chooser, siting = facts.chooser, facts.siting
    context, board, rule = chooser.context, chooser.board, chooser.rule
    site = int(siting.chosen[k])
    first, review = facts.period(k)
    within = f"in view ({rule.range_m:g} m)"
    used = context.recent
    here = used.select(pl.Series(board.seen_by([site])[board.demand.rows(used)]))
    here_counts = here.select(pl.Series(chooser.counted(here)))
    district = used.select(pl.Series(chooser.counted(used)))
    alternatives, why_fewer = build_alternatives(chooser, siting, k)
    expected = float(facts.seen_last_year[site]) * rule.period_weeks / WEEKS_A_YEAR
    lasting = float(facts.lasting[k])
    known = bool(np.isfinite(lasting))
    cautions = _cautions(facts, k, first, lasting)
    return Suggestion(
        tactic="cctv",
        rank=k + 1,
        name=facts.names[k],
        geometry=shapely.Point(board.sites.lonlat[site]),
        what=f"Put a mobile camera on {board.sites.ids[site]}, "
        f"{facts.names[k].rpartition(' (')[0]}, once the privacy assessment is signed.",
        when=f"{in_words(first)} to {in_words(review - dt.timedelta(days=1))}; "
        f"{_hours(rule)}. Review on {in_words(review)}: move it or say why it stays.",
        dose=f"{rule.period_weeks} weeks of one camera that sees about "
        f"{rule.range_m:g} m.",
        expires=review,
        drivers=rationale.drivers(here_counts, district, where=within),
        chronic_share=lasting if known else None,
        split_note="" if known else "No incident is near enough to say.",
        eligible=here_counts.n,
        ineligible=here.n - here_counts.n,
        eligibility=f"{chooser.eligibility.words(used)} Window: {context.window}.",
        backtest=facts.backtest,
        solution=_solution(facts),
        binding=facts.binding,
        stability=float(facts.stability[k]),
        n_resamples=N_RESAMPLES,
        value=siting.in_view(board, k),
        leave_one_out=siting.gain(board, k),
        value_unit=_unit(rule),
        alternatives=alternatives,
        no_alternative=why_fewer,
        rating=rationale.rating("cctv"),
        detectable=rationale.detectable(expected, weeks=rule.period_weeks),
        success=rationale.success_test(
            f"Incidents that count, {within}", weeks=rule.period_weeks, start=first
        ),
        controls=facts.controls[k] if k < len(facts.controls) else (),
        control_note=facts.control_note,
        coverage=rationale.coverage(context, used),
        cut_off=rationale.cut_off(context),
        dpia=rationale.dpia("cctv"),
        equality=rationale.equality("cctv"),
        do=(
            "Complete and sign the privacy assessment first; put up signs.",
            "Walk the site: check power, mounting and what is really in view.",
            "Record the day it goes up, every outage and the day it comes down.",
        ),
        do_not=(
            "Do not point it into homes, schools or places of worship.",
            f"Do not leave it past {in_words(review)} without a review.",
            "Do not judge it by crime alone before the time declared here is over.",
        ),
        details=_details(facts, k, here_counts.n),
        cautions=cautions,
    )


def _details(facts: Facts, k: int, n: int) -> tuple[tuple[str, str], ...]:
    chooser, site = facts.chooser, int(facts.siting.chosen[k])
    height = float(chooser.board.sites.height_m[site])
    sees = (
        "the disc without what buildings hide"
        if chooser.board.buildings is not None
        else "the whole disc: no buildings were given"
    )
    tall = f", {height:g} m high" if np.isfinite(height) else ""
    last = int(facts.seen_last_year[site])
    return (
        ("Post", f"{chooser.board.sites.ids[site]}{tall}; view: {sees}."),
        (
            "In view",
            f"{n:,} incidents that count in the window, {last:,} of them in the last "
            "12 months.",
        ),
        ("Counted otherwise", facts.other_lens),
    )


def _cautions(facts: Facts, k: int, first: dt.date, lasting: float) -> tuple[str, ...]:
    rule, context = facts.chooser.rule, facts.chooser.context
    found = [
        rationale.same_window_caution(
            context.window, weeks=rule.period_weeks, start=first
        )
    ]
    if np.isfinite(lasting) and lasting < 0.5:
        found.append(
            "Most of the risk here is recent: a camera suits lasting trouble, not a "
            "spike that may be over before it is up."
        )
    if facts.stability[k] < 0.5:
        found.append(
            "Fewer than half of the resamples put a camera here: other sites are as "
            "good."
        )
    return tuple(text for text in found if text)


def _solution(facts: Facts) -> str:
    result, draw = facts.siting.result, facts.siting.draw
    words = result.how[0].upper() + result.how[1:]
    better = result.value - result.heuristic_value
    found = (
        f"{words} of {len(facts.chooser.board.sites):,} posts for all cameras together "
        f"(greedy with local search falls short by "
        f"{better / result.value if result.value else 0:.1%})."
    )
    return f"{found} {draw}".strip()


def _hours(rule: Any) -> str:
    if rule.all_hours:
        return "watched or recorded at all hours"
    first, last = clock_text(rule.monitored_from), clock_text(rule.monitored_to)
    return f"watched daily {first} to {last}"


def _unit(rule: Any) -> str:
    harm = "" if rule.harm == "none" else "severity, "
    return f"incidents a year in view, weighed by eligibility, {harm}age and hours"
