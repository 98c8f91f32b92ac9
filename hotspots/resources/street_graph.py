"""The walking network: junctions, the streets between them, and distances on foot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.ops import substring

from hotspots.core.crs import check_metres
from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats, Ints
from hotspots.resources.walking import distances, length_matrix

if TYPE_CHECKING:
    from hotspots.model.cells import Cells

STRAIGHT_NOTE = (
    "There is no street file, so walking is reckoned in straight steps between the "
    "centres of neighbouring H3 cells: routes are not streets, and real walks can be "
    "longer."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class StreetGraph:
    """Streets and paths that can be walked, both ways.

    ``node_xy_m`` (n, 2), metres, EPSG:27700: junctions and ends of streets.
    ``edges`` (m, 2), int64: the two nodes of each street. Two edges may join the same
    two nodes.
    ``length_m`` (m,), metres.
    ``names``: tuple of m str; ``""`` where it is not known.
    ``street_id``: tuple of m str; what the file calls the street; ``""`` where it does
    not say.
    ``lines`` (m,), shapely LineStrings, EPSG:27700: from the first node of each edge to
    the second.
    ``source``: where the network comes from, in words.
    ``attribution``: what must be shown beside it; ``""`` for nothing.
    ``notes``: what was left out or noticed.

    Raises CrsError if nodes are not finite metres; ParameterError if the parts do not
    fit each other, or a length is not above 0.
    """

    node_xy_m: Floats
    edges: Ints
    length_m: Floats
    names: tuple[str, ...]
    street_id: tuple[str, ...]
    lines: npt.NDArray[np.object_]
    source: str
    attribution: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_metres(self.node_xy_m, name="node_xy_m")
        parts = (self.edges, self.length_m, self.names, self.street_id, self.lines)
        sizes = [len(part) for part in parts]
        if len(set(sizes)) != 1 or self.edges.shape != (sizes[0], 2):
            raise ParameterError(
                "edges, lengths, names, street ids and lines must be one for each "
                f"street; got {sizes}. Make them from the same table."
            )
        if len(self.edges) and not (
            self.edges.min() >= 0 and self.edges.max() < len(self.node_xy_m)
        ):
            raise ParameterError(
                f"edges must join nodes 0 to {len(self.node_xy_m) - 1}; got "
                f"{self.edges.min()} to {self.edges.max()}. Number nodes from 0."
            )
        if not (np.isfinite(self.length_m) & (self.length_m > 0)).all():
            raise ParameterError(
                "every street must have a length above 0 m; got "
                f"{np.nanmin(self.length_m):g}. Leave out streets without extent."
            )

    @classmethod
    def from_cells(cls, cells: Cells) -> StreetGraph:
        """Make a stand-in for a street file: steps between neighbouring H3 cells."""
        rows, columns = cells.neighbours.nonzero()
        pairs = np.column_stack([rows, columns])[rows < columns].astype(np.int64)
        ends = cells.xy_m[pairs]
        blank = ("",) * len(pairs)
        return cls(
            node_xy_m=cells.xy_m,
            edges=pairs,
            length_m=np.hypot(*(ends[:, 1] - ends[:, 0]).T),
            names=blank,
            street_id=blank,
            lines=np.asarray(shapely.linestrings(ends), dtype=object),
            source=(
                f"steps between H3 cells of resolution {cells.resolution}, not streets"
            ),
            notes=(STRAIGHT_NOTE,),
        )

    @property
    def n_nodes(self) -> int:
        """How many nodes there are."""
        return len(self.node_xy_m)

    @property
    def n_edges(self) -> int:
        """How many streets (edges) there are."""
        return len(self.edges)

    @cached_property
    def component(self) -> Ints:
        """Number of the connected part of each node, shape (n,); 0 is the largest."""
        from scipy.sparse.csgraph import connected_components

        _, label = connected_components(self.matrix(), directed=False)
        order = np.argsort(-np.bincount(label), kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        return np.asarray(rank[label], dtype=np.int64)

    def matrix(self) -> Any:
        """Return the network as a matrix for ``scipy.sparse.csgraph``.

        Returns csr_array of shape (n, n): symmetric: the length in metres of the
        shortest edge between two nodes.
        """
        return self._matrix

    @cached_property
    def _matrix(self) -> Any:
        return length_matrix(self.edges, self.length_m, self.n_nodes)

    @cached_property
    def ways_m(self) -> Floats:
        """Shortest ways between all nodes of a small network, shape (n, n), metres."""
        return distances(self._matrix, np.arange(self.n_nodes))

    def walk_m(
        self,
        from_nodes: npt.ArrayLike,
        to_nodes: npt.ArrayLike | None = None,
        *,
        limit_m: float = np.inf,
    ) -> Floats:
        """Return shortest walking distances between nodes.

        ``from_nodes``: array-like of shape (f,).
        ``to_nodes``: array-like of shape (t,); default: all nodes.
        ``limit_m``: metres; nothing farther is looked for, which is faster.

        Returns (f, t), metres: infinite where there is no way, or none within
        ``limit_m``.

        References
        ----------
        Dijkstra, E. W. (1959). A note on two problems in connexion with graphs.
        Numerische Mathematik 1, 269-271.
        """
        start = self._checked_nodes(from_nodes)
        if to_nodes is None:
            return distances(self._matrix, start, limit_m=limit_m)
        end = self._checked_nodes(to_nodes)
        if len(end) < len(start):  # a way is as long back
            back = distances(self._matrix, end, limit_m=limit_m)[:, start]
            return np.ascontiguousarray(back.T)
        there = distances(self._matrix, start, limit_m=limit_m)[:, end]
        return np.ascontiguousarray(there)

    def _checked_nodes(self, nodes: npt.ArrayLike) -> Ints:
        found = np.atleast_1d(np.asarray(nodes, dtype=np.int64))
        if len(found) and not (found.min() >= 0 and found.max() < self.n_nodes):
            raise ParameterError(
                f"nodes must be from 0 to {self.n_nodes - 1}; got {found.min()} to "
                f"{found.max()}. Find them with nearest_node."
            )
        return found

    @cached_property
    def _node_tree(self) -> Any:
        from scipy.spatial import cKDTree

        return cKDTree(self.node_xy_m)

    def nearest_node(self, xy_m: Floats, *, main_part: bool = False) -> Ints:
        """Return the node nearest to each place, as the crow flies.

        ``xy_m`` (k, 2), metres.

        Returns (k,), int64.

        Raises CrsError if a place is not in finite metres; ParameterError if the
        network has no node.
        """
        places = np.atleast_2d(np.asarray(xy_m, dtype=np.float64))
        check_metres(places)
        if not self.n_nodes:
            raise ParameterError(
                "the street network must have at least one street; it has none. Use a "
                "larger area or another street file."
            )
        if not main_part:
            return np.asarray(self._node_tree.query(places)[1], dtype=np.int64)
        from scipy.spatial import cKDTree

        main = np.flatnonzero(self.component == 0)
        return np.asarray(main[cKDTree(self.node_xy_m[main]).query(places)[1]])

    @cached_property
    def _line_tree(self) -> Any:
        return shapely.STRtree(self.lines)

    def cut(self, *polygons: Any, min_m: float = 5.0) -> StreetGraph:
        """Return what of each street lies inside polygons, cut at the edge of each.

        ``*polygons``: shapely Polygon or MultiPolygon, EPSG:27700; not over each other.
        ``min_m``: metres; shorter ends are left out.
        """
        which, near = self._line_tree.query(polygons, predicate="intersects")
        order = np.lexsort((near, which))
        which, near = which[order], near[order]
        held = shapely.intersection(
            self.lines[near], np.asarray(polygons, dtype=object)[which]
        )
        pieces, owner = shapely.get_parts(held, return_index=True)
        length_m, edges = shapely.length(pieces), near[owner]
        whole_m = shapely.length(self.lines[edges])
        kept = length_m > np.minimum(min_m, whole_m * (1 - 1e-9))
        return self._of_pieces(pieces[kept], edges[kept])

    def split(self, longest_m: float) -> StreetGraph:
        """Return the network with a node at least every so many metres."""
        n = np.ceil(self.length_m / longest_m - 1e-9).astype(np.int64)
        pieces = [
            substring(line, k / parts, (k + 1) / parts, normalized=True)
            for line, parts in zip(self.lines, n.tolist(), strict=True)
            for k in range(parts)
        ]
        owner = np.repeat(np.arange(len(n)), n)
        return self._of_pieces(np.array(pieces, dtype=object), owner)

    def _of_pieces(self, pieces: Any, edges: Ints) -> StreetGraph:
        """Return a network of pieces of streets; nodes are where their ends meet."""
        ends = [shapely.get_coordinates(shapely.get_point(pieces, k)) for k in (0, -1)]
        nodes, flat = np.unique(
            np.stack(ends, axis=1).reshape(-1, 2).round(3), axis=0, return_inverse=True
        )
        return StreetGraph(
            node_xy_m=nodes,
            edges=flat.reshape(-1, 2).astype(np.int64),
            length_m=shapely.length(pieces),
            lines=pieces,
            **self._words(edges),
        )

    def take(self, edges: Ints) -> StreetGraph:
        """Return the network of some of the streets, in the order given.

        ``edges`` (k,), int64.
        """
        used, flat = np.unique(self.edges[edges], return_inverse=True)
        return StreetGraph(
            node_xy_m=self.node_xy_m[used],
            edges=flat.reshape(-1, 2).astype(np.int64),
            length_m=self.length_m[edges],
            lines=self.lines[edges],
            **self._words(edges),
        )

    def _words(self, edges: Ints) -> dict[str, Any]:
        """Return what the network of some of the streets says of them and of itself."""
        return {
            "names": tuple(self.names[edge] for edge in edges),
            "street_id": tuple(self.street_id[edge] for edge in edges),
            "source": self.source,
            "attribution": self.attribution,
            "notes": self.notes,
        }
