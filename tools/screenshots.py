"""Take the pictures for the README from the simulated town.

Pages in a real Chromium, paper by poppler's pdftoppm.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PORT = 8766
DPI = "80"
INCIDENTS = "data/simulated_incidents.csv"
AREAS = (
    "--areas", "boundaries/simulated_wards.geojson",
    "--areas", "boundaries/simulated_priority_neighbourhoods.geojson",
)  # fmt: skip
STREETS = ("--streets", "boundaries/simulated_streets.geojson")
RECORDS = (
    "--deployments", "data/simulated_deployments.csv",
    "--actions", "data/simulated_actions.csv",
)  # fmt: skip
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def main() -> None:
    """Analyse the town, plan, make the brief, and save a picture of each."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _browser_page() as page:
        out = Path(folder)
        town = ("--today", "2025-07-01", "--out", str(out / "town"))
        _hotspots("analyse", INCIDENTS, *AREAS, *town)
        _take(page, f"file://{out / 'town' / 'map.html'}", IMAGES / "map.png")
        with _server():
            _take(page, f"http://127.0.0.1:{PORT}/", IMAGES / "page.png")
            plans = f"http://127.0.0.1:{PORT}/plans/patrol"
            _take(
                page, plans, IMAGES / "plan.png", choose="#plan-panel [data-rank='1']"
            )
        plan = ("suggest", "patrol", INCIDENTS, *AREAS, *STREETS)
        _hotspots(*plan, "--out", str(out / "patrol"))
        (cards,) = (out / "patrol").glob("*_cards.pdf")
        _first_page(cards, IMAGES / "card.png")
        brief = ("brief", INCIDENTS, *AREAS, *STREETS, *RECORDS, "--week", "2025-W24")
        _hotspots(*brief, "--out", str(out / "brief"))
        _first_page(out / "brief" / "brief.pdf", IMAGES / "brief.png")


def _first_page(pdf: Path, path: Path) -> None:
    stem = str(path.with_suffix(""))
    command = ["pdftoppm", "-r", DPI, "-png", "-singlefile", str(pdf), stem]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    sys.stdout.write(f"{path.relative_to(ROOT)}\n")


def _take(page: Page, url: str, path: Path, *, choose: str = "") -> None:
    page.goto(url)
    page.wait_for_selector("canvas", timeout=120_000)
    if choose:
        page.locator(choose).click()
    page.wait_for_timeout(1500)
    page.screenshot(path=str(path))
    sys.stdout.write(f"{path.relative_to(ROOT)}\n")


def _hotspots(*args: str) -> None:
    command = [sys.executable, "-m", "hotspots", *args]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


@contextmanager
def _browser_page() -> Iterator[Page]:
    browser_path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=FLAGS)
        yield browser.new_page(viewport={"width": 1280, "height": 1100})
        browser.close()


@contextmanager
def _server() -> Iterator[None]:
    command = [sys.executable, "-m", "hotspots", "serve", "--port", str(PORT)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as server:
        try:
            _wait_until_it_answers()
            yield
        finally:
            server.terminate()


def _wait_until_it_answers() -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=30).close()  # nosec B310
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
        else:
            return
    raise SystemExit("The page did not answer within a minute.")


if __name__ == "__main__":
    main()
