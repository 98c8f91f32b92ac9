"""Typeset a template with data into tagged PDF, or a drawing into PNG.

Values reach Typst as data, never as source: whatever a name holds, it is printed as
the text it is. Files outside the template's folder cannot be read, system fonts are
left out and the clock is fixed, so the same input gives the same bytes anywhere.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hotspots.core.errors import OutputError
from hotspots.outputs.printing.fonts import folder, printable

TEMPLATES = Path(__file__).parent / "templates"
"""Holds ``house.typ``, the look of every page, and the templates that import it."""

UNDATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Stands where the format wants to know when the file was made."""

STANDARD = "ua-1"
"""PDF/UA-1 (ISO 14289-1): readable by screen readers. Missing alternative text, a
skipped heading level or a page without title is refused by Typst."""

KEPT_PAGES = 10
"""For how many more documents Typst remembers how a page was set: megabytes of each."""


def typeset(
    template: str | Path, data: Mapping[str, Any], *, made_at: dt.datetime = UNDATED
) -> bytes:
    """Typeset a template with data."""
    path = Path(template)
    path = path if path.is_absolute() else TEMPLATES / path
    made = _compile(
        path,
        data,
        format="pdf",
        pdf_standards=STANDARD,
        timestamp=made_at if made_at.tzinfo else made_at.replace(tzinfo=dt.UTC),
    )
    return _with_row_headings(made)


def write_pdf(
    path: Path, template: str, data: Mapping[str, Any], made_at: dt.datetime
) -> None:
    """Write what :func:`typeset` makes."""
    path.write_bytes(typeset(template, data, made_at=made_at))


def _with_row_headings(content: bytes) -> bytes:
    """Tag the first cell of each row as its heading, which Typst has no word for yet.

    Then a screen reader says of a number which row it stands in, not its column alone.
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DictionaryObject, NameObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    rows: list[Any] = [each for each in writer._objects if _is_body_row(each)]
    if not rows:
        return content
    for row in rows:
        cells: Any = row["/K"]
        cell = (cells[0] if isinstance(cells, list) else cells).get_object()
        if cell["/S"] == "/TD":
            cell[NameObject("/S")] = NameObject("/TH")
            cell[NameObject("/A")] = DictionaryObject(
                {
                    NameObject("/O"): NameObject("/Table"),
                    NameObject("/Scope"): NameObject("/Row"),
                }
            )
    writer.pdf_header = "%PDF-1.7"
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def _is_body_row(each: Any) -> bool:
    if not isinstance(each, Mapping) or each.get("/S") != "/TR":
        return False
    return bool(each["/P"].get_object().get("/S") == "/TBody")


def svg_to_png(svg: str, *, width_mm: float, dots_per_inch: int = 200) -> bytes:
    """Draw an SVG as PNG, with the same typeface as on paper."""
    return _compile(
        TEMPLATES / "picture.typ",
        {"svg": svg, "width_mm": width_mm},
        format="png",
        ppi=float(dots_per_inch),
    )


def _compile(template: Path, data: Mapping[str, Any], **options: Any) -> bytes:
    import typst

    try:
        text = json.dumps(_printable(data), ensure_ascii=False, allow_nan=False)
        made, warnings = typst.compile_with_warnings(
            str(template),
            root=str(template.parent),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": text},
            **options,
        )
        for _ in range(KEPT_PAGES):  # a page of nothing takes some milliseconds
            typst.compile(b"", font_paths=_fonts(), ignore_system_fonts=True)
    except (typst.TypstError, OSError, RuntimeError, TypeError, ValueError) as error:
        raise OutputError(
            f"it must be possible to typeset {template.name}; got: {error}. Check that "
            "the template and its data belong together."
        ) from error
    if warnings:
        raise OutputError(
            f"{template.name} must be typeset without a warning; got: "
            f"{warnings[0].message}. Mend the template."
        )
    pages = made if isinstance(made, list) else [made]
    return b"".join(pages)


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder())],
    )


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {str(key): _printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(inner) for inner in value]
    return value
