"""The brief as one file for a browser: nothing is fetched and no script runs."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from hotspots.brief.page import Page
from hotspots.core.sanitise import clean_text

TEMPLATES = Path(__file__).parent / "templates"


def brief_html(page: Page) -> str:
    """Write a page as HTML."""
    style = _style(page.marking)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    text = (
        _environment()
        .get_template("brief.html.j2")
        .render(page=page, style=Markup(style), style_hash=f"sha256-{digest}")  # nosec B704
    )
    return clean_text(text) + "\n"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=False,
    )
    made.filters["kind"] = lambda block: type(block).__name__.lower()
    made.filters["svg"] = _inline
    return made


def _style(marking: str) -> str:
    """Return the style sheet; the marking stands in it as a quoted text."""
    quoted = '"' + re.sub(r"[^\w .,()-]", " ", marking) + '"'
    template = _environment().get_template("brief.css.j2")
    return template.render(marking=Markup(quoted))  # nosec B704


def _inline(svg: str) -> Markup:
    """Return a drawing that stands in a page: its size is that of the page's style."""
    head, _, rest = svg.partition(">")
    head = re.sub(r' (?:width|height)="[^"]*"', "", head)
    head = head.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    return Markup(f"{head}>{rest}")  # nosec B704
