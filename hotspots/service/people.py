"""People: links that make one account, what they are in which agency, in or out."""

from __future__ import annotations

import datetime as dt
import secrets

from hotspots.core.errors import ConflictError, NotFoundError, ParameterError
from hotspots.rights import Actor, check, parse_role
from hotspots.service.access import actor_of_person, agency_id, digest
from hotspots.service.audit import record
from hotspots.store import Session, now
from hotspots.store.models import Invitation, Membership, Passkey, Person
from hotspots.store.queries import find, find_one, get, hold

INVITED = dt.timedelta(hours=72)


def invite(session: Session, actor: Actor, *, role: str, agency: str) -> str:
    """Make a link that makes one account within 72 hours, and return its secret."""
    check(actor, "access.give")
    known, where = parse_role(role), agency_id(session, agency)
    secret, link = _link(actor, known, where)
    session.add(link)
    session.flush()
    record(session, actor, "person.invite", link.id, role=known, agency=where)
    return secret


def reset(session: Session, actor: Actor, id: str) -> str:
    """Take password, second factor and passkeys from somebody; return a link's secret.

    The link lets them choose another password. Every session of theirs ends.
    """
    check(actor, "access.give")
    person = get(session, Person, id)
    _forget_proofs(session, person)
    secret, link = _link(actor, "", _any_agency(session, person))
    link.person_id = person.id
    session.add(link)
    session.flush()
    record(session, actor, "person.reset", person.id)
    return secret


def check_invitation(session: Session, secret: str) -> Invitation:
    """Return what a link stands for.

    Raises NotFoundError if the link is none, was used or has expired.
    """
    link = find_one(session, Invitation, digest=digest(secret))
    if link is None or link.used_at is not None or link.expires_at < now():
        raise NotFoundError(
            "the link must be whole, unused and not older than 72 hours; this one is "
            "not. Ask an administrator for another."
        )
    return link


def accept(
    session: Session, secret: str, *, name: str, email: str, password: str | None
) -> Person:
    """Make the account that a link stands for, or give it another password.

    ``password`` is its hash.

    Raises NotFoundError if the link is none, was used or has expired; ConflictError if
    somebody has this address.
    """
    link = hold(session, Invitation, check_invitation(session, secret).id)
    check_invitation(session, secret)
    link.used_at = now()
    if link.person_id is not None:
        return _choose_again(session, link.person_id, password)
    person = _new_person(session, name, email)
    person.password = password
    hold_role(session, person, link.role, link.agency_id, by=person.id)
    _record_own(session, person, "person.add", role=link.role)
    return person


def people(session: Session, actor: Actor) -> list[tuple[Person, list[Membership]]]:
    """Return everybody who has an account, with what they are."""
    check(actor, "access.read")
    held = find(session, Membership, ended_at=None)
    return [
        (each, [m for m in held if m.person_id == each.id])
        for each in find(session, Person, order="email")
    ]


def person_of(session: Session, actor: Actor, email: str) -> Person:
    """Return who has an address.

    Raises NotFoundError if nobody has.
    """
    check(actor, "access.read")
    person = find_one(session, Person, email=email.strip().lower())
    if person is None:
        raise NotFoundError(f"nobody has an account with the address '{email}'.")
    return person


def set_active(session: Session, actor: Actor, id: str, active: bool) -> None:
    """Let somebody in or shut them out; every session of theirs ends."""
    check(actor, "access.give")
    person = get(session, Person, id)
    person.active, person.uniquifier = active, secrets.token_hex(32)
    record(session, actor, "person.enable" if active else "person.disable", id)


def give_role(
    session: Session, actor: Actor, id: str, *, role: str, agency: str
) -> Membership:
    """Make somebody something in an agency, from now on.

    Raises ConflictError if they are that already.
    """
    check(actor, "access.give")
    person, known = get(session, Person, id), parse_role(role)
    where = agency_id(session, agency)
    if _held(session, id, known, where):
        raise ConflictError(f"{person.email} is {known} of {where} already.")
    held = hold_role(session, person, known, where, by=actor.id)
    record(session, actor, "role.give", id, role=known, agency=where)
    return held


def take_role(
    session: Session, actor: Actor, id: str, *, role: str, agency: str
) -> None:
    """Take a role from somebody.

    Raises NotFoundError if they do not hold it.
    """
    held = _held(session, id, parse_role(role), agency_id(session, agency))
    if not held:
        raise NotFoundError(f"they are not {role} of {agency}.")
    end_membership(session, actor, held[0].id)


def end_membership(session: Session, actor: Actor, id: str) -> None:
    """Take a role from somebody."""
    check(actor, "access.give")
    held = get(session, Membership, id)
    held.ended_at = held.ended_at or now()
    record(session, actor, "role.take", held.person_id, role=held.role)


def hold_role(
    session: Session, person: Person, role: str, agency: str, *, by: str
) -> Membership:
    """Keep what somebody is now; who may say so was asked before."""
    held = Membership(person_id=person.id, agency_id=agency, role=role, made_by=by)
    session.add(held)
    session.flush()
    return held


def _link(actor: Actor, role: str, agency: str) -> tuple[str, Invitation]:
    secret = secrets.token_urlsafe(32)
    link = Invitation(
        digest=digest(secret),
        agency_id=agency,
        role=role,
        expires_at=now() + INVITED,
        made_by=actor.id,
    )
    return secret, link


def _held(session: Session, id: str, role: str, agency: str) -> list[Membership]:
    return find(
        session, Membership, person_id=id, role=role, agency_id=agency, ended_at=None
    )


def _any_agency(session: Session, person: Person) -> str:
    return find(session, Membership, person_id=person.id, limit=1)[0].agency_id


def _new_person(session: Session, name: str, email: str) -> Person:
    address = email.strip().lower()
    if not name.strip() or "@" not in address:
        raise ParameterError("an account needs a name and an e-mail address.")
    if find_one(session, Person, email=address) is not None:
        raise ConflictError("somebody with this address has an account already.")
    person = Person(name=name.strip(), email=address, uniquifier=secrets.token_hex(32))
    session.add(person)
    session.flush()
    return person


def _choose_again(session: Session, id: str, password: str | None) -> Person:
    person = hold(session, Person, id)
    person.password, person.uniquifier = password, secrets.token_hex(32)
    person.failures, person.barred_until = 0, None
    _record_own(session, person, "password.change")
    return person


def _forget_proofs(session: Session, person: Person) -> None:
    person.password, person.uniquifier = None, secrets.token_hex(32)
    person.tf_primary_method = person.tf_totp_secret = None
    person.totp_counter = person.mf_recovery_codes = None
    for key in find(session, Passkey, person_id=person.id):
        session.delete(key)


def _record_own(session: Session, person: Person, action: str, **detail: str) -> None:
    """Write down what somebody did to their own account."""
    made = actor_of_person(session, person.id)
    if made is None:
        raise NotFoundError("this account was shut out by an administrator.")
    record(session, made, action, person.id, **detail)
