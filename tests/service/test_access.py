"""Who may come in: tokens shown once, links used once, doors that shut at once."""

from __future__ import annotations

import pytest
from site_fixture import OPERATOR, actor

from hotspots.core.errors import (
    ConflictError,
    NotFoundError,
    ParameterError,
    RightsError,
)
from hotspots.service import Site, access, people
from hotspots.store.models import Token
from hotspots.store.queries import find


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
            lambda: people.invite(
                session, actor("jag-chair"), role="analyst", agency="police"
            ),
            lambda: access.tokens(session, actor("analyst")),
        ):
            with pytest.raises(RightsError):
                act()
