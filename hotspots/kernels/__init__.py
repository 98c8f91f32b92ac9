"""Exact kernels on plain arrays, compiled by numba where it is there.

Nothing here knows of incidents, areas or cells. Every kernel has a NumPy twin that
gives the same answer; :func:`use_compiled` says which runs.
"""

from __future__ import annotations

from hotspots.kernels.jit import HAVE_NUMBA, njit, run_chunks, use_compiled

__all__ = ["HAVE_NUMBA", "njit", "run_chunks", "use_compiled"]
