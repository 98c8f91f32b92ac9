"""The questions that can be asked of incidents, each defined once.

A command, a page with a form and the list in the documentation are made from each.
"""

from __future__ import annotations

from hotspots.questions.answer import Answer, Picture
from hotspots.questions.change import CHANGE
from hotspots.questions.clock import CLOCK
from hotspots.questions.density import ADAPTIVE, BANDWIDTH, EDGE, PER_PREMISES
from hotspots.questions.effect import EFFECT
from hotspots.questions.evaluation import EVALUATE
from hotspots.questions.history import HISTORY
from hotspots.questions.local import CLUSTERS, OUTLIERS
from hotspots.questions.near_repeats import NEAR_REPEATS
from hotspots.questions.prospective import PROSPECTIVE
from hotspots.questions.question import Material, Question
from hotspots.questions.repeats import REPEATS
from hotspots.questions.severity import SEVERITY

__all__ = ["QUESTIONS", "Answer", "Material", "Picture", "Question"]

QUESTIONS = {
    question.name: question
    for question in (
        CHANGE,
        CLOCK,
        REPEATS,
        NEAR_REPEATS,
        PROSPECTIVE,
        HISTORY,
        SEVERITY,
        CLUSTERS,
        OUTLIERS,
        ADAPTIVE,
        EDGE,
        PER_PREMISES,
        BANDWIDTH,
        EVALUATE,
        EFFECT,
    )
}
"""In the order in which they are offered."""
