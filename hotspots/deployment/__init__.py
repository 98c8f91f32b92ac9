"""What is suggested for a place, with every reason, and the plan it belongs to."""

from hotspots.deployment.plan import LAYER_WORDS, Plan, PlanLayer, Visit
from hotspots.deployment.reasons import Alternative, Capture, Driver, Rating
from hotspots.deployment.suggestion import MARKINGS, Suggestion

__all__ = [
    "LAYER_WORDS",
    "MARKINGS",
    "Alternative",
    "Capture",
    "Driver",
    "Plan",
    "PlanLayer",
    "Rating",
    "Suggestion",
    "Visit",
]
