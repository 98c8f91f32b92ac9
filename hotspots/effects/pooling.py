"""Several differences together: over sites, and over kinds of incident by harm."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from hotspots.core.errors import ParameterError
from hotspots.effects.difference import WeightedDisplacementDifference, build_difference


def pooled_difference(
    sites: Sequence[WeightedDisplacementDifference],
) -> WeightedDisplacementDifference:
    """Return the sum of the differences of several sites.

    One site rarely has the numbers; ten together may.

    ``sites``: each with a comparison of its own: where sites share one, add their
    counts up first and calculate a single difference.

    Raises ParameterError if there is no site, or confidence or units differ.

    Examples
    --------
    >>> from hotspots.effects import weighted_displacement_difference
    >>> site = weighted_displacement_difference((36, 22), (36, 36))
    >>> site.word, pooled_difference([site] * 6).word
    ('cannot tell', 'fell more than comparison')
    """
    if len({(site.confidence, site.unit) for site in sites}) != 1:
        raise ParameterError(
            "the sites must be one or more, of the same confidence and unit; got "
            f"{len(sites)} sites. Calculate each the same way."
        )
    return _weighted_sum(sites, [1.0] * len(sites), sites[0].unit)


def harm_weighted_difference(
    differences: Mapping[str, WeightedDisplacementDifference],
    weights: Mapping[str, float],
) -> WeightedDisplacementDifference:
    """Return the difference in harm, from one difference for each kind of incident.

    ``differences``: by category; all of the same confidence.
    ``weights``: harm of one incident of each category, at least 0.

    Returns WeightedDisplacementDifference: in harm, not incidents.

    Raises ParameterError if categories differ, a weight is negative or confidence
    differs.

    Notes
    -----
    ``sum w x`` with standard error ``sqrt(sum w^2 se^2)``: categories are taken to be
    independent. One rare, severe category can decide it; look at the parts as well.

    References
    ----------
    Wheeler, A. P. (2020), "Amending the WDD test to incorporate harm weights".
    """
    if set(differences) != set(weights) or not differences:
        raise ParameterError(
            "there must be a weight for each category and no more; got differences of "
            f"{', '.join(sorted(differences)) or 'none'} and weights of "
            f"{', '.join(sorted(weights)) or 'none'}."
        )
    for name, weight in weights.items():
        if not (math.isfinite(weight) and weight >= 0):
            raise ParameterError(
                f"a weight must be at least 0; got {weight!r} for {name}."
            )
    parts = list(differences.values())
    if len({part.confidence for part in parts}) > 1:
        raise ParameterError("the differences must all be of the same confidence.")
    return _weighted_sum(parts, [weights[name] for name in differences], "harm")


def _weighted_sum(
    parts: Sequence[WeightedDisplacementDifference], weights: Sequence[float], unit: str
) -> WeightedDisplacementDifference:
    pairs = list(zip(parts, weights, strict=True))
    return build_difference(
        sum(w * part.local for part, w in pairs),
        sum(w * part.displaced for part, w in pairs),
        math.sqrt(sum((w * part.se) ** 2 for part, w in pairs)),
        confidence=parts[0].confidence,
        unit=unit,
    )
