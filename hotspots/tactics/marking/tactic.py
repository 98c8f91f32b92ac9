"""Property marking: whole streets for a campaign, and the homes round a burglary."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from hotspots.core.errors import PlanError, TooFewError
from hotspots.core.options import check_fields, option, to_record
from hotspots.core.window import in_words
from hotspots.tactics.cocoon import Deadlines, cocoon_list
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.dwellings import DWELLING_RULE, dwelling_burglaries, find_victims
from hotspots.tactics.marking.choice import PatchChooser
from hotspots.tactics.marking.signs import sign_points
from hotspots.tactics.marking.streets import CampaignStreets, build_streets
from hotspots.tactics.marking.tables import comparison, street_table
from hotspots.tactics.marking.words import Reasons, build_suggestion
from hotspots.tactics.plan import Plan
from hotspots.tactics.reserve import in_reserve

MIN_BURGLARIES = 20


@dataclass(frozen=True, kw_only=True)
class PropertyMarking:
    """Suggest whole streets to mark, with signs, and list the homes round burglaries.

    The campaign patch is the connected group of streets with the most risk of dwelling
    burglary, lasting and recent, that the kits can saturate. The rapid list is every
    recent victim and the homes around, by deadline; it ranks nobody.

    Raises
    ------
    ParameterError
        If an option has an impossible value.

    References
    ----------
    Chainey, S. P. (2022), "A quasi-experimental evaluation of the impact of forensic
    property marking in decreasing burglaries", Security Journal 35, doi
    10.1057/s41284-021-00308-z: contiguous marking with signs. The take-up of 85% is
    that of the MetTrace scheme.
    """

    kits: int = option(100, help="How many kits the campaign has.", ge=1, le=100_000)
    take_up_percent: float = option(
        85.0,
        help="Share of the homes asked that will take a kit.",
        unit="per cent",
        gt=0,
        le=100,
    )
    n_patches: int = option(
        1, help="How many separate patches share the kits equally.", ge=1, le=50
    )
    reserve_percent: float = option(
        10.0,
        help="Share of the ground kept for good without a campaign, for comparison; "
        "the rapid list leaves nobody out.",
        unit="per cent",
        ge=0,
        le=50,
    )
    randomise: bool = option(
        False,
        help="Draw the patches from twice as many; the others are the comparison.",
    )
    rapid_days: int = option(
        56,
        help="Days after which a burglary leaves the rapid list.",
        unit="days",
        ge=7,
        le=182,
    )
    next_doors: int = option(
        4, help="House numbers to either side that are next door.", ge=1, le=20
    )
    reach_m: float = option(
        100.0, help="Radius of the outer circle.", unit="metres", ge=10, le=400
    )
    revisit_weeks: int = option(
        26,
        help="Weeks after which the patch is visited again: the effect fades.",
        unit="weeks",
        ge=4,
        le=104,
    )
    n_resamples: int = option(
        30, help="How many resamples say how stable the choice is.", ge=10, le=1000
    )

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def budget(self) -> int:
        """Homes to ask in each patch, so that the kits are taken up: 117 for 100."""
        each = self.kits // self.n_patches
        return math.floor(each / (self.take_up_percent / 100) + 1e-9)

    def __call__(self, context: PlanningContext) -> Plan:
        """Suggest patches and list the homes round recent burglaries."""
        context.incidents.check_moments(
            "choosing homes to mark (patch and rapid list alike are lists of addresses)"
        )
        self._check_kits()
        streets = build_streets(context)
        chooser, undecided = self._chooser(context, streets)
        with ThreadPoolExecutor(1) as pool:  # solvers leave the interpreter lock
            tested = pool.submit(chooser.backtest)
            resampled = pool.submit(chooser.resampled, self.n_resamples)
            controls = comparison(chooser, streets)
        signs, n_signs = sign_points(streets, chooser.chosen.patches)
        victims = find_victims(context, self.rapid_days)
        rapid = cocoon_list(victims, streets.premises, context.day, self._deadlines)
        reasons = Reasons(
            tactic=self,
            context=context,
            chooser=chooser,
            streets=streets,
            controls=controls,
            n_signs=tuple(n_signs),
            backtest=tested.result(),
            stability=tuple(chooser.stays(resampled.result())),
        )
        suggestions = tuple(
            build_suggestion(reasons, k) for k in range(len(chooser.chosen.patches))
        )
        graph = streets.graph
        return Plan(
            tactic="marking",
            title=f"Property marking: streets for {self.kits:,} kits",
            parameters=to_record(self),
            made_for=context.day,
            window=f"dwelling burglaries, {context.window}",
            suggestions=suggestions,
            tables={
                "rapid_list": rapid,
                "patch_streets": street_table(chooser, streets),
                "comparison_streets": controls.table(streets),
            },
            layers={"sign_points": signs, "comparison": controls.layer(streets)},
            headline=self._headline(chooser, rapid, len(victims)),
            notes=(
                *context.notes,
                DWELLING_RULE,
                *_undecided(undecided),
                *streets.notes,
                self._deadlines.sentence(),
                *victims.notes,
                "Next door is by house number, odd or even: in a close numbered "
                "straight through, the other neighbour is among those within "
                f"{self.reach_m:g} m.",
            ),
            seed=context.seed,
            simulated=context.dataset.simulated or context.resources.simulated,
            attribution=(graph.attribution,) if graph and graph.attribution else (),
            provenance=context.provenance,
        )

    @property
    def _deadlines(self) -> Deadlines:
        return Deadlines(
            next_doors=self.next_doors,
            reach_m=self.reach_m,
            expires_days=self.rapid_days,
        )

    def _check_kits(self) -> None:
        if self.kits < self.n_patches:
            raise PlanError(
                f"each of {self.n_patches:,} patches needs at least 1 kit; there are "
                f"{self.kits:,}. Give more kits or fewer patches."
            )

    def _chooser(
        self, context: PlanningContext, streets: CampaignStreets
    ) -> tuple[PatchChooser, int]:
        burgled, undecided = dwelling_burglaries(context.incidents, streets.premises)
        only = replace(context, incidents=context.incidents.select(burgled))
        if only.recent.n < MIN_BURGLARIES:
            raise TooFewError(
                f"choosing streets needs at least {MIN_BURGLARIES} dwelling "
                f"burglaries; there are {only.recent.n} in {context.window}. Look "
                "further back, or use only the list of recent victims (packs)."
            )
        lon, lat = streets.lonlat
        kept = in_reserve(lon, lat, percent=self.reserve_percent, seed=context.seed)
        chooser = PatchChooser(
            context=only,
            streets=streets,
            allowed=np.asarray(~kept & ~context.keeps_off(streets.centre_m)),
            budget=self.budget,
            n_patches=self.n_patches,
            randomise=self.randomise,
        )
        return chooser, undecided

    def _headline(
        self, chooser: PatchChooser, rapid: pl.DataFrame, n_victims: int
    ) -> str:
        patches = chooser.chosen.patches
        homes = sum(p.size for p in patches)
        met = sum(chooser.count(p) for p in patches)
        of = chooser.context.recent.n
        places = "One patch" if len(patches) == 1 else f"{len(patches)} patches"
        return (
            f"{places} of {homes:,} homes for {self.kits:,} kits, where {met:,} of the "
            f"district's {of:,} dwelling burglaries of {chooser.context.window} "
            f"were; and {rapid.height:,} addresses round {n_victims:,} burglaries of "
            f"the {self.rapid_days} days before {in_words(chooser.context.day)}, by "
            "deadline."
        )


def _undecided(n: int) -> tuple[str, ...]:
    if not n:
        return ()
    return (
        f"{n:,} burglaries do not say whether of a dwelling, and are not counted as "
        "one.",
    )
