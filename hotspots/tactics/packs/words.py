"""The rationale of a batch of packs in words; nothing is chosen, and it says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import h3
import shapely

from hotspots.core.window import in_words
from hotspots.tactics import rationale
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.dwellings import DWELLING_RULE, Victims
from hotspots.tactics.rationale import Backtest, Driver
from hotspots.tactics.suggestion import Suggestion

if TYPE_CHECKING:
    from hotspots.tactics.packs.tactic import BurglaryPacks


EVALUATE_WEEKS = 26
CELL_RESOLUTION = 9
ALL_SERVED = "All victims are served: nothing is chosen, so there is no other choice."


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What is known of a batch.

    Parameters
    ----------
    delivered : mapping
        From :func:`hotspots.tactics.packs.count_deliveries`.
    n_around : int or None
        Addresses on the list of homes around; none without premises.
    """

    victims: Victims
    delivered: Mapping[str, Any]
    n_around: int | None
    backtest: Backtest


def build_suggestion(
    tactic: BurglaryPacks,
    context: PlanningContext,
    only: PlanningContext,
    batch: Counts,
) -> Suggestion:
    """Return the batch as one suggestion with its whole rationale."""
    n, day = len(batch.victims), context.day
    n_repeat = int(batch.victims.frame["repeat"].sum())
    since = dt.datetime.combine(day, dt.time()) - dt.timedelta(
        days=tactic.look_back_days
    )
    frame = context.incidents.frame
    lately = (frame["start"] >= since).sum()
    return Suggestion(
        tactic="packs",
        rank=1,
        name=f"{n:,} homes burgled since {in_words(since.date())}",
        geometry=_cells(batch.victims),
        what="Take a burglary pack to every home on the list and check its locks.",
        when=(
            f"Victim within {tactic.victim_hours} hours, next doors within "
            f"{tactic.next_door_hours} hours, the rest within {tactic.in_time_days} "
            "days; each row has its deadline."
        ),
        dose=_dose(batch, n),
        expires=day + dt.timedelta(days=7),
        drivers=(
            Driver(
                what=f"dwelling burglaries of the last {tactic.look_back_days} days",
                count=n,
                of=max(only.recent.n, n),
            ),
            Driver(
                what="of homes burgled in the 12 months before, among these",
                count=n_repeat,
                of=n,
            ),
        ),
        chronic_share=None,
        split_note="Not used: every new victim is served, whatever the risk there.",
        eligible=n,
        ineligible=max(int(lately) - n, 0),
        eligibility=(
            f"Every other incident of these days does not count. {DWELLING_RULE}"
        ),
        details=(
            ("Delivered in time", str(batch.delivered["sentence"])),
            (
                "What the test means",
                "Later dwelling burglaries at a home that had a pack due: what a pack "
                "could have met at most.",
            ),
        ),
        backtest=batch.backtest,
        solution="Nothing is chosen: every victim is on the list, nobody is left out.",
        binding=(),
        stability=None,
        n_resamples=0,
        value=float(n),
        leave_one_out=float(n),
        value_unit="victims served",
        alternatives=(),
        no_alternative=ALL_SERVED,
        rating=rationale.rating("packs"),
        detectable=_detectable(batch, only),
        success=(
            f"Packs delivered within {tactic.in_time_days} days to at least 9 of 10 "
            "victims; and, declared now, repeat burglaries of listed homes within 12 "
            f"months over {EVALUATE_WEEKS} weeks from {in_words(day)} against the same "
            "weeks a year before: a fall only if the 95% interval of the difference "
            "leaves out 0."
        ),
        controls=(),
        control_note=(
            "No comparison homes: a pack is not withheld from a victim, so what packs "
            "do cannot be told apart from other changes."
        ),
        coverage=rationale.coverage(context, only.recent),
        cut_off=rationale.cut_off(context),
        dpia=rationale.dpia("packs"),
        equality=rationale.equality("packs"),
        marking="OFFICIAL-SENSITIVE",
        do=(
            "Go in the order of the deadlines.",
            "Call again where nobody answers, at another time of day; write the day "
            "of delivery beside the reference.",
            "Check the list against addresses that must not be approached.",
        ),
        do_not=(
            "Do not tell neighbours who was burgled.",
            "Do not record anything about the household.",
            "Do not keep the list longer than 90 days.",
        ),
    )


def _dose(batch: Counts, n: int) -> str:
    around = (
        ""
        if batch.n_around is None
        else f" The list with the homes around has {batch.n_around:,} addresses."
    )
    return f"One pack for each of {n:,} burglaries.{around}"


def _detectable(batch: Counts, only: PlanningContext) -> str:
    """Say which fall in repeats could be seen, by the share of repeats among these."""
    n = len(batch.victims)
    share = float(batch.victims.frame["repeat"].sum()) / n if n else 0.0
    expected = share * only.recent.n * 7 * EVALUATE_WEEKS / only.window.days
    return (
        "Repeat burglaries within 12 months: "
        f"{rationale.detectable(expected, weeks=EVALUATE_WEEKS, control_times=0)}"
    )


def _cells(victims: Victims) -> Any:
    """Return the cells (about 10 ha) that hold victims: the list has the addresses."""
    pairs = victims.frame.select("lat", "lon").iter_rows()
    cells = sorted({h3.latlng_to_cell(*pair, CELL_RESOLUTION) for pair in pairs})
    shape = shapely.geometry.shape(h3.cells_to_geo(cells))
    return shape
