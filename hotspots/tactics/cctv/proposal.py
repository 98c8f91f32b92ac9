"""From options and a context to the camera sites that are proposed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import shapes_to_degrees
from hotspots.core.types import Floats
from hotspots.core.window import in_words
from hotspots.methods.prospective import Prospective
from hotspots.model.incidents import Incidents
from hotspots.resources.buildings import visible_area
from hotspots.resources.eligibility import Eligibility
from hotspots.tactics.cctv.alternatives import (
    build_alternatives,
    choose_controls,
    place_names,
)
from hotspots.tactics.cctv.candidates import build_candidates
from hotspots.tactics.cctv.choice import N_RESAMPLES, Chooser, resampled_share
from hotspots.tactics.cctv.demand import check_precision
from hotspots.tactics.cctv.options import CctvOptions
from hotspots.tactics.cctv.siting import NEAR_M, Siting
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import clock_text
from hotspots.tactics.plan import PlanLayer
from hotspots.tactics.rationale import drivers
from hotspots.tactics.tactic import Place, Proposal


def solve(options: CctvOptions, context: PlanningContext) -> Proposal:
    """Choose sites and give every reason for each."""
    chooser = build_chooser(options, context)
    sites = _Sites(chooser=chooser, siting=chooser.choose())
    places = tuple(sites.place(k) for k in range(len(sites.siting.chosen)))
    tables = {"sites": sites.table(places)}
    if options.n_periods > 1:
        tables["rotation"] = sites.rotation()
    streets = context.resources.streets
    uses_streets = context.resources.columns is None and streets is not None
    n = len(places)
    over = f" over {options.n_periods} periods" if options.n_periods > 1 else ""
    return Proposal(
        title=f"Sites for {options.n_cameras} mobile cameras",
        places=places,
        headline=f"{n} site{'s' * (n != 1)}{over}. {{backtest}}",
        notes=(*chooser.candidates.notes, *_notes(chooser)),
        tables=tables,
        layers={"view": sites.view()},
        covers=chooser.trial(),
        used=context.recent,
        measured=f"Incidents that count, {sites.within}",
        weeks=options.period_weeks,
        eligibility=f"{chooser.eligibility.words(context.recent)} Window: "
        f"{context.period}.",
        value_unit=_unit(options),
        n_resamples=N_RESAMPLES,
        no_alternative=f"Fewer than three other sites more than {NEAR_M:g} m away see "
        "anything that the others do not.",
        attribution=streets.attribution if uses_streets and streets else "",
        drawn=sites.siting.draw,
    )


def build_chooser(options: CctvOptions, context: PlanningContext) -> Chooser:
    """Put candidates, incidents and policy together."""
    check_precision(
        context.incidents, range_m=options.range_m, all_hours=options.all_hours
    )
    return Chooser(
        options=options,
        context=context,
        candidates=build_candidates(
            context, range_m=options.range_m, reserve_percent=options.reserve_percent
        ),
        eligibility=context.resources.eligibility or Eligibility.default(),
    )


@dataclass(frozen=True, kw_only=True)
class _Sites:
    """The chosen sites, and what every one of them draws on."""

    chooser: Chooser
    siting: Siting

    @property
    def context(self) -> PlanningContext:
        return self.chooser.context

    @property
    def options(self) -> CctvOptions:
        return self.chooser.options

    @property
    def within(self) -> str:
        return f"in view ({self.options.range_m:g} m)"

    @cached_property
    def last_year(self) -> Incidents:
        """Incidents that count of the last 12 months."""
        year = self.context.before(self.context.day, 365)
        known = self.context.within(year)
        return known.select(pl.Series(self.chooser.counted(known)))

    @cached_property
    def seen(self) -> Floats:
        """Incidents of the last 12 months in view of each candidate, shape (m,)."""
        candidates = self.chooser.candidates
        total = candidates.demand.total(self.last_year, np.ones(self.last_year.n))
        return np.asarray(candidates.cover @ total)

    @cached_property
    def seen_a_day(self) -> Floats:
        """The same as a rate, over the days that the files cover."""
        candidates, year = self.chooser.candidates, self.last_year
        window = self.context.before(self.context.day, 365)
        rates = self.context.per_day(year, window)
        return np.asarray(candidates.cover @ candidates.demand.total(year, rates))

    @cached_property
    def lasting(self) -> Floats:
        """Lasting share of the risk at each site; nan where there is none."""
        every, posts = self.context.incidents, self.chooser.candidates.sites
        counted = every.select(pl.Series(self.chooser.eligibility.of(every) > 0))
        chronic, recent = Prospective().at(
            counted, posts.xy_m, on=self.context.window.end
        )
        with np.errstate(invalid="ignore"):
            return np.asarray((chronic / (chronic + recent))[self.siting.chosen])

    @cached_property
    def stability(self) -> Floats:
        return resampled_share(self.chooser, self.siting)

    @cached_property
    def names(self) -> list[str]:
        return place_names(self.chooser, self.siting.chosen)

    @cached_property
    def controls(self) -> tuple[list[tuple[str, ...]], str]:
        return choose_controls(self.chooser, self.siting, self.seen)

    @cached_property
    def binding(self) -> tuple[str, ...]:
        return _binding(self.chooser, self.siting)

    @cached_property
    def other_weighting(self) -> str:
        return _other_weighting(self.chooser, self.siting)

    def period(self, k: int) -> tuple[dt.date, dt.date]:
        """Return the first day of a site's period and the day of its review."""
        weeks = dt.timedelta(weeks=self.options.period_weeks)
        first = self.context.day + weeks * int(self.siting.period[k])
        return first, first + weeks

    def place(self, k: int) -> Place:
        """Return one site with its reasons."""
        chooser, siting, options = self.chooser, self.siting, self.options
        candidates, used = chooser.candidates, self.context.recent
        site, post = int(siting.chosen[k]), candidates.sites.ids[siting.chosen[k]]
        first, review = self.period(k)
        here = used.select(
            pl.Series(candidates.seen_by([site])[candidates.demand.rows(used)])
        )
        counts = here.select(pl.Series(chooser.counted(here)))
        district = used.select(pl.Series(chooser.counted(used)))
        lasting = float(self.lasting[k])
        controls, note = self.controls
        return Place(
            name=self.names[k],
            geometry=shapely.Point(candidates.sites.lonlat[site]),
            what=f"Put a mobile camera on {post}, "
            f"{self.names[k].rpartition(' (')[0]}, once the privacy assessment is "
            "signed.",
            when=f"{in_words(first)} to {in_words(review - dt.timedelta(days=1))}; "
            f"{_hours(options)}. Review on {in_words(review)}: move it or say why it "
            "stays.",
            dose=f"{options.period_weeks} weeks of one camera that sees about "
            f"{options.range_m:g} m.",
            expires=review,
            drivers=drivers(counts, district, where=self.within),
            lasting=lasting if np.isfinite(lasting) else None,
            n_eligible=counts.n,
            n_ineligible=here.n - counts.n,
            per_day=float(self.seen_a_day[site]),
            value=siting.in_view(candidates, k),
            leave_one_out=siting.gain(candidates, k),
            solution=self._solution(),
            stability=float(self.stability[k]),
            alternatives=build_alternatives(chooser, siting, k),
            controls=controls[k] if k < len(controls) else (),
            control_note=note,
            binding=self.binding,
            start=first,
            details=self._details(k, counts.n),
            cautions=self._cautions(k, lasting),
            slots={"review": in_words(review)},
        )

    def _details(self, k: int, n: int) -> tuple[tuple[str, str], ...]:
        candidates, site = self.chooser.candidates, int(self.siting.chosen[k])
        height = float(candidates.sites.height_m[site])
        sees = "the disc without what buildings hide"
        if candidates.buildings is None:
            sees = "the whole disc: no buildings were given"
        tall = f", {height:g} m high" if np.isfinite(height) else ""
        year, exposure = (
            self.context.before(self.context.day, 365),
            self.context.exposure,
        )
        lately = "the last 12 months"
        if not exposure.covers(year):
            lately = exposure.words(year)
        return (
            ("Post", f"{candidates.sites.ids[site]}{tall}; view: {sees}."),
            (
                "In view",
                f"{n:,} incidents that count in the window, {int(self.seen[site]):,} "
                f"of them in {lately}.",
            ),
            ("Counted otherwise", self.other_weighting),
        )

    def _cautions(self, k: int, lasting: float) -> tuple[str, ...]:
        found = []
        if np.isfinite(lasting) and lasting < 0.5:
            found.append(
                "Most of the risk here is recent: a camera suits lasting trouble, not "
                "a spike that may be over before it is up."
            )
        if self.stability[k] < 0.5:
            found.append(
                "Fewer than half of the resamples put a camera here: other sites are "
                "as good."
            )
        return tuple(found)

    def _solution(self) -> str:
        result = self.siting.result
        words = result.how[0].upper() + result.how[1:]
        short = (result.value - result.heuristic_value) / (result.value or 1)
        return (
            f"{words} of {len(self.chooser.candidates.sites):,} posts for all cameras "
            f"together (greedy with local search falls short by {short:.1%}). "
            f"{self.siting.draw}"
        ).strip()

    def table(self, places: tuple[Place, ...]) -> pl.DataFrame:
        """Return the sites as a table."""
        sites, chosen = self.chooser.candidates.sites, self.siting.chosen
        xy, lonlat = sites.xy_m[chosen], sites.lonlat[chosen]
        spans = [self.period(k) for k in range(len(chosen))]
        return pl.DataFrame(
            {
                "rank": range(1, len(chosen) + 1),
                "period": (self.siting.period + 1).tolist(),
                "site_id": [sites.ids[k] for k in chosen.tolist()],
                "name": self.names,
                "easting": xy[:, 0].round().astype(int).tolist(),
                "northing": xy[:, 1].round().astype(int).tolist(),
                "lon": lonlat[:, 0].round(6).tolist(),
                "lat": lonlat[:, 1].round(6).tolist(),
                "from": [first.isoformat() for first, _ in spans],
                "review_due": [review.isoformat() for _, review in spans],
                "n_last_12_months": self.seen[chosen].astype(int).tolist(),
                "adds": [round(p.leave_one_out or 0.0, 2) for p in places],
                "stability": [round(float(v), 2) for v in self.stability],
                "comparison": ["; ".join(p.controls) for p in places],
            }
        )

    def rotation(self) -> pl.DataFrame:
        """Return one row a period and camera, sites in the order of what they add."""
        period, chosen = self.siting.period, self.siting.chosen.tolist()
        spans = [self.period(k) for k in range(len(period))]
        camera = [int((period[:k] == period[k]).sum()) + 1 for k in range(len(period))]
        return pl.DataFrame(
            {
                "period": (period + 1).tolist(),
                "camera": camera,
                "from": [first.isoformat() for first, _ in spans],
                "to": [(end - dt.timedelta(days=1)).isoformat() for _, end in spans],
                "site_id": [self.chooser.candidates.sites.ids[k] for k in chosen],
                "name": self.names,
            }
        )

    def view(self) -> PlanLayer:
        """Return what each site sees."""
        candidates, range_m = self.chooser.candidates, self.options.range_m
        none = np.zeros(0, dtype=object)
        blocks = none if candidates.buildings is None else candidates.buildings
        chosen = self.siting.chosen.tolist()
        shapes = np.array(
            [
                visible_area(candidates.sites.xy_m[site], blocks, range_m=range_m)
                for site in chosen
            ],
            dtype=object,
        )
        area = shapely.area(shapes)
        frame = pl.DataFrame(
            {
                "rank": range(1, len(chosen) + 1),
                "name": [f"View from {name}" for name in self.names],
                "area_m2": area.round().astype(int).tolist(),
                "share_of_disc": (area / (np.pi * range_m**2)).round(3).tolist(),
            }
        )
        return PlanLayer(frame=frame, geometry=shapes_to_degrees(shapes))


def _notes(chooser: Chooser) -> tuple[str, ...]:
    options = chooser.options
    notes = [
        "Places of incidents were merged to squares of 10 m; what a site sees is "
        "counted on those.",
        f"An incident counts half after {options.half_life_days:g} days. "
        f"{chooser.eligibility.words(chooser.context.recent)}",
        f"Stability: {N_RESAMPLES} resamples, each solved greedily; a "
        f"site within {NEAR_M:g} m is the same choice.",
    ]
    if not chooser.tests_exactly:
        notes.append(
            "The choices on earlier data were made greedily with local search and a "
            "Lagrangian bound, without the exact search."
        )
    if options.n_periods > 1:
        notes.append(
            "Each period weighs its own season half and the whole year half. The "
            "choices on earlier data were made for one period without rest; stability "
            "is that of all sites of the rotation together."
        )
    if options.harm != "none":
        notes.append(
            "Incidents without a severity in the harm table count 1 in the weighing."
        )
    return tuple(notes)


def _binding(chooser: Chooser, siting: Siting) -> tuple[str, ...]:
    """Say which limits would change the choice if they were lifted."""
    candidates, options, value = (
        chooser.candidates,
        chooser.options,
        siting.result.value,
    )
    found = []
    sites = np.concatenate([siting.chosen, np.array(siting.comparison, dtype=np.int64)])
    if options.n_periods == 1:
        left = np.where(candidates.seen_by(sites), 0.0, siting.weight[0])
        gains = np.where(candidates.reserved, 0.0, candidates.cover @ left)
        more = float(gains.max())
        if more > 0:
            found.append(
                f"Number of cameras: one more would add {more:,.1f} "
                f"({more / value:.0%})"
            )
    lifted = chooser.without_limits(siting)
    if lifted["spacing"] > 1e-9 * value:
        found.append(
            f"Spacing of {options.spacing_m:g} m: without it at least "
            f"{lifted['spacing'] / value:.1%} more"
        )
    if lifted["reserve"] > 1e-9 * value:
        found.append(
            f"Permanent reserve: with its posts at least "
            f"{lifted['reserve'] / value:.1%} more"
        )
    if options.n_periods > 1 and options.cool_off_periods:
        found.append(
            f"Rest of a zone of {options.zone_m:g} m for {options.cool_off_periods} "
            "periods: sites move even where the same ones would see more"
        )
    return tuple(found)


def _other_weighting(chooser: Chooser, siting: Siting) -> str:
    """Compare with the sites that another weighting of harm would give."""
    other = "square root" if chooser.options.harm == "none" else "none"
    words = {
        "none": "Without weighing severity",
        "square root": "Weighed by the square root of severity",
    }[other]
    xy = chooser.candidates.sites.xy_m
    mine = xy[siting.chosen[siting.period == 0]]
    theirs = xy[chooser.otherwise(other)]
    away = np.hypot(*(mine[:, None] - theirs[None]).transpose(2, 0, 1))
    same = int((away.min(axis=1) <= NEAR_M).sum())
    return f"{words}, {same} of {len(mine)} sites stay within {NEAR_M:g} m."


def _hours(options: CctvOptions) -> str:
    if options.all_hours:
        return "watched or recorded at all hours"
    first, last = clock_text(options.monitored_from), clock_text(options.monitored_to)
    return f"watched daily {first} to {last}"


def _unit(options: CctvOptions) -> str:
    harm = "" if options.harm == "none" else "severity, "
    return f"incidents a year in view, weighed by eligibility, {harm}age and hours"
