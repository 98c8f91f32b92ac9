"""What has not been made yet: no request waits for it."""

from __future__ import annotations


class NotReadyError(Exception):
    """What was asked for has not been made yet: no mistake of anybody's.

    ``key``: of the work, where it goes on; else empty: it must be asked for by POST.
    """

    def __init__(self, key: str = "") -> None:
        self.key = key
        super().__init__(
            "this is being made: ask again in a moment."
            if key
            else "this must be asked for by POST before it can be had."
        )
