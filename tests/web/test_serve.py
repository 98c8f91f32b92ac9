"""The server is for this computer only."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from hotspots.errors import ParameterError
from hotspots.web import serve


class StoppedError(Exception):
    """Raised in place of serving for ever."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    import waitress.server

    options: dict[str, Any] = {}

    class Server:
        def run(self) -> None:
            raise StoppedError

    def create_server(_app: Any, **given: Any) -> Server:
        options.update(given)
        return Server()

    monkeypatch.setattr(waitress.server, "create_server", create_server)
    return options


def test_it_binds_to_this_computer_and_says_so(
    dataset: Any,
    vendor: Any,  # noqa: ARG001
    asked: dict[str, Any],
) -> None:
    lines: list[str] = []
    with pytest.raises(StoppedError):
        serve(dataset, port=8771, say=lines.append)
    assert asked["host"] == "127.0.0.1"
    assert asked["port"] == 8771
    assert "http://127.0.0.1:8771" in lines[0]
    assert "only on this computer" in lines[0]


def test_a_port_in_use_is_named(dataset: Any, vendor: Any) -> None:  # noqa: ARG001
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ParameterError, match=f"{port} cannot be used"):
            serve(dataset, port=port, say=lambda _line: None)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_what_is_no_port_is_refused(dataset: Any, vendor: Any, port: int) -> None:  # noqa: ARG001
    with pytest.raises(ParameterError, match=r"1024 to 65535"):
        serve(dataset, port=port, say=lambda _line: None)
