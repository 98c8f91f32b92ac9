"""Counting into cells: the toy town by hand, and nothing lost."""

from __future__ import annotations

import h3
import numpy as np
import toy

from hotspots.methods import METHODS, Count
from hotspots.model.cells import Cells


def town_cells():
    return Cells.from_polygon(toy.town(), resolution=10)


def test_the_toy_town_by_hand():
    surface = Count()(toy.incidents(), town_cells())
    held = dict(zip(surface.cells.ids.tolist(), surface.values.tolist(), strict=True))
    assert {cell: held[h3.str_to_int(cell)] for cell in toy.COUNTS} == toy.COUNTS
    assert surface.values.sum() == sum(toy.COUNTS.values())
    assert (surface.name, surface.unit) == ("n_incidents", "incidents")
    assert surface.notes == ()


def test_incidents_outside_the_cells_are_left_out_and_said():
    surface = Count()(toy.incidents({toy.A: 3, toy.E: 2}), town_cells())
    assert surface.values.sum() == 3
    assert surface.notes == ("2 incidents lie outside the cells",)


def test_coarser_cells_hold_the_sum_of_the_finer():
    incidents = toy.incidents()
    lon, lat = (incidents.places[name].to_numpy() for name in ("lon", "lat"))
    for resolution in (8, 9, 10, 11):
        ids = [
            h3.str_to_int(h3.latlng_to_cell(y, x, resolution))
            for x, y in zip(lon, lat, strict=True)
        ]
        cells = Cells.from_ids(np.array(ids), resolution=resolution)
        assert Count()(incidents, cells).values.sum() == incidents.n


def test_no_incidents():
    nothing = toy.incidents().select(toy.incidents().frame["line"] < 0)
    assert Count()(nothing, town_cells()).values.sum() == 0


def test_every_method_has_a_name():
    assert {"count", "gi_star", "kde"} <= set(METHODS)
    assert METHODS["count"] is Count
