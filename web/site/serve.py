"""Serve a site: the application in this process, its long work in another."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hotspots.core.errors import ParameterError
from hotspots.service import Site, open_site
from hotspots.service.access import has_accounts
from hotspots.web.listen import HOST, answer_until_stopped, listen
from hotspots.web.policy import is_loopback
from hotspots.web.site.whole import WholeSite

AGAIN_S = 1.0


def serve_site(
    folder: Path,
    *,
    host: str = HOST,
    port: int = 8765,
    say: Callable[[str], object] = print,
) -> None:
    """Answer until stopped.

    Raises
    ------
    ParameterError
        If another address than this computer's is asked for and nobody has an account,
        or the port is in use.
    """
    site = open_site(folder)
    _check_host(site, host)
    with listen(port, host) as listening, _working(folder):
        say(
            f"The site of {site.settings.name} is at http://{host}:"
            f"{listening.getsockname()[1]}. Stop it with Ctrl+C."
        )
        try:
            answer_until_stopped(WholeSite(site), listening)
        finally:
            site.close()


def _check_host(site: Site, host: str) -> None:
    with site.store.reading() as session:
        known = has_accounts(session)
    if not known and not is_loopback(host):
        raise ParameterError(
            f"a site without accounts answers only on this computer ({HOST}); got "
            f"{host!r}. Make an account or a token first."
        )


@contextmanager
def _working(folder: Path) -> Iterator[None]:
    """Keep a process for long work; one that dies is started again."""
    command = [sys.executable, "-m", "hotspots", "site", "work", str(folder)]
    command += ["--parent", str(os.getpid())]
    ending = threading.Event()
    running = [subprocess.Popen(command)]

    def watch() -> None:
        while not ending.wait(AGAIN_S):
            if running[0].poll() is not None and not ending.is_set():
                running[0] = subprocess.Popen(command)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ending.set()
        watcher.join()
        running[0].terminate()
        running[0].wait()
