from __future__ import annotations

import pytest

from hotspots.core.crs import grid_reference
from hotspots.core.errors import CrsError


@pytest.mark.parametrize(
    ("x", "y", "figures", "reference"),
    [
        (651_409.9, 313_177.3, 10, "TG 51409 13177"),  # Ordnance Survey's own example
        (530_000, 180_000, 6, "TQ 300 800"),
        (216_650, 771_250, 8, "NN 1665 7125"),  # Ben Nevis
        (457_750, 1_214_950, 6, "HP 577 149"),
        (80_050, 5_050, 8, "SV 8005 0505"),
    ],
)
def test_letters_and_figures(x: float, y: float, figures: int, reference: str) -> None:
    assert grid_reference(x, y, figures=figures) == reference


@pytest.mark.parametrize(("x", "y"), [(-1, 0), (700_000, 0), (0, 1_300_000)])
def test_outside_great_britain_is_refused(x: float, y: float) -> None:
    with pytest.raises(CrsError, match="Great Britain"):
        grid_reference(x, y)
