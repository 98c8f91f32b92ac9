"""The form of a plan: which options of a tactic a page offers, and what it calls them.

An option that takes free text is offered only where it is listed here, so that one
that names a file or a folder cannot be reached from a browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hotspots.core.options import Param, parameters
from hotspots.tactics.catalogue import Tactic
from hotspots.tactics.operation.template import read_template, template_names
from hotspots.web.parts.forms import Field, fields

FIRST = {
    "cctv": ("n_cameras", "range_m", "monitored_from", "monitored_to", "n_periods"),
    "marking": ("kits", "take_up_percent", "n_patches", "reach_m"),
    "packs": ("look_back_days", "victim_hours", "next_door_hours", "in_time_days"),
    "youth": ("n_sessions", "max_hours", "earliest", "latest", "travel", "term"),
    "patrol": ("n_areas", "crews", "provider", "shift_start", "shift_hours", "days"),
    "operation": ("template", "n_areas"),
}
"""The options that are changed most; the others are under 'More options'."""

FREE_TEXT = {
    "youth": ("town", "holidays", "veto", "category", "marks"),
    "patrol": ("shift_start", "days", "base"),
}
"""The options that may be any text: none of them is ever opened as a file."""

SHARED_LABELS = {
    "reserve_percent": "Ground kept back for comparison",
    "randomise": "Draw at random from the best",
    "resamples": "Resamples",
    "n_resamples": "Resamples",
}
LABELS = {
    "cctv": {
        "n_cameras": "Number of cameras",
        "range_m": "Viewing range",
        "spacing_m": "Least distance between cameras",
        "monitored_from": "Pictures watched from",
        "monitored_to": "Pictures watched until",
        "n_periods": "Number of periods",
        "period_weeks": "Length of a period",
        "cool_off_periods": "Periods of rest after a camera",
        "zone_m": "Size of the zones that rest",
        "half_life_days": "Age that counts half",
        "harm": "Weigh by severity",
    },
    "marking": {
        "kits": "Number of kits",
        "take_up_percent": "Take-up",
        "n_patches": "Number of patches",
        "rapid_days": "Days on the rapid list",
        "next_doors": "House numbers to either side",
        "reach_m": "Reach of the rapid list",
        "revisit_weeks": "Weeks until the next visit",
    },
    "packs": {
        "look_back_days": "Burglaries of the last",
        "victim_hours": "Visit the victim within",
        "next_door_hours": "Visit next door within",
        "in_time_days": "In time means within",
    },
    "youth": {
        "n_sessions": "Sessions a week, at most",
        "max_hours": "Hours a week, at most",
        "weeks": "Number of weeks",
        "earliest": "Not before",
        "latest": "Not after",
        "min_hours": "Shortest session",
        "max_hours_session": "Longest session",
        "max_stops": "Places in one session, at most",
        "max_travel_min": "Longest way between places",
        "outside_share": "Share outside the town (0 to 1)",
        "town": "Areas that make the town",
        "town_radius_m": "How far the town reaches",
        "term": "Weeks of the year",
        "switching_cost": "What breaking a slot must bring",
        "veto": "Places ruled out",
        "category": "Category that counts",
        "marks": "Words that mark youth-related incidents",
        "unmarked": "Where nothing is marked",
        "n_places": "Places considered",
        "place_cells": "Cells in one place, at most",
        "pooling": "Steadying of small counts (0 to 1)",
    },
    "patrol": {
        "n_areas": "Number of areas",
        "cells_per_area": "Cells in an area, at most",
        "minutes": "Length of a visit",
        "gap_hours": "Least time between visits",
        "crews": "Number of crews",
        "shift_hours": "Length of the shift",
        "days": "Days of the shift",
        "provider": "Who patrols",
        "daily_cap": "Visits a day to one area, at most",
        "lens": "Count or weigh by harm",
        "hours": "Hours that choose the areas",
        "base": "Base of the crews",
        "vehicle": "May drive",
        "walk_kmh": "Walking speed",
        "window_minutes": "Width of a visiting window",
        "compactness": "Cost of a ragged outline",
        "apart": "Keep areas apart",
        "expires_days": "Valid for",
    },
    "operation": {"template": "Template", "n_areas": "Number of areas, at most"},
}
UNITS = {"percent": "per cent", "%": "per cent"}
HINTS = {
    ("youth", "n_sessions"): "How many sessions can be staffed.",
    ("youth", "max_hours"): "How many hours can be staffed.",
    ("youth", "min_hours"): "No session is shorter than this.",
    ("youth", "max_hours_session"): "No session is longer than this.",
    ("youth", "max_stops"): "A session may go from one place to another.",
    ("youth", "max_travel_min"): "Places further apart are not in one session.",
    ("patrol", "gap_hours"): "How long an area is left alone after a visit.",
    ("patrol", "shift_hours"): "From its start to its end.",
    ("patrol", "walk_kmh"): "For the walk in an area and the way to the next.",
    ("operation", "template"): "What the operation is about.",
}
"""Where the help of an option would only say its label again."""

CHOICE_WORDS = {"pcso": "PCSOs", "warden": "Wardens", "police": "Police officers"}


def offered(tactic: Tactic) -> tuple[Param, ...]:
    """Return the options of a tactic that a page may set."""
    kept = []
    for param in parameters(tactic.method):
        if (tactic.name, param.name) == ("operation", "template"):
            kept.append(replace(param, choices=template_names()))
        elif (
            param.kind is not str
            or param.choices
            or param.name in FREE_TEXT.get(tactic.name, ())
        ):
            kept.append(param)
    return tuple(kept)


def plan_fields(
    tactic: Tactic, text: Mapping[str, str], categories: tuple[str, ...]
) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """Return the inputs of a tactic: those shown first, and the rest."""
    made = {
        each.name: _worded(tactic.name, each, categories)
        for each in fields(offered(tactic), text)
    }
    first = FIRST.get(tactic.name, tuple(made)[:4])
    return (
        tuple(made[name] for name in first if name in made),
        tuple(each for name, each in made.items() if name not in first),
    )


def _worded(tactic: str, field: Field, categories: tuple[str, ...]) -> Field:
    label = LABELS.get(tactic, {}).get(field.name) or SHARED_LABELS.get(field.name)
    return replace(
        field,
        label=label or field.label,
        hint=HINTS.get((tactic, field.name), field.hint),
        unit=UNITS.get(field.unit, field.unit),
        choices=_choices(tactic, field, categories),
    )


def _choices(
    tactic: str, field: Field, categories: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    if (tactic, field.name) == ("operation", "template"):
        return tuple((name, read_template(name).name) for name, _ in field.choices)
    if (tactic, field.name) == ("youth", "category"):
        return tuple((name, name) for name in sorted({*categories, field.value}))
    return tuple(
        (value, CHOICE_WORDS.get(value, text)) for value, text in field.choices
    )
