"""Many who ask at once, or say nothing: pages are answered and work is bounded."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from dataset_site import site_of
from listening import listening
from patient import patient
from site_fixture import OPERATOR

from hotspots.analysis.dataset import Dataset
from hotspots.service import views
from hotspots.service.views import BusyError
from hotspots.web import create_app
from hotspots.web.listen import CONNECTIONS, SILENCE_S

HALF_SAID = (b"", b"GET / HT", b"POST / HTTP/1.1\r\nContent-Length: 9000\r\n\r\n<")
N_SILENT = 150
ASKED = (
    "/questions/change",
    "/plans/patrol",
    "/map/cells?from=2024-01&to=2024-06",
    "/download/areas.csv",
)


@pytest.fixture(scope="module")
def served(dataset: Dataset, vendor: Path) -> Iterator[Any]:  # noqa: ARG001
    """An application of its own, and where it is served."""
    app = create_app(site_of(dataset))
    with listening(app) as address:
        yield app, address


def test_connections_that_are_left_half_said_keep_nobody_out(served: Any) -> None:
    _, address = served
    at = urlsplit(address)
    assert N_SILENT < CONNECTIONS
    with ExitStack() as kept:
        for number in range(N_SILENT):
            silent = socket.create_connection((at.hostname, at.port))
            kept.enter_context(silent)
            silent.sendall(HALF_SAID[number % len(HALF_SAID)])
        for path in ("/static/app.css", "/status", "/healthz"):
            with urlopen(address + path) as answer:
                assert answer.status == 200


@pytest.mark.slow
def test_a_connection_that_says_nothing_is_closed(served: Any) -> None:
    at = urlsplit(served[1])
    with socket.create_connection((at.hostname, at.port)) as silent:
        silent.sendall(HALF_SAID[1])
        silent.settimeout(20 * SILENCE_S)
        while silent.recv(1000):
            pass


@pytest.mark.parametrize("path", ASKED)
def test_a_queue_that_is_full_is_refused_and_pages_answer(
    dataset: Dataset, path: str
) -> None:
    site = site_of(dataset)
    client = patient(create_app(site))
    with suppress(BusyError):
        for number in itertools.count():
            views.begin(site, OPERATOR, views.PLAN, 1, {"held": number})
    token = {"X-CSRFToken": client.token()}
    refused = client.post(path, headers=token)
    assert refused.status_code == 503
    assert "Try again in a minute" in refused.get_data(as_text=True)
    assert client.get("/status").status_code == 200
