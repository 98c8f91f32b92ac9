"""Part by part gives what the whole at once gives."""

from __future__ import annotations

import numpy as np
import pytest
from town import town_on_its_day

from hotspots.core.errors import ParameterError
from hotspots.core.spread import InTurn
from hotspots.methods.kde import Kde
from hotspots.workflow import Analysis, Dataset, Parameters, analyse


@pytest.fixture(scope="module")
def town() -> Dataset:
    return town_on_its_day()


@pytest.mark.parametrize(
    ("resolution", "kde"),
    [(10, Kde()), (11, Kde(bandwidth_m=90, edge="none")), (9, Kde(bandwidth_m=2_000))],
)
def test_the_parts_together_are_the_whole(
    town: Dataset, resolution: int, kde: Kde
) -> None:
    chosen = Parameters(resolution=resolution, kde=kde)
    whole, parts = analyse(town, chosen), analyse(town, chosen, engine=InTurn())
    _same_surfaces(whole, parts)
    assert parts.cells_table.equals(whole.cells_table)
    assert parts.areas_table.equals(whole.areas_table)
    assert parts.summary == whole.summary
    assert [place.to_row() for place in parts.hotspots] == [
        place.to_row() for place in whole.hotspots
    ]


def _same_surfaces(whole: Analysis, parts: Analysis) -> None:
    near = whole.cells.index_of(parts.cells.ids)
    assert (near >= 0).all()
    assert parts.cells.study.n == len(whole.cells) >= len(near)
    assert parts.cells.study.km2 == pytest.approx(whole.cells.study.km2, rel=1e-10)
    far = np.setdiff1d(np.arange(len(whole.cells)), near)
    for name, surface in whole.surfaces.items():
        found = parts.surfaces[name]
        np.testing.assert_allclose(found.values, surface.values[near], rtol=1e-9)
        assert found.notes == surface.notes
        if name != "gi_star":
            assert not surface.values[far].any()
    p = whole.surfaces["gi_star"].p_values
    found_p = parts.surfaces["gi_star"].p_values
    assert p is not None
    assert found_p is not None
    np.testing.assert_allclose(found_p, p[near], rtol=1e-9)


@pytest.mark.parametrize("kde", [Kde(kernel="gaussian"), Kde(bandwidth_m=30_000)])
def test_a_kernel_that_reaches_beyond_the_parts_is_refused(
    town: Dataset, kde: Kde
) -> None:
    with pytest.raises(ParameterError, match="needs the quartic kernel"):
        analyse(town, Parameters(kde=kde), engine=InTurn())
