"""How good a forecast of places is, tested on months that it had not seen.

Measures of one forecast (:func:`accuracy`), tests month after month beside the plain
count of 12 months (:class:`RollingOrigin`), and how concentrated incidents are at all
(:func:`generalised_gini`).
"""

from __future__ import annotations

from hotspots.evaluate.capture import found_at
from hotspots.evaluate.concentration import generalised_gini, gini, lorenz_curve
from hotspots.evaluate.folds import Fold, Period, choose_folds
from hotspots.evaluate.measures import Ties, accuracy, rri_levine
from hotspots.evaluate.rolling_origin import DatedForecaster, Forecaster, RollingOrigin
from hotspots.evaluate.verdict import BASELINE, Evaluation, Verdict

__all__ = [
    "BASELINE",
    "DatedForecaster",
    "Evaluation",
    "Fold",
    "Forecaster",
    "Period",
    "RollingOrigin",
    "Ties",
    "Verdict",
    "accuracy",
    "choose_folds",
    "found_at",
    "generalised_gini",
    "gini",
    "lorenz_curve",
    "rri_levine",
]
