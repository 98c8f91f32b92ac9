"""The reasons of a suggestion: counts, alternatives, a test, what research says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Driver:
    """One reason for a place, as a count.

    Parameters
    ----------
    what : str
        For instance ``"vehicle crime within 100 m"``.
    count, of : int
        ``count`` of the ``of`` such incidents in the district.
    """

    what: str
    count: int
    of: int

    def sentence(self) -> str:
        """Return the reason in words, with both counts."""
        return f"{self.what}: {self.count:,} of the district's {self.of:,}"


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another choice and what it would lose.

    Parameters
    ----------
    at : tuple of float
        Longitude and latitude, degrees.
    loss : float
        Share of this suggestion's value that would be lost, 0 to 1; below 0 where the
        alternative alone is worth more (another suggestion already covers it).
    """

    name: str
    at: tuple[float, float]
    loss: float

    def sentence(self) -> str:
        """Return the alternative in words."""
        if self.loss <= 0.05:
            return f"{self.name}: practically tied; choose on practicalities"
        return f"{self.name}: loses {self.loss:.0%} of the value"


@dataclass(frozen=True, kw_only=True)
class Capture:
    """How much of what came later the same choice would have met, beside a naive one.

    Parameters
    ----------
    hits, of : int
        Later incidents met, and all later incidents, over all folds.
    low, high : float
        95% interval of ``hits / of``, 0 to 1.
    naive_hits : int
        The same for the naive choice.
    naive : str
        What the naive choice is, in words.
    n_folds, horizon_days : int
        How often the choice was repeated on earlier data, and how far it looked ahead.
    counted : str
        What is counted, in the plural.
    why_not : str
        Why there is no fold, where there is none.
    """

    hits: int
    of: int
    low: float
    high: float
    naive_hits: int
    naive: str
    n_folds: int
    horizon_days: int
    counted: str = "incidents"
    why_not: str = "there is too little earlier data to test the choice"

    def sentence(self) -> str:
        """Return the back-test in words, with the naive choice beside it."""
        if not self.of or not self.n_folds:
            return f"Cannot tell: {self.why_not}."
        share = self.hits / self.of
        return (
            f"Chosen the same way on earlier data, {self.n_folds} times, it met "
            f"{self.hits:,} of {self.of:,} {self.counted} of the next "
            f"{self.horizon_days} "
            f"days ({share:.1%}, 95% interval {self.low:.1%} to {self.high:.1%}); "
            f"{self.naive} met {self.naive_hits:,} ({self.naive_hits / self.of:.1%})."
        )


@dataclass(frozen=True, kw_only=True)
class Rating:
    """What research says of a tactic, with the studies that found nothing.

    Parameters
    ----------
    words : str
        The rating in one sentence.
    found, null : tuple of str
        Studies that found an effect, and that found none, with their source.
    """

    words: str
    found: tuple[str, ...]
    null: tuple[str, ...]
