"""The brief as tagged PDF."""

from __future__ import annotations

from hotspots.brief.page import Page, as_data
from hotspots.outputs.printing import typeset

TEMPLATE = "brief.typ"


def brief_pdf(page: Page) -> bytes:
    """Typeset a page."""
    return typeset(TEMPLATE, as_data(page))
