"""The brief as tagged PDF."""

from __future__ import annotations

from hotspots.brief.blocks import Page, as_data
from hotspots.printing import typeset

__all__ = ["TEMPLATE", "brief_pdf"]

TEMPLATE = "brief.typ"


def brief_pdf(page: Page) -> bytes:
    """Typeset a page.

    Parameters
    ----------
    page : Page
        Of a brief or of its annex.

    Returns
    -------
    bytes
        PDF/UA-1, the marking at the top and the foot of each page. Raises
        ``OutputError`` where it cannot be typeset.
    """
    return typeset(TEMPLATE, as_data(page))
