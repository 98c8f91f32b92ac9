"""Mobile CCTV: columns for the cameras."""

from __future__ import annotations

from hotspots.tactics.cctv.tactic import Harm, MobileCctv

__all__ = ["Harm", "MobileCctv"]
