"""Scripts, styles and the map's data are sent gzipped; pages are not.

A page holds a token beside what somebody typed, and the length of what is compressed
together tells of it (BREACH); the API's answers may. What is compressed here holds no
secret. The ground is read by ranges, and its tiles are compressed already.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

PATHS = ("/static/", "/map/")
KINDS = ("application/json", "image/svg+xml", "text/css", "text/javascript")
SMALLEST = 1_000
KEPT = 32


def add_compression(app: Flask) -> None:
    """Make an application compress what may be."""
    app.after_request(_gzipped)


def _gzipped(response: Response) -> Response:
    if not request.path.startswith(PATHS) or response.mimetype not in KINDS:
        return response
    response.vary.add("Accept-Encoding")
    plain = response.status_code != 200 or response.content_encoding
    if plain or not request.accept_encodings.quality("gzip"):
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) < SMALLEST:
        return response
    response.set_data(_pressed(content))
    response.content_encoding = "gzip"
    response.headers.pop("Accept-Ranges", None)
    tag, _ = response.get_etag()
    if tag:  # of the same meaning, not of the same bytes
        response.set_etag(tag, weak=True)
    return response


@lru_cache(maxsize=KEPT)
def _pressed(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=6, mtime=0)
