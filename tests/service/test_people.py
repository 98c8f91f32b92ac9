"""People: links used once, roles given and taken, doors that shut at once."""

from __future__ import annotations

import datetime as dt

import pytest
from site_fixture import OPERATOR, actor, join

from hotspots.core.errors import ConflictError, NotFoundError, RightsError
from hotspots.service import Site, people, signin
from hotspots.service.access import actor_of_person
from hotspots.store import Session, now
from hotspots.store.models import Invitation, Person
from hotspots.store.queries import find, find_one, get


def roles_of(session: Session, id: str) -> set[tuple[str, str]]:
    who = actor_of_person(session, id)
    assert who is not None
    return set(who.roles)


def test_a_link_makes_an_account_once(site: Site) -> None:
    with site.store.writing() as session:
        link = people.invite(session, OPERATOR, role="analyst", agency="housing")
    with site.store.writing() as session:
        made = people.accept(
            session, link, name="A", email="A@Example.org ", password="hash"
        )
    with site.store.reading() as session:
        assert people.person_of(session, OPERATOR, "a@example.org").id == made.id
        assert roles_of(session, made.id) == {("analyst", "housing")}
    with pytest.raises(NotFoundError, match="unused"), site.store.writing() as session:
        people.accept(session, link, name="B", email="b@example.org", password="h")


def test_a_link_that_is_old_opens_nothing(site: Site) -> None:
    with site.store.writing() as session:
        link = people.invite(session, OPERATOR, role="analyst", agency="police")
        kept = find(session, Invitation, descending=True, limit=1)[0]
        kept.expires_at = now() - dt.timedelta(minutes=1)
    with pytest.raises(NotFoundError), site.store.writing() as session:
        people.accept(session, link, name="B", email="b@example.org", password="h")


def test_an_address_has_one_account(site: Site) -> None:
    join(site)
    with pytest.raises(ConflictError, match="has an account already"):
        join(site, "A@example.org")


def test_a_new_site_has_a_link_for_its_administrator_and_no_account(site: Site) -> None:
    with site.store.reading() as session:
        links = find(session, Invitation)
        assert [each.role for each in links] == ["administrator"]
        assert find_one(session, Person) is None


def test_who_is_shut_out_or_loses_a_role_has_nothing_at_once(site: Site) -> None:
    made = join(site, role="jag-chair", agency="police")
    with site.store.writing() as session:
        people.take_role(session, OPERATOR, made.id, role="JAG chair", agency="Police")
    with site.store.reading() as session:
        assert roles_of(session, made.id) == set()
        assert signin.actor_of_session(session, made.uniquifier) is not None
    with site.store.writing() as session:
        people.set_active(session, OPERATOR, made.id, active=False)
    with site.store.reading() as session:
        assert actor_of_person(session, made.id) is None
        assert signin.actor_of_session(session, made.uniquifier) is None


def test_roles_are_given_beside_each_other_and_taken_one_by_one(site: Site) -> None:
    made = join(site)
    with site.store.writing() as session:
        people.give_role(
            session, OPERATOR, made.id, role="auditor", agency="fire and rescue"
        )
    with site.store.writing() as session:
        both = {("analyst", "housing"), ("auditor", "fire-and-rescue")}
        assert roles_of(session, made.id) == both
        with pytest.raises(ConflictError, match="auditor of fire-and-rescue already"):
            people.give_role(
                session, OPERATOR, made.id, role="auditor", agency="fire-and-rescue"
            )
        with pytest.raises(NotFoundError, match="not jag-chair"):
            people.take_role(
                session, OPERATOR, made.id, role="jag-chair", agency="housing"
            )


def test_a_reset_takes_every_proof_and_its_link_gives_another_password(
    site: Site,
) -> None:
    made = join(site)
    with site.store.writing() as session:
        signin.add_passkey(
            session,
            made.id,
            name="key",
            credential_id=b"c",
            public_key=b"p",
            sign_count=0,
            transports=[],
            extensions=None,
            device_type="single_device",
            backup_state=False,
            usage="first",
        )
        link = people.reset(session, OPERATOR, made.id)
    with site.store.writing() as session:
        kept = get(session, Person, made.id)
        assert (kept.password, kept.uniquifier == made.uniquifier) == (None, False)
        assert signin.passkey(session, b"c") is None
        people.accept(session, link, name="", email="", password="other")
        assert get(session, Person, made.id).password == "other"


def test_only_an_administrator_gives_and_takes(site: Site) -> None:
    made = join(site)
    analyst = actor("analyst", "housing")
    with site.store.writing() as session:
        for act in (
            lambda: people.set_active(session, analyst, made.id, active=False),
            lambda: people.reset(session, analyst, made.id),
            lambda: people.give_role(
                session, analyst, made.id, role="administrator", agency="housing"
            ),
            lambda: people.people(session, analyst),
        ):
            with pytest.raises(RightsError):
                act()
