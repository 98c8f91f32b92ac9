"""Asks the served application for every page; prints the SHA-256 of what each says.

Run by ``test_frozen``, in a process of its own, with the checkout as working folder and
a folder for what was sent, to look at where a hash has changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from hotspots.register.tactics import CATALOGUE
from hotspots.service.handlers import worker_of
from hotspots.service.temporary import Given, temporary_site
from hotspots.web import create_app
from hotspots.web.map.overlays import OVERLAYS

TACTICS = tuple(CATALOGUE)
ASKED = (
    "/",
    "/over",
    "/plans",
    *(f"/plans/{tactic}" for tactic in TACTICS),
    "/questions",
    "/cells",
    "/rejects",
    "/status",
    "/map/cells",
    "/map/hotspots",
    "/map/areas",
    "/map/difference",
    "/map/rhythm",
    *(f"/map/over/{each.id}" for each in OVERLAYS),
    *(f"/map/plans/{tactic}" for tactic in TACTICS),
    "/map/plans/patrol/streets",
)
"""Every other address without a query is found by following links from these."""
ASKED_SO = (
    "/?category=Burglary&from=2024-01&to=2024-12&area=SIM-W01",
    "/?category=absent",
    "/?from=2025-13",
    "/find?q=fleece",
    "/find?q=SK+752+192",
    "/basemap.pmtiles",
    "/cells?page=2",
    "/cells?page=999",
    "/rejects?status=outside+window",
    "/rejects?status=excluded",
    "/rejects?status=odd",
    "/plans/cctv?n_cameras=0",
    "/plans/cctv?n_cameras=2&only=Burglary",
    "/plans/marking?seed=many",
    "/plans/absent",
    "/questions/repeats?category=Burglary&at_risk=17001",
    "/questions/near-repeats?category=Burglary",
    "/questions/clock?day_starts_hour=30",
    "/questions/absent",
    "/map/cells?category=absent",
    "/working/absent",
    "/download/absent",
    "/absent",
)
DATED = (
    "/audit", "/briefs", "/home", "/imports", "/meetings", "/paper", "/places",
    "/shift", "/suggestions", "/tasks",
)  # fmt: skip
"""These show the day or hang on what was kept: ``test_loop_pages`` looks at them."""
SIGNED_IN = ("/account", "/sign-", "/ogc", "/fs-static", "/security")
"""Of those who sign in, and of other programs: tests of people and of OGC do."""


class Words(HTMLParser):
    """The text of a page, what its pictures and fields are called, and its links."""

    SAID = ("alt", "aria-label", "title", "value", "placeholder")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        given = dict(attrs)
        if given.get("name") == "csrf_token":
            return  # another in each session
        self.words += [given[key] or "" for key in self.SAID if key in given]
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)

    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words)).strip()


def main() -> None:
    app = served()
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    found: dict[str, str] = {}
    waiting = list(ASKED)
    for address in waiting:
        if address not in found:
            found[address], links = hear(looked_at(client, address), address)
            paths = [urlsplit(urljoin(address, link)) for link in links]
            waiting += [
                each.path
                for each in paths
                if not each.netloc and not each.path.startswith(DATED)
            ]
    found |= {
        address: hear(looked_at(client, address), address)[0] for address in ASKED_SO
    }
    routes = app.url_map.bind("localhost")
    reached = {routes.match(urlsplit(a).path)[0] for a in found if "absent" not in a}
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.rule.startswith(
            (*DATED, *SIGNED_IN, "/api/", "/join/", "/working/")
        )
    ]
    missed = (
        {rule.endpoint for rule in rules} - reached - {"static", "healthz", "readyz"}
    )
    assert not missed, f"no address asked for leads to {sorted(missed)}"
    sys.stdout.write(json.dumps(dict(sorted(found.items()))))


def served() -> Any:
    """Return the application of the town, whose keys are the same in every run."""
    secrets.token_bytes = bytes
    return create_app(temporary_site(Given.town()))


def looked_at(client: Any, address: str) -> Any:
    """Ask for an address; begin and await what is not worked out yet."""
    while (answer := client.get(address)).status_code in (202, 409):
        client.post(address)
        worker_of(client.application.extensions["site"]).run_all()
        time.sleep(0.05)
    return answer


def hear(answer: Any, address: str) -> tuple[str, list[str]]:
    """Return the status and hash of what was said, and the links that it has."""
    body, links = answer.get_data(), []
    if answer.is_json:
        body = json.dumps(answer.get_json(), sort_keys=True).encode()
    elif answer.mimetype == "text/html" and not answer.headers.get(
        "Content-Disposition"
    ):
        page = Words(body.decode())
        body, links = page.text().encode(), page.links
    name = re.sub(r"[^\w.]+", "_", address)
    (Path(sys.argv[1]) / name).write_bytes(body)
    return f"{answer.status_code} {hashlib.sha256(body).hexdigest()}", links


if __name__ == "__main__":
    main()
