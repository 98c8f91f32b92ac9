"""The one table of rights: action to the roles that may, and where.

``any`` is for every agency's things, ``own`` only for those of an agency that the actor
is of in that role. What is not written here is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from hotspots.core.errors import NotFoundError, RightsError, StepUpError
from hotspots.rights.actor import OPERATOR, Actor

_MEMBERS = "analyst jag-member jag-chair patrol-lead tactic-lead"
_READERS = f"{_MEMBERS} auditor api-client"

ACTIONS: dict[str, dict[str, str]] = {
    "aggregate.read": {"any": _READERS},
    "aggregate.exact": {"any": _MEMBERS},
    "place.read": {"any": _READERS},
    "area.read": {"any": f"{_READERS} administrator"},
    "area.draw": {"any": "analyst jag-chair"},
    "feed.read": {"any": f"{_MEMBERS} auditor"},
    "feed.change": {"own": "analyst"},
    "batch.read": {"any": "analyst auditor"},
    "batch.import": {"any": "analyst"},
    "batch.undo": {"own": "analyst"},
    "reject.read": {"own": "analyst"},
    "run.read": {"any": _READERS},
    "run.make": {"any": "analyst jag-chair"},
    "plan.read": {"any": f"{_MEMBERS} auditor"},
    "plan.read_personal": {"own": "analyst tactic-lead"},
    "plan.make": {"any": "analyst jag-chair tactic-lead patrol-lead"},
    "meeting.read": {"any": f"{_MEMBERS} auditor"},
    "meeting.change": {"any": "analyst jag-chair"},
    "decision.read": {"any": f"{_MEMBERS} auditor"},
    "decision.make": {"any": "jag-chair"},
    "task.read": {"any": f"{_MEMBERS} auditor"},
    "task.make": {"any": "jag-chair analyst"},
    "task.change": {
        "any": "jag-chair",
        "own": "analyst jag-member patrol-lead tactic-lead",
    },
    "comment.make": {"any": _MEMBERS},
    "deployment.read": {"any": f"{_MEMBERS} auditor"},
    "deployment.change": {"any": "jag-chair", "own": "analyst patrol-lead tactic-lead"},
    "visit.read": {"any": f"{_MEMBERS} auditor"},
    "visit.log": {"own": "analyst patrol-lead tactic-lead"},
    "outcome.read": {"any": f"{_MEMBERS} auditor"},
    "outcome.make": {"any": "analyst jag-chair"},
    "brief.read": {"any": f"{_MEMBERS} auditor"},
    "brief.make": {"any": "analyst"},
    "brief.approve": {"any": "jag-chair"},
    "export.personal": {"own": "analyst"},
    "export.read": {"any": "auditor administrator", "own": "analyst"},
    "subject.read": {"own": "analyst"},
    "transparency.make": {"any": "analyst administrator"},
    "key.rotate": {"any": "administrator"},
    "purge.make": {"any": "administrator"},
    "audit.read": {"any": "auditor administrator"},
    "access.read": {"any": "auditor administrator"},
    "access.give": {"any": "administrator"},
    "agency.read": {"any": f"{_READERS} administrator"},
    "work.read": {"any": f"{_MEMBERS} auditor"},
    "work.cancel": {"own": _MEMBERS},
    "backup.make": {"any": "administrator"},
    "settings.change": {"any": "administrator"},
}


@dataclass(frozen=True, kw_only=True)
class Owned:
    """Whose something is; ``hidden`` where its very existence is not to be told."""

    agency: str = ""
    hidden: bool = False


def may(actor: Actor, action: str, owned: Owned | None = None) -> bool:
    """Say whether somebody may do something; without ``owned``, to anything at all.

    Examples
    --------
    >>> chair = Actor(id="p", name="C", roles=frozenset({("jag-chair", "police")}))
    >>> may(chair, "decision.make"), may(chair, "audit.read"), may(chair, "unheard of")
    (True, False, False)
    """
    rule = ACTIONS.get(action)
    if rule is None:
        return False
    if actor.scopes and not {action, action.partition(".")[0]} & actor.scopes:
        return False
    if (OPERATOR, "") in actor.roles:
        return True
    everywhere, own = rule.get("any", "").split(), rule.get("own", "").split()
    return any(
        role in everywhere
        or (role in own and (owned is None or agency == owned.agency))
        for role, agency in actor.roles
    )


def check(actor: Actor, action: str, owned: Owned | None = None) -> None:
    """Refuse what somebody may not do.

    Raises NotFoundError where they may not even know that it is there; RightsError
    else.
    """
    if may(actor, action, owned):
        return
    if owned is not None and owned.hidden:
        raise NotFoundError("nothing of this identifier is here.")
    rule = ACTIONS.get(action, {})
    wanted = " or ".join(
        f"{roles.replace(' ', ', ')} of {'any' if where == 'any' else 'that'} agency"
        for where, roles in rule.items()
    )
    held = ", ".join(sorted({role for role, _ in actor.roles})) or "no role"
    raise RightsError(
        f"'{action}' needs the role {wanted or 'that no policy names'}; "
        f"{actor.name} is {held}. Ask an administrator of the site."
    )


def check_fresh(actor: Actor) -> None:
    """Refuse whoever has not proved within the last minutes who they are.

    Raises StepUpError then; signing in once more answers it.
    """
    if not actor.fresh:
        raise StepUpError(
            "this needs a proof from the last ten minutes of who you are; yours is "
            "older. Confirm who you are and try again."
        )
