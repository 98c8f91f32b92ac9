"""Severity in each cell: raw, as its square root, and where one event makes it all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.arrays import as_numbers
from hotspots.core.errors import ParameterError
from hotspots.core.options import option
from hotspots.core.tunable import Tunable
from hotspots.core.types import Floats, Ints
from hotspots.model.binned import place_cells
from hotspots.model.cells import Cells, cell_names
from hotspots.model.harm import HarmTable
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface

Scale = Literal["root", "raw"]


@dataclass(frozen=True, kw_only=True)
class CellSeverity:
    """Severity of the incidents in each cell.

    ``n``, ``n_weighted`` (m,): incidents, and those of them that have a severity.
    ``raw``, ``root`` (m,): sums of severity and of its square root.
    ``largest_share`` (m,): the largest severity of one incident as a share of ``raw``;
    0 without any.
    """

    n: Ints
    n_weighted: Ints
    raw: Floats
    root: Floats
    largest_share: Floats


def severity_in_cells(at: Ints, severity: Floats, n_cells: int) -> CellSeverity:
    """Sum severity over the incidents of each cell.

    ``at`` (n,): the position of each incident's cell; -1 outside.
    ``severity`` (n,): NaN where none can honestly be given.

    Raises ParameterError if a severity is negative or infinite, there is not one for
    each incident, or a cell does not exist.

    Notes
    -----
    Incidents without a severity count in ``n`` and add nothing to the sums.

    References
    ----------
    Sherman, L., Neyroud, P. W. and Neyroud, E. (2016). The Cambridge Crime Harm Index.
    Policing 10(3), 171-183; Office for National Statistics (2016), Crime Severity
    Score: weights from sentences. The square root is a choice of this package.

    Examples
    --------
    >>> found = severity_in_cells(
    ...     np.array([0, 0, 0, 1]), np.array([465.0, 33.0, np.nan, 9.0]), 2
    ... )
    >>> found.raw, found.root.round(1), found.largest_share.round(2)
    (array([498.,   9.]), array([27.3,  3. ]), array([0.93, 1.  ]))
    """
    at, severity = np.asarray(at), as_numbers(severity, name="severity")
    _check(at, severity, n_cells)
    inside = at >= 0
    at, severity = at[inside], severity[inside]
    known = ~np.isnan(severity)
    n = np.bincount(at, minlength=n_cells)
    at, severity = at[known], severity[known]
    raw = _sum(at, severity, n_cells)
    largest = np.zeros(n_cells)
    np.maximum.at(largest, at, severity)
    return CellSeverity(
        n=n,
        n_weighted=np.bincount(at, minlength=n_cells),
        raw=raw,
        root=_sum(at, np.sqrt(severity), n_cells),
        largest_share=np.where(raw > 0, largest, 0.0) / np.where(raw > 0, raw, 1.0),
    )


def _sum(at: Ints, values: Floats, n_cells: int) -> Floats:
    return np.bincount(at, values, minlength=n_cells).astype(np.float64)


def _check(at: Ints, severity: Floats, n_cells: int) -> None:
    if at.shape != severity.shape:
        raise ParameterError(
            f"severity must be one number for each of {len(at):,} incidents; got an "
            f"array of shape {severity.shape}."
        )
    if len(at) and not (at.min() >= -1 and at.max() < n_cells):
        raise ParameterError(
            f"cells must be numbered from 0 to {n_cells - 1}, or -1 for none; got "
            f"{at.min()} to {at.max()}."
        )
    bad = (severity < 0) | np.isinf(severity)
    if bad.any():
        raise ParameterError(
            "severity must be 0 or more, or NaN where none can be given; got "
            f"{severity[bad][0]}."
        )


def unweighted(incidents: Incidents, harm: HarmTable | None = None) -> pl.DataFrame:
    """List the categories that cannot honestly take one severity.

    ``harm``: the one that ships when left out.

    ``category``, ``subcategory``, ``n_incidents`` and ``why``, most frequent first;
    ``why`` is the table's own reason.

    Raises SourceError if the table does not fit.
    """
    weights = (harm or HarmTable.default()).look_up(incidents)
    names = incidents.frame.select(pl.col("category", "subcategory").cast(pl.String))
    rows = pl.concat([names, weights], how="horizontal")
    return (
        rows.filter(pl.col("severity_weight").is_null())
        .group_by("category", "subcategory")
        .agg(n_incidents=pl.len().cast(pl.Int64), why=pl.col("why").first())
        .sort(
            ["n_incidents", "category", "subcategory"], descending=[True, False, False]
        )
    )


@dataclass(frozen=True, kw_only=True)
class Severity(Tunable):
    """Sum the severity of the incidents in each cell.

    Notes
    -----
    One homicide weighs as much as hundreds of assaults, and says little of where the
    next will be: raw severity is for information, the square root for ranking.
    Every incident given is looked at; :func:`unweighted` lists the categories that add
    nothing for want of a severity.

    References
    ----------
    As for :func:`severity_in_cells`.
    """

    scale: Scale = option(  # noqa: RUF009
        "root", help="Square root of each incident's severity, or severity itself."
    )
    dominant_share: float = option(
        0.5,
        help="One incident dominates a cell with more than this share of its severity.",
        gt=0,
        le=1,
    )

    def __call__(
        self, incidents: Incidents, cells: Cells, *, harm: HarmTable | None = None
    ) -> Surface:
        """Return the surface ``severity_root`` or ``severity_raw``.

        ``harm``: the one that ships when left out.

        Its notes count incidents without a severity and cells that one incident
        dominates.

        Raises ParameterError if a severity of the table is infinite.
        """
        found = self._found(incidents, cells, harm)
        dominated = int(self._dominated(found).sum())
        without = int((found.n - found.n_weighted).sum())
        return Surface(
            found.root if self.scale == "root" else found.raw,
            cells,
            self,
            name=f"severity_{self.scale}",
            unit="square root of severity" if self.scale == "root" else "severity",
            notes=(
                f"{without:,} of {int(found.n.sum()):,} incidents have no severity",
                f"{dominated:,} cells owe more than {self.dominant_share:.0%} of "
                "their severity to one incident",
            ),
        )

    def table(
        self, incidents: Incidents, cells: Cells, *, harm: HarmTable | None = None
    ) -> pl.DataFrame:
        """Return a row for each cell that holds incidents.

        ``cell``, ``n_incidents``, ``n_without_severity``, ``raw``, ``root``,
        ``largest_share`` and ``dominated``, by ``scale`` falling.

        Raises ParameterError if a severity of the table is infinite.
        """
        found = self._found(incidents, cells, harm)
        frame = pl.DataFrame(
            {
                "cell": cell_names(cells.ids),
                "n_incidents": found.n,
                "n_without_severity": found.n - found.n_weighted,
                "raw": found.raw,
                "root": found.root,
                "largest_share": found.largest_share,
                "dominated": self._dominated(found),
            }
        )
        order = [self.scale, "cell"]
        return frame.filter(pl.col("n_incidents") > 0).sort(
            order, descending=[True, False]
        )

    def _found(
        self, incidents: Incidents, cells: Cells, harm: HarmTable | None
    ) -> CellSeverity:
        weights = (harm or HarmTable.default()).look_up(incidents)
        place = incidents.frame["place"].to_numpy()
        at = place_cells(incidents, cells)[place]
        severity = weights["severity_weight"].fill_null(float("nan")).to_numpy()
        return severity_in_cells(at, severity, len(cells))

    def _dominated(self, found: CellSeverity) -> npt.NDArray[np.bool_]:
        return (found.n >= 2) & (found.largest_share > self.dominant_share)
