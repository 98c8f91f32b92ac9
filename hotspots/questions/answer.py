"""What a question's answer is made of: sentences, tables, pictures, notes."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from hotspots.core.table import Table


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture with its text inside it.

    ``name``: of the file it is written to, without the ending.
    ``svg``: an ``<svg>`` element with title and description; its numbers are in a table
    of the same answer.
    """

    name: str
    svg: str

    def credited(self, words: str) -> str:
        """Return the picture with a word of whose data it shows, for one that goes out.

        Examples
        --------
        >>> Picture(name="a", svg="<svg><desc>b</desc></svg>").credited("OS & ONS")
        '<svg><desc>b</desc><metadata>OS &amp; ONS</metadata></svg>'
        """
        held = f"</desc><metadata>{escape(words)}</metadata>"
        return self.svg.replace("</desc>", held, 1)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to one question.

    ``sentences``: the answer in words, both counts in them.
    ``notes``: how it was counted, and what to know.
    ``places``: tuple of (str, shapely geometry); name and shape, EPSG:4326, of the rows
    of the last table, where no column of it says which cell or area they are.
    """

    sentences: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()
    places: tuple[tuple[str, Any], ...] = ()
