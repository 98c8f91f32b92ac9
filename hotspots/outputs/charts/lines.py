"""Charts of counts: through time, as intervals, by day, and curves.

Every chart is of figures that stand in a table beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.arrays import as_numbers
from hotspots.core.errors import ParameterError
from hotspots.core.table import Table
from hotspots.core.types import Floats
from hotspots.evaluate.concentration import generalised_gini, lorenz_curve
from hotspots.evaluate.verdict import Evaluation
from hotspots.outputs.charts.drawing import (
    ACCENT,
    BAND,
    GREY,
    INK,
    Name,
    chart_of,
    check_values,
    render,
)

Curve = tuple[Floats, Floats]

POINTS_WIDE = 504.0
"""178 mm in points: what a chart is drawn in."""
PLOT_WIDE = POINTS_WIDE - 50.0
MAX_CHANGE = 200.0
"""Per cent; intervals that reach further end in an arrow of their own."""
COLOURS = ("#0b3d6e", "#b3500b", "#00703c", "#4c2c92", "#505a5f")
DASHES = ([1, 0], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2])
CURVE_POINTS = 2_000


def series_chart(
    values: Sequence[int | None],
    labels: Sequence[str],
    *,
    usual: tuple[float, float] | None,
    name: Name,
) -> str:
    """Draw a count through time, with what is usual."""
    import altair as alt

    check_values(values)
    n = len(values)
    rows = [{"k": k, "n": value} for k, value in enumerate(values)]
    shown = _spread(n, 5 if n <= 14 else 7)
    x = alt.X(
        "k:Q",
        scale=alt.Scale(domain=[0, n - 1], range=[14, PLOT_WIDE - 38]),
        axis=alt.Axis(
            values=shown,
            labelExpr=f"{json.dumps(list(labels))}[datum.value]",
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
    line = chart_of(rows)
    layers = [
        line.mark_line(color=ACCENT, strokeWidth=2).encode(x=x, y=y),
        line.mark_point(color=ACCENT, filled=True, size=22, opacity=1).encode(x=x, y=y),
        line.transform_filter(f"datum.k == {n - 1}")
        .mark_text(align="left", dx=7, fontWeight="bold", color=INK, fontSize=11)
        .encode(x=x, y=y, text=alt.Text("n:Q", format=",d")),
    ]
    if usual is not None:
        band = chart_of([{"low": usual[0], "high": usual[1]}])
        layers.insert(
            0, band.mark_rect(color=BAND, opacity=1).encode(y="low:Q", y2="high:Q")
        )
    chart = alt.layer(*layers).properties(width=PLOT_WIDE, height=94)
    return render(chart, name)


def interval_chart(table: Table, name: Name) -> str:
    """Draw the change of each row with its interval."""
    import altair as alt

    known = table.rows.filter(pl.col("percent").is_not_null())
    check_values(known["percent"].to_list())
    rows = [
        {
            "label": row["label"],
            "change": min(row["percent"], MAX_CHANGE),
            "low": _capped(row["percent_low"], -100.0),
            "high": _capped(row["percent_high"], MAX_CHANGE),
        }
        for row in known.iter_rows(named=True)
    ]
    base = chart_of(rows)
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
    zero = chart_of([{"at": 0}]).mark_rule(color=INK)
    layers = [
        zero.encode(x=alt.X("at:Q", scale=scale, axis=axis)),
        base.mark_rule(color=GREY, strokeWidth=2).encode(y=y, x="low:Q", x2="high:Q"),
        base.mark_point(color=ACCENT, filled=True, size=45, opacity=1).encode(
            y=y, x="change:Q"
        ),
    ]
    wide = POINTS_WIDE - 198
    chart = alt.layer(*layers).properties(width=wide, height=alt.Step(11))
    return render(chart, name)


def week_chart(table: Table, name: Name) -> str:
    """Draw the share of each policing day."""
    import altair as alt

    rows = [
        {"day": day, "share": share, "shown": f"{share:.1%}"}
        for day, share in table.rows.select("day", "all").iter_rows()
    ]
    check_values([row["share"] for row in rows])
    base = chart_of(rows).encode(
        x=alt.X("day:N", sort=None, axis=alt.Axis(title=None, labelAngle=0)),
        y=alt.Y("share:Q", axis=None),
    )
    bars = base.mark_bar(color=ACCENT, size=38)
    words = base.mark_text(dy=-6, color=INK, fontSize=10).encode(text="shown:N")
    chart = alt.layer(bars, words).properties(width=POINTS_WIDE - 30, height=90)
    return render(chart, name)


def capture_svg(
    evaluation: Evaluation, *, share_max: float = 0.1, id_prefix: str = "capture"
) -> str:
    """Return the capture curve of every method as an SVG picture.

    ``share_max``: how much of the area the picture shows, 0 to 1.
    ``id_prefix``: begins every id in the picture; must differ between pictures on a
    page.

    Raises ParameterError if ``share_max`` is not within 0 to 1 or the prefix is no
    plain name.
    """
    table = evaluation.capture_curve
    curves = {}
    for name in dict.fromkeys(table["method"].to_list()):
        part = table.filter(method=name)
        curves[name] = (part["share_area"].to_numpy(), part["hit_rate"].to_numpy())
    return curve_svg(
        curves,
        title=f"Incidents of {evaluation.unseen} found, by area",
        labels=("share of the area searched", "share of the incidents found"),
        x_max=share_max,
        id_prefix=id_prefix,
    )


def lorenz_svg(counts: npt.ArrayLike, *, id_prefix: str = "lorenz") -> str:
    """Return the Lorenz curve of counts, with the most even spread they allow.

    ``counts``: array of shape (n,), incidents; one for each place, places without
    incidents included.

    Raises ParameterError if counts are not finite numbers, 0 or more, or the prefix is
    no plain name; TooFewError if the counts sum to nothing.
    """
    x = as_numbers(counts, name="counts")
    places, incidents = lorenz_curve(x)
    most_even = min(1.0, float(x.sum()) / len(x))
    even = (np.array([0.0, most_even, 1.0]), np.array([0.0, 1.0, 1.0]))
    return curve_svg(
        {"these places": (places, incidents), "as even as can be": even},
        title=f"Concentration: generalised Gini {generalised_gini(x):.2f}",
        labels=("share of the places, fullest first", "share of the incidents"),
        id_prefix=id_prefix,
    )


def curve_svg(
    curves: Mapping[str, Curve],
    *,
    title: str,
    labels: tuple[str, str],
    x_max: float = 1.0,
    id_prefix: str = "curve",
) -> str:
    """Return lines from nought to a share, each with its own dashes and its end.

    ``curves``: mapping of str to (x, y); both of shape (n,), from 0 to 1, x ascending.
    ``labels``: of the axes, x first.

    Raises ParameterError if there is no curve or ``x_max`` is not above 0 and at most
    1.
    """
    import altair as alt

    if not curves:
        raise ParameterError("a picture needs at least one curve; got none.")
    if not 0 < x_max <= 1:
        raise ParameterError(f"share_max must be within 0 to 1; got {x_max!r}.")
    told = [f"{each} {np.interp(x_max, *curve):.0%}" for each, curve in curves.items()]
    said = f"{labels[1]} at {x_max:.0%} {labels[0]}: {'; '.join(told)}."
    name = Name(title=title, description=said, id_prefix=id_prefix)
    rows = [
        {"x": x, "y": y, "line": each, "k": k}
        for each, (across, up) in zip(told, curves.values(), strict=True)
        for k, (x, y) in enumerate(_cut(across, up, x_max))
    ]
    legend = alt.Legend(title=None, symbolType="stroke", symbolSize=900, labelLimit=0)
    n = len(told)
    percent = "~%" if x_max <= 0.05 else "%"
    chart = (
        chart_of(rows)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("x:Q", scale=alt.Scale(domain=[0, x_max]), title=labels[0]).axis(
                format=percent, tickCount=5
            ),
            y=alt.Y("y:Q", scale=alt.Scale(domain=[0, 1]), title=labels[1]).axis(
                format="%", tickCount=5
            ),
            color=alt.Color(
                "line:N",
                scale=alt.Scale(domain=told, range=_repeated(COLOURS, n)),
                legend=legend,
            ),
            strokeDash=alt.StrokeDash(
                "line:N",
                scale=alt.Scale(domain=told, range=_repeated(DASHES, n)),
                legend=legend,
            ),
            order="k:Q",
        )
        .properties(title=title, width=420, height=280)
    )
    return render(chart, name, size=12)


def _repeated(values: Sequence[Any], n: int) -> list[Any]:
    return [values[k % len(values)] for k in range(n)]


def _cut(across: Floats, up: Floats, x_max: float) -> list[tuple[float, float]]:
    """Return a curve up to ``x_max`` with points enough for paper and no more."""
    inside = across < x_max
    x = np.append(across[inside], x_max)
    y = np.append(up[inside], np.interp(x_max, across, up))
    keep = np.unique(np.linspace(0, len(x) - 1, CURVE_POINTS).astype(int))
    return list(zip(x[keep].tolist(), y[keep].tolist(), strict=True))


def _capped(value: float | None, end: float) -> float:
    if value is None:
        return end
    return max(value, end) if end < 0 else min(value, end)


def _spread(n: int, most: int) -> list[int]:
    """Return some of the first n whole numbers, the last among them, evenly spread."""
    step = max(1, -(-(n - 1) // (most - 1)))
    return sorted(range(n - 1, -1, -step))
