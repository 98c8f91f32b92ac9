"""Which ground counts as the town, so that sessions can be asked for outside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from hotspots.core.crs import lonlat_to_bng
from hotspots.core.errors import ParameterError, did_you_mean
from hotspots.core.types import Bools, Floats
from hotspots.model.cells import Cells
from hotspots.tactics.context import PlanningContext

if TYPE_CHECKING:
    from hotspots.tactics.youth.tactic import YouthSessions


def town_of(context: PlanningContext, options: YouthSessions) -> tuple[Any, str]:
    """Return a test of which points (lon, lat) lie in the town, and its words.

    Raises
    ------
    ParameterError
        If ``town`` names an area that was not given.
    """
    frame, shapes = context.dataset.areas.frame, context.dataset.areas.geometry
    wanted = [part.strip() for part in options.town.split(";") if part.strip()]
    if wanted:
        known = [*frame["name"].to_list(), *frame["code"].to_list()]
        rows = []
        for word in wanted:
            hits = [k % len(frame) for k, n in enumerate(known) if same_name(n, word)]
            if not hits:
                raise ParameterError(
                    f"town must name areas that were given, with ; between; '{word}' "
                    f"is none.{did_you_mean(word, known)}"
                )
            rows += hits
        ground = shapely.union_all(shapes[rows])
        shapely.prepare(ground)
        return (
            lambda at: shapely.contains_xy(ground, at[:, 0], at[:, 1]),
            f"the areas {', '.join(wanted)}",
        )
    cells = context.dataset.cells_of_places(8)
    used = cells[context.incidents.frame["place"].to_numpy()]
    ids, counts = np.unique(used, return_counts=True)
    top = Cells(ids=ids[[int(np.argmax(counts))]], resolution=8).xy_m[0]
    radius = options.town_radius_m

    def near(at: Floats) -> Bools:
        xy = np.column_stack(lonlat_to_bng(at[:, 0], at[:, 1]))
        return np.asarray(np.hypot(*(xy - top).T) <= radius)

    return near, f"everything within {radius:,.0f} m of where most incidents are"


def same_name(name: str, word: str) -> bool:
    """Say whether a name is a word, in any case."""
    return name.strip().lower() == word.lower()
