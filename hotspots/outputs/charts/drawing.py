"""What all charts share: colours, type, names for those who hear them, one renderer.

Vega-Lite draws them as SVG that stands alone: no script, no style, nothing fetched, so
that the same drawing serves a page, a printed page, a Word document and the map.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from hotspots.core.errors import ParameterError

INK = "#0b0c0c"
GREY = "#505a5f"
ACCENT = "#1d4f7c"
"""The one colour; printed without colour it is a dark grey."""
BAND = "#dcdee0"
FONT = "Source Sans Pro, Arial, sans-serif"


@dataclass(frozen=True, kw_only=True)
class Name:
    """What a drawing is called.

    ``description``: what it shows, in words.
    ``id_prefix``: begins every id in it; must differ between drawings on a page.

    Raises ParameterError if the prefix is no plain name.
    """

    title: str
    description: str
    id_prefix: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z][\w-]*", self.id_prefix):
            raise ParameterError(
                f"id_prefix must be letters, digits, - and _; got {self.id_prefix!r}."
            )

    @property
    def head(self) -> str:
        """Attributes of the ``<svg>``."""
        return (
            f'role="img" aria-labelledby="{self.id_prefix}-title {self.id_prefix}-desc"'
        )

    @property
    def elements(self) -> str:
        """The title and the description."""
        return (
            f'<title id="{self.id_prefix}-title">{escape(self.title)}</title>'
            f'<desc id="{self.id_prefix}-desc">{escape(self.description)}</desc>'
        )


def chart_of(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return an empty Altair chart of rows."""
    import altair as alt

    return alt.Chart(alt.InlineData(values=list(rows)))


def check_values(values: Sequence[object]) -> None:
    """Refuse a chart of nothing.

    Raises ParameterError if every value is missing.
    """
    if not any(value is not None for value in values):
        raise ParameterError("a chart needs a value to draw; every one is missing.")


def render(chart: Any, name: Name, *, size: int = 9) -> str:
    """Return an Altair chart as SVG with a name and ids of its own."""
    import vl_convert

    spec = chart.configure(
        font=FONT,
        background="#ffffff",
        padding={"left": 2, "right": 12, "top": 6, "bottom": 4},
    )
    colours = {"labelColor": INK, "titleColor": INK}
    sizes = {"labelFontSize": size, "titleFontSize": size}
    spec = spec.configure_view(stroke=None).configure_axis(
        **colours, **sizes, gridColor="#e3e5e6", domainColor=GREY, tickColor=GREY
    )
    svg = vl_convert.vegalite_to_svg(spec.to_dict())
    svg = re.sub(r'\b(id="|url\(#)([^")]+)', rf"\1{name.id_prefix}-\2", svg)
    svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)
    head, _, rest = svg.partition(">")
    return f"{head} {name.head}>{name.elements}{rest}"
