"""Burglary packs: every new victim of a dwelling burglary, and how many in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from hotspots.core.errors import TooFewError
from hotspots.core.options import check_fields, option, to_record
from hotspots.core.window import in_words
from hotspots.model.incidents import Incidents
from hotspots.resources.deliveries import Deliveries
from hotspots.tactics.backtest import Choose, Covers, back_test
from hotspots.tactics.cocoon import Deadlines, cocoon_list
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.dwellings import (
    DWELLING_RULE,
    Victims,
    dwelling_burglaries,
    find_victims,
)
from hotspots.tactics.packs.words import Counts, build_suggestion
from hotspots.tactics.plan import Plan

BASELINE = "packs for the victims of the same weeks a year before"


@dataclass(frozen=True, kw_only=True)
class BurglaryPacks:
    """List every new victim of a dwelling burglary, with deadlines and deliveries.

    Nothing is chosen and nobody is left out; there is no reserve.

    Raises
    ------
    ParameterError
        If an option has an impossible value.

    References
    ----------
    Polvi, N., Looman, T., Humphries, C. and Pease, K. (1991), "The time course of
    repeat burglary victimization", British Journal of Criminology 31(4), 411-414: the
    risk is highest in the first days.
    """

    look_back_days: int = option(
        28, help="Burglaries of how many days are listed.", unit="days", ge=1, le=182
    )
    victim_hours: int = option(
        24, help="Hours within which a victim is visited.", unit="hours", ge=1, le=168
    )
    next_door_hours: int = option(
        48,
        help="Hours within which next doors are visited.",
        unit="hours",
        ge=1,
        le=336,
    )
    in_time_days: int = option(
        7,
        help="Days within which a pack counts as delivered in time, and the homes "
        "around are visited.",
        unit="days",
        ge=1,
        le=56,
    )

    def __post_init__(self) -> None:
        check_fields(self)

    def __call__(
        self, context: PlanningContext, *, deliveries: Deliveries | None = None
    ) -> Plan:
        """List the victims.

        Raises
        ------
        PrecisionError
            If the data state only months or places were moved.
        TooFewError
            If there was no dwelling burglary in those days: nothing to deliver.
        """
        deliveries = deliveries or context.resources.deliveries
        victims = find_victims(context, self.look_back_days)
        if not len(victims):
            since = context.day - dt.timedelta(days=self.look_back_days)
            raise TooFewError(
                "packs need at least one dwelling burglary; none was found from "
                f"{in_words(since)} up to {in_words(context.day)}. There is nothing "
                "to deliver, or the file ends before: look further back."
            )
        table = pack_list(self, victims, context.day, deliveries)
        counts = count_deliveries(self, table, context.day)
        tables = {"pack_list": table}
        premises = context.resources.premises
        if premises is not None:
            tables["cocoon_list"] = cocoon_list(
                victims, premises, context.day, self._deadlines
            )
        only = _only_dwellings(context)
        backtest = back_test(
            only,
            self._recent_victims(0),
            self._recent_victims(364),
            baseline_words=BASELINE,
            counted="dwelling burglaries",
            horizon_days=self.look_back_days,
        )
        batch = Counts(
            victims=victims,
            delivered=counts,
            n_around=tables["cocoon_list"].height if premises is not None else None,
            backtest=backtest,
        )
        return Plan(
            tactic="packs",
            title="Burglary packs: every new victim",
            parameters=to_record(self),
            made_for=context.day,
            window=(
                f"dwelling burglaries of the {self.look_back_days} days before "
                f"{in_words(context.day)}"
            ),
            suggestions=(build_suggestion(self, context, only, batch),),
            tables=tables,
            headline=str(counts["sentence"]),
            notes=(
                *context.notes,
                DWELLING_RULE,
                *victims.notes,
                *self._sources(premises is not None),
                *(deliveries.notes if deliveries else ()),
                *_unknown(deliveries, context),
            ),
            seed=context.seed,
            simulated=context.dataset.simulated or context.resources.simulated,
            provenance=context.provenance,
        )

    @property
    def _deadlines(self) -> Deadlines:
        return Deadlines(
            victim_hours=self.victim_hours,
            next_door_hours=self.next_door_hours,
            around_days=self.in_time_days,
        )

    def _sources(self, has_premises: bool) -> tuple[str, ...]:
        every = (
            "Victims reported by anyone are listed, officers and partners too; the "
            "control reserve does not hold for packs."
        )
        if has_premises:
            return every, self._deadlines.sentence()
        return every, "No premises were given: the homes around are not listed."

    def _recent_victims(self, days_before: int) -> Choose:
        """Return a choice: homes burgled in the days before, or a year earlier."""

        def choose(training: Incidents, day: dt.date) -> Covers:
            end = dt.datetime.combine(day, dt.time()) - dt.timedelta(days=days_before)
            start = end - dt.timedelta(days=self.look_back_days)
            span = pl.col("start").is_between(start, end, closed="left")
            homes = set(_home_of(training.select(span)).drop_nulls().to_list())
            return lambda later: (
                _home_of(later).is_in(list(homes)).fill_null(False).to_numpy()
            )

        return choose


def pack_list(
    tactic: BurglaryPacks,
    victims: Victims,
    day: dt.date,
    deliveries: Deliveries | None,
) -> pl.DataFrame:
    """Return one row for each burglary, the earliest deadline first."""
    on = deliveries.delivered_on if deliveries else {}
    rows = []
    for event in victims.frame.iter_rows(named=True):
        until = event["found"].date() + dt.timedelta(days=tactic.in_time_days)
        given = on.get(event["reference"])
        if given and given >= day:
            given = None  # not yet, on the day of the plan
        rows.append(
            {
                "deadline": _moment(
                    event["found"] + dt.timedelta(hours=tactic.victim_hours)
                ),
                "in_time_until": until.isoformat(),
                "address": event["address"],
                "reference": event["reference"],
                "burgled_by": _moment(event["found"]),
                "repeat": "yes" if event["repeat"] else "no",
                "delivered": given.isoformat() if given else "",
                "status": _status(given, until, day, known=deliveries is not None),
                "uprn": event["uprn"],
                "marking": "OFFICIAL-SENSITIVE",
            }
        )
    return pl.DataFrame(rows).sort("deadline", "address", "reference")


def count_deliveries(
    tactic: BurglaryPacks, table: pl.DataFrame, day: dt.date
) -> dict[str, object]:
    """Return how many packs were delivered in time, with the sentence for people."""
    words = ("in time", "late", "overdue", "due", "no record")
    count = {word: int((table["status"] == word).sum()) for word in words}
    judged = table.height - count["due"] - count["no record"]
    n, days = table.height, tactic.in_time_days
    burglaries = f"{n:,} dwelling burglar{'y' if n == 1 else 'ies'}"
    start = f"{burglaries} in the {tactic.look_back_days} days before {in_words(day)}: "
    if count["no record"]:
        told = (
            "no record of deliveries was given, so it cannot be told how many packs "
            "were in time."
        )
    else:
        told = (
            f"packs delivered within {days} days {count['in time']:,} of {judged:,}; "
            f"{count['late']:,} late, {count['overdue']:,} overdue, {count['due']:,} "
            "not yet due."
        )
    return {
        "n": n,
        **{word.replace(" ", "_"): k for word, k in count.items()},
        "judged": judged,
        "sentence": start + told,
    }


def _status(given: dt.date | None, until: dt.date, day: dt.date, *, known: bool) -> str:
    if not known:
        return "no record"
    if given:
        return "in time" if given <= until else "late"
    return "overdue" if until < day else "due"


def _moment(when: dt.datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"


def _home_of(incidents: Incidents) -> pl.Series:
    return incidents.frame.select(
        pl.coalesce("premises", pl.col("address").str.to_uppercase()).alias("home")
    )["home"]


def _only_dwellings(context: PlanningContext) -> PlanningContext:
    burgled, _ = dwelling_burglaries(context.incidents, context.resources.premises)
    return replace(context, incidents=context.incidents.select(burgled))


def _unknown(
    deliveries: Deliveries | None, context: PlanningContext
) -> tuple[str, ...]:
    """Say which deliveries name no burglary of the files."""
    if deliveries is None:
        return ()
    known = set(context.dataset.incidents.frame["reference"].drop_nulls().to_list())
    strange = len(set(deliveries.delivered_on) - known)
    later = int(
        np.sum([day >= context.day for day in deliveries.delivered_on.values()])
    )
    notes = []
    if strange:
        notes.append(
            f"{strange:,} deliveries name a reference that is not in the files: "
            "check it."
        )
    if later:
        notes.append(
            f"{later:,} deliveries are on or after {in_words(context.day)} and not "
            "counted yet."
        )
    return tuple(notes)
