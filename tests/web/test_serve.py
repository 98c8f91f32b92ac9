"""The server is for this computer only."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from dataset_site import site_of

from hotspots.core.errors import ParameterError
from hotspots.web.site.serve import answer


class StoppedError(Exception):
    """Raised in place of serving for ever."""


class Server:
    """Says where it was asked to listen, then stops."""

    def __init__(self, listening: socket.socket) -> None:
        self.listening = listening

    def run(self) -> None:
        raise StoppedError(*self.listening.getsockname())

    def close(self) -> None:
        """Nothing to do."""


def test_it_binds_to_this_computer_and_says_so(
    dataset: Any,
    vendor: Any,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import waitress.server

    def create_server(_app: Any, *, sockets: list[Any], **_options: Any) -> Server:
        (listening,) = sockets
        return Server(listening)

    monkeypatch.setattr(waitress.server, "create_server", create_server)
    lines: list[str] = []
    with pytest.raises(StoppedError) as caught:
        answer(site_of(dataset), "Hotspots", port=0, say=lines.append)
    host, port = caught.value.args
    assert host == "127.0.0.1"
    assert f"http://127.0.0.1:{port}" in lines[0]
    assert "only on this computer" in lines[0]


def test_a_port_in_use_is_named(dataset: Any, vendor: Any) -> None:  # noqa: ARG001
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ParameterError, match=f"{port} cannot be used"):
            answer(site_of(dataset), "Hotspots", port=port, say=lambda _line: None)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_what_is_no_port_is_refused(dataset: Any, vendor: Any, port: int) -> None:  # noqa: ARG001
    with pytest.raises(ParameterError, match=r"1024 to 65535"):
        answer(site_of(dataset), "Hotspots", port=port, say=lambda _line: None)
