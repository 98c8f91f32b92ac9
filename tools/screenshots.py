"""Take pictures of every page in three sizes and on paper, and those of the README.

Pages in a real Chromium from the demonstration site, paper by poppler's pdftoppm.
``out/screenshots`` holds them all, ``docs/images`` those of the README. Words after
the command choose pages: ``python tools/screenshots.py home tasks``.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from listening import listening  # noqa: E402

from hotspots.cli.serve import lay_ground  # noqa: E402
from hotspots.service.demonstration import make_demonstration  # noqa: E402
from hotspots.service.site import Site, open_site  # noqa: E402
from hotspots.store.models import Batch, Meeting, Place, Task  # noqa: E402
from hotspots.store.queries import find  # noqa: E402
from hotspots.web import create_app  # noqa: E402

OUT = ROOT / "out" / "screenshots"
IMAGES = ROOT / "docs" / "images"
DEMO = OUT / "site"
DPI = "80"
SIZES = ((1280, 900), (390, 844), (320, 640))
PAGES: dict[str, tuple[str, Any]] = {
    "home": ("/home", None),
    "map": ("/", None),
    "plans": ("/plans", None),
    "plan": ("/plans/patrol", None),
    "tasks": ("/tasks", None),
    "task": ("/tasks/{}", Task),
    "meetings": ("/meetings", None),
    "meeting": ("/meetings/{}", Meeting),
    "shift": ("/shift/", None),
    "places": ("/places", None),
    "place": ("/places/{}", Place),
    "questions": ("/questions", None),
    "question": ("/questions/risk", None),
    "data": ("/imports/", None),
    "import": ("/imports/{}", Batch),
    "briefs": ("/briefs", None),
    "people": ("/people", None),
    "exports": ("/exports", None),
    "areas": ("/areas", None),
    "settings": ("/settings", None),
    "log": ("/audit", None),
}
DONE = "() => !document.querySelector('form[data-begin], [data-job]')"
README = {
    "map": ("page.png", "body"),
    "plan": ("plan.png", "#map-section"),
    "meeting": ("meeting.png", "#new"),
}
"""Page to its picture in the README: a screen of the first size, from where."""
INCIDENTS = "data/simulated_incidents.csv"
AREAS = (
    "--areas", "boundaries/simulated_wards.geojson",
    "--areas", "boundaries/simulated_priority_neighbourhoods.geojson",
)  # fmt: skip
STREETS = (
    "--streets", "boundaries/simulated_streets.geojson",
    "--ground", "boundaries/simulated_ground.geojson",
)  # fmt: skip
RECORDS = (
    "--deployments", "data/simulated_deployments.csv",
    "--actions", "data/simulated_actions.csv",
)  # fmt: skip


def main(wanted: list[str]) -> None:
    """Take the pages that are named, or every page and the pictures of the README."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    OUT.mkdir(parents=True, exist_ok=True)
    with _chromium() as browser, _demonstration() as site:
        with listening(create_app(site)) as at:
            for name in wanted or PAGES:
                path, table = PAGES[name]
                _page(browser, f"{at}{path.format(_last(site, table))}", name)
        if not wanted:
            _files(browser)


def _last(site: Site, table: Any) -> str:
    if table is None:
        return ""
    with site.store.reading() as session:
        return str(find(session, table)[-1].id)


def _page(browser: Browser, url: str, name: str) -> None:
    """Take a page whole in each size, the map as it is on the screen, and on paper."""
    for width, height in SIZES:
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(url)
        page.wait_for_load_state("networkidle")
        page.wait_for_function(DONE, timeout=240_000)
        page.wait_for_timeout(1500)
        page.screenshot(path=str(OUT / f"{name}-{width}.png"), full_page=name != "map")
        if width == SIZES[0][0]:
            if name in README:
                image, start = README[name]
                page.locator(start).evaluate("(part) => part.scrollIntoView()")
                page.wait_for_timeout(1000)
                page.screenshot(path=str(IMAGES / image))
            paper = OUT / f"{name}-paper.pdf"
            page.pdf(path=str(paper), format="A4", prefer_css_page_size=True)
            _pages(paper)
        page.close()
    sys.stdout.write(f"{name}\n")


def _files(browser: Browser) -> None:
    """Take the pictures of files: the map that travels, a card, the brief."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        town = ("--today", "2025-07-01", "--out", str(out / "town"))
        _hotspots("analyse", INCIDENTS, *AREAS, *STREETS, *town)
        page = browser.new_page(viewport={"width": 1280, "height": 1100})
        page.goto(f"file://{out / 'town' / 'map.html'}")
        page.wait_for_selector("canvas", timeout=120_000)
        page.wait_for_timeout(1500)
        page.screenshot(path=str(IMAGES / "map.png"))
        plan = ("suggest", "patrol", INCIDENTS, *AREAS, *STREETS)
        _hotspots(*plan, "--out", str(out / "patrol"))
        (cards,) = (out / "patrol").glob("*_cards.pdf")
        _pages(cards, IMAGES / "card")
        (sheet,) = (out / "patrol").glob("*_sheet.pdf")
        _pages(sheet, IMAGES / "sheet")
        brief = ("brief", INCIDENTS, *AREAS, *STREETS, *RECORDS, "--week", "2025-W24")
        _hotspots(*brief, "--out", str(out / "brief"))
        _pages(out / "brief" / "brief.pdf", IMAGES / "brief")


def _pages(pdf: Path, first: Path | None = None) -> None:
    """Draw the pages of a PDF beside it, or only the first one as ``first``."""
    one = ("-singlefile",) if first else ()
    stem = str(first or pdf.with_suffix(""))
    command = ["pdftoppm", "-r", DPI, "-png", *one, str(pdf), stem]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def _hotspots(*args: str) -> None:
    command = [sys.executable, "-m", "hotspots", *args]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def _demonstration() -> Iterator[Site]:
    """Open a demonstration without accounts; make it where it is not there."""
    if DEMO.is_dir():
        site = open_site(DEMO)
    else:
        site = make_demonstration(DEMO)
        lay_ground(site, None)
    yield site
    site.close()


if __name__ == "__main__":
    main(sys.argv[1:])
