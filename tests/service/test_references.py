"""References: a new key over the old ones, and all that is held on one."""

from __future__ import annotations

import pytest
from site_fixture import OPERATOR, actor, import_text, row

from hotspots.core.errors import RightsError
from hotspots.service import Site, imports
from hotspots.service.references import access_pack, key_name, rotate_key
from hotspots.store.models import Incident, SiteRecord
from hotspots.store.queries import find, get

ANALYST = actor("analyst")


def keys_of(site: Site) -> list[str | None]:
    with site.store.reading() as session:
        return [each.key for each in find(session, Incident)]


def counts(site: Site, id: str) -> tuple[int, int, int]:
    with site.store.reading() as session:
        made = imports.batch(session, OPERATOR, id)
    return made.rows_new, made.rows_updated, made.rows_same


def test_after_a_rotation_the_same_references_are_the_same(site: Site) -> None:
    import_text(site, row("A1"), row("A2"), row(""))
    before = keys_of(site)
    for _ in range(2):
        assert rotate_key(site, OPERATOR) == 2
    after = keys_of(site)
    assert not set(before) & set(after) - {None}
    moved = row("A2", x=475_300)
    again = import_text(site, row("A1"), moved, row("A3"), row(""))
    assert counts(site, again.id) == (1, 1, 2)


def test_every_key_is_needed_and_each_is_its_owners_alone(site: Site) -> None:
    import_text(site, row("A1"))
    rotate_key(site, OPERATOR)
    kept = [site.folder / "keys" / key_name(n) for n in (1, 2)]
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600, 0o600]
    kept[0].unlink()
    failed = import_text(site, row("A1"))
    assert failed.state == "failed"
    assert "the key 'reference' must lie" in failed.sentence


def test_a_key_that_was_never_used_is_written_over(site: Site) -> None:
    import_text(site, row("A1"))
    unused = site.folder / "keys" / key_name(2)
    unused.write_bytes(b"left by a power cut")
    again = import_text(site, row("A1"))
    assert counts(site, again.id) == (0, 0, 1)
    rotate_key(site, OPERATOR)
    assert len(unused.read_bytes()) == 32
    with site.store.reading() as session:
        assert get(session, SiteRecord, 1).n_keys == 2  # type: ignore[arg-type]


def test_a_pack_holds_every_version_and_where_it_came_from(site: Site) -> None:
    import_text(site, row("A1"), row("B2"), who=ANALYST)
    import_text(site, row("A1", x=475_300), who=ANALYST)
    rotate_key(site, OPERATOR)
    with site.store.writing() as session:
        told = access_pack(site, session, ANALYST, " A1 ")
    versions = told["feeds"][0]["versions"]
    assert [each["counts_now"] for each in versions] == [False, True]
    assert {each["file"] for each in versions} == {"week.csv"}
    assert versions[0]["address"] == "12 Market Place"


def test_a_pack_of_another_agency_is_empty_and_not_for_everybody(site: Site) -> None:
    import_text(site, row("A1"), who=ANALYST)
    with site.store.writing() as session:
        other = access_pack(site, session, actor("analyst", "housing"), "A1")
        assert other["feeds"] == []
        for role in ("administrator", "auditor", "jag-chair"):
            with pytest.raises(RightsError):
                access_pack(site, session, actor(role), "A1")


def test_only_an_administrator_rotates(site: Site) -> None:
    with pytest.raises(RightsError):
        rotate_key(site, ANALYST)
    assert not (site.folder / "keys" / key_name(2)).exists()
