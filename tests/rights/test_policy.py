"""The one table of rights: default deny, own agency, narrowing scopes."""

from __future__ import annotations

import pytest

from hotspots.core.errors import NotFoundError, ParameterError, RightsError
from hotspots.rights import ACTIONS, ROLES, Actor, Owned, check, may, parse_role


def actor(*roles: tuple[str, str], scopes: tuple[str, ...] = ()) -> Actor:
    return Actor(id="p1", name="P", roles=frozenset(roles), scopes=frozenset(scopes))


def test_the_table_names_only_roles_that_there_are() -> None:
    named = {
        role
        for rule in ACTIONS.values()
        for text in rule.values()
        for role in text.split()
    }
    assert named == set(ROLES)
    assert {where for rule in ACTIONS.values() for where in rule} == {"any", "own"}


@pytest.mark.parametrize("action", [*ACTIONS, "unheard.of", ""])
def test_who_has_no_role_may_nothing(action: str) -> None:
    assert not may(actor(), action)
    assert not may(actor(("sheriff", "police")), action)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("mine", [True, False])
def test_each_cell_of_the_matrix(action: str, role: str, mine: bool) -> None:
    rule = ACTIONS[action]
    wanted = role in rule.get("any", "").split() or (
        mine and role in rule.get("own", "").split()
    )
    owned = Owned(agency="police" if mine else "fire")
    assert may(actor((role, "police")), action, owned) is wanted


def test_the_role_of_one_agency_does_not_reach_into_another() -> None:
    both = actor(("patrol-lead", "police"), ("jag-member", "council"))
    assert may(both, "visit.log", Owned(agency="police"))
    assert not may(both, "visit.log", Owned(agency="council"))


def test_scopes_only_narrow() -> None:
    narrow = actor(("analyst", "police"), scopes=("run", "batch.import", "audit"))
    assert may(narrow, "run.make")
    assert may(narrow, "batch.import")
    assert not may(narrow, "batch.undo")
    assert not may(narrow, "audit.read")


def test_nobody_but_the_auditors_and_administrators_reads_the_log() -> None:
    readers = {role for role in ROLES if may(actor((role, "a")), "audit.read")}
    assert readers == {"auditor", "administrator"}


def test_an_administrator_sees_no_incident() -> None:
    admin = actor(("administrator", "a"))
    for action in ("aggregate.read", "plan.read_personal", "export.personal"):
        assert not may(admin, action)


def test_the_operator_may_everything_that_is_named() -> None:
    operator = Actor.operator()
    assert all(may(operator, action, Owned(agency="x")) for action in ACTIONS)
    assert not may(operator, "unheard.of")


def test_a_refusal_says_what_is_needed_and_what_is_hidden_is_not_there() -> None:
    member = actor(("jag-member", "police"))
    with pytest.raises(RightsError, match=r"needs the role jag-chair of any agency"):
        check(member, "decision.make")
    with pytest.raises(NotFoundError, match="nothing of this identifier"):
        check(member, "task.change", Owned(agency="fire", hidden=True))
    check(member, "task.change", Owned(agency="police"))


def test_an_actor_survives_being_kept() -> None:
    kept = actor(("analyst", "police"), ("auditor", "fire"), scopes=("run",))
    assert Actor.from_record(kept.to_record()) == kept
    assert kept.agency == "fire"
    assert Actor.operator().agency == ""


def test_roles_are_read_however_they_are_spaced() -> None:
    assert parse_role("JAG_Chair") == parse_role(" jag  chair") == "jag-chair"
    with pytest.raises(ParameterError, match="Did you mean 'analyst'"):
        parse_role("analist")
