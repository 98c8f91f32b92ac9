"""Who is who, who may come in, and what was done by whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, Field

from hotspots.service import access, audit
from hotspots.web.api.v1.endpoint import Answer, Body, Said, Text, endpoint


class Me(Answer):
    """Who asks."""

    id: str
    name: str
    roles: list[dict[str, str]]
    scopes: list[str]


class Agency(Answer):
    """One of the partners."""

    id: str
    name: str


class AgencyList(Answer):
    """Every agency."""

    agencies: list[Agency]


class AgencyBody(Body):
    """The name of a partner."""

    name: Said = Field(max_length=200)


class TokenBody(Body):
    """The name, the role and the agency of a program."""

    name: Said = Field(max_length=200)
    role: Text
    agency: Text
    scopes: list[Text] = Field(default=[], max_length=100)


class Token(Answer):
    """A token, without its secret."""

    name: str
    role: str
    agency_id: str
    scopes: list[str]
    made_at: dt.datetime
    revoked_at: dt.datetime | None


class TokenList(Answer):
    """Every token."""

    tokens: list[Token]


class NewToken(Answer):
    """The secret of a new token, which is not shown again."""

    name: str
    secret: str


class Entry(Answer):
    """One act."""

    number: int
    at: str
    actor: str
    agency: str
    action: str
    subject: str
    detail: dict[str, Any]
    previous: str
    hash: str


class Log(Answer):
    """Acts, the latest first, and the end of the chain to keep elsewhere."""

    head: str
    entries: list[Entry]


class LogQuery(BaseModel):
    """The page before a number."""

    before: int | None = Field(default=None, ge=1, le=2**31)
    limit: int = Field(default=100, ge=1, le=1000)


@endpoint("/me", returns=Me)
def get_me(actor: Any) -> Me:
    """Tell who asks and what they are."""
    return Me(
        id=actor.id,
        name=actor.name,
        roles=[{"role": role, "agency": where} for role, where in sorted(actor.roles)],
        scopes=sorted(actor.scopes),
    )


@endpoint("/agencies", returns=AgencyList)
def list_agencies(session: Any, actor: Any) -> AgencyList:
    """List the partner agencies."""
    known = access.agencies(session, actor)
    return AgencyList(agencies=[Agency.model_validate(each) for each in known])


@endpoint("/agencies", "POST", body=AgencyBody, returns=Agency, status=201)
def post_agency(session: Any, actor: Any, told: AgencyBody) -> Agency:
    """Add a partner agency."""
    return Agency.model_validate(access.add_agency(session, actor, told.name))


@endpoint("/tokens", returns=TokenList)
def list_tokens(session: Any, actor: Any) -> TokenList:
    """List the tokens, without their secrets."""
    known = access.tokens(session, actor)
    return TokenList(tokens=[Token.model_validate(each) for each in known])


@endpoint("/tokens", "POST", body=TokenBody, returns=NewToken, status=201)
def post_token(session: Any, actor: Any, told: TokenBody) -> NewToken:
    """Make a token; its secret is answered once."""
    secret = access.give_token(session, actor, **told.model_dump())
    return NewToken(name=told.name, secret=secret)


@endpoint("/tokens/<name>/revoke", "POST", returns=TokenList)
def revoke_token(session: Any, actor: Any, name: str) -> TokenList:
    """Revoke a token, at once."""
    access.revoke_token(session, actor, name)
    left: TokenList = list_tokens(session, actor)
    return left


@endpoint("/audit", query=LogQuery, returns=Log)
def get_audit(session: Any, actor: Any, asked: LogQuery) -> Log:
    """Read what was done by whom."""
    found = audit.read(session, actor, before=asked.before, limit=asked.limit)
    return Log(
        head=str(audit.head(session, actor)),
        entries=[Entry(**audit.to_json(each)) for each in found],
    )
