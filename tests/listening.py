"""An application that answers on a free port of this computer while a test runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from waitress.wasyncore import close_all

from hotspots.service.handlers import worker_of
from hotspots.web.listen import HOST, listen, server_of


@contextmanager
def listening(app: Any, host: str = HOST) -> Iterator[str]:
    """Give the address that the application answers at, as it does when it is served.

    The long work of its site is done beside it.
    The port is opened on this computer whatever the host is called.
    """
    opened = listen(0)
    server = server_of(app, opened)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    worker = worker_of(app.extensions["site"])
    worker.start()
    yield f"http://{host}:{opened.getsockname()[1]}"
    server.trigger.pull_trigger(lambda: close_all(server._map))
    thread.join()
    worker.stop()
    server.task_dispatcher.shutdown()
