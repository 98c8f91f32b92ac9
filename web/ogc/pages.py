"""The addresses of OGC API Features, Part 1: Core, OpenAPI 3.0 and GeoJSON.

Who asks says so by a token: ``Authorization: Bearer``, or Basic with the token as
password, which is what a GIS sends.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, json, jsonify, request, url_for

from hotspots import __version__
from hotspots.service.features import Asked, Collection, Features, features, readable
from hotspots.web.ogc.query import LIMIT, Query, read_query
from hotspots.web.site.identity import current_actor, current_site

blueprint = Blueprint("ogc", __name__, url_prefix="/ogc")
GEOJSON = "application/geo+json"
CRS = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_SPEC = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CONFORMS = [f"{_SPEC}/{part}" for part in ("core", "oas30", "geojson")]


@blueprint.get("/")
def landing() -> Response:
    """Say what is here."""
    return jsonify(
        title=f"Hotspots of {current_site().settings.name}",
        description="Hotspots, places, areas and deployments, as rights allow.",
        links=[
            _link("ogc.landing", "self", "This page"),
            _link("ogc.api", "service-desc", "The API", _OPENAPI),
            _link("ogc.conformance", "conformance", "What it conforms to"),
            _link("ogc.collections", "data", "The collections"),
        ],
    )


@blueprint.get("/conformance")
def conformance() -> Response:
    """Say which parts of the standard are met."""
    return jsonify(conformsTo=CONFORMS)


@blueprint.get("/api")
def api() -> Response:
    """Describe the addresses; clients take the largest page from here."""
    answer = jsonify(_described())
    answer.mimetype = _OPENAPI
    return answer


@blueprint.get("/collections")
def collections() -> Response:
    """List the collections that whoever asks may read."""
    with current_site().store.reading() as session:
        asked = _asked(session)
        told = [
            _told(each, features(asked, each.id)[1]) for each in readable(asked.actor)
        ]
    links = [_link("ogc.collections", "self", "The collections")]
    return jsonify(links=links, collections=told)


@blueprint.get("/collections/<id>")
def collection(id: str) -> Response:
    """Describe one collection."""
    with current_site().store.reading() as session:
        return jsonify(_told(*features(_asked(session), id)))


@blueprint.get("/collections/<id>/items")
def items(id: str) -> Response:
    """Return features, by page, within a box and a time."""
    query = read_query(request.args)
    with current_site().store.reading() as session:
        _, found = features(_asked(session), id)
    texts = found.within(query.box) if query.box else found.texts
    if query.begins or query.ends:
        texts = [t for t in texts if query.is_at(json.loads(t)["properties"])]
    page = texts[query.offset : query.offset + query.limit]
    told = json.dumps(
        {
            "type": "FeatureCollection",
            "numberMatched": len(texts),
            "numberReturned": len(page),
            "timeStamp": query.moment,
            "links": _links_of_page(id, query, len(texts)),
        }
    )
    every = f'{told[:-1]}, "features": [{",".join(page)}]}}'
    return Response(every, mimetype=GEOJSON)


@blueprint.get("/collections/<id>/items/<path:feature>")
def item(id: str, feature: str) -> Response:
    """Return one feature."""
    with current_site().store.reading() as session:
        _, found = features(_asked(session), id)
    if feature not in found.ids:
        abort(404)
    row = json.loads(found.texts[found.ids.index(feature)])
    parts = {"id": id, "feature": feature}
    links = [
        _link("ogc.item", "self", "This feature", GEOJSON, **parts),
        _link("ogc.collection", "collection", "Its collection", id=id),
    ]
    return _geojson(**row, links=links)


def _asked(session: Any) -> Asked:
    return Asked(site=current_site(), session=session, actor=current_actor())


def _geojson(**told: Any) -> Response:
    return Response(json.dumps(told), mimetype=GEOJSON)


def _link(
    endpoint: str, rel: str, title: str, kind: str = "application/json", **parts: Any
) -> dict[str, str]:
    href = url_for(endpoint, _external=True, **parts)
    return {"href": href, "rel": rel, "type": kind, "title": title}


def _told(each: Collection, found: Features) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": each.id,
        "title": each.title,
        "description": each.description,
        "itemType": "feature",
        "crs": [CRS],
        "links": [
            _link("ogc.collection", "self", each.title, id=each.id),
            _link("ogc.items", "items", "Its features", GEOJSON, id=each.id),
        ],
    }
    if found.ids:
        west, south = found.bounds[:, :2].min(axis=0)
        east, north = found.bounds[:, 2:].max(axis=0)
        box = [float(each) for each in (west, south, east, north)]
        told["extent"] = {"spatial": {"bbox": [box], "crs": CRS}}
    return told


def _links_of_page(id: str, query: Query, n: int) -> list[dict[str, str]]:
    asked = request.args.to_dict()
    links = [_link("ogc.items", "self", "This page", GEOJSON, id=id, **asked)]
    for rel, offset in (
        ("next", query.offset + query.limit),
        ("prev", max(query.offset - query.limit, 0)),
    ):
        if offset < n and offset != query.offset and (rel == "next" or query.offset):
            told = {**asked, "offset": offset, "limit": query.limit}
            links.append(_link("ogc.items", rel, rel, GEOJSON, id=id, **told))
    return links


_OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_PATHS = {
    "/": "What is here",
    "/conformance": "What it conforms to",
    "/collections": "The collections",
    "/collections/{id}": "One collection",
    "/collections/{id}/items": "Features",
    "/collections/{id}/items/{feature}": "One feature",
}


def _described() -> dict[str, Any]:
    parameters = {
        name: {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in {
            "limit": LIMIT,
            "offset": {"type": "integer", "minimum": 0, "default": 0},
            "bbox": {"type": "array", "items": {"type": "number"}},
            "datetime": {"type": "string"},
        }.items()
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "Hotspots, OGC API Features", "version": __version__},
        "servers": [{"url": url_for("ogc.landing", _external=True).rstrip("/")}],
        "security": [{"token": []}, {"password": []}],
        "paths": {path: _path(path, said, parameters) for path, said in _PATHS.items()},
        "components": {
            "parameters": parameters,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _path(path: str, said: str, parameters: dict[str, Any]) -> dict[str, Any]:
    within = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in ("id", "feature")
        if f"{{{name}}}" in path
    ]
    if path.endswith("/items"):
        within += [{"$ref": f"#/components/parameters/{name}"} for name in parameters]
    return {
        "get": {
            "summary": said,
            "parameters": within,
            "responses": {"200": {"description": said}},
        }
    }
