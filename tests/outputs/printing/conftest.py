"""Background that most drawings are made on, read once."""

from __future__ import annotations

import pytest
from plan_fixture import town_background

from hotspots.outputs.printing import Background


@pytest.fixture(scope="session")
def town() -> Background:
    return town_background()
