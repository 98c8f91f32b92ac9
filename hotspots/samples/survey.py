"""What residents of the simulated town say they worry about: made up like the rest."""

from __future__ import annotations

from itertools import product

import polars as pl

from hotspots.samples.rng import Rng

CONCERNS = {
    "Drug taking or dealing": 0.37,
    "Dog fouling": 0.28,
    "Burglary": 0.27,
    "Inconsiderate parking": 0.22,
    "Speeding": 0.20,
}
"""Each with about how many in a hundred name it."""
MOST_ASKED = 48


def build_survey(seed: int, wards: pl.DataFrame) -> pl.DataFrame:
    """Return one row per ward and concern: how many were asked, and named it."""
    rng = Rng(seed, "survey")
    asked = dict(
        zip(wards["name"], rng.whole(wards.height, 4, MOST_ASKED), strict=True)
    )
    rows = []
    for (ward, n), (concern, share) in product(asked.items(), CONCERNS.items()):
        said = int(rng.happens(int(n), share).sum())
        rows.append((ward, concern, int(n), said, "31/03/2025"))
    columns = ("area", "concern", "asked", "said", "date")
    return pl.DataFrame(rows, schema=columns, orient="row")
