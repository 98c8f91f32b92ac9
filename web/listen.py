"""Open the port that is served, and answer there."""

from __future__ import annotations

import logging
import os
import select
import socket
from typing import TYPE_CHECKING

from hotspots.core.errors import ParameterError
from hotspots.core.unforeseen import StoppedError

if TYPE_CHECKING:
    from flask import Flask
    from waitress.server import BaseWSGIServer

HOST = "127.0.0.1"
"""The only address served without accounts."""


THREADS = 8
CONNECTIONS = 1000
SILENCE_S = 15


def listen(port: int, host: str = HOST) -> socket.socket:
    """Open a port; 0 takes any free one.

    Raises ParameterError if it is in use or is no port, or the address is not one of
    this computer.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would share a port that is in use
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise ParameterError(
            f"the port must be a free one, 1024 to 65535; {port} cannot be used: "
            f"{error}. Choose another with --port."
        ) from error
    return listening


def answer_until_stopped(app: Flask, listening: socket.socket) -> None:
    """Answer requests until this process is told to end.

    Raises StoppedError then, once what was being answered is answered.
    """
    server = server_of(app, listening)
    try:
        server.run()
        raise StoppedError
    finally:
        server.close()


def server_of(app: Flask, listening: socket.socket) -> BaseWSGIServer:
    """Return what answers; connections that say nothing are closed, others served.

    No request waits for long work, so a few threads answer at once. A connection that
    was opened and left half said is closed after :data:`SILENCE_S`; until then it is
    one of :data:`CONNECTIONS`, far more than it takes to open every page.
    """
    from waitress.server import create_server

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    return create_server(
        app,
        sockets=[listening],
        threads=THREADS,
        ident=None,
        connection_limit=CONNECTIONS,
        cleanup_interval=5,
        channel_timeout=SILENCE_S,
        channel_request_lookahead=0,
        asyncore_use_poll=hasattr(select, "poll"),
    )
