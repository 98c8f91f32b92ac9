"""Signing in: tries are counted, sessions end everywhere, a provider's roles follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from site_fixture import OPERATOR, join

from hotspots.core.errors import RightsError, StepUpError
from hotspots.rights import Actor
from hotspots.service import Site, audit, people, signin
from hotspots.service.access import actor_of_person, actor_of_token
from hotspots.store.models import Person


def account(site: Site, **equals: Any) -> signin.Account:
    with site.store.reading() as session:
        told = signin.account(session, **equals)
    assert told is not None
    return signin.Account(**told)


def acts(site: Site) -> list[str]:
    with site.store.reading() as session:
        return [each.action for each in audit.read(session, OPERATOR)]


@pytest.fixture
def made(site: Site) -> Person:
    return join(site)


def test_an_account_is_found_by_each_name_of_it(site: Site, made: Person) -> None:
    told = account(site, email="a@example.org")
    again = account(site, fs_uniquifier=told.fs_uniquifier)
    assert (told.id, again.id, told.held) == (made.id, made.id, {"analyst"})
    with site.store.reading() as session:
        assert signin.account(session, email="b@example.org") is None


def test_what_changes_is_kept_and_logged_without_its_value(
    site: Site, made: Person
) -> None:
    told = account(site, id=made.id)
    told.tf_totp_secret, told.mf_recovery_codes = "encrypted", ["a", "b"]
    with site.store.writing() as session:
        signin.keep_account(session, told)
    assert account(site, id=made.id).mf_recovery_codes == ["a", "b"]
    with site.store.reading() as session:
        entry = audit.read(session, OPERATOR, limit=1)[0]
    assert entry.action == "account.change"
    assert entry.detail == '{"what": ["mf_recovery_codes", "tf_totp_secret"]}'


def test_ten_failed_tries_bar_for_a_while_and_signing_in_forgets_them(
    site: Site, made: Person
) -> None:
    for n in range(signin.MOST_FAILURES):
        assert not account(site, id=made.id).is_barred, n
        with site.store.writing() as session:
            signin.failed(session, made.id, "password", "10.0.0.7")
    assert account(site, id=made.id).is_barred
    assert acts(site)[:2] == ["session.fail", "session.bar"]
    with site.store.writing() as session:
        signin.signed_in(session, made.id, ["password"], "10.0.0.7")
    assert not account(site, id=made.id).is_barred


def test_signing_out_ends_every_session(site: Site, made: Person) -> None:
    with site.store.writing() as session:
        assert signin.actor_of_session(session, made.uniquifier) is not None
        signin.signed_out(session, made.id)
    with site.store.reading() as session:
        assert signin.actor_of_session(session, made.uniquifier) is None


def test_an_own_token_needs_a_fresh_proof_and_is_made_anew(
    site: Site, made: Person
) -> None:
    with site.store.writing() as session:
        who = actor_of_person(session, made.id)
        assert who is not None
        with pytest.raises(StepUpError):
            signin.own_token(session, who)
        fresh = replace(who, fresh=True)
        first, second = (signin.own_token(session, fresh) for _ in range(2))
        assert actor_of_token(session, first) is None
        assert actor_of_token(session, second) == who


def from_provider(site: Site, *roles: tuple[str, str]) -> Actor | None:
    with site.store.writing() as session:
        address = signin.from_provider(
            session, name="B", email="B@example.org", roles=frozenset(roles)
        )
        person = people.person_of(session, OPERATOR, address)
        return actor_of_person(session, person.id)


def test_what_a_provider_says_is_what_somebody_is(site: Site) -> None:
    with pytest.raises(RightsError, match="none of your groups"):
        from_provider(site)
    first = from_provider(site, ("analyst", "police"), ("auditor", "police"))
    assert first is not None
    assert first.roles == {("analyst", "police"), ("auditor", "police")}
    with site.store.writing() as session:
        people.give_role(
            session, OPERATOR, first.id, role="jag-member", agency="housing"
        )
    then = from_provider(site, ("auditor", "police"))
    assert then is not None
    assert then.roles == {("auditor", "police"), ("jag-member", "housing")}
