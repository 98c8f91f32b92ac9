"""The options of property marking."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hotspots.core.options import check_fields, option
from hotspots.tactics.cocoon import Deadlines


@dataclass(frozen=True, kw_only=True)
class MarkingOptions:
    """Whole streets to mark, with signs, and the homes round burglaries.

    The campaign patch is the connected group of streets with the most risk of dwelling
    burglary, lasting and recent, that the kits can saturate. The target list is every
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

    kits: int = option(
        100,
        help="How many kits the campaign has.",
        ge=1,
        le=100_000,
        label="Number of kits",
        first=True,
    )
    take_up_percent: float = option(
        85.0,
        help="Share of the homes asked that will take a kit.",
        unit="per cent",
        gt=0,
        le=100,
        label="Take-up",
        first=True,
    )
    n_patches: int = option(
        1,
        help="How many separate patches share the kits equally.",
        ge=1,
        le=50,
        label="Number of patches",
        first=True,
    )
    reserve_percent: float = option(
        10.0,
        help="Share of the ground kept for good without a campaign, for comparison; "
        "the target list leaves nobody out.",
        unit="per cent",
        ge=0,
        le=50,
        label="Ground kept back for comparison",
    )
    randomise: bool = option(
        False,
        help="Draw the patches from twice as many; the others are the comparison.",
        label="Draw at random from the best",
    )
    rapid_days: int = option(
        56,
        help="Days after which a burglary leaves the target list.",
        unit="days",
        ge=7,
        le=182,
        label="Days on the target list",
    )
    next_doors: int = option(
        4,
        help="House numbers to either side that are next door.",
        ge=1,
        le=20,
        label="House numbers to either side",
    )
    reach_m: float = option(
        100.0,
        help="Radius of the outer circle.",
        unit="metres",
        ge=10,
        le=400,
        label="Reach of the target list",
        first=True,
    )
    revisit_weeks: int = option(
        26,
        help="Weeks after which the patch is visited again: the effect fades.",
        unit="weeks",
        ge=4,
        le=104,
        label="Weeks until the next visit",
    )
    n_resamples: int = option(
        30,
        help="How many resamples say how stable the choice is.",
        ge=10,
        le=1000,
        label="Resamples",
    )

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def budget(self) -> int:
        """Homes to ask in each patch, so that the kits are taken up: 117 for 100."""
        each = self.kits // self.n_patches
        return math.floor(each / (self.take_up_percent / 100) + 1e-9)

    @property
    def deadlines(self) -> Deadlines:
        """How soon each circle around a burglary is reached."""
        return Deadlines(
            next_doors=self.next_doors,
            reach_m=self.reach_m,
            expires_days=self.rapid_days,
        )
