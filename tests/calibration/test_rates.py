"""Every promised rate is kept over simulated towns; `make calibrate` prints them."""

from __future__ import annotations

import pytest
from calibration.rates import MEASURES, Rate


@pytest.mark.slow
@pytest.mark.parametrize("measure", MEASURES, ids=lambda each: each.__name__)
def test_every_promised_rate_is_kept(measure) -> None:
    rates = list(measure(2))
    assert rates
    assert [rate.row() for rate in rates if not rate.kept] == []


def test_a_rate_outside_its_promise_is_red() -> None:
    given = {"what": "x", "town": "y", "low": 0.0, "high": 0.05, "n": 400}
    assert Rate(**given, measured=0.08).kept, "three standard errors are chance"
    assert not Rate(**given, measured=0.09).kept
    assert not Rate(**{**given, "low": 0.8, "high": 1.0}, measured=0.7).kept
    assert Rate(**given, measured=0.09).row().endswith("OUTSIDE |")
