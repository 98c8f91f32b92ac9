"""The options of a foot patrol."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hotspots.core.crs import GB_BOUNDS, bng_to_lonlat, lonlat_to_bng
from hotspots.core.errors import ParameterError
from hotspots.core.options import Checked
from hotspots.core.types import Floats
from hotspots.tactics.patrol.clock import parse_days
from hotspots.tactics.words import options_from

MOST_MINUTES = 20
LONGEST_MINUTES = 30
"""A walk takes more than a visit counts for only where no other reaches every part."""
TURNS = 1.1
"""A walk may take so many times the way there and back."""
say = options_from(Path(__file__).with_name("patrol.toml"))


@dataclass(frozen=True, kw_only=True)
class PatrolOptions(Checked):
    """Areas to patrol on foot, a walk in each, and a shift plan.

    References
    ----------
    Koper, C. S. (1995), "Just enough police presence", Justice Quarterly 12(4),
    649-672: 10 to 16 minutes. Basford, L., Sims, C., Agar, I., Harinam, V. and Strang,
    H. (2021), Cambridge Journal of Evidence-Based Policing 5: small areas, 15 to 20
    minutes. The methods are named in :mod:`hotspots.optimise.compact`,
    :mod:`hotspots.optimise.shifts` and :mod:`hotspots.optimise.loops`.
    """

    n_areas: int = say("n_areas", 5, ge=1, le=20)
    cells_per_area: int = say("cells_per_area", 5, ge=3, le=7)
    minutes: int = say("minutes", 15, ge=10, le=MOST_MINUTES)
    gap_hours: float = say("gap_hours", 2.0, ge=0.5, le=12)
    crews: int = say("crews", 1, ge=1, le=20)
    shift_start: str = say("shift_start", "14:00")
    shift_hours: float = say("shift_hours", 8.0, gt=0, le=12)
    days: str = say("days", "all")
    provider: str = say("provider", "police", choices=("police", "pcso", "warden"))
    daily_cap: int = say("daily_cap", 3, ge=1, le=12)
    randomise: bool = say("randomise", False)
    reserve_percent: float = say("reserve_percent", 10.0, ge=0, le=50)
    weighting: str = say("weighting", "count", choices=("count", "harm"))
    hours: str = say("hours", "auto", choices=("auto", "shift", "all"))
    base: str = say("base", "")
    vehicle: bool = say("vehicle", True)
    walk_kmh: float = say("walk_kmh", 4.0, ge=1, le=7)
    window_minutes: int = say("window_minutes", 30, ge=5, le=120)
    compactness: float = say("compactness", 0.1, ge=0, le=2)
    apart: bool = say("apart", True)
    expires_days: int = say("expires_days", 28, ge=1, le=90)

    def __post_init__(self) -> None:
        super().__post_init__()
        parse_days(self.days)
        if self.base.strip():
            parse_base(self.base)

    def walks_m(self, there_and_back_m: float) -> list[float]:
        """Return how long a walk may be, in metres, from what is tried first.

        As a visit, as most that counts as one, or as a way to every part needs.
        """
        per_minute = self.walk_kmh / 60 * 1000
        most_m, longest_m = MOST_MINUTES * per_minute, LONGEST_MINUTES * per_minute
        needed_m = min(max(most_m, TURNS * there_and_back_m), longest_m)
        usual = (self.minutes * per_minute, most_m, needed_m)
        return sorted({m for m in usual if m >= min(there_and_back_m, most_m)})


def parse_base(text: str) -> Floats:
    """Read where crews start, in metres of the National Grid.

    Returns shape (2,), metres. Raises ParameterError if it is not two numbers, or they
    lie outside Great Britain.

    Examples
    --------
    >>> parse_base("475000, 319000").tolist()
    [475000.0, 319000.0]
    """
    try:
        first, second = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ParameterError(
            f"base must be EASTING,NORTHING or LON,LAT; got {text!r}."
        ) from error
    if abs(first) <= 180 and abs(second) <= 90:
        x, y = lonlat_to_bng(np.array([first]), np.array([second]))
        first, second = float(x[0]), float(y[0])
    x, y = np.array([first]), np.array([second])
    lon, lat = (float(part[0]) for part in bng_to_lonlat(x, y))
    west, south, east, north = GB_BOUNDS
    if not (west <= lon <= east and south <= lat <= north):
        raise ParameterError(
            f"base must lie in Great Britain; got {text!r}. Give EASTING,NORTHING or "
            "LON,LAT in that order."
        )
    return np.array([first, second])
