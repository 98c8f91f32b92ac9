"""Which ways of OpenStreetMap a person on foot may use."""

from __future__ import annotations

from collections.abc import Mapping

WALKED = frozenset(
    {"footway", "path", "steps", "pedestrian", "living_street", "residential"}
    | {"unclassified", "tertiary", "tertiary_link", "secondary", "secondary_link"}
    | {"primary", "primary_link", "service", "track", "bridleway", "cycleway"}
    | {"road", "crossing"}
)
IF_SAID = frozenset({"trunk", "trunk_link"})
YES = frozenset({"yes", "designated", "permissive", "public"})
FOOT_NO = frozenset({"no", "private", "use_sidepath"})
CLOSED = frozenset(
    {"no", "private", "military", "agricultural", "forestry", "delivery"}
)
SLOW = frozenset({"20 mph", "30 mph", "5 mph", "10 mph"})
"""A trunk road with this limit goes through a town, where there is a pavement."""
SIDEWALK = frozenset({"both", "left", "right", "yes", "separate"})


def is_walkable(tags: Mapping[str, str]) -> bool:
    """Say whether the tags of a way let a person walk along it.

    References
    ----------
    OpenStreetMap wiki, "OSM tags for routing/Access restrictions", United Kingdom.

    Examples
    --------
    >>> is_walkable({"highway": "residential"})
    True
    >>> is_walkable({"highway": "trunk"}), is_walkable({"highway": "motorway"})
    (False, False)
    """
    highway, foot = tags.get("highway", ""), tags.get("foot", "")
    if highway not in WALKED | IF_SAID or foot in FOOT_NO:
        return False
    if foot in YES:
        return True
    if highway in IF_SAID:
        return tags.get("sidewalk", "") in SIDEWALK or tags.get("maxspeed", "") in SLOW
    drive = highway == "service" and tags.get("service", "") == "driveway"
    return tags.get("access", "") not in CLOSED and not drive
