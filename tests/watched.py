"""A page in a real Chromium: what it asked for, and what axe says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).resolve().parent / "vendor" / "axe-core" / "axe.min.js"
READY = "#map[data-ready]"
CALM = {"reduced_motion": "reduce", "viewport": {"width": 1280, "height": 900}}
"""Nothing on the page moves by itself, so that no test looks while something does."""
PATIENCE_MS = 30_000
"""Only a page that never answers takes so long."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Watched:
    """A page, every address it asked for and everything it complained about."""

    def __init__(self, chromium: Any, address: str, **options: Any) -> None:
        options = {**CALM, **options}
        self.context = chromium.new_context(**options)
        self.context.set_default_timeout(PATIENCE_MS)
        self.page = self.context.new_page()
        self.address = address
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self._hear(message))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def open(self, path: str = "/", *, ready: bool = True) -> Any:
        self.page.goto(self.address + path)
        if ready and path.partition("?")[0] == "/":
            self.page.wait_for_selector(READY)
        return self.page

    @property
    def external(self) -> list[str]:
        local = (self.address, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(local)]


def axe_findings(page: Any) -> list[tuple[str, list[str]]]:
    """Return what axe finds on a page opened with ``bypass_csp``."""
    if not AXE.is_file():
        pytest.skip("axe-core is not fetched: python tools/fetch_assets.py")
    page.add_script_tag(path=AXE)
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS
    )
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"]])
        for one in found["violations"]
    ]
