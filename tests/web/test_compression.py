"""What is sent gzipped, what is not, and what a browser that has it is told."""

from __future__ import annotations

import gzip
from typing import Any

PATHS = ("/static/app.css", "/static/map/map.js", "/map/hotspots")


def fetched(client: Any, path: str, **headers: str) -> Any:
    wanted = {key.replace("_", "-"): value for key, value in headers.items()}
    return client.get(path, headers=wanted, buffered=True)


def test_scripts_styles_and_data_are_the_same_gzipped(client: Any) -> None:
    for path in PATHS:
        plain = fetched(client, path)
        sent = fetched(client, path, Accept_Encoding="gzip, br")
        assert sent.headers["Content-Encoding"] == "gzip", path
        assert gzip.decompress(sent.data) == plain.data
        assert int(sent.headers["Content-Length"]) == len(sent.data) < len(plain.data)
        assert "Accept-Encoding" in sent.headers["Vary"]
        assert "Accept-Encoding" in plain.headers["Vary"]
        assert "Content-Encoding" not in plain.headers


def test_a_browser_that_has_it_gets_nothing_again(client: Any) -> None:
    for path in PATHS:
        tag = fetched(client, path, Accept_Encoding="gzip").headers["ETag"]
        assert tag.startswith("W/")
        again = fetched(client, path, Accept_Encoding="gzip", If_None_Match=tag)
        assert (again.status_code, again.data) == (304, b"")


def test_pages_with_a_token_and_parts_of_files_stay_as_they_are(client: Any) -> None:
    for path in ("/", "/home", "/api/v1/openapi.json"):
        sent = fetched(client, path, Accept_Encoding="gzip")
        assert "Content-Encoding" not in sent.headers
    part = fetched(client, PATHS[0], Accept_Encoding="gzip", Range="bytes=0-9")
    assert (part.status_code, len(part.data)) == (206, 10)
