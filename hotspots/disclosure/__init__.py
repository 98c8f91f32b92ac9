"""Disclosure control: the one door that every published count passes through."""

from __future__ import annotations

from hotspots.disclosure.places import address_columns, coarsen_cells, merge_small_areas
from hotspots.disclosure.policy import (
    AUDIENCES,
    PUBLIC_POLICY,
    Audience,
    Policy,
    check_audience,
)
from hotspots.disclosure.publish import (
    MARKING,
    SENSITIVE,
    Published,
    marking_of,
    publish,
)
from hotspots.disclosure.release import ALL, Release, build_release
from hotspots.disclosure.tables import WITHHELD, Protected, in_words, protect

__all__ = [
    "ALL",
    "AUDIENCES",
    "MARKING",
    "PUBLIC_POLICY",
    "SENSITIVE",
    "WITHHELD",
    "Audience",
    "Policy",
    "Protected",
    "Published",
    "Release",
    "address_columns",
    "build_release",
    "check_audience",
    "coarsen_cells",
    "in_words",
    "marking_of",
    "merge_small_areas",
    "protect",
    "publish",
]
