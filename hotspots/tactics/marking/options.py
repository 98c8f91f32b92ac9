"""The options of property marking."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from hotspots.core.options import Checked
from hotspots.tactics.cocoon import Deadlines
from hotspots.tactics.words import options_from

say = options_from(Path(__file__).with_name("marking.toml"))


@dataclass(frozen=True, kw_only=True)
class MarkingOptions(Checked):
    """Whole streets to mark, with signs, and the homes round burglaries.

    The campaign patch is the connected group of streets with the most risk of dwelling
    burglary, lasting and recent, that the kits can saturate. The target list is every
    recent victim and the homes around, by deadline; it ranks nobody.

    References
    ----------
    Chainey, S. P. (2022), "A quasi-experimental evaluation of the impact of forensic
    property marking in decreasing burglaries", Security Journal 35, doi
    10.1057/s41284-021-00308-z: contiguous marking with signs. The take-up of 85% is
    that of the MetTrace scheme.
    """

    kits: int = say("kits", 100, ge=1, le=100000)
    take_up_percent: float = say("take_up_percent", 85.0, gt=0, le=100)
    n_patches: int = say("n_patches", 1, ge=1, le=50)
    reserve_percent: float = say("reserve_percent", 10.0, ge=0, le=50)
    randomise: bool = say("randomise", False)
    rapid_days: int = say("rapid_days", 56, ge=7, le=182)
    next_doors: int = say("next_doors", 4, ge=1, le=20)
    reach_m: float = say("reach_m", 100.0, ge=10, le=400)
    revisit_weeks: int = say("revisit_weeks", 26, ge=4, le=104)
    n_resamples: int = say("n_resamples", 30, ge=10, le=1000)

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
