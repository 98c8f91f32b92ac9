"""A site that holds a million incidents, asked from outside through its API.

Everything is a process of its own: the site as ``hotspots serve`` starts it, its
worker, and this one, which only sends and reads (on the same cores). Each line says
what was measured beside the figure that it must reach. ``--postgresql URL`` names an
empty database; ``--keep FOLDER`` makes the site there once and takes it again.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import re
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from table import clustered_town, print_machine

from hotspots.core.crs import bng_to_lonlat

MAPPING = """
[columns]
reference = "Reference"
start = "From"
category = "Category"
easting = "Easting"
northing = "Northing"

[dates]
formats = ["%d/%m/%Y %H:%M"]
"""
KINDS = ("Burglary", "Robbery", "Criminal damage", "Vehicle crime", "Violence")
WEST, SOUTH, SIDE = 430_000.0, 280_000.0, 50_000.0
HOTSPOTS = [sys.executable, "-m", "hotspots"]


@dataclass
class Load:
    """What became of some requests: milliseconds of each, answers that were errors."""

    took: list[float] = field(default_factory=list)
    errors: int = 0
    seconds: float = 0.0

    def at(self, percent: float) -> float:
        """Return a percentile of the milliseconds."""
        return float(np.percentile(self.took, percent)) if self.took else float("nan")

    def say(self, what: str, wanted: str) -> None:
        """Print a line."""
        rate = len(self.took) / self.seconds
        print(
            f"{what:<44}{rate:>8,.0f}/s  p50 {self.at(50):6.1f}  p95 {self.at(95):6.1f}"
            f"  p99 {self.at(99):6.1f} ms  {self.errors} errors  (wanted {wanted})"
        )


class Caller:
    """A connection that asks again as soon as it has its answer and its pause."""

    def __init__(self, port: int, asks: Iterator[bytes], load: Load) -> None:
        self.asks, self.load = asks, load
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.got, self.begun, self.sent = bytearray(), 0.0, 0

    def ask(self) -> None:
        """Send the next request."""
        self.got.clear()
        self.begun = time.perf_counter()
        self.socket.sendall(next(self.asks))

    def read(self) -> bool:
        """Take what is there; return whether the answer is whole."""
        self.got += self.socket.recv(1 << 20)
        head = self.got.find(b"\r\n\r\n")
        length = re.search(rb"[Cc]ontent-[Ll]ength: (\d+)", self.got[:head])
        if head < 0 or len(self.got) < head + 4 + int(length[1] if length else 0):
            return False
        self.load.took.append(1000 * (time.perf_counter() - self.begun))
        self.load.errors += self.got[9:10] not in (b"2", b"3")
        return True


def press(
    port: int,
    asks: Callable[[], Iterator[bytes]],
    *,
    callers: int,
    until: Callable[[], bool],
    pause_s: float = 0.0,
) -> Load:
    """Ask from so many connections at once until it is enough."""
    load, chosen = Load(), selectors.DefaultSelector()
    every = [Caller(port, asks(), load) for _ in range(callers)]
    begun = time.perf_counter()
    waiting = [(begun + pause_s * n / callers, each) for n, each in enumerate(every)]
    for each in every:
        chosen.register(each.socket, selectors.EVENT_READ, each)
    while not until():
        now = time.perf_counter()
        for at, each in [pair for pair in waiting if pair[0] <= now]:
            waiting.remove((at, each))
            each.ask()
        for key, _ in chosen.select(timeout=0.01):
            if key.data.read():
                waiting.append((time.perf_counter() + pause_s, key.data))
    load.seconds = time.perf_counter() - begun
    for each in every:
        each.socket.close()
    return load


def for_seconds(seconds: float) -> Callable[[], bool]:
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() > end


@dataclass(frozen=True, kw_only=True)
class Served:
    """A site that answers: its port and a token for each role."""

    port: int
    tokens: dict[str, str]

    def line(self, path: str, role: str = "analyst", body: Any = None) -> bytes:
        """Return the bytes of a request."""
        method = "GET" if body is None else "POST"
        content = b"" if body is None else json.dumps(body).encode()
        said = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        said += f"Authorization: Bearer {self.tokens[role]}\r\n"
        if content:
            said += "Content-Type: application/json\r\n"
            said += f"Content-Length: {len(content)}\r\n"
        return said.encode() + b"\r\n" + content

    def call(
        self, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> Any:
        """Ask once and return what was answered."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=body,
            headers={
                "Authorization": f"Bearer {self.tokens['analyst']}",
                "Content-Type": kind,
            },
        )
        with urllib.request.urlopen(asked) as answer:
            return json.load(answer)

    def wait(self, path: str) -> None:
        """Ask until it is there: 409 says that it is being made."""
        while True:
            try:
                self.call(path)
                return
            except urllib.error.HTTPError as error:
                if error.code != 409:
                    raise
                time.sleep(0.2)

    def finish(self, path: str, id: str) -> float:
        """Wait for the end of long work and return the seconds."""
        begun = time.perf_counter()
        while True:
            told = self.call(f"/api/v1/{path}/{id}")
            if told["state"] not in ("queued", "running"):
                assert told["state"] == "done", told
                return time.perf_counter() - begun
            time.sleep(0.1)


def write_rows(n: int, path: Path, *, seed: int) -> None:
    """Write made-up incidents of two years, as an export has them."""
    rng = np.random.default_rng(seed)
    xy = clustered_town(n, seed=seed)
    minute = rng.integers(0, 2 * 365 * 1440, n)
    frame = pl.DataFrame(
        {
            "Reference": [f"R{seed}-{row}" for row in range(n)],
            "minute": minute,
            "Category": rng.choice(KINDS, n),
            "Easting": xy[:, 0].round(0),
            "Northing": xy[:, 1].round(0),
        }
    )
    when = pl.datetime(2023, 7, 1) + pl.duration(minutes="minute")
    told = frame.with_columns(From=when.dt.strftime("%d/%m/%Y %H:%M"))
    told.drop("minute").write_csv(path)


def write_wards(path: Path, *, side: int = 10) -> None:
    """Write squares that cover the district."""
    step, features = SIDE / side, []
    for row, column in itertools.product(range(side), repeat=2):
        x = WEST + step * (column + np.array([0, 1, 1, 0, 0]))
        y = SOUTH + step * (row + np.array([0, 0, 1, 1, 0]))
        ring = np.column_stack(bng_to_lonlat(x, y)).round(7).tolist()
        code = f"W{row:02}{column:02}"
        features.append(
            {
                "type": "Feature",
                "properties": {"code": code, "name": f"Ward {code}"},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def run(*words: object) -> str:
    command = [*HOTSPOTS, *map(str, words)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


def make_site(folder: Path, n: int, database: str) -> None:
    """Make a site with accounts and import the incidents by the command."""
    folder.mkdir(parents=True)
    rows, wards = folder / "rows.csv", folder / "wards.geojson"
    write_rows(n, rows, seed=1)
    write_wards(wards)
    (folder / "mapping.toml").write_text(MAPPING)
    words = ["--name", "Bench", "--areas", f"ward={wards}"]
    words += ["--database", database] if database else []
    run("site", "init", folder / "site", *words)
    begun = time.perf_counter()
    mapping = ("--profile", folder / "mapping.toml", "--today", "2025-07-01")
    run("import", rows, "--site", folder / "site", "--feed", "police", *mapping)
    print(f"{n:,} rows imported by the command in {time.perf_counter() - begun:.1f} s")
    tokens = {
        role: run(
            *("token", "add", role, "--role", role, "--agency", "police"),
            *("--site", folder / "site"),
        ).strip()
        for role in ("analyst", "jag-chair", "api-client")
    }
    (folder / "tokens.json").write_text(json.dumps(tokens))


def serve(folder: Path) -> tuple[subprocess.Popen[bytes], Served, float]:
    """Start the site and return it with the seconds until it answered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "log").open("wb")
    begun = time.perf_counter()
    command = [*HOTSPOTS, "serve", "--site", folder / "site", "--port", port]
    process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log)
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz"):
                break
        except OSError:
            time.sleep(0.02)
    seconds = time.perf_counter() - begun
    tokens = json.loads((folder / "tokens.json").read_text())
    return process, Served(port=port, tokens=tokens), seconds


def boxes(served: Served, *, side_m: float = 2_000.0) -> Iterator[bytes]:
    """Ask for the cells of one place after the other, never the same."""
    rng = np.random.default_rng(os.getpid())
    while True:
        at = np.array([WEST, SOUTH]) + rng.uniform(0, SIDE - side_m, 2)
        lon, lat = bng_to_lonlat(*np.column_stack([at, at + side_m]))
        box = f"{lon[0]:.5f},{lat[0]:.5f},{lon[1]:.5f},{lat[1]:.5f}"
        yield served.line(f"/ogc/collections/cells/items?bbox={box}")


def tasks(served: Served) -> Iterator[bytes]:
    for number in itertools.count():
        told = {
            "action": f"Look at the lights, {number}",
            "owner_agency": "police",
            "owner_role": "Sergeant",
            "due": "2099-01-01",
        }
        yield served.line("/api/v1/tasks", "jag-chair", told)


def map_user(served: Served) -> Iterator[bytes]:
    """Ask as the map does: its page, then what it draws."""
    paths = ("/map/hotspots", "/map/areas", "/api/v1/places", "/api/v1/hotspots")
    box = boxes(served)
    while True:
        yield served.line("/")
        for path in paths:
            yield served.line(path)
        yield next(box)


def measure_analysis(served: Served) -> str:
    """Time an analysis with nothing ready, an equal one, and one of other choices."""
    asks = {
        "cold, under 8 s": {},
        "the same again, under 2 s": {},
        "other choices of the same data": {"n_hotspots": 8},
    }
    for name, body in asks.items():
        asked = served.call("/api/v1/runs", json.dumps(body).encode())
        print(f"analysis of all, {name}: {served.finish('runs', asked['id']):.1f} s")
    return str(asked["id"])


def measure_import(folder: Path, served: Served, n: int, idle: Load) -> None:
    """Import by the API while somebody reads."""
    write_rows(n, folder / "more.csv", seed=int(time.time()))
    body, kind = multipart((folder / "more.csv").read_bytes())
    begun = time.perf_counter()
    id = served.call("/api/v1/imports", body, kind)["id"]
    ended: list[float] = []
    seen = [begun]

    def done() -> bool:
        now = time.perf_counter()
        if now - seen[0] > 0.5:
            seen[0] = now
            told = served.call(f"/api/v1/imports/{id}")
            if told["state"] not in ("queued", "running"):
                assert told["rows_new"] == n, told
                ended.append(now - begun)
        return bool(ended)

    beside = press(
        served.port, lambda: boxes(served), callers=4, until=done, pause_s=0.02
    )
    print(f"{n:,} rows imported by the API in {ended[0]:.1f} s (wanted 15)")
    beside.say("reads meanwhile", f"p99 under {2 * idle.at(99):.0f} ms, twice idle")


def multipart(content: bytes) -> tuple[bytes, str]:
    """Return a form with a file, its mapping and its feed."""
    out, mark = io.BytesIO(), "hotspots-bench"
    parts = {
        'name="feed"': b"police",
        'name="today"': b"2025-07-01",
        'name="profile"': MAPPING.encode(),
        'name="files"; filename="more.csv"': content,
    }
    for named, value in parts.items():
        out.write(
            f"--{mark}\r\nContent-Disposition: form-data; {named}\r\n\r\n".encode()
        )
        out.write(value + b"\r\n")
    out.write(f"--{mark}--\r\n".encode())
    return out.getvalue(), f"multipart/form-data; boundary={mark}"


def measure(folder: Path, quick: bool, only: str) -> None:
    process, served, seconds = serve(folder)
    try:
        print(f"cold start {seconds:.2f} s (wanted 2)")
        kept = served.call("/api/v1/runs?limit=1")["results"] if only else []
        run_id = kept[0]["id"] if kept else measure_analysis(served)
        for path in ("/ogc/collections/cells/items?limit=1", "/map/hotspots"):
            begun = time.perf_counter()
            served.wait(path)
            print(f"first answer of {path}: {time.perf_counter() - begun:.1f} s")
        s, port = (2 if quick else 8), served.port
        layer = f"/api/v1/hotspots?run={run_id}"
        wanted = {
            "cached layer": (16, lambda: itertools.repeat(served.line(layer)), 0.0),
            "the same for a program": (
                16,
                lambda: itertools.repeat(served.line(layer, "api-client")),
                0.0,
            ),
            "uncached aggregate": (16, lambda: boxes(served), 0.0),
            "durable write": (16, lambda: tasks(served), 0.0),
            "50 map users": (50, lambda: map_user(served), 1.0),
        }
        bars = {
            "cached layer": "1,500/s, p99 50 ms",
            "the same for a program": "1,500/s, p99 50 ms",
            "uncached aggregate": "400/s, p99 150 ms",
            "durable write": "400/s, p99 100 ms",
            "50 map users": "p95 200 ms, 0 errors",
        }
        for name, (callers, asks, pause) in wanted.items():
            if only and only not in name:
                continue
            press(port, asks, callers=4, until=for_seconds(1), pause_s=pause)
            got = press(
                port, asks, callers=callers, until=for_seconds(s), pause_s=pause
            )
            got.say(name, bars[name])
        if not only or only == "import":
            idle = press(
                port,
                lambda: boxes(served),
                callers=4,
                until=for_seconds(s),
                pause_s=0.02,
            )
            idle.say("reads, idle", "")
            measure_import(folder, served, 10_000 if quick else 100_000, idle)
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes")
    parser.add_argument("--postgresql", default="", metavar="URL")
    parser.add_argument("--keep", type=Path, default=None, metavar="FOLDER")
    parser.add_argument("--only", default="")
    told = parser.parse_args()
    print_machine()
    print(f"load {os.getloadavg()[0]:.1f}")
    beside = Path(tempfile.mkdtemp(prefix="hotspots-bench-"))
    folder = told.keep or beside / "bench"
    try:
        if not folder.is_dir():
            make_site(folder, 50_000 if told.quick else 1_000_000, told.postgresql)
        measure(folder, told.quick, told.only)
    finally:
        shutil.rmtree(beside)


if __name__ == "__main__":
    main()
