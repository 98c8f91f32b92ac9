"""A process of our own does without libraries that others load only for convenience."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder


def do_without(*names: str) -> None:
    """Let this process find none of some packages; only where nobody else's code runs.

    pyogrio, pyarrow and folium load pandas wherever it is installed: most of a second.
    """
    sys.meta_path.insert(0, _Without(names))


class _Without(MetaPathFinder):
    """Finds nothing, and says so of what is not used."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname in self.names:
            raise ModuleNotFoundError(fullname)
