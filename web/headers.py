"""The headers that every response carries, also 404 and 500."""

from __future__ import annotations

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""Nothing inline, nothing from another host."""

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

SECRET = ("/api/", "/join/", "/sign-", "/account", "/people", "/exports")
"""Below these addresses nothing is kept by a browser."""
SIGN_OUT = "security.logout"


def add_headers(app: Flask) -> None:
    """Make an application put :data:`HEADERS` on every response."""
    app.after_request(_with_headers)


def _with_headers(response: Response) -> Response:
    response.headers.extend(HEADERS)  # nobody else says them
    kept = "no-store" if request.path.startswith(SECRET) else "private, no-cache"
    response.headers.setdefault("Cache-Control", kept)
    if request.endpoint == SIGN_OUT:  # also the shift page that a phone kept
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
