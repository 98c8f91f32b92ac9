"""Every incident is in one part, with those of the same coarse H3 cell."""

from __future__ import annotations

import h3
import numpy as np
from country import country

from hotspots.model.parts import PART, rows_by_part


def test_every_row_once_with_its_neighbours() -> None:
    incidents = country(300)
    parts = list(rows_by_part(incidents))
    assert sorted(np.concatenate(parts).tolist()) == list(range(300))
    places = incidents.places
    cells = [
        {
            h3.cell_to_parent(
                h3.latlng_to_cell(places["lat"][place], places["lon"][place], 8), PART
            )
            for place in incidents.frame["place"].gather(rows).to_list()
        }
        for rows in parts
    ]
    assert all(len(cell) == 1 for cell in cells)
    assert len(set.union(*cells)) == len(parts) > 3
