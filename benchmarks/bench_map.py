"""The map in a real browser: ready when, panning how, and how heavy at first.

50,000 cells, each with incidents, and no ground under them. *Ready* is from the start
of the navigation until the page says so: the server's part (of an analysis that is made
already) and every script included. A frame is *dropped* where more than 34 ms, two
frames of 60 a second, lie between two of them while the map is dragged. *First load* is
what every file weighs gzipped. Needs Playwright and a Chromium (``CHROMIUM``, by
default /usr/bin/chromium).
"""

from __future__ import annotations

import gzip
import os
import statistics
import sys
from pathlib import Path
from typing import Any

import h3
import numpy as np
import polars as pl
import shapely
from playwright.sync_api import sync_playwright
from table import parse_quick

from hotspots.analysis.dataset import Dataset
from hotspots.intake.rejects import SCHEMA
from hotspots.model.areas import Areas
from hotspots.model.incidents import Incidents
from hotspots.sources import Reading
from hotspots.web import WebSettings, create_app

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from dataset_site import site_of  # the same site that the tests serve
from listening import listening

RUNS = 5
DROPPED_MS = 34.0
FRAMES = """() => {
  const gaps = window.benchGaps = [];
  let last = performance.now();
  const step = (now) => {
    gaps.push(now - last);
    last = now;
    if (!window.benchDone) { requestAnimationFrame(step); }
  };
  requestAnimationFrame(step);
}"""


def made_up(n_cells: int) -> Dataset:
    """Make a round district with an incident or more in each of its cells."""
    rng = np.random.default_rng(1)
    middle = h3.latlng_to_cell(52.76, -0.88, 10)
    ids = h3.grid_disk(middle, int(np.sqrt(n_cells / 3)))[:n_cells]
    lat, lon = np.array([h3.cell_to_latlng(each) for each in ids]).T
    times = rng.geometric(0.4, len(ids))
    rows = np.repeat(np.arange(len(ids)), times)
    day = rng.integers(0, 730, len(rows)).astype("timedelta64[D]")
    located = pl.DataFrame(
        {
            "lon": lon[rows],
            "lat": lat[rows],
            "start": (np.datetime64("2023-07-01") + day).astype("datetime64[us]"),
            "category": "Burglary",
            "street": "Made-up Street",
            "file": np.zeros(len(rows), dtype=np.int64),
            "line": np.arange(len(rows)) + 2,
        }
    )
    incidents = Incidents.from_located(located, simulated=True)
    areas = Areas.from_polygons(
        [shapely.MultiPoint(np.column_stack([lon, lat])).convex_hull.buffer(0.01)],
        codes=["D1"],
        names=["Made-up district"],
        kind="ward",
        simulated=True,
    )
    reading = Reading(
        incidents=incidents,
        rejects=pl.DataFrame(schema=SCHEMA),
        rows_read=incidents.n,
        inputs=(("made-up", "0" * 64),),
    )
    return Dataset(reading=reading, areas=areas, area_inputs=(("district", "1" * 64),))


def opened(page: Any, address: str) -> float:
    page.goto(address)
    page.wait_for_selector("#map[data-ready]", timeout=300_000)
    return float(page.evaluate("performance.now()"))


def panned(page: Any) -> list[float]:
    """Drag the map about and return the gaps between frames, in milliseconds."""
    page.evaluate(FRAMES)
    page.mouse.move(800, 450)
    page.mouse.down()
    for step in range(90):
        page.mouse.move(800 + 6 * step % 240, 450 + 3 * step % 120, steps=2)
    page.mouse.up()
    page.evaluate("window.benchDone = true")
    found: list[float] = page.evaluate("window.benchGaps.slice(2)")
    return found


def main() -> None:
    quick = parse_quick(__doc__)
    app = create_app(site_of(made_up(5_000 if quick else 50_000)), WebSettings())
    weights: dict[str, int] = {}

    def weigh(response: Any) -> None:
        if response.ok:
            path = response.url.removeprefix(address)
            weights[path] = len(gzip.compress(response.body()))

    with listening(app) as address, sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox"],
        )
        opened(browser.new_page(), address)  # the analysis is made
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("response", weigh)
        opened(page, address)
        page.wait_for_load_state("networkidle")
        data = sum(size for path, size in weights.items() if path.startswith("/map/"))
        page.remove_listener("response", weigh)
        ready = [opened(page, address) for _ in range(RUNS)]
        gaps = panned(page)
        browser.close()
    dropped = sum(gap > DROPPED_MS for gap in gaps)
    print(f"ready, median of {RUNS}    {statistics.median(ready) / 1000:.2f} s")
    longest, page_kb = max(gaps), (sum(weights.values()) - data) / 1000
    seen = f"{len(gaps)}, {dropped} over {DROPPED_MS:.0f} ms, longest {longest:.0f} ms"
    print(f"frames while panning  {seen}")
    print(f"first load, gzipped   {page_kb:.0f} kB, and {data / 1000:.0f} kB of data")


if __name__ == "__main__":
    main()
