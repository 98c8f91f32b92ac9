"""A whole site: its API, and the pages for the person at this computer.

The pages are those of the files' own application, on the site's data as they are now.
They need a person to sign in before anybody else may see them, which they cannot yet:
a site that has accounts shows none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from hotspots.core.errors import NoUsableRowsError
from hotspots.service import Site
from hotspots.service.access import has_accounts
from hotspots.service.datasets import current_version, dataset_at
from hotspots.service.plans import resources_of
from hotspots.web import create_app
from hotspots.web.site.app import create_site_app

OWN = ("/api/v1/", "/healthz", "/readyz", "/join/")


class WholeSite:
    """A WSGI application."""

    def __init__(self, site: Site) -> None:
        """Build the parts that need no data."""
        self.site, self.api = site, create_site_app(site)
        self._lock = threading.Lock()
        self._pages: tuple[int, Flask] | None = None

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request by the part that it is for."""
        pages = None
        if not environ.get("PATH_INFO", "").startswith(OWN):
            pages = self._pages_now()
        answered: Iterable[bytes] = (pages or self.api)(environ, start_response)
        return answered

    def _pages_now(self) -> Flask | None:
        """Return the pages of the data as they are now; none where nobody may see."""
        with self.site.store.reading() as session:
            if has_accounts(session):
                return None
            version = current_version(session)
        with self._lock:
            if self._pages is None or self._pages[0] != version:
                try:
                    dataset = dataset_at(self.site, version)
                except NoUsableRowsError:
                    return None
                resources = resources_of(self.site, simulated=dataset.simulated)
                self._pages = (version, create_app(dataset, resources=resources))
            return self._pages[1]
