"""How many repeats there would be by chance alone.

With enough incidents on few enough places some targets are hit twice anyway. What
counts is how many more than that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotspots.core.arrays import as_int, as_number, as_numbers
from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats

MAXIMUM = 10**15


@dataclass(frozen=True, kw_only=True)
class ChanceOfRepeats:
    """What repeats there would be if every place at risk were as likely as any other.

    ``n_targets``: expected number of places with one incident or more.
    ``n_repeat_targets``: expected number of those with two or more.
    ``share_targets``: the second over the first.
    ``share_incidents``: expected share of the incidents that lie at repeat targets.
    """

    n_targets: float
    n_repeat_targets: float
    share_targets: float
    share_incidents: float


def chance_of_repeats(n_incidents: int, n_at_risk: int) -> ChanceOfRepeats:
    """Return the repeats that chance alone gives when incidents fall on places evenly.

    ``n_incidents``: at least 1.
    ``n_at_risk``: places that could be hit, those never hit included; at least 1.

    Raises ParameterError if a number is below 1.

    Notes
    -----
    Each of N incidents falls on one of M places with the same probability, so that a
    place has a binomial number of them. Of the places, ``M (1 - (1 - 1/M)^N)`` are
    hit and ``N (1 - 1/M)^(N-1)`` hit once; an incident stands alone with probability
    ``(1 - 1/M)^(N-1)``. For many places this is the Poisson distribution with mean
    N/M. Places differ in risk, so that some excess over it is expected always.

    References
    ----------
    Sparks, R. F. (1981). Multiple victimization: evidence, theory, and future
    research. Journal of Criminal Law and Criminology 72(2), 762-778: the Poisson
    comparison. Feller, W. (1968). An Introduction to Probability Theory and Its
    Applications, volume 1, section II.5: occupancy.

    Examples
    --------
    Two incidents on two doors: both at one door every second time.

    >>> chance = chance_of_repeats(2, 2)
    >>> chance.n_targets, chance.n_repeat_targets, chance.share_incidents
    (1.5, 0.5, 0.5)
    """
    n_incidents = as_int(n_incidents, name="incidents", minimum=1, maximum=MAXIMUM)
    n_at_risk = as_int(n_at_risk, name="places at risk", minimum=1, maximum=MAXIMUM)
    missed = (1 - 1 / n_at_risk) ** (n_incidents - 1)
    hit = n_at_risk * (1 - missed * (1 - 1 / n_at_risk))
    repeat = hit - n_incidents * missed
    return ChanceOfRepeats(
        n_targets=hit,
        n_repeat_targets=repeat,
        share_targets=repeat / hit,
        share_incidents=1 - missed,
    )


def chance_while_followed(
    followed_days: Floats, *, rate_per_day: float
) -> ChanceOfRepeats:
    """Return the repeats chance gives at targets followed for different times.

    ``followed_days`` (k,), days: how long each target was followed after its first
    incident.
    ``rate_per_day``: incidents per place and day; all incidents over places at risk
    times days.

    Returns ChanceOfRepeats: ``n_targets`` is k.

    Raises ParameterError if a time or the rate is negative or not finite.

    Notes
    -----
    A target followed for e days has a further incident with probability
    ``1 - exp(-rate e)`` (Poisson), so that targets hit shortly before the files end
    are not expected to show what could not yet be seen.

    Examples
    --------
    >>> chance = chance_while_followed(np.array([365.0]), rate_per_day=0.01 / 365)
    >>> round(chance.share_targets, 5)
    0.00995
    """
    followed = as_numbers(followed_days, name="followed_days")
    rate_per_day = as_number(rate_per_day, name="rate_per_day")
    mean = followed * rate_per_day
    if not (np.isfinite(mean).all() and (followed >= 0).all() and rate_per_day >= 0):
        raise ParameterError(
            "days followed and the rate must be finite numbers, 0 or more; got a rate "
            f"of {rate_per_day!r} and days from {followed.min(initial=0):g}."
        )
    again = float(-np.expm1(-mean).sum())
    n = len(followed)
    incidents = n + float(mean.sum())
    return ChanceOfRepeats(
        n_targets=n,
        n_repeat_targets=again,
        share_targets=again / n if n else float("nan"),
        share_incidents=(again + float(mean.sum())) / incidents if n else float("nan"),
    )
