"""The catalogue of tactics: the name of each, and where it is declared.

A tactic is added by its folder and one line here. The register needs the names (a
deployment is of a tactic) and stands below the tactics, so the line is plain text.
"""

from __future__ import annotations

CATALOGUE = {
    "cctv": "hotspots.tactics.cctv:CCTV",
    "marking": "hotspots.tactics.marking:MARKING",
    "packs": "hotspots.tactics.packs:PACKS",
    "youth": "hotspots.tactics.youth:YOUTH",
    "patrol": "hotspots.tactics.patrol:PATROL",
    "operation": "hotspots.tactics.operation:OPERATION",
}
"""In the order in which they are offered."""
