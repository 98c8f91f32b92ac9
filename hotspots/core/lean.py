"""One of our commands does without the table libraries that it has no use for.

pyogrio and pyarrow load geopandas and pandas wherever they are installed: more than
half a second of every command, for tables that no command makes. In a process of our
own they are not found; in a notebook, where the reader may want them, nothing changes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

TABLES = ("geopandas", "pandas")


class _NotFound:
    """Answers for the table libraries, before anything looks for their files."""

    @staticmethod
    def find_spec(
        name: str,
        _path: Sequence[str] | None = None,
        _target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Refuse a table library; leave every other name to the next finder."""
        if name in TABLES:
            raise ModuleNotFoundError(f"a command does without {name}", name=name)
        return None


def own_process() -> None:
    """Say that this process runs one of our commands and nothing else.

    Table libraries that are loaded already stay.
    """
    if _NotFound not in sys.meta_path:
        sys.meta_path.insert(0, _NotFound)
