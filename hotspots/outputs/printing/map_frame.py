"""The window of a drawn map: metres on the ground to places on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from hotspots.core.errors import ParameterError

NICE = (1.0, 2.0, 5.0)
MARGIN = 0.04
"""Of the width and height, kept free on each side."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A rectangle of ground and the rectangle of page that shows it.

    ``west``, ``south``, ``east``, ``north``: metres.
    ``wide``, ``high``: tenths of a millimetre.
    """

    west: float
    south: float
    east: float
    north: float
    wide: float
    high: float

    @classmethod
    def around(
        cls,
        bounds: tuple[float, float, float, float],
        *,
        wide: float,
        high: float,
        margin: float = MARGIN,
    ) -> Frame:
        """Return the frame that shows a box of ground whole, with a margin.

        ``bounds``: metres; west, south, east, north.
        ``wide``, ``high``: tenths of a millimetre.

        Raises ParameterError if a bound is not finite or a size is not above 0.
        """
        west, south, east, north = bounds
        if not np.isfinite(bounds).all() or not (wide > 0 and high > 0):
            raise ParameterError(
                "a map must have finite bounds and a size above 0; got bounds "
                f"{bounds} and {wide} by {high} tenths of a millimetre. Give it "
                "something to show."
            )
        inner = 1 - 2 * margin
        per_unit = max((east - west) / (wide * inner), (north - south) / (high * inner))
        per_unit = max(per_unit, 1e-6)
        x, y = (west + east) / 2, (south + north) / 2
        half_x, half_y = wide * per_unit / 2, high * per_unit / 2
        return cls(
            west=x - half_x,
            south=y - half_y,
            east=x + half_x,
            north=y + half_y,
            wide=wide,
            high=high,
        )

    @property
    def metres_per_unit(self) -> float:
        """Metres on the ground in a tenth of a millimetre of page."""
        return (self.east - self.west) / self.wide

    @property
    def ground(self) -> Any:
        """The rectangle of ground, in metres."""
        return shapely.box(self.west, self.south, self.east, self.north)

    @property
    def box(self) -> Any:
        """The page's rectangle."""
        return shapely.box(0, 0, self.wide, self.high)

    def to_page(self, geometry: Any, *, clip: float = 20.0) -> Any:
        """Return geometry on the page, cut at the frame and without needless points.

        ``geometry``: shapely geometry or ndarray of them, metres.
        ``clip``: tenths of a millimetre; how far outside the frame it is cut, so that
        cuts are not seen.

        Returns shapely geometry or ndarray of them: ``x`` to the right and ``y`` down;
        empty where nothing is in sight.
        """
        scale = 1 / self.metres_per_unit
        origin = np.array([self.west, self.north])

        def move(xy: Any) -> Any:
            return (xy - origin) * np.array([scale, -scale])

        left, top, right, foot = -clip, -clip, self.wide + clip, self.high + clip
        moved = shapely.transform(shapely.force_2d(geometry), move)
        west, north, east, south = np.moveaxis(shapely.bounds(moved), -1, 0)
        seen = (west <= right) & (east >= left) & (north <= foot) & (south >= top)
        near = np.where(seen, moved, shapely.GeometryCollection())
        cut = shapely.clip_by_rect(shapely.make_valid(near), left, top, right, foot)
        return shapely.simplify(cut, 0.5)


def round_length_m(longest: float) -> float:
    """Return the longest of 1, 2, 5, 10, 20, 50 ... metres that is not above a length.

    ``longest``: metres.

    Returns metres.

    Examples
    --------
    >>> round_length_m(730)
    500.0
    """
    power = 10.0 ** np.floor(np.log10(longest))
    return float(max(n * power for n in NICE if n * power <= longest * (1 + 1e-9)))


def page_path(geometry: Any) -> str:
    """Return geometry on the page as the text of an SVG path.

    ``geometry``: shapely geometry.
    """
    words = []
    for part in shapely.get_parts(geometry, return_index=False):
        if part.geom_type == "Polygon" and not part.is_empty:
            words += [f"{_steps(ring.coords)}Z" for ring in shapely.get_rings(part)]
        elif part.geom_type in {"LineString", "LinearRing"} and not part.is_empty:
            words.append(_steps(part.coords))
        elif part.geom_type.startswith(("Geometry", "Multi")):
            words.append(page_path(part))
    return "".join(words)


def _steps(coords: Any) -> str:
    points = [f"{x:.1f} {y:.1f}" for x, y in np.asarray(coords)[:, :2]]
    return f"M{points[0]}L{' '.join(points[1:])}"
