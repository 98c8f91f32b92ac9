"""The form over the map: which kinds of crime, when, where, compared with what."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import SelectMultipleField

from hotspots.web.parts.choices import Choices
from hotspots.web.parts.query import AREA, JUST_BEFORE, Query
from hotspots.web.parts.words import month
from hotspots.web.parts.wtf import FlaskForm, choices, one_of
from hotspots.workflow import Parameters

GROUPS = (
    ("Burglary, robbery and theft", "burglar robber theft shoplift vehicle stolen"),
    ("Violence and public order", "violen weapon assault public sexual harass"),
    (
        "Damage, fire and disorder",
        "damage arson fire anti-social asb disorder nuisance",
    ),
    ("On the roads", "collision traffic speeding"),
)
"""Groups of categories, and parts of the names that belong to each, the first first."""
REST = "Other kinds"


class FilterForm(FlaskForm):
    """What is counted."""

    category = SelectMultipleField("Kinds of crime")
    area = one_of("Area")
    compare = one_of("Compare with")


def filter_form(known: Choices, chosen: Query, wrong: tuple[str, str]) -> FilterForm:
    """Return the form filled in; ``wrong`` is a field and what is wrong."""
    months = [(f"{each:%Y-%m}", month(each)) for each in known.months]
    usual = f"{Parameters.window_months} months before the end"
    ends = {
        "from": one_of("From", pairs=_with("", usual, months, chosen.first)),
        "to": one_of(
            "To the end of",
            pairs=_with("", "The last month there is", months, chosen.last),
        ),
    }
    areas = [(each.code, f"{each.name} ({each.kind})") for each in known.areas]
    field, said = wrong
    usual_kinds = () if field == "category" else known.by_default
    form: FilterForm = type("Form", (FilterForm,), ends)(
        formdata=None,
        data={
            "category": chosen.categories or usual_kinds,
            "from": chosen.first,
            "to": chosen.last,
            "area": chosen.area,
            "compare": chosen.compare,
        },
    )
    form.category.choices = grouped(known.categories)
    form.area.choices = choices([("", "All areas"), *areas])
    form.compare.choices = choices(
        [
            ("", "The same months a year before"),
            (JUST_BEFORE, "The months just before, as many"),
            *((value, f"As many months from {text}") for value, text in months),
            *((f"{AREA}{code}", f"{text}, now") for code, text in areas),
        ]
    )
    if field in form:
        form[field].errors = [said]
    return form


def grouped(categories: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the categories by their group; one that no group knows is among the rest.

    Examples
    --------
    >>> grouped(["Burglary", "Drugs", "Bicycle theft"])
    {'Burglary, robbery and theft': [('Burglary', 'Burglary'), \
('Bicycle theft', 'Bicycle theft')], 'Other kinds': [('Drugs', 'Drugs')]}
    """
    found: dict[str, list[tuple[str, str]]] = {name: [] for name, _ in GROUPS}
    for category in categories:
        found.setdefault(_group_of(category), []).append((category, category))
    return {name: members for name, members in found.items() if members}


def _group_of(category: str) -> str:
    said = category.casefold()
    hits = (name for name, parts in GROUPS if any(p in said for p in parts.split()))
    return next(hits, REST)


def _with(
    value: str, usual: str, months: list[tuple[str, str]], typed: str
) -> list[tuple[str, str]]:
    """Return the months, with what was typed where it is none of them."""
    own = [(typed, typed)] if typed and typed not in dict(months) else []
    return [(value, usual), *months, *own]
