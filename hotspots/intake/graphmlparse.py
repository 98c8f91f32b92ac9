"""GraphML as a stream: nodes, edges and their fields, with no document type allowed.

It runs in the process that parses other people's files.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from hotspots.core.errors import SourceError
from hotspots.intake.inputs import InputFile

MAX_BYTES = 1 << 29
MAX_ITEMS = 5_000_000
CHUNK = 1 << 20


NODE_FIELDS = ("x", "y")
EDGE_FIELDS = ("length", "street_id", "osmid", "name", "wkt", "geometry")
"""The fields that are handed over, as text."""

Answer = tuple[dict[str, Any], Any]


def graphml(item: InputFile) -> Iterator[Answer]:
    """Give the nodes of a GraphML file with what it says of itself, then its edges.

    Raises SourceError if it cannot be read, is no GraphML, holds a document type or is
    too large.
    """
    reader = _parsed(item)
    facts = {
        "graph": {name: reader.graph.get(name, "") for name in ("crs", "source")},
        "is_osm": "osmid" in reader.edge_fields,
        "directed": reader.directed,
    }
    yield facts, _table(reader.nodes, ("id",), NODE_FIELDS)
    yield {}, _table(reader.edges, ("source", "target"), EDGE_FIELDS)


def _table(
    items: list[tuple[tuple[str, ...], dict[str, str]]],
    ends: tuple[str, ...],
    wanted: tuple[str, ...],
) -> Any:
    import pyarrow as pa

    columns = {name: [ids[k] for ids, _ in items] for k, name in enumerate(ends)}
    for name in wanted:
        columns[name] = [fields.get(name, "") for _, fields in items]
    kind = pa.large_string()
    return pa.table({name: pa.array(c, kind) for name, c in columns.items()})


def _parsed(item: InputFile) -> _Reader:
    reader = _Reader(item.name)
    total = 0
    try:
        with item.open() as stream:
            while chunk := stream.read(CHUNK):
                total += len(chunk)
                _check_size(item.name, total)
                reader.parser.Parse(chunk, False)
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise SourceError(
            f"{item.name} must be whole XML; {error}. Check that it was copied whole."
        ) from error
    return reader


def _check_size(name: str, total: int) -> None:
    if total > MAX_BYTES:
        raise SourceError(
            f"{name} must be at most 512 MB (unpacked); it is larger. Cut it to the "
            "district, or give the .osm.pbf extract."
        )


class _Reader:
    """Handlers of the parser, and what they have gathered."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.graph: dict[str, str] = {}
        self.nodes: list[tuple[tuple[str, ...], dict[str, str]]] = []
        self.edges: list[tuple[tuple[str, ...], dict[str, str]]] = []
        self.edge_fields: set[str] = set()
        self.directed = False
        self.keys: dict[str, str] = {}
        self.fields = self.graph
        self.key = ""
        self.text: list[str] | None = None
        self.begun = False
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _doctype(self, *_: Any) -> None:
        raise SourceError(
            f"{self.name} must be GraphML without a document type (<!DOCTYPE ...>); it "
            "has one, which can name other files. Export it again without."
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition("}")[2]
        if not self.begun and tag != "graphml":
            raise SourceError(
                f"{self.name} must be GraphML, beginning with <graphml>; it begins "
                f"with <{tag[:40]}>. Check its name and how it was exported."
            )
        self.begun = True
        if tag == "data":
            self.key = self.keys.get(attributes.get("key", ""), "")
            self.text = []
        elif tag in ("node", "edge"):
            self._item(tag, attributes)
        elif tag == "graph":
            self.directed = attributes.get("edgedefault") == "directed"
        elif tag == "key":
            name = attributes.get("attr.name", attributes.get("id", ""))
            self.keys[attributes.get("id", "")] = name
            if attributes.get("for") == "edge":
                self.edge_fields.add(name)

    def _item(self, tag: str, attributes: dict[str, str]) -> None:
        self.fields = {}
        if tag == "node":
            self.nodes.append(((attributes.get("id", ""),), self.fields))
        else:
            ends = attributes.get("source", ""), attributes.get("target", "")
            self.edges.append((ends, self.fields))
        if len(self.nodes) + len(self.edges) > MAX_ITEMS:
            raise SourceError(
                f"{self.name} must hold at most {MAX_ITEMS:,} nodes and edges; it "
                "holds more. Cut it to the district."
            )

    def _end(self, tag: str) -> None:
        tag = tag.rpartition("}")[2]
        if tag == "data" and self.text is not None:
            self.fields[self.key] = "".join(self.text).strip()
            self.text = None
        elif tag in ("node", "edge"):
            self.fields = self.graph

    def _data(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)
