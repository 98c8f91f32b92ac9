"""A line of JSON for each request: how it went, never who asked or for whom."""

from __future__ import annotations

import json
import logging
import sys
import time

from flask import Flask, Response, g, request

LOG = logging.getLogger("hotspots.requests")


def add_logs(app: Flask) -> None:
    """Make an application say of each request how it went."""
    app.before_request(_begin)
    app.after_request(_say)


def write_logs() -> None:
    """Write the lines on standard error, for a site that is kept."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False


def _begin() -> None:
    g.begun = time.perf_counter()


def _say(response: Response) -> Response:
    if LOG.isEnabledFor(logging.INFO) and request.endpoint != "static":
        took = time.perf_counter() - g.get("begun", time.perf_counter())
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "method": request.method,
            "rule": str(request.url_rule),
            "status": response.status_code,
            "ms": round(1000 * took),
        }
        LOG.info(json.dumps(line))
    return response
