"""Every choice that an analysis depends on, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hotspots.analysis.finder import HotspotRule
from hotspots.analysis.periods import choose_window
from hotspots.core.errors import ParameterError
from hotspots.core.window import Window
from hotspots.methods.gistar import GiStar
from hotspots.methods.kde import Kde
from hotspots.model.cells import check_resolution
from hotspots.model.incidents import Incidents


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Every choice that an analysis depends on.

    ``resolution``: {8, 9, 10, 11}; h3 resolution of the cells.
    ``window``: ``FROM:TO`` (months or days, both included) or ``all``; default the last
    ``window_months`` of the files.
    ``window_months``: length of the automatic window: 24, or 36 where incidents are
    sparse.
    ``categories``: only these; default every category that the harm table counts.
    ``area``: only incidents in the area with this code.
    """

    resolution: int = 10
    window: str | None = None
    window_months: int = 24
    categories: tuple[str, ...] | None = None
    area: str | None = None
    kde: Kde = field(default_factory=Kde)
    gi_star: GiStar = field(default_factory=GiStar)
    rule: HotspotRule = field(default_factory=HotspotRule)

    def __post_init__(self) -> None:
        check_resolution(self.resolution)
        if not 1 <= self.window_months <= 600:
            raise ParameterError(
                f"window_months must be between 1 and 600; got {self.window_months}."
            )
        if self.categories is not None and not self.categories:
            raise ParameterError("at least one category must be chosen; got none.")
        if self.window is not None and self.window != "all":
            Window.from_text(self.window)

    def choose_window(self, incidents: Incidents) -> Window:
        """Return the window that these parameters mean for some files."""
        return choose_window(incidents, text=self.window, months=self.window_months)[0]

    @classmethod
    def from_options(
        cls,
        *,
        kde: Mapping[str, Any] | None = None,
        gi_star: Mapping[str, Any] | None = None,
        rule: Mapping[str, Any] | None = None,
        **plain: Any,
    ) -> Parameters:
        """Make parameters from options of which some were not given."""
        return cls(
            kde=Kde(**_given(kde)),
            gi_star=GiStar(**_given(gi_star)),
            rule=HotspotRule(**_given(rule)),
            **plain,
        )


def _given(options: Mapping[str, Any] | None) -> dict[str, Any]:
    return {k: v for k, v in (options or {}).items() if v is not None}
