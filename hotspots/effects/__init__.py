"""Did it work: counts before and after, where something was done and where not.

Two counts that fell say nothing; what matters is whether they fell by more than those
of places like them, and whether chance alone would do as much. At the volume of one
district the honest answer is often "cannot tell", which is one of the words.
"""

from __future__ import annotations

from hotspots.effects.assessment import Effect, assess_effect
from hotspots.effects.counts import before_and_after
from hotspots.effects.difference import (
    WeightedDisplacementDifference,
    scaled_difference,
    weighted_displacement_difference,
)
from hotspots.effects.dispersion import earlier_dispersion, overdispersion
from hotspots.effects.displacement_quotient import (
    NetEffects,
    Quotient,
    displacement_quotient,
    net_effects,
)
from hotspots.effects.planning import (
    Detectable,
    RandomChoice,
    baseline_caution,
    choose_at_random,
    minimum_detectable_effect,
)
from hotspots.effects.pooling import harm_weighted_difference, pooled_difference
from hotspots.effects.ratio import RateRatio, rate_ratio
from hotspots.effects.words import Word
from hotspots.methods.change import e_test

__all__ = [
    "Detectable",
    "Effect",
    "NetEffects",
    "Quotient",
    "RandomChoice",
    "RateRatio",
    "WeightedDisplacementDifference",
    "Word",
    "assess_effect",
    "baseline_caution",
    "before_and_after",
    "choose_at_random",
    "displacement_quotient",
    "e_test",
    "earlier_dispersion",
    "harm_weighted_difference",
    "minimum_detectable_effect",
    "net_effects",
    "overdispersion",
    "pooled_difference",
    "rate_ratio",
    "scaled_difference",
    "weighted_displacement_difference",
]
