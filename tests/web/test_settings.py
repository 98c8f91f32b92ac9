"""What the environment tells the web application: a slip is an error."""

from __future__ import annotations

import pytest

from hotspots.core.errors import ParameterError
from hotspots.web import WebSettings


def test_the_environment_is_heard_and_a_slip_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOTSPOTS_WEB_ROWS_PER_PAGE", "7")
    assert WebSettings().rows_per_page == 7
    monkeypatch.setenv("HOTSPOTS_WEB_ROW_PER_PAGE", "7")
    with pytest.raises(ParameterError, match="mean 'HOTSPOTS_WEB_ROWS_PER_PAGE'"):
        WebSettings()
