"""From incident files to hotspots, deployments and what they achieved.

The one door is :mod:`hotspots.workflow`: ``load`` the files, ``analyse`` them,
``write`` the outputs. Methods are values (``Kde(bandwidth_m=300)``) called on
``(incidents, cells)``.
"""

from __future__ import annotations

from pathlib import Path

from hotspots._version import __version__

_root = Path(__file__).resolve().parent.parent
if (_root / "web").is_dir() and (_root / "boundaries").is_dir():
    # A checkout: web/, data/ and boundaries/ lie beside hotspots/.
    __path__.append(str(_root))

__all__ = ["__version__"]
