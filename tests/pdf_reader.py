"""The structure of a tagged PDF, read back: tags, alternative texts, table headings."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader


@dataclass
class Tag:
    """One element of the structure tree."""

    name: str
    alt: str = ""
    scope: str = ""
    children: list[Tag] = field(default_factory=list)

    def walk(self) -> Iterator[Tag]:
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, *names: str) -> list[Tag]:
        return [tag for tag in self.walk() if tag.name in names]


def open_pdf(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def catalog(pdf: PdfReader) -> Any:
    return pdf.trailer["/Root"]


def structure(pdf: PdfReader) -> Tag:
    """Return the structure tree; pieces of page content are left out."""
    tree = catalog(pdf)["/StructTreeRoot"].get_object()
    return Tag("Root", children=list(_children(tree)))


def words(pdf: PdfReader) -> list[str]:
    """Return the text of each page, its white space made single."""
    return [" ".join(page.extract_text().split()) for page in pdf.pages]


def _children(element: Any) -> Iterator[Tag]:
    inside = element.get("/K")
    for each in inside if isinstance(inside, list) else [inside]:
        child = each.get_object() if hasattr(each, "get_object") else each
        if isinstance(child, dict) and "/S" in child:
            yield Tag(
                name=child["/S"].lstrip("/"),
                alt=str(child.get("/Alt", "")),
                scope=_scope(child.get("/A")),
                children=list(_children(child)),
            )


def _scope(attributes: Any) -> str:
    held = attributes if isinstance(attributes, list) else [attributes]
    for each in held:
        found = each.get_object() if hasattr(each, "get_object") else each
        if isinstance(found, dict) and "/Scope" in found:
            return str(found["/Scope"]).lstrip("/")
    return ""
