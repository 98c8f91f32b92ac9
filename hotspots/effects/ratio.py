"""Effect as a ratio of rates, over one or many sites, with the chance it is chance.

Where the sites to treat were drawn at random, the draw itself says what chance can do:
the same counts are looked at under every other draw that could have been made.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.core.arrays import as_generator, as_int, as_numbers
from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats, Rng
from hotspots.effects.counts import check_confidence, check_dispersion, check_total
from hotspots.effects.words import Word, normal_quantile

Draws = npt.NDArray[np.bool_]
MAX_DRAWS = 10_000_000


@dataclass(frozen=True, kw_only=True)
class RateRatio:
    """Change in the treated sites over change in the others.

    ``ratio``: below 1 where the treated sites fell by more; 0.7 is 30 per cent more.
    ``low``, ``high``: interval from the Poisson model, widened by ``dispersion``.
    ``p_value``: two-sided, from ``inference``.
    ``inference``: ``permutation``, or ``Poisson model`` where there are too few sites
    for it.
    ``n_treated``, ``n_control``: sites.
    ``n_draws``: how many ways of choosing the treated sites were looked at.
    """

    ratio: float
    low: float
    high: float
    p_value: float
    inference: str
    n_treated: int
    n_control: int
    n_draws: int
    confidence: float
    dispersion: float

    @property
    def word(self) -> Word:
        """What can be said, from the p value."""
        if self.p_value > 1 - self.confidence + 1e-12 or self.ratio == 1:
            return "cannot tell"
        if self.ratio < 1:
            return "fell more than comparison"
        return "rose more than comparison"

    def description(self) -> str:
        """Return the figures for people, without a verdict."""
        change = abs(self.ratio - 1)
        way = "lower" if self.ratio < 1 else "higher"
        p = "under 0.001" if self.p_value < 0.001 else f"{self.p_value:.3f}"
        return (
            f"The treated {_sites(self.n_treated)} ended {change:.0%} {way} than the "
            f"comparison would lead to expect (ratio {self.ratio:.2f}, "
            f"{self.confidence:.0%} interval {self.low:.2f} to {self.high:.2f}, "
            f"p {p} by {self.inference})"
        )

    def sentence(self) -> str:
        """Return the result for people."""
        return f"{self.description()}: {self.word}."


def rate_ratio(
    treated: npt.ArrayLike,
    control: npt.ArrayLike,
    *,
    dispersion: float = 1.0,
    confidence: float = 0.95,
    n_permutations: int = 9_999,
    rng: Rng = None,
) -> RateRatio:
    """Return the rate-ratio difference-in-differences over sites.

    ``treated``, ``control``: array of shape (k, 2) or (2,), incidents; count before and
    count after of each site.
    ``dispersion``: variance over mean of counts where nothing was done
    (:func:`overdispersion`).
    ``confidence``: of the interval and of the word.
    ``n_permutations``: how many other choices of treated sites are drawn; all of them
    are looked at where there are no more than that.

    Raises ParameterError if counts are not pairs of finite numbers, 0 or more, the
    dispersion is below 1, the confidence not between 0 and 1, or ``n_permutations``
    below 1; TooFewError if there are fewer than two incidents in all.

    Notes
    -----
    ``(T1 / T0) / (C1 / C0)`` of the sums over sites, which is what a Poisson regression
    on site, period and treatment gives; the variance of its logarithm is
    ``dispersion * (1 / T0 + 1 / T1 + 1 / C0 + 1 / C1)``. Half an incident is added to
    each sum where one is zero. The permutation p value needs no such model, but holds
    only where the treated sites were drawn at random; where the number of possible
    draws is too small for it ever to reach ``1 - confidence`` the model is used.

    References
    ----------
    Rosenbaum, P. R. (2002), Observational Studies, chapter 2 (randomisation inference).
    Phipson, B., and G. K. Smyth (2010), "Permutation p-values should never be zero",
    Statistical Applications in Genetics and Molecular Biology 9, 39.

    Examples
    --------
    >>> result = rate_ratio((100, 60), (100, 100))
    >>> round(result.ratio, 2), result.word
    (0.6, 'fell more than comparison')
    """
    t, c = _checked_sites(treated, "treated"), _checked_sites(control, "control")
    check_total(t.ravel().tolist(), c.ravel().tolist())
    _check_options(dispersion, confidence, n_permutations)
    sums = np.concatenate([t.sum(axis=0), c.sum(axis=0)])[:, None]
    log_ratio = float(_log_ratio(*sums)[0])
    variance = dispersion * float((1 / _filled(sums)).sum())
    reach = normal_quantile(0.5 + confidence / 2) * math.sqrt(variance)
    draws, exact = _draws(len(t), len(t) + len(c), int(n_permutations), rng)
    smallest = (2 if len(t) == len(c) else 1) / (len(draws) + (not exact))
    if smallest <= 1 - confidence + 1e-12:
        p_value, inference = (
            _permutation_p(t, c, log_ratio, draws, exact),
            "permutation",
        )
    else:
        p_value = math.erfc(abs(log_ratio) / math.sqrt(2 * variance))
        inference = "Poisson model"
    return RateRatio(
        ratio=math.exp(log_ratio),
        low=math.exp(log_ratio - reach),
        high=math.exp(log_ratio + reach),
        p_value=p_value,
        inference=inference,
        n_treated=len(t),
        n_control=len(c),
        n_draws=len(draws),
        confidence=confidence,
        dispersion=dispersion,
    )


def _permutation_p(
    treated: Floats, control: Floats, observed: float, draws: Draws, exact: bool
) -> float:
    sites = np.concatenate([treated, control])
    chosen = draws @ sites
    others = sites.sum(axis=0) - chosen
    other_ratios = _log_ratio(*chosen.T, *others.T)
    n_as_far = int((np.abs(other_ratios) >= abs(observed) - 1e-9).sum())
    return n_as_far / len(draws) if exact else (n_as_far + 1) / (len(draws) + 1)


def _draws(k: int, n: int, n_permutations: int, rng: Rng) -> tuple[Draws, bool]:
    """Return choices of k of n sites, shape (draws, n), and whether they are all."""
    if math.comb(n, k) <= n_permutations:
        rows = list(itertools.combinations(range(n), k))
        draws = np.zeros((len(rows), n), dtype=bool)
        np.put_along_axis(draws, np.array(rows), True, axis=1)
        return draws, True
    generator = as_generator(rng)
    ranks = generator.random((n_permutations, n)).argsort(axis=1)
    return ranks < k, False


def _log_ratio(t0: Floats, t1: Floats, c0: Floats, c1: Floats) -> Floats:
    filled = _filled(np.stack([t0, t1, c0, c1]))
    t0, t1, c0, c1 = np.log(filled)
    return np.asarray((t1 - t0) - (c1 - c0))


def _filled(sums: Floats) -> Floats:
    """Add half an incident to each of four sums where one is zero."""
    return np.asarray(sums + 0.5 * (sums == 0).any(axis=0))


def _checked_sites(counts: npt.ArrayLike, name: str) -> Floats:
    sites = np.atleast_2d(as_numbers(counts, name=name))
    good = sites.ndim == 2 and sites.shape[1] == 2 and len(sites)
    if not good or not (np.isfinite(sites) & (sites >= 0)).all():
        raise ParameterError(
            f"{name} must be a count before and a count after for each site, each 0 or "
            f"more; got an array of shape {sites.shape}."
        )
    return sites


def _check_options(dispersion: float, confidence: float, n_permutations: int) -> None:
    check_dispersion(dispersion)
    check_confidence(confidence)
    as_int(n_permutations, name="n_permutations", minimum=1, maximum=MAX_DRAWS)


def _sites(n: int) -> str:
    return "site" if n == 1 else f"{n} sites"
