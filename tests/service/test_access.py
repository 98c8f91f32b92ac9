"""Who may come in: tokens shown once, links used once, doors that shut at once."""

from __future__ import annotations

import datetime as dt

import pytest
from site_fixture import OPERATOR, actor

from hotspots.core.errors import (
    ConflictError,
    NotFoundError,
    ParameterError,
    RightsError,
)
from hotspots.service import Site, access
from hotspots.store import now
from hotspots.store.models import Invitation, Token
from hotspots.store.queries import find, find_one


def give(site: Site, name: str = "map", **more: object) -> str:
    told: dict[str, object] = {"role": "analyst", "agency": "Police", **more}
    with site.store.writing() as session:
        return access.give_token(session, OPERATOR, name, **told)  # type: ignore[arg-type]


def test_a_token_opens_what_its_role_may_until_it_is_revoked(site: Site) -> None:
    secret = give(site, role="JAG chair", scopes=["decision"])
    with site.store.reading() as session:
        who = access.actor_of_token(session, secret)
        assert who is not None
        assert who.roles == {("jag-chair", "police")}
        assert who.scopes == {"decision"}
        assert access.actor_of_token(session, secret + "x") is None
    with site.store.writing() as session:
        access.revoke_token(session, OPERATOR, "map")
    with site.store.reading() as session:
        assert access.actor_of_token(session, secret) is None


def test_no_secret_is_kept(site: Site) -> None:
    secret = give(site)
    with site.store.reading() as session:
        kept = find(session, Token)[0]
    assert secret not in repr(kept)


def test_what_is_wrong_with_a_token_is_said(site: Site) -> None:
    give(site)
    with pytest.raises(ConflictError, match="is there already"):
        give(site)
    with pytest.raises(NotFoundError, match="Did you mean 'police'"):
        give(site, "other", agency="polise")
    with pytest.raises(ParameterError, match="Did you mean 'analyst'"):
        give(site, "other", role="analist")
    with pytest.raises(ParameterError, match=r"Did you mean 'run\.read'"):
        give(site, "other", scopes=["run.red"])
    with pytest.raises(NotFoundError), site.store.writing() as session:
        access.revoke_token(session, OPERATOR, "nobody's")


def test_only_an_administrator_gives_access(site: Site) -> None:
    with site.store.writing() as session:
        access.add_agency(session, actor("administrator"), "Victim support")
        for act in (
            lambda: access.add_agency(session, actor("analyst"), "X"),
            lambda: access.invite(
                session, actor("jag-chair"), role="analyst", agency="police"
            ),
            lambda: access.tokens(session, actor("analyst")),
        ):
            with pytest.raises(RightsError):
                act()


def test_a_link_makes_one_account_once(site: Site) -> None:
    with site.store.writing() as session:
        link = access.invite(session, OPERATOR, role="analyst", agency="housing")
    with site.store.writing() as session:
        own = access.accept(session, link, name="A", email="A@Example.org ")
    with site.store.reading() as session:
        who = access.actor_of_token(session, own)
        made = access.person_of(session, OPERATOR, "a@example.org")
    assert who is not None
    assert (who.id, who.roles) == (made.id, {("analyst", "housing")})
    with pytest.raises(NotFoundError, match="unused"), site.store.writing() as session:
        access.accept(session, link, name="B", email="b@example.org")


def test_a_link_that_is_old_opens_nothing(site: Site) -> None:
    with site.store.writing() as session:
        link = access.invite(session, OPERATOR, role="analyst", agency="police")
        kept = find(session, Invitation, descending=True, limit=1)[0]
        kept.expires_at = now() - dt.timedelta(minutes=1)
    with pytest.raises(NotFoundError), site.store.writing() as session:
        access.accept(session, link, name="B", email="b@example.org")


def test_a_new_site_has_a_link_for_its_administrator_and_no_account(site: Site) -> None:
    from hotspots.store.models import Person

    with site.store.reading() as session:
        links = find(session, Invitation)
        assert [each.role for each in links] == ["administrator"]
        assert find_one(session, Person) is None


def test_who_is_shut_out_or_loses_a_role_has_nothing_at_once(site: Site) -> None:
    from hotspots.store.models import Membership

    with site.store.writing() as session:
        link = access.invite(session, OPERATOR, role="jag-chair", agency="police")
        own = access.accept(session, link, name="A", email="a@example.org")
        made = access.person_of(session, OPERATOR, "a@example.org")
        held = find(session, Membership, person_id=made.id)[0]
        before = made.uniquifier
    with site.store.writing() as session:
        access.end_membership(session, OPERATOR, held.id)
    with site.store.reading() as session:
        who = access.actor_of_token(session, own)
        assert who is not None
        assert who.roles == frozenset()
    with site.store.writing() as session:
        access.set_active(session, OPERATOR, made.id, active=False)
    with site.store.reading() as session:
        assert access.actor_of_token(session, own) is None
        again = find(session, type(made))[0]
    assert again.uniquifier != before
