"""The options of a foot patrol."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotspots.core.crs import GB_BOUNDS, bng_to_lonlat, lonlat_to_bng
from hotspots.core.errors import ParameterError
from hotspots.core.options import check_fields, option
from hotspots.core.types import Floats
from hotspots.tactics.patrol.clock import parse_days


@dataclass(frozen=True, kw_only=True)
class PatrolOptions:
    """Areas to patrol on foot, a walk in each, and a shift plan.

    References
    ----------
    Koper, C. S. (1995), "Just enough police presence", Justice Quarterly 12(4),
    649-672: 10 to 16 minutes. Basford, L., Sims, C., Agar, I., Harinam, V. and Strang,
    H. (2021), Cambridge Journal of Evidence-Based Policing 5: small areas, 15 to 20
    minutes. The methods are named in :mod:`hotspots.optimise.compact`,
    :mod:`hotspots.optimise.shifts` and :mod:`hotspots.optimise.loops`.
    """

    n_areas: int = option(
        5,
        help="How many areas to patrol.",
        ge=1,
        le=20,
        label="Number of areas",
        first=True,
    )
    cells_per_area: int = option(
        5,
        help="Most cells of 1.3 ha in an area; at least 3.",
        ge=3,
        le=7,
        label="Cells in an area, at most",
    )
    minutes: int = option(
        15,
        help="Length of a visit; 10 to 20 count.",
        unit="minutes",
        ge=10,
        le=20,
        label="Length of a visit",
    )
    gap_hours: float = option(
        2.0,
        help="How long an area is left alone after a visit, at least.",
        unit="hours",
        ge=0.5,
        le=12,
        label="Least time between visits",
    )
    crews: int = option(
        1,
        help="How many crews work the shift.",
        ge=1,
        le=20,
        label="Number of crews",
        first=True,
    )
    shift_start: str = option(
        "14:00",
        help="When the shift starts, such as 14:00.",
        first=True,
        free_text=True,
    )
    shift_hours: float = option(
        8.0,
        help="From its start to its end.",
        unit="hours",
        gt=0,
        le=12,
        label="Length of the shift",
        first=True,
    )
    days: str = option(
        "all",
        help="Policing days (06:00 to 05:59) of the shift: all, weekdays, weekend or "
        "days such as Fri,Sat.",
        label="Days of the shift",
        first=True,
        free_text=True,
    )
    provider: str = option(
        "police",
        help="Who patrols; PCSOs do not work after 00:00.",
        choices=("police", "pcso", "warden"),
        choice_words={
            "pcso": "PCSOs",
            "warden": "Wardens",
            "police": "Police officers",
        },
        label="Who patrols",
        first=True,
    )
    daily_cap: int = option(
        3,
        help="Most visits a day to one area: its daily dose.",
        ge=1,
        le=12,
        label="Visits a day to one area, at most",
    )
    randomise: bool = option(
        False,
        help="Draw the areas from twice as many; the others are the comparison.",
        label="Draw at random from the best",
    )
    reserve_percent: float = option(
        10.0,
        help="Share of the ground where nothing is ever suggested, to compare with.",
        unit="per cent",
        ge=0,
        le=50,
        label="Ground kept back for comparison",
    )
    lens: str = option(
        "count",
        help="Count incidents, or weigh them by the square root of severity.",
        choices=("count", "harm"),
        label="Weighting",
    )
    hours: str = option(
        "auto",
        help="Choose areas by the incidents of the shift's hours, or of all; auto "
        "takes the shift's where the files state hours.",
        choices=("auto", "shift", "all"),
        label="Hours that choose the areas",
    )
    base: str = option(
        "",
        help="Where crews start and end: EASTING,NORTHING or LON,LAT. Empty takes the "
        "area nearest to all the others.",
        label="Base of the crews",
        free_text=True,
    )
    vehicle: bool = option(
        True,
        help="Whether a crew may drive where the walk is over 20 minutes.",
        label="May drive",
    )
    walk_kmh: float = option(
        4.0,
        help="For the walk in an area and the way to the next.",
        unit="km/h",
        ge=1,
        le=7,
        label="Walking speed",
    )
    window_minutes: int = option(
        30,
        help="Width of the published window of a visit.",
        unit="minutes",
        ge=5,
        le=120,
        label="Width of a visiting window",
    )
    compactness: float = option(
        0.1,
        help="What a ragged outline costs: share of a cell's demand for each contact "
        "that the most compact shape would have more.",
        ge=0,
        le=2,
        label="Compactness penalty",
    )
    apart: bool = option(
        True,
        help="Keep one cell between areas, so that displacement can be measured.",
        label="Keep areas apart",
    )
    expires_days: int = option(
        28,
        help="How long the plan is valid.",
        unit="days",
        ge=1,
        le=90,
        label="Valid for",
    )

    def __post_init__(self) -> None:
        check_fields(self)
        parse_days(self.days)
        if self.base.strip():
            parse_base(self.base)

    @property
    def loop_m(self) -> float:
        """Longest walk of one visit, metres."""
        return self.minutes / 60 * self.walk_kmh * 1000


def parse_base(text: str) -> Floats:
    """Read where crews start, in metres of the National Grid.

    Returns
    -------
    ndarray of shape (2,), metres

    Raises
    ------
    ParameterError
        If it is not two numbers, or they lie outside Great Britain.

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
