"""From options and a context to the packs that are due; nothing is chosen."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import h3
import polars as pl
import shapely

from hotspots.core.errors import TooFewError
from hotspots.core.window import in_words
from hotspots.model.incidents import Incidents
from hotspots.resources.deliveries import Deliveries
from hotspots.tactics import dwellings
from hotspots.tactics.backtest import Covers, Trial
from hotspots.tactics.cocoon import cocoon_list
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.packs.options import PacksOptions
from hotspots.tactics.rationale import counted
from hotspots.tactics.tactic import Place, Proposal
from hotspots.tactics.words import Says

EVALUATE_WEEKS = 26
CELL_RESOLUTION = 9
HOME = pl.coalesce("premises", pl.col("address").str.to_uppercase()).alias("home")
SENSITIVE = "OFFICIAL-SENSITIVE"
SAYS = Says.from_toml(Path(__file__).with_name("packs.toml"))


def solve(options: PacksOptions, context: PlanningContext) -> Proposal:
    """List the victims.

    Raises PrecisionError if the data state only months or places were moved;
    TooFewError if there was no dwelling burglary in those days: nothing to deliver.
    """
    victims = dwellings.find_victims(context, options.look_back_days)
    since = context.day - dt.timedelta(days=options.look_back_days)
    say = SAYS.about(
        o=options,
        c=context,
        rule=dwellings.DWELLING_RULE,
        since=in_words(since),
        day=in_words(context.day),
        weeks=EVALUATE_WEEKS,
        n=len(victims),
    )
    if not len(victims):
        raise TooFewError(say("none"))
    premises, deliveries = context.resources.premises, context.resources.deliveries
    table = pack_list(options, victims, context.day, deliveries)
    tables = {"pack_list": table}
    if premises is not None:
        tables["cocoon_list"] = cocoon_list(
            victims, premises, context.day, options.deadlines
        )
    burgled, _ = dwellings.dwelling_burglaries(context.incidents, premises)
    only = context.incidents.select(burgled)
    lists = _Lists(context=context, look_back_days=options.look_back_days)
    told = delivered_words(options, table, context.day)
    return Proposal(
        title=say("title"),
        window=say("window"),
        places=(_place(say, victims, only, tables, told),),
        headline=told,
        notes=(
            dwellings.DWELLING_RULE,
            *victims.notes,
            say("everyone"),
            options.deadlines.sentence()
            if premises is not None
            else say("no_premises"),
            *(deliveries.notes if deliveries else ()),
            *_unknown(deliveries, say),
        ),
        tables=tables,
        covers=Trial(
            among=only,
            choose=lists.recent,
            baselines={
                say("baseline", days=days): partial(lists.most_often, days=days)
                for days in (365, context.window.days)
            },
            days=options.look_back_days,
            counted="dwelling burglaries",
        ),
        used=context.within(context.window, only),
        measured="Repeat burglaries of listed homes within 12 months",
        weeks=EVALUATE_WEEKS,
        fall="Repeat burglaries within 12 months: {fall}",
        success=say("success"),
        eligibility=say("eligibility"),
        split_note=say("split"),
        value_unit="victims served",
        n_resamples=0,
        no_alternative=say("no_alternative"),
        marking=SENSITIVE,
        drawn="Nothing is chosen.",
    )


def _place(
    say: Says,
    victims: dwellings.Victims,
    only: Incidents,
    tables: dict[str, pl.DataFrame],
    told: str,
) -> Place:
    options, context = say.facts["o"], say.facts["c"]
    n, n_repeat = len(victims), int(victims.frame["repeat"].sum())
    recent = context.within(context.window, only)
    year = context.exposure.n_days(context.before(context.day, 365)) / 365
    lately = context.incidents.select(
        pl.col("start").dt.date()
        >= context.day - dt.timedelta(days=options.look_back_days)
    ).n
    around = ""
    if "cocoon_list" in tables:
        around = say("around", listed=tables["cocoon_list"].height)
    return Place(
        name=say("name"),
        geometry=_cells(victims),
        what=say("what"),
        when=say("when"),
        dose=say("dose", around=around),
        expires=context.day + dt.timedelta(days=7),
        drivers=counted(
            (say("driver_all"), n, max(recent.n, n)), (say("driver_again"), n_repeat, n)
        ),
        lasting=None,
        n_eligible=n,
        n_ineligible=max(lately - n, 0),
        per_day=min(1.0, n_repeat / n / max(year, 1 / 12))
        * float(context.per_day(recent).sum()),
        control_times=0.0,
        value=float(n),
        solution=say("solution"),
        stability=None,
        control_note=say("no_control"),
        details=(
            ("Delivered in time", told),
            ("What the test means", say("test_means")),
        ),
        cautions=say.where(part_of_year=year != 1),
    )


def pack_list(
    options: PacksOptions,
    victims: dwellings.Victims,
    day: dt.date,
    deliveries: Deliveries | None,
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
    return SAYS(
        "no_record" if "no record" in count else "delivered",
        o=options,
        burglaries=f"{n:,} dwelling burglar{'y' if n == 1 else 'ies'}",
        day=in_words(day),
        in_time=count.get("in time", 0),
        of=n - due,
        late=late,
        overdue=overdue,
        due=due,
    )


def _status(given: dt.date | None, until: dt.date, day: dt.date, *, known: bool) -> str:
    if not known:
        return "no record"
    if given:
        return "in time" if given <= until else "late"
    return "overdue" if until < day else "due"


@dataclass(frozen=True, kw_only=True)
class _Lists:
    """The homes that packs would have gone to on earlier days."""

    context: PlanningContext
    look_back_days: int

    def recent(self, training: Incidents, day: dt.date) -> Covers:
        """Choose the homes burgled in the days before."""
        return self._covers(self._burgled(training, day, self.look_back_days)["home"])

    def most_often(self, training: Incidents, day: dt.date, *, days: int) -> Covers:
        """Choose as many homes: those burgled most often, the latest of them first."""
        n = self._burgled(training, day, self.look_back_days).height
        return self._covers(self._burgled(training, day, days)["home"].head(n))

    def _burgled(self, training: Incidents, day: dt.date, days: int) -> pl.DataFrame:
        known = self.context.known(training, day, days).frame
        return (
            known.group_by(HOME)
            .agg(n=pl.len(), last=pl.col("start").max())
            .drop_nulls("home")
            .sort("n", "last", "home", descending=[True, True, False])
        )

    def _covers(self, homes: pl.Series) -> Covers:
        premises = self.context.resources.premises
        every = math.nan if premises is None else int(premises.is_dwelling.sum())
        return Covers(
            lambda later: (
                later.frame.select(HOME)["home"]
                .is_in(homes.implode())
                .fill_null(False)
                .to_numpy()
            ),
            len(homes) / every,
        )


def _unknown(deliveries: Deliveries | None, say: Says) -> tuple[str, ...]:
    """Say which deliveries name no burglary of the files, or are of later days."""
    if deliveries is None:
        return ()
    context = say.facts["c"]
    known = set(context.dataset.incidents.frame["reference"].drop_nulls().to_list())
    strange = len(set(deliveries.delivered_on) - known)
    later = sum(day >= context.day for day in deliveries.delivered_on.values())
    return say.about(strange=strange, later=later).where(strange=strange, later=later)


def _cells(victims: dwellings.Victims) -> Any:
    """Return the cells (about 10 ha) that hold victims: the list has the addresses."""
    pairs = victims.frame.select("lat", "lon").iter_rows()
    cells = sorted({h3.latlng_to_cell(*pair, CELL_RESOLUTION) for pair in pairs})
    return shapely.geometry.shape(h3.cells_to_geo(cells))
