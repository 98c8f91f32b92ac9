"""What each address of the API shares: who asks, what they say, one shape of answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import update_wrapper, wraps
from threading import Lock
from typing import Annotated, Any, NoReturn

from flask import Blueprint, Response, abort, current_app, jsonify, request, send_file
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from spectree import Response as Documented
from spectree import SecurityScheme, SecuritySchemeData, SpecTree
from spectree.models import SecureType
from werkzeug.exceptions import BadRequest

from hotspots import __version__
from hotspots.service import Site
from hotspots.web.site.identity import actor_of_request

BLUEPRINT = Blueprint("v1", __name__, url_prefix="/api/v1")
SPEC = SpecTree(
    "flask",
    title="Hotspots",
    description="Imports, analyses, decisions and what came of them, of one site.",
    version=__version__,
    path="described",  # addresses below this path would be left out
    openapi_version="3.1.0",
    mode="strict",
    annotations=False,
    page_templates={},
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
    security_schemes=[
        SecurityScheme(
            name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer")
        )
    ],
    security={"token": []},
)
MOST_FROZEN = 64
WORDS = {
    "date_from_datetime_parsing": "must be a date such as 2025-06-14",
    "date_parsing": "must be a date such as 2025-06-14",
    "extra_forbidden": "is no field here",
    "missing": "is required",
}
"""What is said of an error by its type, where the library's own words are not ours."""
View = Callable[..., Any]
_TO_DESCRIBE: list[Callable[[], None]] = []
_DESCRIBING = Lock()


Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""What every database keeps."""
_INK = r"[^\x00\s\x1c-\x1f\x85\ufeff]"  # neither Python nor JavaScript calls it space
Said = Annotated[str, Field(pattern=rf"^[^\x00]*{_INK}[^\x00]*$")]
"""The same, and not only space."""


class Body(BaseModel):
    """What is sent: a field that is not known is an error."""

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, defer_build=True
    )


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)


class Refusal(Answer):
    """The one shape of every error."""

    ok: bool = False
    error: str
    status: int


class Unprocessable(Refusal):
    """What was sent is not what it must be."""


class IfMatch(BaseModel):
    """The version that was seen, as its ETag."""

    if_match: str = Field(alias="If-Match", pattern=r'^"[0-9]{1,9}"$')


ERRORS = {f"HTTP_{n}": Refusal for n in (400, 401, 403, 404, 409, 413, 415, 500, 503)}
ERRORS["HTTP_422"] = Unprocessable
CHANGED = {"HTTP_412": Refusal, "HTTP_428": Refusal}


def endpoint(
    rule: str,
    method: str = "GET",
    *,
    returns: Any = None,
    status: int = 200,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    form: type[BaseModel] | None = None,
    logs: bool = False,
) -> Callable[[View], View]:
    """Make a function answer at an address.

    It is called with those of ``session``, ``actor``, ``site``, ``told`` (the body),
    ``asked`` (the query) and ``seen`` (the version in If-Match) that it names, and the
    parts of the address. A GET only reads, unless it ``logs``.
    """

    def decorate(view: View) -> View:
        names = set(inspect.signature(view).parameters)
        guarded = CHANGED if "seen" in names else {}
        found: dict[str, Any] = {f"HTTP_{status}": returns}

        def describe() -> None:
            documented = SPEC.validate(
                json=body,
                query=query,
                form=form,
                headers=IfMatch if guarded else None,
                resp=Documented(**found, **ERRORS, **guarded),
                tags=[rule.split("/")[1]],
                skip_validation=True,
            )(view)
            update_wrapper(answer, documented)  # described by it, never called so

        @wraps(view)
        def answer(**parts: Any) -> Any:
            site: Site = current_app.extensions["site"]
            actor = actor_of_request(site)
            _check_text([parts, request.args.to_dict(), request.form.to_dict()], 404)
            given = {
                "site": site,
                "actor": actor,
                "told": _body(body) if body else None,
                "asked": _checked(query, request.args.to_dict()) if query else None,
                "seen": _seen() if guarded else None,
            }
            kept = {k: v for k, v in given.items() if k in names}
            writes = logs or request.method != "GET"
            opens = _opens(site, writes) if "session" in names else None
            return _answered(opens, view, {**kept, **parts}, status)

        _TO_DESCRIBE.append(describe)
        BLUEPRINT.add_url_rule(
            rule, endpoint=view.__name__, view_func=answer, methods=[method]
        )
        return view

    return decorate


def description() -> dict[str, Any]:
    """Return the description of the API, made when it is first asked for."""
    with _DESCRIBING:
        while _TO_DESCRIBE:
            _TO_DESCRIBE.pop(0)()
        made: dict[str, Any] = SPEC.spec
        return made


def _opens(site: Site, writes: bool) -> Any:
    return site.store.writing() if writes else site.store.reading()


def _answered(opens: Any, view: View, given: dict[str, Any], status: int) -> Any:
    if opens is None:
        return _response(view(**given), status)
    with opens as session:
        made = view(session=session, **given)
    return _response(made, status)


def _response(made: Any, status: int) -> Any:
    """Answer only what is kept: the session has been committed by now."""
    if isinstance(made, Response):
        return made
    response = jsonify(made.model_dump(mode="json"))
    response.status_code = status
    version = getattr(made, "version", None)
    if version is not None:
        response.set_etag(str(version))
    return response


def _body(model: type[BaseModel]) -> BaseModel:
    if not request.content_length and not request.content_type:
        return _checked(model, {})  # nothing was sent: what may be left out, is
    if not request.is_json:
        abort(415, "What is sent must be JSON (Content-Type: application/json).")
    try:
        told = request.get_json()
    except BadRequest as error:
        abort(400, f"What is sent must be JSON; {error.__cause__ or 'it is not'}.")
    _check_text(told)
    return _checked(model, told)


def _check_text(value: Any, status: int = 422) -> None:
    """Refuse text that no database keeps: with NUL, or half a character."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            _check_text(inner, status)
    elif isinstance(value, str):
        whole = value.encode("utf-8", "ignore").decode("utf-8")
        if "\x00" in value or whole != value:
            abort(status, "Text must be whole characters, without NUL.")


def _checked(model: type[BaseModel], told: Any) -> BaseModel:
    try:
        return model.model_validate(told)
    except ValidationError as error:
        _refuse(error)


def _refuse(error: ValidationError) -> NoReturn:
    said = [
        f"{'.'.join(map(str, each['loc'])) or 'the body'}: "
        f"{WORDS.get(each['type'], each['msg'])}"
        for each in error.errors(include_url=False, include_input=False)
    ]
    abort(422, f"What is sent must be right; {'; '.join(said)}.")


def _seen() -> int:
    tags = request.if_match
    if not tags:
        abort(428, "Say which version you saw: If-Match with the ETag that you read.")
    number = next(iter(tags.as_set()), "")
    if not number.isdigit() or len(number) > 9:
        abort(412, "If-Match must be the ETag that you read; this one is none of ours.")
    return int(number)


def file_answer(path: Any, marking: str = "") -> Response:
    """Answer a file that is to be kept, under a name that carries its marking."""
    prefix = f"{marking.lower()}_" if marking else ""
    name = path.name if path.name.startswith(prefix) else f"{prefix}{path.name}"
    response = send_file(path, as_attachment=True, download_name=name)
    if marking:
        response.headers["X-Marking"] = marking
    return response


def is_frozen(key: tuple[str, ...]) -> bool:
    """Say whether an answer is in memory."""
    return key in current_app.extensions.get("frozen", {})


def frozen_answer(key: tuple[str, ...], make: Callable[[], BaseModel]) -> Response:
    """Answer what never changes from memory, once somebody was allowed to ask it.

    ``key`` names all that it depends on; who may not see it was refused before.
    """
    kept: dict[tuple[str, ...], bytes] = current_app.extensions.setdefault("frozen", {})
    content = kept.get(key)
    if content is None:
        content = make().model_dump_json().encode()
        if len(kept) >= MOST_FROZEN:
            kept.clear()
        kept[key] = content
    response = Response(content, mimetype="application/json")
    response.set_etag("-".join(key))
    response.make_conditional(request)
    return response
