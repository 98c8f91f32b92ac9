"""What a page asks of a plan, as one value: a tactic, its options, seed and window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from hotspots.core.errors import ParameterError, did_you_mean
from hotspots.core.options import Param, build
from hotspots.core.window import check_year
from hotspots.tactics.planner import PlanRequest
from hotspots.tactics.tactic import Tactic
from hotspots.web.parts.choices import Choices
from hotspots.web.parts.query import Query
from hotspots.web.plans.form import offered

LONGEST_VALUE = 300
LARGEST_SEED = 2**32 - 1
SHARED = ("day", "from", "to", "only", "leave_out", "officer_generated", "seed")
"""What every plan can be asked, beside the options of its tactic."""


@dataclass(frozen=True, kw_only=True)
class PlanQuery(PlanRequest):
    """What a page asks of a plan; equal values ask for the same plan.

    ``options`` (tuple of (str, str)): name and text of the options that are not at
    their default.
    ``first``, ``last``: the months as they were chosen.
    """

    first: str = ""
    last: str = ""

    @classmethod
    def from_args(
        cls,
        args: MultiDict[str, str],
        tactic: Tactic,
        choices: Choices,
        *,
        also: tuple[str, ...] = (),
    ) -> PlanQuery:
        """Read a query string."""
        params = {param.name: param for param in offered(tactic)}
        old = {param.formerly: name for name, param in params.items() if param.formerly}
        args = MultiDict((old.get(k, k), v) for k, v in args.items(multi=True))
        _check_names(args, (*params, *SHARED, *also), tactic)
        text = typed(args, tuple(params))
        for name, value in text.items():
            _check_choice(params[name], value)
        instance = build(tactic.options, text)
        shared = typed(args, SHARED)
        months = Query.from_args(
            MultiDict({name: shared.get(name, "") for name in ("from", "to")}), choices
        )
        return cls(
            tactic=tactic.name,
            options=tuple(
                (name, text[name])
                for name, param in params.items()
                if name in text and getattr(instance, name) != param.default
            ),
            day=_day(shared.get("day", "")),
            window=months.window_text(choices),
            first=months.first,
            last=months.last,
            categories=_only(args, choices),
            leave_out=shared.get("leave_out", ""),
            officer_generated=_yes(shared.get("officer_generated", "no")),
            seed=_seed(shared.get("seed", "1")),
        )

    def to_args(self) -> dict[str, Any]:
        """Return the query string's content, only what differs from the default."""
        said = {
            **dict(self.options),
            "day": self.day.isoformat() if self.day else "",
            "from": self.first,
            "to": self.last,
            "only": list(self.categories),
            "leave_out": self.leave_out,
            "officer_generated": "yes" if self.officer_generated else "",
            "seed": "" if self.seed == 1 else str(self.seed),
        }
        return {name: value for name, value in said.items() if value}


def typed(args: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """Return what was typed for some names; what was left empty is left out."""
    said = {name: args.get(name, "").strip()[:LONGEST_VALUE] for name in names}
    return {name: value for name, value in said.items() if value}


def _check_names(
    args: MultiDict[str, str], known: tuple[str, ...], tactic: Tactic
) -> None:
    for name, values in args.lists():
        if name not in known:
            raise ParameterError(
                f"an option of {tactic.title} must be one of {', '.join(known)}; got "
                f"{name[:80]!r}.{did_you_mean(name[:80], known)}"
            )
        longest = max(map(len, values), default=0)
        if longest > LONGEST_VALUE:
            raise ParameterError(
                f"{name} must be at most {LONGEST_VALUE} characters long; got "
                f"{longest:,}. Shorten it."
            )


def _check_choice(param: Param, value: str) -> None:
    """Refuse a text that is not offered before anything looks at it."""
    known = [str(choice) for choice in param.choices]
    if known and value not in known:
        raise ParameterError(
            f"{param.name} must be one of {', '.join(known)}; got {value[:80]!r}."
            f"{did_you_mean(value[:80], known)}"
        )


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise ParameterError(
            "the first day must be a date such as 2025-07-01 (year, month, day); got "
            f"{text[:40]!r}."
        ) from error
    check_year(day)
    return day


def _only(args: MultiDict[str, str], choices: Choices) -> tuple[str, ...]:
    chosen = set(args.getlist("only")) - {""}
    known = choices.by_default
    for name in sorted(chosen):
        if name not in known:
            raise ParameterError(
                f"a category must be one that is counted: {', '.join(known[:20])}; got "
                f"{name[:80]!r}.{did_you_mean(name[:80], known)}"
            )
    return () if chosen == set(known) else tuple(sorted(chosen))


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ParameterError(f"officer_generated must be yes or no; got {text[:40]!r}.")
    return text == "yes"


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise ParameterError(
            f"seed must be a whole number from 0 to {LARGEST_SEED:,}; got "
            f"{text[:40]!r}."
        )
    if int(text) > LARGEST_SEED:
        raise ParameterError(
            f"seed must be a whole number from 0 to {LARGEST_SEED:,}; got {text}."
        )
    return int(text)
