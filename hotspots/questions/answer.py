"""What a question's answer is made of: sentences, tables, pictures, notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hotspots.core.errors import ParameterError


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as people read it: every value is text already.

    Parameters
    ----------
    headings : tuple of str
        The first column names the row.
    text_columns : tuple of str
        Headings, beside the first, whose values are words; the others are numbers and
        are set to the right.

    Raises
    ------
    ParameterError
        If a row has another length than the headings.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text_columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.headings):
                raise ParameterError(
                    f"each row of '{self.title}' must have {len(self.headings)} "
                    f"values; one has {len(row)}."
                )

    @classmethod
    def of(
        cls,
        title: str,
        headings: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        text: Sequence[str] = (),
    ) -> Table:
        """Make a table from any sequences."""
        return cls(
            title=title,
            headings=tuple(headings),
            rows=tuple(tuple(row) for row in rows),
            text_columns=tuple(text),
        )


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture with its text inside it.

    Parameters
    ----------
    name : str
        Of the file it is written to, without the ending.
    svg : str
        An ``<svg>`` element with title and description; its numbers are in a table of
        the same answer.
    """

    name: str
    svg: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to one question.

    Parameters
    ----------
    sentences : tuple of str
        The answer in words, both counts in them.
    notes : tuple of str
        How it was counted, and what to know.
    """

    sentences: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()
