"""What lies over the count and never in it: suggestions, deployments, zones, concerns.

Each is a layer of the map that can be switched on and a table of the same rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl
from flask import Blueprint, Response, abort, jsonify, render_template, url_for

from hotspots.core.errors import PrecisionError
from hotspots.core.window import in_words
from hotspots.methods.near_repeat import NearRepeat, group_zones
from hotspots.register.tactics import tactic_titles
from hotspots.resources.survey import Survey
from hotspots.rights import may
from hotspots.service import decisions, features, places
from hotspots.tactics.suggestion import MARKINGS
from hotspots.web.parts.results import Results, current_results
from hotspots.web.parts.sessions import reading, today
from hotspots.web.site.identity import current_actor, current_site

blueprint = Blueprint("overlays", __name__)
MOST_ZONES = 50
LETTERS = {"packs": "B"}
"""Of a tactic on the map, where its own first letter is another's."""
SAID = {"accept": "accepted", "change": "accepted with a change", "decline": "declined"}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing on the map; without ``geometry`` it stands in the table alone.

    ``radius_m``: of a circle around a point. ``href``: its own page.
    """

    group: str
    label: str
    name: str
    says: str
    geometry: dict[str, Any] | None
    href: str = ""
    radius_m: float = 0.0
    marking: str = MARKINGS[0]


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """A layer: what it is called, who may see it, its items, and what keeps it away.

    ``needs``: the file of the site without which it is not offered at all.
    """

    id: str
    title: str
    about: str
    action: str
    make: Callable[[Results, Any], Iterator[Item]]
    why_not: Callable[[Results], str] = lambda _results: ""
    needs: str = ""


@blueprint.get("/map/over/<id>")
def over(id: str) -> Response:
    """Send the items of one layer."""
    found = next((each for each in shown() if each.id == id), None)
    if found is None:
        abort(404)
    items = items_of(found)
    return jsonify(ok=True, items=[asdict(each) for each in items])


@blueprint.get("/over")
def tables() -> str:
    """Show every layer as a table."""
    return render_template(
        "map/over.html",
        page="index",
        overlays=[(each, why_not(each), items_of(each)) for each in shown()],
    )


def shown() -> list[Overlay]:
    """Return the layers that whoever asks may see."""
    actor, own = current_actor(), current_site().resource_files()
    return [
        each
        for each in OVERLAYS
        if may(actor, each.action) and (not each.needs or each.needs in own)
    ]


def why_not(overlay: Overlay) -> str:
    """Say what keeps a layer away, "" where nothing does."""
    return overlay.why_not(current_results())


def items_of(overlay: Overlay) -> list[Item]:
    """Return the items of a layer, none where the data cannot support it."""
    if why_not(overlay):
        return []
    with reading() as session:
        return list(overlay.make(current_results(), session))


def _suggested(_results: Results, session: Any) -> Iterator[Item]:
    actor, titles = current_actor(), tactic_titles()
    latest = decisions.latest(session, actor)
    for each in decisions.standings(session, actor, latest):
        made, said = each.suggestion, each.decision
        stands = SAID[said.verdict] if said else "not decided"
        yield Item(
            group=titles[made.tactic],
            label=_label(made.tactic, made.rank),
            name=made.name,
            says=f"{str(made.row['what']).rstrip('.')}: {stands}.",
            geometry=made.geometry,
            href=url_for("decide.suggestion", id=made.id),
            marking=made.marking,
        )


def _out(_results: Results, session: Any) -> Iterator[Item]:
    titles, day = tactic_titles(), today().isoformat()
    asked = features.Asked(site=current_site(), session=session, actor=current_actor())
    for row in features.features(asked, "deployments")[1].rows:
        told = row["properties"]
        if told["status"] != "active" or (told["ends"] or "9") < day:
            continue
        until = f" to {_day(told['ends'])}" if told["ends"] else ""
        review = f"; review {_day(told['review_due'])}" if told["review_due"] else ""
        yield Item(
            group=titles.get(told["tactic"], told["tactic"]),
            label=_label(told["tactic"], told["number"]),
            name=told["place_name"],
            says=f"{told['provider']}, from {_day(told['begins'])}{until}{review}.",
            geometry=row["geometry"],
        )


def _compared(results: Results, session: Any) -> Iterator[Item]:
    """Give the comparison places; a place of the site has its own name and ground."""
    actor, titles = current_actor(), tactic_titles()
    known = {each.name: each for each in places.places(session, actor)}
    streets = _streets(results)
    for made in decisions.latest(session, actor):
        for control in made.row["controls"]:
            name, _, rest = str(control).partition(" (")
            place = known.get(name)
            yield Item(
                group=titles[made.tactic],
                label=_label(made.tactic, made.rank),
                name=name,
                says=f"Compared with {made.name} ({rest}" if rest else made.name,
                geometry=place.geometry if place else streets.get(name),
                href=url_for("places.place", id=place.id) if place else "",
                marking=made.marking,
            )


def _streets(results: Results) -> dict[str, dict[str, Any]]:
    """Return the middle of the incidents of each "street, ward", as a point."""
    dataset = results.dataset
    frame = dataset.incidents.frame.select("place", pl.col("street").cast(pl.String))
    at = dataset.incidents.places[frame["place"].to_numpy()].select("lon", "lat")
    ward = pl.Series("ward", dataset.ward_of_place, dtype=pl.String)
    rows = pl.concat([frame, at], how="horizontal").with_columns(
        name=pl.format("{}, {}", "street", ward.gather(frame["place"]))
    )
    middles = rows.drop_nulls("name").group_by("name").agg(pl.mean("lon", "lat"))
    return {
        name: {"type": "Point", "coordinates": [lon, lat]}
        for name, lon, lat in middles.rows()
    }


def _zones(results: Results, _session: Any) -> Iterator[Item]:
    rule, day = NearRepeat(), _last_day(results)
    chosen = results.burglaries
    zones = rule(chosen, on=day)
    for row in group_zones(zones, most=MOST_ZONES).to_dicts():
        n, street = row["n_in_chain"], row["street"] or "street not named"
        one = "1 burglary" if n == 1 else f"{n} burglaries that follow one another"
        point = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
        yield Item(
            group="Burglary",
            label="B",
            name=street,
            says=f"{one}; within {row['first_within_m']:.0f} m first, alert until "
            f"{in_words(row['alert_until'])}.",
            geometry=point,
            radius_m=rule.radius_m,
        )


def _no_zones(results: Results) -> str:
    try:
        results.dataset.incidents.check_moments("A near-repeat alert")
    except PrecisionError as error:
        return str(error)
    return "" if results.burglaries.n else "No burglary is in these files."


def _concerns(results: Results, _session: Any) -> Iterator[Item]:
    """Give what was named in each area; it stands beside the count and never in it."""
    areas = results.dataset.areas
    at = {
        str(text).casefold(): row
        for name in ("name", "code")
        for row, text in enumerate(areas.frame[name])
    }
    survey = Survey.from_file(current_site().resource_files()["survey"])
    for number, (area, says) in enumerate(survey.sentences(), 1):
        row = at.get(area.casefold())
        middle = None if row is None else areas.geometry[row].representative_point()
        yield Item(
            group="Survey",
            label=f"S{number}",
            name=area if row is None else areas.frame["name"][row],
            says=says
            if row is not None
            else f"{says} No area of this site is so named.",
            geometry=middle and {"type": "Point", "coordinates": [middle.x, middle.y]},
        )


def _last_day(results: Results) -> dt.date:
    last = results.dataset.incidents.frame["start"].max()
    assert isinstance(last, dt.datetime)
    return last.date()


def _label(tactic: str, number: object) -> str:
    return f"{LETTERS.get(tactic, tactic[0].upper())}{number}"


def _day(text: str) -> str:
    return in_words(dt.date.fromisoformat(text[:10]))


OVERLAYS = (
    Overlay(
        id="suggested",
        title="Suggested",
        about="What the latest plan of each tactic suggests, and what was decided.",
        action="decision.read",
        make=_suggested,
    ),
    Overlay(
        id="out",
        title="Out already",
        about="What is in place now.",
        action="deployment.read",
        make=_out,
    ),
    Overlay(
        id="compared",
        title="Comparison places",
        about="Places that stay as they are, so that an effect can be seen; drawn at "
        "their street where the site knows no outline.",
        action="decision.read",
        make=_compared,
    ),
    Overlay(
        id="zones",
        title="Near-repeat zones",
        about="Where another burglary is likelier than elsewhere, on the last day of "
        "the data.",
        action="aggregate.exact",
        make=_zones,
        why_not=_no_zones,
    ),
    Overlay(
        id="concerns",
        title="What residents named",
        about="Concerns named in a survey, with how many were asked: what people worry "
        "about, which need not be what is recorded. At the middle of each area.",
        action="aggregate.exact",
        make=_concerns,
        needs="survey",
    ),
)
