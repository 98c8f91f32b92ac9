"""The catalogue of tactics: the name of each, and where it is declared.

A tactic is added by its folder and one line here. The register needs the names (a
deployment is of a tactic) and stands below the tactics, so the line is plain text; its
title is read from the words in its folder, without loading its code.
"""

from __future__ import annotations

import tomllib
from importlib.util import find_spec
from pathlib import Path

from hotspots.core.errors import SourceError

CATALOGUE = {
    "cctv": "hotspots.tactics.cctv:CCTV",
    "marking": "hotspots.tactics.marking:MARKING",
    "packs": "hotspots.tactics.packs:PACKS",
    "youth": "hotspots.tactics.youth:YOUTH",
    "patrol": "hotspots.tactics.patrol:PATROL",
    "operation": "hotspots.tactics.operation:OPERATION",
}
"""In the order in which they are offered."""
OTHER = "other"


def tactic_titles() -> dict[str, str]:
    """Return what people call each tactic, and what is none of them.

    Examples
    --------
    >>> tactic_titles()["patrol"]
    'Foot patrol'
    """
    titles = {
        name: str(tomllib.loads(words_file(name).read_text("utf-8"))["title"])
        for name in CATALOGUE
    }
    return {**titles, OTHER: "Other"}


def words_file(name: str) -> Path:
    """Return the file of a tactic's words: its name, in its folder.

    Raises SourceError if there is no such module.
    """
    module = CATALOGUE[name].partition(":")[0]
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise SourceError(
            f"tactic '{name}' must be declared in a module; there is no {module}. "
            "Correct its line in the catalogue."
        )
    return Path(spec.origin).parent / f"{name}.toml"
