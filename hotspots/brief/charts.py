"""Charts of a brief: drawn by Vega-Lite, as SVG that stands alone.

Every chart is of figures that stand in a table of the brief, and says which.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from html import escape
from typing import Any

import polars as pl

from hotspots.brief.content import Brief
from hotspots.brief.sparkline import ACCENT, BAND
from hotspots.core.errors import ParameterError
from hotspots.core.table import Table
from hotspots.core.window import add_months

INK = "#0b0c0c"
GREY = "#505a5f"
FONT = "Source Sans Pro, Arial, sans-serif"
POINTS_WIDE = 504.0
"""178 mm in points: what a chart is drawn in."""
PLOT_WIDE = POINTS_WIDE - 50.0
MAX_CHANGE = 200.0
"""Per cent; intervals that reach further end in an arrow of their own."""


def series_chart(
    values: Sequence[int | None],
    labels: Sequence[str],
    *,
    usual: tuple[float, float] | None,
    title: str,
    description: str,
    id_prefix: str,
) -> str:
    """Draw a count through time, with what is usual."""
    import altair as alt

    _check(values, id_prefix)
    n = len(values)
    rows = [{"k": k, "n": value} for k, value in enumerate(values)]
    shown = _spread(n, 5 if n <= 14 else 7)
    x = alt.X(
        "k:Q",
        scale=alt.Scale(domain=[0, n - 1], range=[14, PLOT_WIDE - 38]),
        axis=alt.Axis(
            values=shown,
            labelExpr=f"{_literal(labels)}[datum.value]",
            title=None,
            grid=False,
            labelFlush=True,
        ),
    )
    y = alt.Y(
        "n:Q",
        scale=alt.Scale(zero=True),
        axis=alt.Axis(title=None, tickCount=4, domain=False, format=",d"),
    )
    line = _chart(rows)
    layers = [
        line.mark_line(color=ACCENT, strokeWidth=2).encode(x=x, y=y),
        line.mark_point(color=ACCENT, filled=True, size=22, opacity=1).encode(x=x, y=y),
        line.transform_filter(f"datum.k == {n - 1}")
        .mark_text(align="left", dx=7, fontWeight="bold", color=INK, fontSize=11)
        .encode(x=x, y=y, text=alt.Text("n:Q", format=",d")),
    ]
    if usual is not None:
        band = _chart([{"low": usual[0], "high": usual[1]}])
        layers.insert(
            0, band.mark_rect(color=BAND, opacity=1).encode(y="low:Q", y2="high:Q")
        )
    chart = alt.layer(*layers).properties(width=PLOT_WIDE, height=94)
    return _drawn(chart, title, description, id_prefix)


def interval_chart(
    table: Table, *, title: str, description: str, id_prefix: str
) -> str:
    """Draw the change of each row with its interval."""
    import altair as alt

    known = table.rows.filter(pl.col("percent").is_not_null())
    _check(known["percent"].to_list(), id_prefix)
    rows = [
        {
            "label": row["label"],
            "change": min(row["percent"], MAX_CHANGE),
            "low": _capped(row["percent_low"], -100.0),
            "high": _capped(row["percent_high"], MAX_CHANGE),
        }
        for row in known.iter_rows(named=True)
    ]
    base = _chart(rows)
    y = alt.Y(
        "label:N",
        sort=None,
        axis=alt.Axis(
            title=None, labelLimit=260, labelPadding=9, ticks=False, domain=False
        ),
    )
    axis = alt.Axis(
        title="Change on the same time last year, with its 95% interval",
        labelExpr="(datum.value > 0 ? '+' : '') + datum.label + '%'",
        tickCount=7,
        titleFontWeight="normal",
    )
    scale = alt.Scale(domain=[-100, MAX_CHANGE], nice=False)
    zero = _chart([{"at": 0}]).mark_rule(color=INK)
    layers = [
        zero.encode(x=alt.X("at:Q", scale=scale, axis=axis)),
        base.mark_rule(color=GREY, strokeWidth=2).encode(y=y, x="low:Q", x2="high:Q"),
        base.mark_point(color=ACCENT, filled=True, size=45, opacity=1).encode(
            y=y, x="change:Q"
        ),
    ]
    wide = POINTS_WIDE - 198
    chart = alt.layer(*layers).properties(width=wide, height=alt.Step(11))
    return _drawn(chart, title, description, id_prefix)


def week_chart(table: Table, *, title: str, description: str, id_prefix: str) -> str:
    """Draw the share of each policing day."""
    import altair as alt

    rows = [
        {"day": day, "share": share, "shown": f"{share:.1f}%"}
        for day, share in table.rows.select("day", "all").iter_rows()
    ]
    _check([row["share"] for row in rows], id_prefix)
    base = _chart(rows).encode(
        x=alt.X("day:N", sort=None, axis=alt.Axis(title=None, labelAngle=0)),
        y=alt.Y("share:Q", axis=None),
    )
    bars = base.mark_bar(color=ACCENT, size=38)
    words = base.mark_text(dy=-6, color=INK, fontSize=10).encode(text="shown:N")
    chart = alt.layer(bars, words).properties(width=POINTS_WIDE - 30, height=90)
    return _drawn(chart, title, description, id_prefix)


def period_ends(brief: Brief, n: int) -> tuple[str, ...]:
    """Return short names of the last periods of a brief, the earliest first."""
    now = brief.counted
    if brief.kind == "weekly":
        ends = [now.last_day - dt.timedelta(days=28 * k) for k in range(n)]
        return tuple(f"to {day.day} {day:%b %Y}" for day in ends[::-1])
    starts = [add_months(_month(now.last_day), -k) for k in range(n)]
    return tuple(f"{day:%b %Y}" for day in starts[::-1])


def _chart(rows: Sequence[dict[str, Any]]) -> Any:
    import altair as alt

    return alt.Chart(alt.InlineData(values=list(rows)))


def _month(day: dt.date) -> dt.date:
    return day.replace(day=1)


def _check(values: Sequence[object], id_prefix: str) -> None:
    if not re.fullmatch(r"[A-Za-z][\w-]*", id_prefix):
        raise ParameterError(
            f"id_prefix must be letters, digits, - and _; got {id_prefix!r}."
        )
    if not any(value is not None for value in values):
        raise ParameterError("a chart needs a value to draw; every one is missing.")


def _capped(value: float | None, end: float) -> float:
    if value is None:
        return end
    return max(value, end) if end < 0 else min(value, end)


def _spread(n: int, most: int) -> list[int]:
    """Return some of the first n whole numbers, the last among them, evenly spread."""
    step = max(1, -(-(n - 1) // (most - 1)))
    return sorted(range(n - 1, -1, -step))


def _literal(labels: Sequence[str]) -> str:
    import json

    return json.dumps(list(labels), ensure_ascii=True)


def _drawn(chart: Any, title: str, description: str, id_prefix: str) -> str:
    """Return a chart as SVG with a title and a description of its own."""
    import vl_convert

    spec = chart.configure(
        font=FONT,
        background="#ffffff",
        padding={"left": 2, "right": 12, "top": 6, "bottom": 4},
    )
    spec = spec.configure_view(stroke=None).configure_axis(
        labelColor=INK,
        titleColor=INK,
        labelFontSize=9,
        titleFontSize=9,
        gridColor="#e3e5e6",
        domainColor=GREY,
        tickColor=GREY,
    )
    svg = vl_convert.vegalite_to_svg(spec.to_dict())
    return _named(svg, title, description, id_prefix)


def _named(svg: str, title: str, description: str, id_prefix: str) -> str:
    """Give a drawing a name, and ids of its own."""
    svg = re.sub(r'\b(id="|url\(#)([^")]+)', rf"\1{id_prefix}-\2", svg)
    svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)
    head, _, rest = svg.partition(">")
    name = f"{id_prefix}-title {id_prefix}-desc"
    return (
        f'{head} role="img" aria-labelledby="{name}">'
        f'<title id="{id_prefix}-title">{escape(title)}</title>'
        f'<desc id="{id_prefix}-desc">{escape(description)}</desc>{rest}'
    )
