"""The sections of a brief in their order, from tables that its audience may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hotspots.analysis.safeguards import safeguard_notes
from hotspots.brief import bottom_line
from hotspots.brief.content import Note, Section
from hotspots.brief.emerging import alerts_of
from hotspots.brief.fires_and_collisions import clock_sentences
from hotspots.brief.limitations import limitation_notes
from hotspots.brief.period_table import PRIORITY
from hotspots.brief.places import build_places, months_held
from hotspots.brief.returns import return_sentences
from hotspots.brief.tables import Found
from hotspots.core.table import Statement, Table
from hotspots.core.window import in_words
from hotspots.register.deployments import delivery_sentences, packs_sentence

TITLES = {
    "bottom_line": "Summary",
    "period": "Counts compared with the usual range",
    "indicators": "Headline indicators",
    "places": "Places",
    "emerging": "New and emerging",
    "repeats": "Repeat locations",
    "neighbourhoods": "Priority neighbourhoods",
    "deployments": "Deployments",
    "actions": "Actions",
    "fires_and_collisions": "Deliberate fires and collisions",
    "strategic": "Concentration, trend and time",
    "data": "Data used",
    "limitations": "Limitations",
    "method": "Method and notes",
}

PUBLIC_TOPICS = (
    "Period not covered",
    "Months missing",
    "Recording changed",
    "Not measured",
)
"""What can be said in public of the data: no count and no day."""


def arrange(found: Found, tables: Mapping[str, Table]) -> tuple[Section, ...]:
    """Return the sections, numbered."""
    public = found.public
    restricted = (
        [
            _places(found, tables),
            _emerging(found, tables),
            _repeats(found, tables),
            _neighbourhoods(found, tables),
            _deployments(found, tables),
            _actions(found, tables),
            _fires_and_collisions(found, tables),
            _tables("strategic", tables, "concentration", "trend", "week"),
            _tables("data", tables, "cut_offs", "not_mapped"),
        ]
        if not public
        else [_neighbourhoods(found, tables)]
    )
    made = [
        _section("bottom_line", statements=_bottom_line(found, tables)),
        _tables("period", tables, "period"),
        _tables("indicators", tables, "indicators"),
        *restricted,
        _section("limitations", notes=_limitations(found)),
        _section("method"),
    ]
    if public:
        made[1] = replace(made[1], title="Recorded incidents")
    kept = [s for s in made if s.id == "method" or _says(s)]
    return tuple(_numbered(section, n) for n, section in enumerate(kept, start=1))


def _section(name: str, **parts: Any) -> Section:
    return Section(id=name, number=0, title=TITLES[name], **parts)


def _numbered(section: Section, number: int) -> Section:
    return replace(section, number=number)


def _says(section: Section) -> bool:
    return bool(
        section.text
        or section.statements
        or section.tables
        or section.places
        or section.alerts
        or section.notes
    )


def _chosen(tables: Mapping[str, Table], *names: str) -> tuple[Table, ...]:
    """Return the tables that there are; those without rows are told in words."""
    return tuple(tables[n] for n in names if n in tables and tables[n].rows.height)


def _tables(name: str, tables: Mapping[str, Table], *names: str) -> Section:
    return _section(name, tables=_chosen(tables, *names))


def _bottom_line(found: Found, tables: Mapping[str, Table]) -> tuple[Statement, ...]:
    period, table = found.scope.period, tables.get("indicators")
    said: list[Statement | None]
    if table is not None and not found.public:
        said = list(return_sentences(table, period))
    else:
        table = table or tables["period"]
        until = in_words(period.counted.last_day)
        said = [bottom_line.total_sentence(table, span=period.span_words, until=until)]
        said.append(bottom_line.notable(table))
    if "places" in tables:
        held = months_held(found.scope, found.analysis.window)
        said.append(bottom_line.place_sentence(tables["places"], held))
    elif areas := _areas(tables):
        said.append(bottom_line.area_sentence(areas[0]))
    return tuple(each for each in said if each is not None)


def _places(found: Found, tables: Mapping[str, Table]) -> Section:
    places = build_places(
        found.scope, found.analysis, found.deployments, found.previous
    )
    text = () if places else ("No place has enough incidents to be shown.",)
    below = sum(h.below_floor for h in found.analysis.hotspots)
    if below:
        floor = found.analysis.parameters.rule.floor_per_year
        text = (
            f"{below} of {len(places)} places have fewer than {floor:g} incidents a "
            "year: treat with caution.",
        )
    return _section(
        "places", text=text, tables=_chosen(tables, "places"), places=places
    )


def _emerging(found: Found, tables: Mapping[str, Table]) -> Section:
    text = []
    if "alarms" in tables and not tables["alarms"].rows.height:
        text.append("No count is outside its usual range.")
    alerts = tables.get("alerts")
    if alerts is None and found.scope.period.kind in ("weekly", "monthly"):
        text.append(
            "Near-repeat alerts: cannot tell. They need the day and the location of "
            "each dwelling burglary, which the files do not give."
        )
    elif alerts is not None and not alerts.rows.height:
        text.append("No near-repeat alerts are open.")
    return _section(
        "emerging",
        text=tuple(text),
        tables=_chosen(tables, "alarms", "alerts"),
        alerts=alerts_of(alerts) if alerts is not None else (),
    )


def _repeats(found: Found, tables: Mapping[str, Table]) -> Section:
    text = [packs_sentence(found.deployments, found.scope.period.counted)]
    if not found.repeats:
        text.insert(0, "Cannot tell: the files give no exact days and locations.")
    return _section("repeats", text=tuple(text), tables=_chosen(tables, "repeats"))


def _areas(tables: Mapping[str, Table], *, public: bool = True) -> tuple[Table, ...]:
    """Return the tables of areas; in public one only, since areas may overlap."""
    found = _chosen(tables, "priority", "areas")
    return found[:1] if public else found


def _neighbourhoods(found: Found, tables: Mapping[str, Table]) -> Section:
    section = _section("neighbourhoods", tables=_areas(tables, public=found.public))
    if PRIORITY in found.scope.dataset.areas.kinds:
        return section
    text = ("No priority neighbourhoods were supplied.",)
    return replace(section, title="Areas", text=text)


def _deployments(found: Found, tables: Mapping[str, Table]) -> Section:
    window = found.scope.period.window
    text = list(delivery_sentences(found.deployments, window))
    if found.deployments is not None and not tables["deployments"].rows.height:
        text.insert(0, f"No deployments recorded, {window}.")
    return _section(
        "deployments",
        text=tuple(text),
        tables=_chosen(tables, "deployments", "cameras"),
    )


def _actions(found: Found, tables: Mapping[str, Table]) -> Section:
    table = tables["actions"]
    late = int((table.rows["state"] == "overdue").sum())
    if found.actions is None:
        text = "No record of actions was supplied: decisions are not known."
    elif not table.rows.height:
        text = "No actions are open."
    else:
        text = f"{late:,} of {table.rows.height:,} open actions are overdue."
    return _section(
        "actions", text=(text,), tables=_chosen(tables, "decisions", "actions")
    )


def _fires_and_collisions(found: Found, tables: Mapping[str, Table]) -> Section:
    name = "fires_and_collisions"
    text = clock_sentences(found.scope, found.fires, found.collisions)
    return _section(name, text=text, tables=_chosen(tables, name))


def _limitations(found: Found) -> tuple[Note, ...]:
    notes = limitation_notes(
        found.scope,
        safeguards=safeguard_notes(
            found.analysis.incidents, found.analysis.rejects, found.scope.dataset.harm
        ),
        not_measured=found.counted.not_measured,
        has_deployments=found.deployments is not None,
        has_actions=found.actions is not None,
    )
    return tuple(n for n in notes if not found.public or n.topic in PUBLIC_TOPICS)
