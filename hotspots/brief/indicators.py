"""The indicators that partnerships publish, and which incidents each one counts."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hotspots.brief.scope import Scope
from hotspots.core.types import Bools
from hotspots.model.incidents import Incidents

INDICATORS = Path(__file__).with_name("indicators.toml")
NOT_CRIME = (
    "collision",
    "collisions",
    "road traffic collision",
    "road traffic collisions",
)
"""Categories on their own clock, in no indicator."""


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """What one headline indicator counts. Letter case is ignored.

    ``categories``: any of these; empty is every category.
    ``not_categories``: none of these.
    ``subcategories``: any of these, in categories that the files divide; empty is all.
    ``qualifier``: must be among the incident's qualifiers; empty is no matter.
    ``headline``: whether it is one of those published, or a category of the files.
    """

    key: str
    label: str
    categories: tuple[str, ...] = ()
    not_categories: tuple[str, ...] = ()
    subcategories: tuple[str, ...] = ()
    qualifier: str = ""
    headline: bool = True

    def counts(self, incidents: Incidents) -> Bools | None:
        """Return which incidents it counts, or None where the files cannot say.

        Returns (n,), or None: none where a sub category or a qualifier is needed, and
        no incident of one of the categories carries any.
        """
        frame = incidents.frame
        category = _lower(frame["category"])
        mask = np.ones(len(category), dtype=bool)
        if self.categories:
            mask &= category.is_in(list(self.categories)).to_numpy()
        if self.not_categories:
            mask &= ~category.is_in(list(self.not_categories)).to_numpy()
        if self.subcategories:
            finer = _lower(frame["subcategory"])
            wanted = list(self.subcategories)
            divided = ((finer != category) & (finer != "")).to_numpy()
            itself = category.is_in(wanted).to_numpy()
            known = category.filter(pl.Series(mask & (divided | itself))).unique()
            whole = category.filter(pl.Series(mask)).unique()
            if not len(known) or len(known) < len(whole):
                return None
            mask &= finer.is_in(wanted).to_numpy() | (itself & ~divided)
        if self.qualifier:
            marks = _lower(frame["qualifiers"])
            if marks.filter(marks != "").is_empty():
                return None
            parts = marks.str.split(";")
            mask &= parts.list.contains(self.qualifier).to_numpy()
        return mask


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Indicators with the incidents of each.

    ``masks``: shape (n,).
    ``not_measured``: those that the files cannot tell apart.
    ``apart``: whether each incident counts in one of them only, beside "all".
    """

    indicators: tuple[Indicator, ...]
    masks: tuple[Bools, ...]
    not_measured: tuple[Indicator, ...]
    apart: bool = False

    @property
    def headlines(self) -> list[tuple[Indicator, Bools]]:
        """Those published, but the total, with the incidents of each."""
        pairs = zip(self.indicators, self.masks, strict=True)
        return [(i, mask) for i, mask in pairs if i.headline and i.key != "all"]


@cache
def headline_indicators() -> tuple[Indicator, ...]:
    """Return the indicators that partnerships publish."""
    told: list[dict[str, Any]]
    told = tomllib.loads(INDICATORS.read_text(encoding="utf-8"))["indicators"]
    return tuple(Indicator(**{k: _frozen(v) for k, v in row.items()}) for row in told)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def headline(key: str) -> Indicator:
    """Return one of the headline indicators."""
    return next(each for each in headline_indicators() if each.key == key)


def count_indicators(
    scope: Scope, indicators: Sequence[Indicator] = (), *, apart: bool = False
) -> Counted:
    """Find the incidents of each indicator, and of each category besides."""
    indicators = indicators or headline_indicators()
    found, masks, unknown = [], [], []
    every = (*indicators, *_categories(scope, indicators))
    for indicator in every:
        mask = indicator.counts(scope.incidents)
        if mask is None:
            unknown.append(indicator)
        else:
            found.append(indicator)
            masks.append(mask)
    counted = Counted(
        indicators=tuple(found), masks=tuple(masks), not_measured=tuple(unknown)
    )
    return _apart(scope, counted) if apart else counted


def _apart(scope: Scope, counted: Counted) -> Counted:
    """Leave each incident in the narrowest indicator, beside the total of all."""
    category = scope.incidents.frame["category"]
    single = [
        (indicator, mask)
        for indicator, mask in zip(counted.indicators, counted.masks, strict=True)
        if category.filter(pl.Series(mask)).n_unique() == 1
    ]
    narrow = [i for i in range(len(single)) if _is_part(single[i][0])]
    wide = [i for i in range(len(single)) if not _is_part(single[i][0])]
    total = headline("all")
    whole = total.counts(scope.incidents)
    assert whole is not None
    left = whole.copy()
    mine: dict[int, Bools] = {}
    for i in (*narrow, *wide):
        mine[i] = single[i][1] & left
        left = left & ~mine[i]
    found, masks = [total], [whole]
    for i, (indicator, mask) in enumerate(single):
        if mine[i].any():
            cut = bool((mask & ~mine[i]).any())
            label = f"{indicator.label}, other" if cut else indicator.label
            found.append(replace(indicator, label=label))
            masks.append(mine[i])
    if left.any():
        found.append(Indicator(key="other", label="Everything else"))
        masks.append(left)
    return Counted(
        indicators=tuple(found),
        masks=tuple(masks),
        not_measured=counted.not_measured,
        apart=True,
    )


def _is_part(indicator: Indicator) -> bool:
    return bool(indicator.qualifier or indicator.subcategories)


def _categories(scope: Scope, indicators: Sequence[Indicator]) -> list[Indicator]:
    whole = {
        name
        for each in indicators
        if not each.subcategories and not each.qualifier
        for name in each.categories
    }
    weights, frame = scope.weights, scope.incidents.frame
    counted = frame["category"].filter(weights["included"] == "yes").cast(pl.String)
    return [
        Indicator(
            key=f"category:{name.lower()}",
            label=name,
            categories=(name.lower(),),
            headline=False,
        )
        for name in sorted(counted.unique().to_list())
        if name.lower() not in (*whole, *NOT_CRIME)
    ]


def _lower(values: pl.Series) -> pl.Series:
    text = values.cast(pl.String).fill_null("")
    return text.str.strip_chars().str.to_lowercase()
