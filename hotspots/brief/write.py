"""Write a brief in every format: all of it or nothing."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl

from hotspots.brief.comment import FILE as COMMENT
from hotspots.brief.comment import write_comment
from hotspots.brief.content import Brief
from hotspots.brief.page import Page, annex_page, as_data, brief_page
from hotspots.brief.pictures import build_pictures
from hotspots.brief.record import write_json, write_tables
from hotspots.brief.repeats import Annex
from hotspots.brief.web_page import brief_html
from hotspots.brief.word import brief_word
from hotspots.core.beside import hands
from hotspots.core.errors import ParameterError
from hotspots.core.folders import atomic_folder, check_target
from hotspots.outputs.formats import write_csv
from hotspots.outputs.formats.layer import writing
from hotspots.outputs.printing import Background, typeset

PDF, WORD, PAGE = "brief.pdf", "brief.docx", "brief.html"
ANNEX = "official-sensitive_annex"
"""Name, without ending, of the files with addresses."""


def check_out(out: Path | str, *, inputs: Iterable[Path] = ()) -> None:
    """Refuse a folder that is not one of a run, before anything is calculated."""
    check_target(Path(out), kept=(COMMENT,), inputs=inputs)


def write_brief(
    brief: Brief,
    out: Path | str,
    *,
    background: Background | None = None,
    annex: Annex | None = None,
) -> tuple[Path, ...]:
    """Write a brief into a folder."""
    out = Path(out)
    check_out(out)
    _check_annex(brief, annex)
    page = brief_page(brief, build_pictures(brief, background))
    with atomic_folder(out, kept=(COMMENT,)) as folder, hands() as beside:
        beside(_write, folder / WORD, brief_word, page)
        beside(write_tables, brief, folder)
        _write(folder / PDF, brief_pdf, page)
        _write(folder / PAGE, lambda page: brief_html(page).encode(), page)
        write_json(brief, folder)
        if annex is not None:
            _write_annex(annex, folder)
        _keep_comment(brief, out, folder)
    return tuple(sorted(path for path in out.rglob("[!.]*") if path.is_file()))


def _write(path: Path, make: Callable[[Page], bytes], page: Page) -> None:
    content = make(page)
    with writing(path):
        path.write_bytes(content)


def brief_pdf(page: Page) -> bytes:
    """Typeset a page as tagged PDF, dated with its last day."""
    made_at = dt.datetime.combine(page.dated, dt.time())
    return typeset("brief.typ", as_data(page), made_at=made_at)


def _check_annex(brief: Brief, annex: Annex | None) -> None:
    if annex is None:
        return
    if brief.audience != "operational" or annex.period != brief.period:
        raise ParameterError(
            "the annex must stand beside an operational brief of the same period; got "
            f"one of {annex.period} beside the {brief.audience} brief of "
            f"{brief.period}. Leave the annex out."
        )


def _write_annex(annex: Annex, folder: Path) -> None:
    with writing(folder / f"{ANNEX}.pdf"):
        (folder / f"{ANNEX}.pdf").write_bytes(brief_pdf(annex_page(annex)))
    status = "simulated" if annex.simulated else "as supplied"
    parts = [t.rows.with_columns(kind=pl.lit(t.title)) for t in annex.tables]
    if not parts:
        return
    rows = pl.concat(parts).select("kind", pl.exclude("kind"))
    rows = rows.with_columns(
        marking=pl.lit(annex.marking),
        data=pl.lit(status),
        attribution=pl.lit(annex.attribution),
    )
    write_csv(folder / f"{ANNEX}.csv", rows)


def _keep_comment(brief: Brief, out: Path, folder: Path) -> None:
    """Take over what the analyst wrote as it is, or begin a file to write in."""
    kept = out / COMMENT
    if kept.is_file():
        with writing(folder / COMMENT):
            shutil.copyfile(kept, folder / COMMENT)
        return
    write_comment(brief.comment, folder, period=brief.period.text)
