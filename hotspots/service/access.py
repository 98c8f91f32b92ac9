"""Who may come in: agencies, tokens of programs, and what somebody is now."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from hotspots.core.errors import (
    ConflictError,
    NotFoundError,
    ParameterError,
    did_you_mean,
)
from hotspots.rights import ACTIONS, Actor, check, parse_role
from hotspots.service.audit import record
from hotspots.store import Session, now
from hotspots.store.models import Agency, Membership, Person, Token
from hotspots.store.queries import count, find, find_one

AGENCIES = (
    "Community safety partnership",
    "Police",
    "Borough council",
    "County council",
    "Fire and rescue",
    "Probation",
    "Health",
    "Youth services",
    "Housing",
)
"""The partners that a new site knows."""


def add_agency(session: Session, actor: Actor, name: str) -> Agency:
    """Make an agency known.

    Raises ConflictError if it is known; ParameterError if there is no letter in its
    name.
    """
    check(actor, "access.give")
    code = agency_code(name)
    if session.get(Agency, code) is not None:
        raise ConflictError(f"the agency '{code}' is known already.")
    agency = Agency(id=code, name=name.strip(), made_by=actor.id)
    session.add(agency)
    session.flush()
    record(session, actor, "agency.add", code, name=agency.name)
    return agency


def know_agency(session: Session, actor: Actor, name: str) -> bool:
    """Make an agency known where it is not; return whether it was new."""
    if session.get(Agency, agency_code(name)) is not None:
        return False
    add_agency(session, actor, name)
    return True


def agencies(session: Session, actor: Actor) -> list[Agency]:
    """Return every agency."""
    check(actor, "agency.read")
    return find(session, Agency)


def agency_code(name: str) -> str:
    """Return the identifier of an agency by its name.

    Raises ParameterError if there is no letter in the name.

    Examples
    --------
    >>> agency_code("Borough council")
    'borough-council'
    """
    letters = "".join(c if c.isalnum() else " " for c in name.lower())
    if not letters.split():
        raise ParameterError(f"an agency needs a name of letters; got {name!r}.")
    return "-".join(letters.split())


def agency_id(session: Session, name: str) -> str:
    """Return the identifier of an agency that is known, by its name or identifier.

    Raises NotFoundError if it is not known.
    """
    code = agency_code(name)
    if session.get(Agency, code) is None:
        known = [each.id for each in find(session, Agency)]
        raise NotFoundError(
            f"an agency must be one of {', '.join(known)}; got {name!r}."
            f"{did_you_mean(code, known)}"
        )
    return code


def give_token(
    session: Session,
    actor: Actor,
    name: str,
    *,
    role: str,
    agency: str,
    scopes: Sequence[str] = (),
) -> str:
    """Make a token and return its secret, which is not kept and never shown again.

    Raises ConflictError if the name is taken; NotFoundError if the agency is not known;
    ParameterError if the role or a scope is not.
    """
    check(actor, "access.give")
    kinds = {*ACTIONS, *(action.partition(".")[0] for action in ACTIONS)}
    for scope in scopes:
        if scope not in kinds:
            raise ParameterError(
                f"a scope must be an action such as 'run.read' or its first word; got "
                f"{scope!r}.{did_you_mean(scope, kinds)}"
            )
    if find_one(session, Token, name=name) is not None:
        raise ConflictError(
            f"a token named '{name}' is there already: revoke it first."
        )
    secret = new_secret()
    token = Token(
        name=name,
        digest=digest(secret),
        agency_id=agency_id(session, agency),
        role=parse_role(role),
        scopes=list(scopes),
        made_by=actor.id,
    )
    session.add(token)
    session.flush()
    record(session, actor, "token.add", name, role=token.role, agency=token.agency_id)
    return secret


def tokens(session: Session, actor: Actor) -> list[Token]:
    """Return every token; none holds its secret."""
    check(actor, "access.read")
    return find(session, Token, order="name")


def revoke_token(session: Session, actor: Actor, name: str) -> None:
    """Revoke a token, at once.

    Raises NotFoundError if there is none of that name.
    """
    check(actor, "access.give")
    token = find_one(session, Token, name=name)
    if token is None:
        raise NotFoundError(f"there is no token named '{name}'.")
    token.revoked_at = token.revoked_at or now()
    record(session, actor, "token.revoke", name)


def actor_of_token(session: Session, secret: str) -> Actor | None:
    """Return who shows a token, or none where it opens nothing.

    A program cannot prove itself anew: it may export where its scopes say so by name.
    """
    token = find_one(session, Token, digest=digest(secret))
    if token is None or token.revoked_at is not None:
        return None
    if token.person_id is not None:
        return actor_of_person(session, token.person_id)
    return Actor(
        id=token.id,
        name=token.name,
        roles=frozenset({(token.role, token.agency_id)}),
        scopes=frozenset(token.scopes),
        fresh=bool({"export", "export.personal"} & set(token.scopes)),
    )


def has_accounts(session: Session) -> bool:
    """Say whether anybody has an account or a token, also one that was revoked."""
    return bool(count(session, Person) or count(session, Token))


def actor_of_person(session: Session, id: str) -> Actor | None:
    """Return somebody with what they are now, or none where they may not come in."""
    person = session.get(Person, id)
    if person is None or not person.active:
        return None
    held = find(session, Membership, person_id=id, ended_at=None)
    return Actor(
        id=person.id,
        name=person.name,
        roles=frozenset((each.role, each.agency_id) for each in held),
    )


def new_secret() -> str:
    """Return a secret that tells what it is of."""
    return f"hsp_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
