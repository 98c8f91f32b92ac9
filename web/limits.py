"""How much may be sent: little to a page, a body of JSON, or files."""

from __future__ import annotations

from flask import Flask, request

MOST_PAGE_BYTES = 64 * 1024
MOST_JSON_BYTES = 1024 * 1024
MOST_FILE_BYTES = 2 * 1024**3
MOST_PARTS = 1000
TAKES_FILES = frozenset({"imports.upload", "v1.post_import"})


def add_limits(app: Flask) -> None:
    """Refuse what is longer than its address takes."""
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_PAGE_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_PAGE_BYTES,
        MAX_FORM_PARTS=MOST_PARTS,
    )
    app.before_request(_limit)


def _limit() -> None:
    if request.endpoint in TAKES_FILES and request.mimetype == "multipart/form-data":
        request.max_content_length = MOST_FILE_BYTES
        request.max_form_memory_size = MOST_JSON_BYTES
    elif request.path.startswith("/api/"):
        request.max_content_length = MOST_JSON_BYTES
        request.max_form_memory_size = MOST_JSON_BYTES
