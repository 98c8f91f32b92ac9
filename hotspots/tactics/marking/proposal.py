"""From options and a context to the streets and homes that are proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import PlanError, TooFewError
from hotspots.core.window import in_words
from hotspots.methods.repeats.addresses import normalise_premises
from hotspots.model.incidents import Incidents
from hotspots.optimise.patches import grow_patch
from hotspots.optimise.patches.network import Patch
from hotspots.tactics import dwellings
from hotspots.tactics.cocoon import cocoon_list
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.marking import tables
from hotspots.tactics.marking.choice import CONTROL_AWAY_M, PatchChooser
from hotspots.tactics.marking.options import MarkingOptions
from hotspots.tactics.marking.signs import sign_points
from hotspots.tactics.marking.streets import CampaignStreets, build_streets
from hotspots.tactics.plan import PlanLayer
from hotspots.tactics.rationale import Alternative, Driver, counted
from hotspots.tactics.selection import in_reserve
from hotspots.tactics.tactic import Place, Proposal
from hotspots.tactics.words import Says

LEAST_BURGLARIES = 20
VALID_DAYS = 56
SAYS = Says.from_toml(Path(__file__).with_name("marking.toml"))


def solve(options: MarkingOptions, context: PlanningContext) -> Proposal:
    """Suggest patches and list the homes round recent burglaries.

    Raises PlanError if there are fewer kits than patches, or no homes on streets;
    TooFewError if the files have too few dwelling burglaries.
    """
    say = SAYS.about(o=options, c=context, rule=dwellings.DWELLING_RULE)
    if options.kits < options.n_patches:
        raise PlanError(say("too_few_kits"))
    streets = build_streets(context)
    chooser, undecided = build_chooser(options, context, streets)
    with ThreadPoolExecutor(1) as pool:  # solvers leave the interpreter lock
        resampled = pool.submit(
            copy_context().run, chooser.resampled, options.n_resamples
        )
        controls = _controls(chooser)
    campaign = _Campaign(
        options=options,
        context=context,
        chooser=chooser,
        controls=controls,
        stability=chooser.stays(resampled.result()),
    )
    victims, signs = campaign.victims, campaign.signs[0]
    targets = cocoon_list(victims, streets.premises, context.day, options.deadlines)
    graph = streets.graph
    return Proposal(
        title=say("title"),
        window=say("window"),
        places=tuple(campaign.place(k) for k in range(len(controls))),
        headline=_headline(campaign, targets.height),
        notes=(
            dwellings.DWELLING_RULE,
            *say.about(undecided=undecided).where(undecided=undecided),
            *streets.notes,
            options.deadlines.sentence(),
            *victims.notes,
            say("next_door"),
        ),
        tables={
            "target_list": targets,
            "patch_streets": tables.street_table(chooser),
            "comparison_streets": tables.control_table(chooser, controls),
        },
        layers={
            "sign_points": signs,
            "comparison": tables.control_layer(chooser, controls),
        },
        covers=chooser.trial(7 * options.revisit_weeks),
        used=chooser.context.recent,
        measured="Dwelling burglaries in the patch",
        weeks=options.revisit_weeks,
        fall=f"{{fall}} {say('pool')}",
        success=f"{{test}} {say('pool')} {say('take_up')}",
        eligibility=say("eligibility"),
        split_note=say("split"),
        value_unit="per cent of the district's risk of dwelling burglary",
        n_resamples=options.n_resamples,
        no_alternative="No other streets apart from these have risk.",
        marking="OFFICIAL-SENSITIVE",
        drawn=chooser.chosen.drawn,
        attribution=graph.attribution if graph else "",
    )


def build_chooser(
    options: MarkingOptions, context: PlanningContext, streets: CampaignStreets
) -> tuple[PatchChooser, int]:
    """Return the chooser, and how many burglaries do not say whether of a dwelling.

    Raises TooFewError if there are fewer than 20 dwelling burglaries.
    """
    burgled, undecided = dwellings.dwelling_burglaries(
        context.incidents, streets.premises
    )
    only = replace(context, incidents=context.incidents.select(burgled))
    if only.recent.n < LEAST_BURGLARIES:
        raise TooFewError(
            SAYS("too_few", least=LEAST_BURGLARIES, n=only.recent.n, c=context)
        )
    lon, lat = streets.lonlat
    kept = in_reserve(lon, lat, percent=options.reserve_percent, seed=context.seed)
    chooser = PatchChooser(
        context=only,
        streets=streets,
        allowed=np.asarray(~kept & ~context.keeps_off(streets.centre_m)),
        budget=options.budget,
        n_patches=options.n_patches,
        randomise=options.randomise,
    )
    return chooser, undecided


@dataclass(frozen=True, kw_only=True, eq=False)
class _Campaign:
    """The chosen patches and what they were chosen from.

    ``context``: with incidents of every counted category; the chooser's has only
    burglaries.
    """

    options: MarkingOptions
    context: PlanningContext
    chooser: PatchChooser
    controls: Sequence[tables.Control | None]
    stability: Sequence[float]

    @cached_property
    def signs(self) -> tuple[PlanLayer, list[int]]:
        """Where signs go, and how many in each patch."""
        return sign_points(self.streets, self.chooser.chosen.patches)

    @cached_property
    def victims(self) -> dwellings.Victims:
        return dwellings.find_victims(self.context, self.options.rapid_days)

    @property
    def streets(self) -> CampaignStreets:
        return self.chooser.streets

    @property
    def say(self) -> Says:
        return SAYS.about(o=self.options, c=self.context, away=CONTROL_AWAY_M)

    def place(self, k: int) -> Place:
        """Return one patch with its reasons."""
        options, chooser, streets = self.options, self.chooser, self.streets
        day, patch = self.context.day, chooser.chosen.patches[k]
        members, weeks = list(patch.members), self.options.revisit_weeks
        here = np.isin(streets.street_of(self.context.recent), members).sum()
        rate = float(self.context.per_day(chooser.context.recent).sum())
        last = day + dt.timedelta(days=VALID_DAYS - 1)
        say = self.say.about(
            patch=patch,
            names=", ".join(sorted({streets.names[j] for j in members})),
            n=len(members),
            signs=self.signs[1][k],
            first=in_words(day),
            last=in_words(last),
            again=in_words(day + dt.timedelta(weeks=weeks)),
            kits=options.kits // options.n_patches,
            used=patch.size * options.take_up_percent / 100,
        )
        return Place(
            name=tables.patch_name(streets, patch),
            geometry=streets.shape_of(patch.members),
            what=say("what"),
            when=say("when"),
            dose=say("dose"),
            expires=last,
            drivers=self._drivers(members),
            lasting=float(chooser.parts[0][members].sum()) / patch.value,
            n_eligible=chooser.count(patch),
            n_ineligible=int(here) - chooser.count(patch),
            per_day=patch.value * rate,
            value=100 * patch.value,
            solution=_solution(chooser.chosen.bounds[k], patch, chooser.chosen.drawn),
            stability=self.stability[k],
            alternatives=self._alternatives(patch),
            controls=self._control_names(k),
            control_note=self._control_note(k),
            binding=_binding(chooser, k),
            details=(
                ("Re-visit", say("revisit")),
                ("Chosen again means", say("again_means")),
            ),
            cautions=say.where(unstable=self.stability[k] < 0.5),
        )

    def _drivers(self, members: list[int]) -> tuple[Driver, ...]:
        recent, victims = self.chooser.context.recent, self.victims.frame
        inside = pl.Series(self.chooser.street_of).is_in(members)
        again = _again(recent)
        near = np.isin(self.streets.street_at(victims), members)
        return counted(
            (self.say("driver_all"), inside.sum(), len(inside)),
            (self.say("driver_listed"), near.sum(), victims.height),
            (self.say("driver_again"), (inside & again).sum(), again.sum()),
        )

    def _alternatives(self, patch: Patch) -> tuple[Alternative, ...]:
        found = []
        for other in self.chooser.chosen.spare[:3]:
            members = list(other.members)
            sizes = self.streets.network.size[members]
            x, y = (self.streets.centre_m[members] * sizes[:, None]).sum(axis=0)
            lon, lat = bng_to_lonlat(*(np.array([v]) / sizes.sum() for v in (x, y)))
            found.append(
                Alternative(
                    name=tables.patch_name(self.streets, other),
                    at=(float(lon[0]), float(lat[0])),
                    loss=1 - other.value / patch.value,
                )
            )
        return tuple(found)

    def _control_names(self, k: int) -> tuple[str, ...]:
        control = self.controls[k]
        return (tables.patch_name(self.streets, control.patch),) if control else ()

    def _control_note(self, k: int) -> str:
        control, chooser = self.controls[k], self.chooser
        if control is None:
            return self.say("no_control")
        mine = chooser.chosen.patches[k]
        return self.say(
            "control",
            control=control,
            mine=mine,
            n_control=chooser.count(control.patch),
            n_mine=chooser.count(mine),
            how=chooser.chosen.drawn or self.say("named"),
        )


def _headline(campaign: _Campaign, n_addresses: int) -> str:
    chooser, patches = campaign.chooser, campaign.chooser.chosen.patches
    return campaign.say(
        "headline",
        places="One patch" if len(patches) == 1 else f"{len(patches)} patches",
        homes=sum(p.size for p in patches),
        captured=sum(chooser.count(p) for p in patches),
        of=chooser.context.recent.n,
        addresses=n_addresses,
        victims=len(campaign.victims),
        day=in_words(campaign.context.day),
    )


def _controls(chooser: PatchChooser) -> list[tables.Control | None]:
    """Name a comparison patch for each patch, before anything is done."""
    chosen = chooser.chosen
    found: list[tables.Control | None] = []
    for k, patch in enumerate(chosen.patches):
        if chosen.drawn:
            other = chosen.held[k] if k < len(chosen.held) else None
        else:
            used = tuple(each.patch for each in found if each)
            other = chooser.control(patch, chosen.patches, used)
        if other is None:
            found.append(None)
            continue
        near = chooser.streets.away_m(patch.members)[list(other.members)]
        found.append(tables.Control(patch=other, away_m=float(near.min())))
    return found


def _again(incidents: Incidents) -> pl.Series:
    """Say which incidents are not the first of the window at their premises number."""
    number = pl.Series([normalise_premises(t) for t in incidents.frame["premises"]])
    order = pl.DataFrame({"n": number, "t": incidents.frame["start"]})
    rank = order.select(pl.col("t").rank("ordinal").over("n"))["t"]
    return (rank > 1) & number.is_not_null()


def _solution(bound: float, patch: Patch, drawn: str) -> str:
    line = "proven" if bound <= patch.value else "heuristic"
    return SAYS(line, gap=bound / patch.value - 1, drawn=drawn).strip()


def _binding(chooser: PatchChooser, k: int) -> tuple[str, ...]:
    patch, value = chooser.chosen.patches[k], chooser.value
    network = chooser.streets.network
    spare = chooser.budget - patch.size
    next_to = network.beside(patch.members)
    scattered, without = _scattered(chooser), _without_reserve(chooser, k)
    return SAYS.about(
        budget=chooser.budget,
        spare=spare,
        scattered=100 * scattered,
        mine=100 * patch.value,
        without=100 * without,
    ).where(
        kits=any(network.size[j] > spare and value[j] > 0 for j in next_to),
        joined=scattered > patch.value * 1.005,
        reserve=without > patch.value * 1.0001,
    )


def _without_reserve(chooser: PatchChooser, k: int) -> float:
    """Return what the ``k``-th patch could hold if no street were held back."""
    if chooser.allowed.all():
        return 0.0
    network, free = chooser.streets.network, chooser.allowed | True
    for other in chooser.chosen.patches[:k]:
        free[list(other.members)] = False
        free[list(network.beside(other.members))] = False
    try:
        return grow_patch(network, chooser.value, chooser.budget, allowed=free).value
    except PlanError:
        return 0.0


def _scattered(chooser: PatchChooser) -> float:
    """Return the most risk that streets within the budget hold, joined or not."""
    size, value = chooser.streets.network.size, chooser.value
    left, total = chooser.budget, 0.0
    for j in (-value / size).argsort(kind="stable").tolist():
        if chooser.allowed[j] and size[j] <= left:
            left -= int(size[j])
            total += float(value[j])
    return total
