"""The four people of the demonstration can be used, and nobody else."""

from __future__ import annotations

from pathlib import Path

from site_fixture import make_site

from hotspots.rights import Actor
from hotspots.service import people
from hotspots.service.access import has_accounts
from hotspots.service.demonstration import PEOPLE, open_accounts


def test_each_has_an_account_of_their_role_and_a_password_of_their_own(
    tmp_path: Path,
) -> None:
    site = make_site(tmp_path / "site", "")
    passwords = open_accounts(site, lambda text: f"hash of {text}")
    assert len(set(passwords.values())) == len(PEOPLE) == 4
    assert min(map(len, passwords.values())) >= 16
    with site.store.reading() as session:
        assert has_accounts(session)
        known = people.people(session, Actor.operator())
    site.close()
    roles = {(held.role, held.agency_id) for _, every in known for held in every}
    assert roles == {pair for each in PEOPLE.values() for pair in each.roles}
    for person, _ in known:
        assert person.password == f"hash of {passwords[person.email]}"
