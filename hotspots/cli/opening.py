"""Opening a site for a command, as whoever sits at this computer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.core.errors import OutputError

if TYPE_CHECKING:
    from hotspots.rights import Actor
    from hotspots.service import Site


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Site, Actor]]:
    """Give an open site and its operator."""
    from hotspots.rights import Actor
    from hotspots.service import open_site

    site = open_site(folder)
    try:
        yield site, Actor.operator()
    finally:
        site.close()


@contextmanager
def writing(folder: Path) -> Iterator[tuple[Any, Actor]]:
    """Give a session that writes, and the operator."""
    with opened(folder) as (site, actor), site.store.writing() as session:
        yield session, actor


def check_absent(out: Path) -> None:
    """Refuse to write over a file.

    Raises OutputError if it is there.
    """
    if out.exists():
        raise OutputError(f"an export replaces nothing; {out} is there already.")
