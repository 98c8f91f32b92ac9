"""GraphML as a stream: nodes, edges and their fields, with no document type allowed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from hotspots.core.errors import SourceError
from hotspots.intake.inputs import InputFile

MAX_BYTES = 1 << 29
MAX_ITEMS = 5_000_000
CHUNK = 1 << 20


@dataclass(kw_only=True)
class GraphmlFile:
    """What a GraphML file says.

    Parameters
    ----------
    graph : dict of str to str
        Fields of the graph.
    nodes : list of (str, dict of str to str)
        Id and fields of each node.
    edges : list of (str, str, dict of str to str)
        Ids of the two nodes and fields of each edge.
    edge_fields : set of str
        The names that edges may have fields of.
    directed : bool
        Whether edges go one way unless said otherwise.
    """

    graph: dict[str, str] = field(default_factory=dict)
    nodes: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    edges: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    edge_fields: set[str] = field(default_factory=set)
    directed: bool = False


def parse_graphml(item: InputFile) -> GraphmlFile:
    """Read a GraphML file.

    Raises
    ------
    SourceError
        If it cannot be read, is no GraphML, holds a document type or is too large.
    """
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
    return reader.file


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
        self.file = GraphmlFile()
        self.keys: dict[str, str] = {}
        self.fields: dict[str, str] = self.file.graph
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
            self.file.directed = attributes.get("edgedefault") == "directed"
        elif tag == "key":
            name = attributes.get("attr.name", attributes.get("id", ""))
            self.keys[attributes.get("id", "")] = name
            if attributes.get("for") == "edge":
                self.file.edge_fields.add(name)

    def _item(self, tag: str, attributes: dict[str, str]) -> None:
        self.fields = {}
        if tag == "node":
            self.file.nodes.append((attributes.get("id", ""), self.fields))
        else:
            ends = attributes.get("source", ""), attributes.get("target", "")
            self.file.edges.append((*ends, self.fields))
        if len(self.file.nodes) + len(self.file.edges) > MAX_ITEMS:
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
            self.fields = self.file.graph

    def _data(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)
