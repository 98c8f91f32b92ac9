"""Edge correction at the event: volume, against the other corrections, refusals."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import toy

from hotspots.core.errors import AreaError, CrsError, ParameterError
from hotspots.methods.edge import (
    EventEdgeKde,
    density_event_edge,
    outline_of,
    share_of_kernel,
)
from hotspots.methods.kde import Kde, density, share_inside
from hotspots.model.cells import Cells

CORNER = np.array([470_000.0, 310_000.0])
SQUARE = shapely.box(*CORNER, *(CORNER + 1_200))


def inside(n, seed=0):
    return CORNER + np.random.default_rng(seed).uniform(0, 1_200, (n, 2))


def grid(step_m=10.0):
    side = np.arange(0, 1_200, step_m) + step_m / 2
    return CORNER + np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)


@pytest.mark.parametrize(("kernel", "width"), [("quartic", 300.0), ("gaussian", 120.0)])
def test_the_volume_over_the_area_is_the_number_of_incidents(kernel, width):
    weights = np.random.default_rng(1).integers(1, 5, 30).astype(float)
    given = {"bandwidth_m": width, "kernel": kernel, "weights": weights}
    values = density_event_edge(inside(30), grid(), SQUARE, **given)
    assert values.sum() * 1e-4 == pytest.approx(weights.sum(), rel=1e-4)
    lost = density(inside(30), grid(), **given).sum() * 1e-4
    assert lost < 0.93 * weights.sum()


def test_away_from_the_edge_nothing_changes():
    xy = CORNER + np.array([[600.0, 600.0], [650.0, 560.0]])
    at = CORNER + np.array([[610.0, 500.0]])
    plain = density(xy, at, bandwidth_m=300.0)
    assert density_event_edge(xy, at, SQUARE, bandwidth_m=300.0) == plain
    beyond = density_event_edge(xy, at - [700, 0], SQUARE, bandwidth_m=3_000.0)
    assert beyond == 0


def test_at_the_edge_by_hand():
    xy = CORNER + np.array([[600.0, 0.0]])
    value = density_event_edge(xy, xy, SQUARE, bandwidth_m=300.0)
    assert value == pytest.approx(2 * 3 / (np.pi * 0.3**2))


def test_exact_shares_are_near_those_of_the_correction_at_the_target():
    cells = Cells.from_polygon(toy.town(), resolution=10)
    exact = share_of_kernel(cells.xy_m, outline_of(cells), bandwidth_m=300.0)
    assert exact.min() < 0.7
    assert (exact == 1).any()
    # what kde.share_inside says of itself: at most 0.04 at two spacings of the cells
    assert np.abs(exact - share_inside(cells, bandwidth_m=300.0)).max() < 0.04
    wide = share_of_kernel(cells.xy_m, outline_of(cells), bandwidth_m=700.0)
    assert np.abs(wide - share_inside(cells, bandwidth_m=700.0)).max() < 0.005


def test_the_method_on_the_toy_town():
    counts = {toy.A: 9, toy.D: 4, toy.E: 2}
    cells = Cells.from_polygon(toy.town(), resolution=10)
    surface = EventEdgeKde(bandwidth_m=600.0)(toy.incidents(counts), cells)
    total = (surface.values * cells.area_km2).sum()
    # H3 measures on a sphere, where these cells are 0.34% smaller than on the grid
    assert total == pytest.approx(13 / 1.0034, rel=1e-3)
    assert (surface.name, surface.unit) == ("density_per_km2", "incidents per km2")
    assert surface.notes[0] == "2 incidents lie outside the area: left out"
    plain = Kde(bandwidth_m=600.0, edge="none")(toy.incidents(counts), cells)
    assert (surface.values >= plain.values - 1e-9).all()


def test_the_outline_is_that_of_the_hexagons():
    cells = Cells.from_polygon(toy.town(), resolution=10)
    area = outline_of(cells)
    assert area.geom_type == "Polygon"
    assert area.area / 1e6 == pytest.approx(1.0034 * cells.area_km2.sum(), rel=1e-3)
    apart = Cells.from_ids(cells.ids[[0, -1]], resolution=10)
    assert outline_of(apart).geom_type == "MultiPolygon"


def test_what_is_refused():
    xy = inside(3)
    with pytest.raises(ParameterError, match=r"1 of 3 do not \(first: row 1"):
        density_event_edge(
            np.array([xy[0], xy[1] + 5_000, xy[2]]), xy, SQUARE, bandwidth_m=300.0
        )
    with pytest.raises(ParameterError, match="above 0; got -300"):
        density_event_edge(xy, xy, SQUARE, bandwidth_m=-300.0)
    with pytest.raises(ParameterError, match="quartic, gaussian; got 'box'"):
        share_of_kernel(xy, SQUARE, bandwidth_m=300.0, kernel="box")
    with pytest.raises(AreaError, match="got an empty one"):
        share_of_kernel(xy, shapely.Polygon(), bandwidth_m=300.0)
    with pytest.raises(CrsError, match="look like degrees"):
        share_of_kernel(
            np.array([[-0.88, 52.77], [-0.89, 52.76]]), SQUARE, bandwidth_m=300.0
        )
    none = Cells.from_ids(np.array([], dtype=np.uint64), resolution=10)
    with pytest.raises(AreaError, match="at least one cell"):
        EventEdgeKde()(toy.incidents(), none)
    with pytest.raises(ParameterError, match="bandwidth_m must be greater than 0"):
        EventEdgeKde(bandwidth_m=0)
