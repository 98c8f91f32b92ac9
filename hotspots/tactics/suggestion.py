"""A suggestion, which cannot be made without its reasons.

Each line that a chair needs to defend it is a field, and an empty one is refused.
:meth:`Suggestion.rationale` gives the lines in their order; screen, page, card and file
all print those.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from hotspots.core.errors import SuggestionError
from hotspots.core.sentences import joined, sentence
from hotspots.core.window import in_words
from hotspots.tactics.rationale import Action, Alternative, Backtest
from hotspots.tactics.words import Rating

MARKINGS = ("OFFICIAL", "OFFICIAL-SENSITIVE")
"""Address-level content is always the second."""


@dataclass(frozen=True, kw_only=True)
class Suggestion(Action):
    """One thing to do at one place, with every reason for it.

    ``tactic``: ``cctv``, ``marking``, ``packs``, ``youth``, ``patrol`` or
    ``operation``.
    ``rank``: 1 is the first.
    ``chronic_share``: float or None; share of the risk that is lasting, 0 to 1; the
    rest is recent. None where the tactic does not use the split, and ``split_note``
    says why.
    ``eligible``, ``ineligible``: incidents here that the tactic can act on, and that it
    cannot.
    ``eligibility``: which are which, in words, and that these are policy numbers where
    they are.
    ``binding``: constraints that changed the choice; empty tuple is "none".
    ``leave_one_out``: what the plan without it loses, in ``value_unit``.
    ``alternatives``: at most three.
    ``no_alternative``: why there are fewer than three; empty where there are three.
    ``detectable``: the smallest effect that could be told from chance, in words.
    ``success``: what will count as success, declared before.
    ``controls``: places held for comparison.
    ``coverage``: what the data cover and what they do not.
    ``cut_off``: the last day of the data.
    ``dpia``, ``equality``: stubs to be completed by a person.
    ``marking``: {"OFFICIAL", "OFFICIAL-SENSITIVE"}.
    ``do``, ``do_not``: for the card: what to do there and what not to.

    Raises SuggestionError if a line of the rationale is empty or impossible.
    """

    tactic: str
    rank: int
    chronic_share: float | None
    split_note: str = ""
    eligible: int
    ineligible: int
    eligibility: str
    backtest: Backtest
    binding: tuple[str, ...]
    n_resamples: int
    leave_one_out: float
    value_unit: str
    alternatives: tuple[Alternative, ...]
    no_alternative: str = ""
    rating: Rating
    detectable: str
    success: str
    controls: tuple[str, ...]
    coverage: str
    cut_off: dt.date
    dpia: str
    equality: str
    marking: str = "OFFICIAL"
    do: tuple[str, ...]
    do_not: tuple[str, ...]

    def __post_init__(self) -> None:
        needed = (
            "name what when dose eligibility solution value_unit detectable success "
            "control_note coverage dpia equality do do_not"
        )
        for line in needed.split():
            if not getattr(self, line):
                raise SuggestionError(
                    f"every suggestion must say '{line}'; {self.tactic} {self.rank} "
                    "does not. Fill it in where the suggestion is made."
                )
        if self.marking not in MARKINGS:
            raise SuggestionError(
                f"marking must be one of {', '.join(MARKINGS)}; got {self.marking!r}."
            )
        if self.chronic_share is None and not self.split_note:
            raise SuggestionError(
                "a suggestion without chronic_share must say why in split_note; "
                f"{self.tactic} {self.rank} does not."
            )
        if len(self.alternatives) < 3 and not self.no_alternative:
            raise SuggestionError(
                "a suggestion must carry three alternatives or say why not "
                f"(no_alternative); {self.tactic} {self.rank} has "
                f"{len(self.alternatives)}."
            )

    def rationale(self) -> tuple[tuple[str, str], ...]:
        """Return every line of the rationale: heading and text, in their order."""
        lines = [
            ("What", self.what),
            ("Where", self.name),
            ("When", self.when),
            ("How much", self.dose),
            ("Valid until", in_words(self.expires)),
            (
                "Why here",
                joined(d.sentence() for d in self.drivers)
                or "No incident of a counted kind is near",
            ),
            ("Lasting or recent", self._split()),
            (
                "Eligible crime",
                f"{self.eligible:,} incidents here count, {self.ineligible:,} do not. "
                f"{self.eligibility}",
            ),
            *self.details,
            ("Backtest", self.backtest.sentence()),
            ("How it was found", self.solution),
            ("Limits that decided", joined(self.binding) or "None"),
            ("How stable", self._stability()),
            (
                "What it adds",
                f"{self.value:,.1f} {self.value_unit}; without it the plan loses "
                f"{self.leave_one_out:,.1f}.",
            ),
            ("Other choices", self._alternatives()),
            ("What research says", self.rating.words),
            ("Found an effect", joined(self.rating.found) or "No study known"),
            ("Found none", joined(self.rating.null) or "No null study known"),
            ("Smallest effect we could see", self.detectable),
            ("What will count as success", self.success),
            (
                "Comparison places",
                f"{joined(self.controls) or 'None'}. {self.control_note}",
            ),
            ("Data", f"{self.coverage} Data to {in_words(self.cut_off)}."),
            ("Privacy (DPIA)", self.dpia),
            ("Equality", self.equality),
        ]
        if self.cautions:
            lines.append(("Caution", joined(self.cautions)))
        names = ("Where", "Valid until")
        return tuple(
            (heading, text if heading in names else sentence(text))
            for heading, text in lines
        )

    def to_row(self) -> dict[str, Any]:
        """Return the columns that every export shares, in their order."""
        return {
            "tactic": self.tactic,
            "rank": self.rank,
            "name": self.name,
            "what": self.what,
            "when": self.when,
            "dose": self.dose,
            "expires": self.expires.isoformat(),
            "why": joined(d.sentence() for d in self.drivers),
            "n_eligible": self.eligible,
            "n_ineligible": self.ineligible,
            "chronic_share": _rounded(self.chronic_share, 3),
            "stability": _rounded(self.stability, 3),
            "value": round(self.value, 3),
            "leave_one_out": round(self.leave_one_out, 3),
            "value_unit": self.value_unit,
            "backtest": self.backtest.sentence(),
            "solution": self.solution,
            "success": self.success,
            "data_to": self.cut_off.isoformat(),
            "marking": self.marking,
        }

    def _split(self) -> str:
        if self.chronic_share is None:
            return self.split_note
        return (
            f"{self.chronic_share:.0%} of the risk is lasting, "
            f"{1 - self.chronic_share:.0%} recent. {self.split_note}".strip()
        )

    def _stability(self) -> str:
        if self.stability is None:
            return "Not measured: every case is served, nothing is chosen."
        return (
            f"Chosen again in {round(self.stability * self.n_resamples):,} of "
            f"{self.n_resamples:,} resamples of the incidents."
        )

    def _alternatives(self) -> str:
        shown = joined(each.sentence() for each in self.alternatives)
        return (
            f"{shown}. {self.no_alternative}".strip() if shown else self.no_alternative
        )


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
