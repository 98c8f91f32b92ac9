"""Open the port that is served."""

from __future__ import annotations

import os
import socket

from hotspots.core.errors import ParameterError

HOST = "127.0.0.1"
"""The only address served without accounts."""


def listen(port: int, host: str = HOST) -> socket.socket:
    """Open a port; 0 takes any free one.

    Raises
    ------
    ParameterError
        If it is in use or is no port, or the address is not one of this computer.
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
