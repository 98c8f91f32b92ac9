"""What a district has to deploy with and on: columns, premises, streets, buildings.

One file a kind of resource; :class:`Resources` is what a tactic is given. A resource
that is not there is ``None``, and a tactic that needs it says so.
"""

from __future__ import annotations

from hotspots.resources.bundle import Resources, load_resources

__all__ = ["Resources", "load_resources"]
