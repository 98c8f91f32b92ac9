"""Older measures of effect and displacement: to describe, never to decide.

None of them has a standard error, so each stands beside the weighted displacement
difference, not in its place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hotspots.effects.counts import Pair, check_pair


class Quotient(float):
    """A number that says why, where it is not one.

    ``value``: nan where undefined.
    ``reason``: why it is undefined, empty where it is not.
    """

    reason: str

    def __new__(cls, value: float, reason: str = "") -> Quotient:
        """Make the number and keep the reason."""
        number = super().__new__(cls, value)
        number.reason = reason
        return number


def displacement_quotient(treated: Pair, control: Pair, displacement: Pair) -> Quotient:
    """Return the weighted displacement quotient (WDQ).

    ``treated``, ``control``, ``displacement`` (float, float), incidents: counts before
    and after in the treated area, a comparison and the buffer.

    Returns Quotient: a float: above 1 the buffer gained more than the treated area, 0
    to 1 it gained, 0 to -1 displacement took part of the benefit, below -1 all of it.
    nan, with its ``reason``, where undefined.

    Raises ParameterError if a count is negative or not finite.

    Notes
    -----
    ``(D1 / C1 - D0 / C0) / (T1 / C1 - T0 / C0)``. Undefined where a count is zero, and
    where the treated area did not fall against its comparison: there is then no effect
    that could have been displaced.

    References
    ----------
    Bowers, K. J., and S. D. Johnson (2003), "Measuring the geographical displacement
    and diffusion of benefit effects of crime prevention activity", Journal of
    Quantitative Criminology 19(3), 275-301.

    Examples
    --------
    >>> displacement_quotient((100, 50), (100, 100), (100, 150))
    -1.0
    >>> displacement_quotient((100, 50), (100, 0), (100, 150)).reason
    'a count is zero'
    """
    t0, t1 = check_pair(treated, "treated")
    c0, c1 = check_pair(control, "control")
    d0, d1 = check_pair(displacement, "displacement")
    if min(t0, t1, c0, c1, d0, d1) == 0:
        return Quotient(math.nan, "a count is zero")
    success = t1 / c1 - t0 / c0
    if success >= 0:
        return Quotient(
            math.nan, "the treated area did not fall against its comparison"
        )
    return Quotient((d1 / c1 - d0 / c0) / success + 0.0)  # never minus zero


@dataclass(frozen=True, kw_only=True)
class NetEffects:
    """Incidents fewer in the treated area, before and after allowing for comparison.

    ``gross``: incidents; before less after in the treated area.
    ``net``: the same in units of the comparison.
    ``total_net``: Quotient, incidents; fewer than the comparison would lead to expect,
    treated area and buffer together.
    ``quotient``: the weighted displacement quotient; nan without a buffer.
    """

    gross: float
    net: Quotient
    total_net: Quotient
    quotient: Quotient


def net_effects(
    treated: Pair, control: Pair, displacement: Pair | None = None
) -> NetEffects:
    """Return gross, net and total net effect; positive is fewer incidents.

    ``treated``, ``control`` (float, float), incidents: counts before and after.
    ``displacement`` (float, float), incidents.

    Raises ParameterError if a count is negative or not finite.

    Notes
    -----
    ``GE = T0 - T1``, ``NE = T0 / C0 - T1 / C1`` and
    ``TNE = (T0 C1 / C0 - T1) + (D0 C1 / C0 - D1)``.

    References
    ----------
    Guerette, R. T. (2009), Analyzing Crime Displacement and Diffusion, Problem-Oriented
    Guides for Police, Problem-Solving Tools 10, appendix B.

    Examples
    --------
    >>> effects = net_effects((207, 110), (308, 318), (178, 157))
    >>> effects.gross, round(effects.total_net, 1), round(effects.quotient, 6)
    (97.0, 130.5, 0.258186)
    """
    t0, t1 = check_pair(treated, "treated")
    c0, c1 = check_pair(control, "control")
    d0, d1 = check_pair(
        (0, 0) if displacement is None else displacement, "displacement"
    )
    no_buffer = Quotient(math.nan, "no buffer was given")
    none = Quotient(math.nan, "the comparison has a count of zero")
    both, before = c0 > 0 and c1 > 0, c0 > 0
    total = (t0 + d0) * c1 / c0 - t1 - d1 if before else math.nan
    return NetEffects(
        gross=t0 - t1,
        net=Quotient(t0 / c0 - t1 / c1) if both else none,
        total_net=Quotient(total) if before else none,
        quotient=no_buffer
        if displacement is None
        else displacement_quotient(treated, control, displacement),
    )
