"""From options and a context to the streets and homes that are proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import PlanError, TooFewError
from hotspots.core.window import in_words
from hotspots.methods.repeats.addresses import normalise_premises
from hotspots.model.incidents import Incidents
from hotspots.optimise.patches import grow_patch
from hotspots.optimise.patches.network import Patch
from hotspots.tactics.cocoon import cocoon_list
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.dwellings import (
    DWELLING_RULE,
    Victims,
    dwelling_burglaries,
    find_victims,
)
from hotspots.tactics.marking.choice import CONTROL_AWAY_M, PatchChooser
from hotspots.tactics.marking.options import MarkingOptions
from hotspots.tactics.marking.signs import sign_points
from hotspots.tactics.marking.streets import CampaignStreets, build_streets
from hotspots.tactics.marking.tables import (
    Control,
    control_layer,
    control_table,
    patch_name,
    street_table,
)
from hotspots.tactics.rationale import Alternative, Driver
from hotspots.tactics.selection import in_reserve
from hotspots.tactics.tactic import Place, Proposal

LEAST_BURGLARIES = 20
VALID_DAYS = 56
POOL = "One campaign cannot be judged by itself: pool at least 8 patches."


def solve(options: MarkingOptions, context: PlanningContext) -> Proposal:
    """Suggest patches and list the homes round recent burglaries.

    Raises
    ------
    PlanError
        If there are fewer kits than patches, or no homes on streets.
    PrecisionError, TooFewError
        If the files are too coarse or have too few dwelling burglaries.
    """
    context.incidents.check_moments(
        "choosing homes to mark (patch and target list alike are lists of addresses)"
    )
    if options.kits < options.n_patches:
        raise PlanError(
            f"each of {options.n_patches:,} patches needs at least 1 kit; there are "
            f"{options.kits:,}. Give more kits or fewer patches."
        )
    streets = build_streets(context)
    chooser, undecided = build_chooser(options, context, streets)
    with ThreadPoolExecutor(1) as pool:  # solvers leave the interpreter lock
        resampled = pool.submit(chooser.resampled, options.n_resamples)
        controls = _controls(chooser)
    signs, n_signs = sign_points(streets, chooser.chosen.patches)
    victims = find_victims(context, options.rapid_days)
    targets = cocoon_list(victims, streets.premises, context.day, options.deadlines)
    campaign = _Campaign(
        options=options,
        context=context,
        chooser=chooser,
        controls=controls,
        n_signs=n_signs,
        victims=victims,
        stability=chooser.stays(resampled.result()),
    )
    used = chooser.context.recent
    graph = streets.graph
    return Proposal(
        title=f"Property marking: streets for {options.kits:,} kits",
        window=f"dwelling burglaries, {context.period}",
        places=tuple(campaign.place(k) for k in range(len(controls))),
        headline=_headline(campaign, targets.height),
        notes=(
            DWELLING_RULE,
            f"{undecided:,} burglaries do not say whether of a dwelling, and are not "
            "counted as one."
            if undecided
            else "",
            *streets.notes,
            options.deadlines.sentence(),
            *victims.notes,
            "Next door is by house number, odd or even: in a close numbered "
            "straight through, the other neighbour is among those within "
            f"{options.reach_m:g} m.",
        ),
        tables={
            "target_list": targets,
            "patch_streets": street_table(chooser),
            "comparison_streets": control_table(chooser, controls),
        },
        layers={"sign_points": signs, "comparison": control_layer(chooser, controls)},
        covers=chooser.trial(7 * options.revisit_weeks),
        used=used,
        measured="Dwelling burglaries in the patch",
        weeks=options.revisit_weeks,
        fall=f"{{fall}} {POOL}",
        success=f"{{test}} {POOL} Of this one, report homes offered, marked, refused "
        f"and not reached; at least {options.take_up_percent:g}% marked is the target.",
        eligibility=f"Counted: dwelling burglaries of {context.period}. Not counted: "
        f"every other incident there. {DWELLING_RULE}",
        split_note="Lasting: density over the look-back, 150 m. Recent: fading with "
        "50 m and 42 days. Both over the density of homes, so that it is the risk of a "
        "home. Each street's split is in the table of streets.",
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
    burgled, undecided = dwelling_burglaries(context.incidents, streets.premises)
    only = replace(context, incidents=context.incidents.select(burgled))
    if only.recent.n < LEAST_BURGLARIES:
        raise TooFewError(
            f"choosing streets needs at least {LEAST_BURGLARIES} dwelling "
            f"burglaries; there are {only.recent.n} in {context.period}. Look "
            "further back, or use only the list of recent victims (packs)."
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
    controls: Sequence[Control | None]
    n_signs: Sequence[int]
    victims: Victims
    stability: Sequence[float]

    @property
    def streets(self) -> CampaignStreets:
        return self.chooser.streets

    def place(self, k: int) -> Place:
        """Return one patch with its reasons."""
        options, chooser, streets = self.options, self.chooser, self.streets
        day, patch = self.context.day, chooser.chosen.patches[k]
        members, weeks = list(patch.members), self.options.revisit_weeks
        counted, burglaries = chooser.count(patch), chooser.context.recent
        here = np.isin(streets.street_of(self.context.recent), members).sum()
        names = ", ".join(sorted({streets.names[j] for j in members}))
        last = day + dt.timedelta(days=VALID_DAYS - 1)
        again = day + dt.timedelta(weeks=weeks)
        kits = options.kits // options.n_patches
        rate = float(self.context.per_day(burglaries).sum())
        return Place(
            name=patch_name(streets, patch),
            geometry=streets.shape_of(patch.members),
            what=f"Mark property in every home of {len(members)} whole sections of "
            f"street that join ({names}): offer a kit and a door sticker, put up signs "
            f"at {self.n_signs[k]} points.",
            when=f"Offer from {in_words(day)}, signs first, done by {in_words(last)}; "
            f"again after {weeks} weeks, from {in_words(again)}, because the effect "
            "fades within 6 to 12 months.",
            dose=f"{patch.size:,} homes asked for {kits:,} kits: at "
            f"{options.take_up_percent:g}% take-up about "
            f"{patch.size * options.take_up_percent / 100:,.0f} are used (at most "
            f"{options.budget:,} homes). Kits left over go to the target list.",
            expires=last,
            drivers=self._drivers(members),
            lasting=float(chooser.parts[0][members].sum()) / patch.value,
            n_eligible=counted,
            n_ineligible=int(here) - counted,
            per_day=patch.value * rate,
            value=100 * patch.value,
            solution=_solution(chooser.chosen.bounds[k], patch, chooser.chosen.drawn),
            stability=self.stability[k],
            alternatives=self._alternatives(patch),
            controls=self._control_names(k),
            control_note=self._control_note(k),
            binding=_binding(chooser, k),
            details=(
                ("Re-visit", f"{in_words(again)}, whatever the counts say by then."),
                (
                    "Chosen again means",
                    "a resample's patch holds at least half of these homes "
                    f"({patch.size:,} homes); found by the heuristic alone.",
                ),
            ),
            cautions=()
            if self.stability[k] >= 0.5
            else (
                "In most resamples other streets are chosen: the data do not single "
                "these out. Where another choice is practically tied, decide on "
                "practicalities.",
            ),
        )

    def _drivers(self, members: list[int]) -> tuple[Driver, ...]:
        recent, victims = self.chooser.context.recent, self.victims.frame
        inside = pl.Series(self.chooser.street_of).is_in(members)
        again = _again(recent)
        near = np.isin(self.streets.street_at(victims), members)
        return (
            Driver(
                what=f"dwelling burglaries of {self.context.period}",
                count=int(inside.sum()),
                of=len(inside),
            ),
            Driver(
                what=f"homes on the list of victims of the last "
                f"{self.options.rapid_days} days",
                count=int(near.sum()),
                of=victims.height,
            ),
            Driver(
                what="burglaries of a home that was burgled before",
                count=int((inside & again).sum()),
                of=int(again.sum()),
            ),
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
                    name=patch_name(self.streets, other),
                    at=(float(lon[0]), float(lat[0])),
                    loss=1 - other.value / patch.value,
                )
            )
        return tuple(found)

    def _control_names(self, k: int) -> tuple[str, ...]:
        control = self.controls[k]
        return (patch_name(self.streets, control.patch),) if control else ()

    def _control_note(self, k: int) -> str:
        control, chooser = self.controls[k], self.chooser
        mine = chooser.chosen.patches[k]
        if control is None:
            return (
                f"No streets farther than {CONTROL_AWAY_M:g} m from every marked patch "
                "have dwelling burglaries to compare with."
            )
        how = chooser.chosen.drawn or (
            "Named before anything is done: of the patches tried, the nearest in count "
            f"that touches none and is more than {CONTROL_AWAY_M:g} m from every "
            f"marked patch; nothing was drawn (seed {self.context.seed})."
        )
        return (
            f"{control.patch.size:,} homes and {chooser.count(control.patch):,} "
            f"dwelling burglaries against {mine.size:,} homes and "
            f"{chooser.count(mine):,} here, {control.away_m:,.0f} m away. {how} Leave "
            "it without a campaign until the re-visit; victims there still get their "
            "pack."
        )


def _headline(campaign: _Campaign, n_addresses: int) -> str:
    chooser, options = campaign.chooser, campaign.options
    patches, context = chooser.chosen.patches, campaign.context
    homes = sum(p.size for p in patches)
    met = sum(chooser.count(p) for p in patches)
    places = "One patch" if len(patches) == 1 else f"{len(patches)} patches"
    return (
        f"{places} of {homes:,} homes for {options.kits:,} kits, where {met:,} of the "
        f"district's {chooser.context.recent.n:,} dwelling burglaries of "
        f"{context.period} were; and {n_addresses:,} addresses round "
        f"{len(campaign.victims):,} burglaries of the {options.rapid_days} days before "
        f"{in_words(context.day)}, by deadline."
    )


def _controls(chooser: PatchChooser) -> list[Control | None]:
    """Name a comparison patch for each patch, before anything is done."""
    chosen = chooser.chosen
    found: list[Control | None] = []
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
        found.append(Control(patch=other, away_m=float(near.min())))
    return found


def _again(incidents: Incidents) -> pl.Series:
    """Say which incidents are not the first of the window at their premises number."""
    number = pl.Series([normalise_premises(t) for t in incidents.frame["premises"]])
    order = pl.DataFrame({"n": number, "t": incidents.frame["start"]})
    rank = order.select(pl.col("t").rank("ordinal").over("n"))["t"]
    return (rank > 1) & number.is_not_null()


def _solution(bound: float, patch: Patch, drawn: str) -> str:
    how = "grown street by street, two ahead, then improved by local search"
    if bound <= patch.value:
        words = f"Proven best: {how}; every other neighbourhood was ruled out."
    else:
        gap = bound / patch.value - 1
        words = f"Heuristic: {how}; no patch can be more than {gap:.1%} better."
    return f"{words} {drawn}".strip()


def _binding(chooser: PatchChooser, k: int) -> tuple[str, ...]:
    patch, value = chooser.chosen.patches[k], chooser.value
    network = chooser.streets.network
    found = []
    spare = chooser.budget - patch.size
    next_to = network.beside(patch.members)
    if any(network.size[j] > spare and value[j] > 0 for j in next_to):
        found.append(
            f"The kits: {chooser.budget:,} homes at most; {spare:,} left, too few for "
            "any whole street next to it that is worth adding."
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
