"""The tables."""

from hotspots.store.models.data import (
    Area,
    AreaSet,
    Batch,
    Feed,
    Incident,
    Place,
    Reject,
    Sighting,
    SiteRecord,
)
from hotspots.store.models.log import AuditEntry, AuditHead, Export, Job
from hotspots.store.models.loop import (
    Comment,
    Decision,
    Deployment,
    Meeting,
    Task,
    Visit,
)
from hotspots.store.models.people import (
    Agency,
    Invitation,
    Membership,
    Passkey,
    Person,
    Token,
)
from hotspots.store.models.results import Brief, Outcome, Plan, Run, Suggestion

__all__ = [
    "Agency",
    "Area",
    "AreaSet",
    "AuditEntry",
    "AuditHead",
    "Batch",
    "Brief",
    "Comment",
    "Decision",
    "Deployment",
    "Export",
    "Feed",
    "Incident",
    "Invitation",
    "Job",
    "Meeting",
    "Membership",
    "Outcome",
    "Passkey",
    "Person",
    "Place",
    "Plan",
    "Reject",
    "Run",
    "Sighting",
    "SiteRecord",
    "Suggestion",
    "Task",
    "Token",
    "Visit",
]
