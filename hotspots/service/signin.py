"""Signing in: what is kept of passwords, second factors, passkeys and failed tries.

The pages are Flask-Security's; this is where it finds and keeps what it works on, as
plain values, each change in a transaction of its own with its entry in the log.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, field, fields
from typing import Any

from hotspots.core.errors import RightsError
from hotspots.rights import Actor, check_fresh
from hotspots.service.access import actor_of_person, digest, new_secret
from hotspots.service.audit import record
from hotspots.service.people import hold_role
from hotspots.store import Session, now
from hotspots.store.models import Membership, Passkey, Person, Token
from hotspots.store.queries import find, find_one, get, hold

MOST_FAILURES = 10
BARRED = dt.timedelta(minutes=15)
PROVIDER = "single sign-on"
SECOND = "second factor"


@dataclass(kw_only=True, eq=False)
class Account:
    """Somebody who signs in, under the names that Flask-Security reads."""

    id: str
    name: str
    email: str
    active: bool = True
    password: str | None = None
    fs_uniquifier: str = ""
    tf_primary_method: str | None = None
    tf_totp_secret: str | None = None
    totp_counter: int | None = None
    mf_recovery_codes: list[str] | None = None
    fs_webauthn_user_handle: str | None = None
    barred_until: dt.datetime | None = None
    webauthn: list[Passkey] = field(default_factory=list)
    roles: list[Any] = field(default_factory=list)
    held: frozenset[str] = frozenset()

    @property
    def is_barred(self) -> bool:
        """Whether too many tries failed within the last minutes."""
        return self.barred_until is not None and self.barred_until > now()


KEPT = (
    "password",
    "tf_primary_method",
    "tf_totp_secret",
    "totp_counter",
    "mf_recovery_codes",
    "fs_webauthn_user_handle",
)
_READ = {each.name for each in fields(Account)} - {
    *("webauthn", "roles", "held", "fs_uniquifier", "mf_recovery_codes")
}


def account(session: Session, **equals: Any) -> dict[str, Any] | None:
    """Return the fields of an :class:`Account`, or none where nobody is such."""
    if "fs_uniquifier" in equals:
        equals["uniquifier"] = equals.pop("fs_uniquifier")
    person = find_one(session, Person, **equals)
    if person is None:
        return None
    held = find(session, Membership, person_id=person.id, ended_at=None)
    return {
        **{name: getattr(person, name) for name in _READ},
        "fs_uniquifier": person.uniquifier,
        "mf_recovery_codes": list(person.mf_recovery_codes or []) or None,
        "webauthn": find(session, Passkey, person_id=person.id),
        "held": frozenset(each.role for each in held),
    }


def keep_account(session: Session, given: Account) -> None:
    """Keep what changed of an account; what kind of thing it was is logged."""
    person = hold(session, Person, given.id)
    changed = [name for name in KEPT if getattr(person, name) != getattr(given, name)]
    for name in changed:
        setattr(person, name, getattr(given, name))
    if person.uniquifier != given.fs_uniquifier:
        person.uniquifier = given.fs_uniquifier
        changed.append("sessions")
    if set(changed) - {"totp_counter", "fs_webauthn_user_handle"}:
        _record(session, person.id, "account.change", what=sorted(changed))


def signed_in(session: Session, id: str, how: list[str], address: str) -> None:
    """Write down that somebody signed in; failed tries before are forgotten."""
    person = hold(session, Person, id)
    person.failures, person.barred_until = 0, None
    _record(session, id, "session.begin", how=how, address=address)


def signed_out(session: Session, id: str) -> None:
    """End every session of somebody, wherever it is."""
    hold(session, Person, id).uniquifier = secrets.token_hex(32)
    _record(session, id, "session.end")


def failed(session: Session, id: str, what: str, address: str) -> None:
    """Count a failed try; after :data:`MOST_FAILURES` nobody gets in for a while."""
    person = hold(session, Person, id)
    person.failures += 1
    if person.failures >= MOST_FAILURES:
        person.failures, person.barred_until = 0, now() + BARRED
        if what == SECOND:  # who knows the password must not go on with codes
            person.uniquifier = secrets.token_hex(32)
        _record(session, id, "session.bar", until=person.barred_until)
    _record(session, id, "session.fail", what=what, address=address)


def add_passkey(session: Session, id: str, **told: Any) -> None:
    """Keep the public half of a passkey."""
    session.add(Passkey(person_id=id, made_by=id, lastuse_datetime=now(), **told))
    _record(session, id, "passkey.add", name=told["name"])


def used_passkey(session: Session, given: Passkey) -> None:
    """Keep how often a passkey was used, and when last."""
    kept = hold(session, Passkey, given.id)
    kept.sign_count, kept.lastuse_datetime = given.sign_count, now()


def remove_passkey(session: Session, given: Passkey) -> None:
    """Let a passkey open nothing from now on."""
    kept = get(session, Passkey, given.id)
    session.delete(kept)
    _record(session, kept.person_id, "passkey.remove", name=kept.name)


def passkey(session: Session, credential_id: bytes) -> Passkey | None:
    """Return a passkey by what it calls itself."""
    return find_one(session, Passkey, credential_id=credential_id)


def actor_of_session(session: Session, uniquifier: str) -> Actor | None:
    """Return who a session is of, or none where it was ended."""
    person = find_one(session, Person, uniquifier=uniquifier)
    return None if person is None else actor_of_person(session, person.id)


def own_token(session: Session, actor: Actor) -> str:
    """Make the token of a person anew and return its secret, which is not kept.

    Raises RightsError if they have no role, or have not proved lately who they are.
    """
    check_fresh(actor)
    person = get(session, Person, actor.id)
    name = f"{person.email}'s own"
    token = find_one(session, Token, name=name)
    secret = new_secret()
    if token is None:
        held = find(session, Membership, person_id=person.id, ended_at=None)
        if not held:
            raise RightsError("a token needs a role; you have none at present.")
        token = Token(
            name=name,
            digest="",
            agency_id=held[0].agency_id,
            role=held[0].role,
            person_id=person.id,
            made_by=person.id,
        )
        session.add(token)
    token.digest, token.revoked_at = digest(secret), None
    session.flush()
    record(session, actor, "token.own", person.id)
    return secret


def from_provider(
    session: Session, *, name: str, email: str, roles: frozenset[tuple[str, str]]
) -> str:
    """Make or bring up to date whom a provider vouches for; return their address.

    ``roles`` are what the provider's claim gives, pairs of role and agency. Roles that
    it gave before and gives no more end; those given here stay.

    Raises RightsError if neither the claim nor anybody here gives a role.
    """
    address = email.strip().lower()
    person = find_one(session, Person, email=address)
    if person is None:
        if not roles:
            raise RightsError(
                "none of your groups gives a role at this site. Ask an administrator."
            )
        person = Person(name=name, email=address, uniquifier=secrets.token_hex(32))
        session.add(person)
        session.flush()
    _sync_roles(session, person, roles)
    return address


def _sync_roles(
    session: Session, person: Person, roles: frozenset[tuple[str, str]]
) -> None:
    held = find(session, Membership, person_id=person.id, ended_at=None)
    ended = [
        each
        for each in held
        if each.made_by == PROVIDER and (each.role, each.agency_id) not in roles
    ]
    for each in ended:
        each.ended_at = now()
    begun = roles - {(each.role, each.agency_id) for each in held}
    for role, agency in sorted(begun):
        hold_role(session, person, role, agency, by=PROVIDER)
    if ended or begun:
        _record(session, person.id, "role.provider", roles=sorted(roles))


def _record(session: Session, id: str, action: str, **detail: Any) -> None:
    person = get(session, Person, id)
    own = Actor(id=id, name=person.name, roles=frozenset())
    record(session, actor_of_person(session, id) or own, action, id, **detail)
