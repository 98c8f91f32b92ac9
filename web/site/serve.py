"""Serve a site: the application in this process, its long work in another."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hotspots.core.errors import NoUsableRowsError, ParameterError
from hotspots.service import Site, open_site
from hotspots.service.access import has_accounts
from hotspots.service.queue import step_back
from hotspots.web import WebSettings, create_app
from hotspots.web.listen import HOST, answer_until_stopped, listen
from hotspots.web.logs import write_logs
from hotspots.web.site.identity import is_loopback

AGAIN_S = 1.0
PAGES_AFTER_S = 10.0
AT_MOST_S = 30.0


def serve_site(
    folder: Path,
    *,
    host: str = HOST,
    port: int = 8765,
    say: Callable[[str], object] = print,
) -> None:
    """Answer until stopped.

    Raises ParameterError if another address than this computer's is asked for and
    nobody has an account, or the port is in use.
    """
    site = open_site(folder)
    _check_host(site, host)
    write_logs()
    answer(site, f"The site of {site.settings.name}", host=host, port=port, say=say)


def answer(
    site: Site,
    what: str,
    *,
    host: str = HOST,
    port: int = 8765,
    briefs: Path | None = None,
    say: Callable[[str], object] = print,
) -> None:
    """Answer for an open site until stopped, and close it."""
    try:
        with listen(port, host) as listening, _working(site.folder):
            app = create_app(site, WebSettings(briefs=briefs))
            kept = app.extensions["hotspots"]
            begun = threading.Thread(target=_begin, args=(kept,), daemon=True)
            begun.start()
            say(
                f"{what} is at http://{host}:{listening.getsockname()[1]}"
                f"{ALONE if is_loopback(host) else ''}. Stop it with Ctrl+C."
            )
            try:
                answer_until_stopped(app, listening)
            finally:
                begun.join(AT_MOST_S)  # cut off inside a library, it would crash
    finally:
        site.close()


ALONE = " and answers only on this computer"


def _begin(kept: Any) -> None:
    """Begin the usual analysis, so that the first person does not wait for it."""
    with suppress(NoUsableRowsError):
        kept.prepare()


def _check_host(site: Site, host: str) -> None:
    with site.store.reading() as session:
        known = has_accounts(session)
    if site.settings.today and not is_loopback(host):
        raise ParameterError(
            f"a demonstration answers only on this computer ({HOST}); got {host!r}."
        )
    if not known and not is_loopback(host):
        raise ParameterError(
            f"a site without accounts answers only on this computer ({HOST}); got "
            f"{host!r}. Make an account or a token first."
        )


@contextmanager
def _working(folder: Path) -> Iterator[None]:
    """Keep processes for long work and for pages; one that dies is started again.

    That for pages comes when the rest has started: until then the other does both.
    """
    command = [sys.executable, "-m", "hotspots", "site", "work", str(folder)]
    command += ["--parent", str(os.getpid())]
    running = [_begin_work(command)]
    ending = threading.Event()

    def watch() -> None:
        if not ending.wait(PAGES_AFTER_S):
            running.append(_begin_work([*command, "--pages"]))
        while not ending.wait(AGAIN_S):
            for number, each in enumerate(running):
                if each.poll() is not None:
                    running[number] = _begin_work(each.args)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ending.set()
        watcher.join()
        for each in running:
            each.terminate()
        for each in running:
            each.wait()


def _begin_work(command: Any) -> subprocess.Popen[bytes]:
    """Begin a process that steps back from its first moment."""
    begun = subprocess.Popen(command)
    step_back(begun.pid)
    return begun
