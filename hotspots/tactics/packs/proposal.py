"""From options and a context to the packs that are due; nothing is chosen."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import h3
import polars as pl
import shapely

from hotspots.core.errors import TooFewError
from hotspots.core.window import in_words
from hotspots.model.incidents import Incidents
from hotspots.resources.deliveries import Deliveries
from hotspots.tactics.backtest import Covers, Trial
from hotspots.tactics.cocoon import cocoon_list
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.dwellings import (
    DWELLING_RULE,
    Victims,
    dwelling_burglaries,
    find_victims,
)
from hotspots.tactics.packs.options import PacksOptions
from hotspots.tactics.rationale import Driver
from hotspots.tactics.tactic import Place, Proposal

EVALUATE_WEEKS = 26
CELL_RESOLUTION = 9
SENSITIVE = "OFFICIAL-SENSITIVE"


def solve(options: PacksOptions, context: PlanningContext) -> Proposal:
    """List the victims.

    Raises
    ------
    PrecisionError
        If the data state only months or places were moved.
    TooFewError
        If there was no dwelling burglary in those days: nothing to deliver.
    """
    victims = find_victims(context, options.look_back_days)
    if not len(victims):
        since = context.day - dt.timedelta(days=options.look_back_days)
        raise TooFewError(
            "packs need at least one dwelling burglary; none was found from "
            f"{in_words(since)} up to {in_words(context.day)}. There is nothing "
            "to deliver, or the file ends before: look further back."
        )
    premises, deliveries = context.resources.premises, context.resources.deliveries
    table = pack_list(options, victims, context.day, deliveries)
    tables = {"pack_list": table}
    if premises is not None:
        tables["cocoon_list"] = cocoon_list(
            victims, premises, context.day, options.deadlines
        )
    burgled, _ = dwelling_burglaries(context.incidents, premises)
    only = context.incidents.select(burgled)
    told = delivered_words(options, table, context.day)
    return Proposal(
        title="Burglary packs: every new victim",
        window=f"dwelling burglaries of the {options.look_back_days} days before "
        f"{in_words(context.day)}",
        places=(_place(options, context, victims, only, tables, told),),
        headline=told,
        notes=(
            DWELLING_RULE,
            *victims.notes,
            "Victims reported by anyone are listed, officers and partners too; the "
            "control reserve does not hold for packs.",
            options.deadlines.sentence()
            if premises is not None
            else "No premises were given: the homes around are not listed.",
            *(deliveries.notes if deliveries else ()),
            *_unknown(deliveries, context),
        ),
        tables=tables,
        covers=Trial(
            among=only,
            choose=partial(_recent_victims, options),
            baselines={
                "packs for the victims of the same weeks a year before": partial(
                    _recent_victims, options, days_before=364
                )
            },
            days=options.look_back_days,
            counted="dwelling burglaries",
        ),
        used=context.within(context.window, only),
        measured="Repeat burglaries of listed homes within 12 months",
        weeks=EVALUATE_WEEKS,
        fall="Repeat burglaries within 12 months: {fall}",
        success=f"Packs delivered within {options.in_time_days} days to at least 9 of "
        "10 victims; and, declared now, repeat burglaries of listed homes within 12 "
        f"months over {EVALUATE_WEEKS} weeks from {in_words(context.day)} against the "
        "same weeks a year before: a fall only if the 95% interval of the difference "
        "leaves out 0.",
        eligibility=f"Every other incident of these days does not count. "
        f"{DWELLING_RULE}",
        split_note="Not used: every new victim is served, whatever the risk there.",
        value_unit="victims served",
        n_resamples=0,
        no_alternative="All victims are served: nothing is chosen, so there is no "
        "other choice.",
        marking=SENSITIVE,
        drawn="Nothing is chosen.",
    )


def _place(
    options: PacksOptions,
    context: PlanningContext,
    victims: Victims,
    only: Incidents,
    tables: dict[str, pl.DataFrame],
    told: str,
) -> Place:
    n, day = len(victims), context.day
    n_repeat = int(victims.frame["repeat"].sum())
    since = dt.datetime.combine(day, dt.time()) - dt.timedelta(
        days=options.look_back_days
    )
    recent = context.within(context.window, only)
    year = context.exposure.n_days(context.before(day, 365)) / 365
    lately = int((context.incidents.frame["start"] >= since).sum())
    around = ""
    if "cocoon_list" in tables:
        listed = tables["cocoon_list"].height
        around = f" The list with the homes around has {listed:,} addresses."
    return Place(
        name=f"{n:,} homes burgled since {in_words(since.date())}",
        geometry=_cells(victims),
        what="Take a burglary pack to every home on the list and check its locks.",
        when=f"Victim within {options.victim_hours} hours, next doors within "
        f"{options.next_door_hours} hours, the rest within {options.in_time_days} "
        "days; each row has its deadline.",
        dose=f"One pack for each of {n:,} burglaries.{around}",
        expires=day + dt.timedelta(days=7),
        drivers=(
            Driver(
                what=f"dwelling burglaries of the last {options.look_back_days} days",
                count=n,
                of=max(recent.n, n),
            ),
            Driver(
                what="of homes burgled in the 12 months before, among these",
                count=n_repeat,
                of=n,
            ),
        ),
        lasting=None,
        n_eligible=n,
        n_ineligible=max(lately - n, 0),
        per_day=min(1.0, n_repeat / n / max(year, 1 / 12))
        * float(context.per_day(recent).sum()),
        control_times=0.0,
        value=float(n),
        solution="Nothing is chosen: every victim is on the list, nobody is excluded.",
        stability=None,
        control_note="No comparison homes: a pack is not withheld from a victim, so "
        "what packs do cannot be told apart from other changes.",
        details=(
            ("Delivered in time", told),
            (
                "What the test means",
                "Later dwelling burglaries at a home that had a pack due: what a pack "
                "could have prevented at most.",
            ),
        ),
        cautions=()
        if year == 1
        else (
            "The files lack part of the 12 months before, so some homes burgled then "
            "are not known as such; the share that is expected allows for it.",
        ),
    )


def pack_list(
    options: PacksOptions, victims: Victims, day: dt.date, deliveries: Deliveries | None
) -> pl.DataFrame:
    """Return one row for each burglary, the earliest deadline first."""
    on = deliveries.delivered_on if deliveries else {}
    rows = []
    for event in victims.frame.iter_rows(named=True):
        until = event["found"].date() + dt.timedelta(days=options.in_time_days)
        given = on.get(event["reference"])
        if given and given >= day:
            given = None  # not yet, on the day of the plan
        deadline = event["found"] + dt.timedelta(hours=options.victim_hours)
        rows.append(
            {
                "deadline": f"{deadline:%Y-%m-%d %H:%M}",
                "in_time_until": until.isoformat(),
                "address": event["address"],
                "reference": event["reference"],
                "burgled_by": f"{event['found']:%Y-%m-%d %H:%M}",
                "repeat": bool(event["repeat"]),
                "delivered": given.isoformat() if given else "",
                "status": _status(given, until, day, known=deliveries is not None),
                "uprn": event["uprn"],
                "marking": SENSITIVE,
            }
        )
    return pl.DataFrame(rows).sort("deadline", "address", "reference")


def delivered_words(options: PacksOptions, table: pl.DataFrame, day: dt.date) -> str:
    """Return how many packs were delivered in time, in words."""
    count = dict(table["status"].value_counts().iter_rows())
    late, overdue, due = (count.get(word, 0) for word in ("late", "overdue", "due"))
    n = table.height
    burglaries = f"{n:,} dwelling burglar{'y' if n == 1 else 'ies'}"
    start = f"{burglaries} in the {options.look_back_days} days before {in_words(day)}"
    if "no record" in count:
        return (
            f"{start}: no record of deliveries was given, so it cannot be told how "
            "many packs were in time."
        )
    return (
        f"{start}: packs delivered within {options.in_time_days} days "
        f"{count.get('in time', 0):,} of {n - due:,}; {late:,} late, {overdue:,} "
        f"overdue, {due:,} not yet due."
    )


def _status(given: dt.date | None, until: dt.date, day: dt.date, *, known: bool) -> str:
    if not known:
        return "no record"
    if given:
        return "in time" if given <= until else "late"
    return "overdue" if until < day else "due"


def _recent_victims(
    options: PacksOptions, training: Incidents, day: dt.date, *, days_before: int = 0
) -> Covers:
    """Choose the homes burgled in the days before, or a year earlier."""
    end = dt.datetime.combine(day, dt.time()) - dt.timedelta(days=days_before)
    start = end - dt.timedelta(days=options.look_back_days)
    span = pl.col("start").is_between(start, end, closed="left")
    homes = _home_of(training.select(span)).drop_nulls().to_list()
    return lambda later: _home_of(later).is_in(homes).fill_null(False).to_numpy()


def _home_of(incidents: Incidents) -> pl.Series:
    return incidents.frame.select(
        pl.coalesce("premises", pl.col("address").str.to_uppercase()).alias("home")
    )["home"]


def _unknown(
    deliveries: Deliveries | None, context: PlanningContext
) -> tuple[str, ...]:
    """Say which deliveries name no burglary of the files."""
    if deliveries is None:
        return ()
    known = set(context.dataset.incidents.frame["reference"].drop_nulls().to_list())
    strange = len(set(deliveries.delivered_on) - known)
    later = sum(day >= context.day for day in deliveries.delivered_on.values())
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


def _cells(victims: Victims) -> Any:
    """Return the cells (about 10 ha) that hold victims: the list has the addresses."""
    pairs = victims.frame.select("lat", "lon").iter_rows()
    cells = sorted({h3.latlng_to_cell(*pair, CELL_RESOLUTION) for pair in pairs})
    return shapely.geometry.shape(h3.cells_to_geo(cells))
