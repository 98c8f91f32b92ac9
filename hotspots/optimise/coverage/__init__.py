"""Maximal covering: the sites that see the most."""

from __future__ import annotations

from hotspots.optimise.coverage.problem import CoverProblem, cover_sets
from hotspots.optimise.coverage.solve import CoverResult, maximise_coverage

__all__ = ["CoverProblem", "CoverResult", "cover_sets", "maximise_coverage"]
