"""Every measure of one intervention at once, the one that decides first."""

from __future__ import annotations

from dataclasses import dataclass

from hotspots.effects.counts import Pair, check_pair
from hotspots.effects.difference import (
    WeightedDisplacementDifference,
    scaled_difference,
)
from hotspots.effects.displacement_quotient import NetEffects, net_effects
from hotspots.effects.planning import Detectable, minimum_detectable_effect
from hotspots.effects.ratio import RateRatio, rate_ratio
from hotspots.effects.words import Word
from hotspots.methods.change import e_test


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Every measure of one intervention, the one that decides first.

    ``difference``: against a comparison scaled to the
    treated count before; its word is the result.
    ``described``: to describe, without an error: never the result.
    ``p_treated``: e-test of the treated counts alone, without comparison.
    ``detectable``: the smallest fall that these counts could have shown.
    """

    difference: WeightedDisplacementDifference
    ratio: RateRatio
    described: NetEffects
    p_treated: float
    detectable: Detectable
    dispersion: float

    @property
    def word(self) -> Word:
        """What can be said."""
        return self.difference.word

    def sentences(self) -> tuple[str, ...]:
        """Return the result for people, then what it could have shown at all."""
        said = [self.difference.sentence(), f"{self.ratio.description()}."]
        if self.word == "cannot tell":
            said.append(self.detectable.sentence())
        return tuple(said)


def assess_effect(
    treated: Pair,
    control: Pair,
    displacement: Pair | None = None,
    displacement_control: Pair | None = None,
    *,
    dispersion: float = 1.0,
    confidence: float = 0.95,
) -> Effect:
    """Return every measure of an intervention over equal times before and after.

    ``treated``, ``control`` (float, float), incidents: counts before and after.
    ``displacement``, ``displacement_control`` (float, float), incidents: the same in
    the ring around each.
    ``dispersion``: variance over mean of counts before (:func:`overdispersion`).

    Raises ParameterError if a count is negative, the dispersion below 1 or the
    confidence not between 0 and 1; TooFewError if there are fewer than two incidents in
    all.

    Examples
    --------
    >>> effect = assess_effect((20, 12), (60, 58))
    >>> effect.word
    'cannot tell'
    """
    treated, control = check_pair(treated, "treated"), check_pair(control, "control")
    difference = scaled_difference(
        treated,
        control,
        displacement,
        displacement_control,
        dispersion=dispersion,
        confidence=confidence,
    )
    detectable = minimum_detectable_effect(
        max(treated[0], 0.5),
        max(control[0], 0.5),
        significance=1 - confidence,
        dispersion=dispersion,
    )
    return Effect(
        difference=difference,
        ratio=rate_ratio(
            treated, control, dispersion=dispersion, confidence=confidence
        ),
        described=net_effects(treated, control, displacement),
        p_treated=e_test(round(treated[0]), round(treated[1])),
        detectable=detectable,
        dispersion=dispersion,
    )
