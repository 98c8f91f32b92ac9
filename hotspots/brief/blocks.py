"""The parts that a page is put together from, whatever it is printed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hotspots.brief.sheet import Sheet


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Words."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence of the bottom line, and where its figures stand.

    Parameters
    ----------
    where : str
        Such as ``Table 3, Burglary``.
    to : str
        Id of that table.
    """

    text: str
    where: str
    to: str


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What a person wrote.

    Parameters
    ----------
    foot : str
        By whom and when.
    """

    heading: str
    paragraphs: tuple[str, ...]
    foot: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A list of names and what they are."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class SideBySide:
    """Two narrow tables that share the width."""

    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A chart or a map.

    Parameters
    ----------
    alt : str
        What it shows, in words.
    caption : str
        Where the same numbers stand.
    """

    id: str
    svg: str
    alt: str
    caption: str
    width_mm: float = 178.0


@dataclass(frozen=True, kw_only=True)
class PlaceCard:
    """One place: its number on the map, its name, and pairs of label and text."""

    number: int
    name: str
    pairs: tuple[tuple[str, str], ...]


Block = Paragraph | Said | Remark | Facts | Sheet | SideBySide | Picture | PlaceCard


@dataclass(frozen=True, kw_only=True)
class PageSection:
    """A numbered section."""

    id: str
    number: int
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A whole document.

    Parameters
    ----------
    marking : str
        At the top and the foot of each page.
    foot : str
        Small print of each page.
    notice : str
        That must not be missed; empty where there is none.
    facts : Facts
        Under the title.
    """

    title: str
    subtitle: str
    marking: str
    foot: str
    notice: str
    facts: Facts
    sections: tuple[PageSection, ...]


def as_data(page: Page) -> dict[str, Any]:
    """Return a page as what JSON can hold."""
    made = asdict(page)
    for section, plain in zip(page.sections, made["sections"], strict=True):
        for block, told in zip(section.blocks, plain["blocks"], strict=True):
            told["kind"] = type(block).__name__.lower()
    data: dict[str, Any] = _lists(made)
    return data


def _lists(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _lists(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_lists(inner) for inner in value]
    return value
