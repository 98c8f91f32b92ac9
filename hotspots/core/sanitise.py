"""Text that is safe to hand on: to a spreadsheet, an XML file, a page's script.

Names and reasons come from other people's files. They must arrive as the text they
are, whatever it is, and never as a formula, a tag or a script.
"""

from __future__ import annotations

import json
import re
from typing import Any

import polars as pl

CONTROLS = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]"
"""Characters that XML 1.0 forbids, and delete; tabs and line ends stay."""

FORMULA_START = r"^([=+\-@\t\r\n＝＋－＠])"
"""What makes a spreadsheet take a cell for a formula, full-width forms included."""

SCRIPT_ESCAPES = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)


def strip_controls(text: pl.Expr) -> pl.Expr:
    r"""Take out control characters and write every line end as ``\n``.

    Examples
    --------
    >>> frame = pl.DataFrame({"name": ["a\x00b\r\nc"]})
    >>> frame.select(strip_controls(pl.col("name"))).item()
    'ab\nc'
    """
    lines = text.str.replace_all(r"\r\n?", "\n")
    return lines.str.replace_all(CONTROLS, "")


def clean_text(text: str) -> str:
    r"""Do to one text what :func:`strip_controls` does to a column.

    Examples
    --------
    >>> clean_text("a\x00b\r\nc")
    'ab\nc'
    """
    if text.isprintable():
        return text
    return re.sub(CONTROLS, "", re.sub(r"\r\n?", "\n", text))


def neutralise_formulas(text: pl.Expr) -> pl.Expr:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    References
    ----------
    OWASP, "CSV Injection".

    Examples
    --------
    >>> frame = pl.DataFrame({"name": ["=1+1", "High Street"]})
    >>> frame.select(neutralise_formulas(pl.col("name")))["name"].to_list()
    ["'=1+1", 'High Street']
    """
    return text.str.replace(FORMULA_START, "'${1}")


def clean_table(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table that every format can hold.

    Examples
    --------
    >>> clean_table(pl.DataFrame({"z": [1.5, float("nan")]}))["z"].to_list()
    [1.5, None]
    """
    categories = [
        name
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Categorical | pl.Enum)
    ]
    as_text = frame.with_columns(pl.col(categories).cast(pl.String))
    floats = pl.col(pl.Float32, pl.Float64)
    return as_text.with_columns(
        strip_controls(pl.col(pl.String)), pl.when(floats.is_finite()).then(floats)
    )


def json_for_script(value: Any) -> str:
    r"""Return JSON that can stand inside a ``<script>`` element.

    Examples
    --------
    >>> print(json_for_script({"name": "</script>"}))
    {"name":"\u003c/script\u003e"}
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(SCRIPT_ESCAPES)
