"""What decides every number of a brief: files, configuration, software."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from hotspots._version import __version__
from hotspots.analysis.parameters import Parameters
from hotspots.brief.content import Provenance
from hotspots.brief.scope import Scope
from hotspots.intake.records import Records
from hotspots.methods.near_repeat import NearRepeat
from hotspots.methods.repeat_victimisation import RepeatVictimisation
from hotspots.methods.usual_range import PeriodTable

BASE_FOR_PERCENT = 50


def method_sentences(
    scope: Scope, parameters: Parameters, *, public: bool
) -> tuple[str, ...]:
    """Return how each part of a brief was made, with the values that were used."""
    said = [
        "Change: z = 2 (square root of now less square root of before); p of two "
        "counts that vary as much beyond chance as the same months of two years did, "
        "by the E-test (Krishnamoorthy and Thomson 2004) where they do not. A change "
        "counts from z of 3 either way with p of 0.02 or less; below that it may be "
        "chance."
    ]
    if public:
        return tuple(said)
    said.append(f"Percentages on a base under {BASE_FOR_PERCENT} are greyed.")
    rule, near, table = parameters.rule, NearRepeat(), PeriodTable()
    if scope.period.kind in ("weekly", "monthly"):
        said.append(
            "Usual range: a Poisson-gamma prediction from up to "
            f"{table.n_past} earlier periods, widened where they vary more than "
            f"chance; tested at {table.level:.0%} each way and adjusted for the number "
            "of rows compared (Benjamini and Hochberg 1995)."
        )
    said.append(
        "Places: contiguous H3 cells of resolution "
        f"{parameters.resolution} ranked by count, at most {rule.n_hotspots}; "
        f"stability of rank from {rule.resamples} resamples."
    )
    if scope.incidents.time_precision != "month" and not scope.incidents.snapped:
        repeats = RepeatVictimisation()
        said += [
            f"Near repeats: dwelling burglary, {near.radius_m:g} m for "
            f"{near.alert_days} days, homes next door first for {near.next_door_days} "
            "days (Johnson and Bowers 2004).",
            f"Repeat locations: two or more incidents within {repeats.months} months "
            "of the first, matched by premises number, then address and postcode, "
            f"then within {repeats.tolerance_m:g} m.",
        ]
    if scope.incidents.time_precision == "minute":
        said.append(
            "Hours: aoristic, each incident spread evenly over the time in which it "
            "could have happened (Ratcliffe 2000)."
        )
    return tuple(said)


def build_provenance(
    scope: Scope,
    configuration: Mapping[str, Any],
    *,
    deployments: Records | None,
    actions: Records | None,
    method: Sequence[str] = (),
) -> Provenance:
    """Return the files, the configuration and the version behind a brief."""
    dataset = scope.dataset
    inputs = [
        *(("incidents", name, digest) for name, digest in dataset.reading.inputs),
        *(("areas", name, digest) for name, digest in dataset.area_inputs),
    ]
    for what, records in (("deployments", deployments), ("actions", actions)):
        if records is not None:
            inputs.append((what, records.name, records.sha256))
    harm = dataset.harm.frame.write_csv()
    text = json.dumps([configuration, harm, __version__], sort_keys=True)
    return Provenance(
        inputs=tuple(inputs),
        configuration_hash=hashlib.sha256(text.encode()).hexdigest(),
        configuration=dict(configuration),
        version=__version__,
        method=tuple(method),
    )
