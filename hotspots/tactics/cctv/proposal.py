"""From options and a context to the camera sites that are proposed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from scipy.spatial.distance import cdist

from hotspots.core.crs import shapes_to_degrees
from hotspots.core.types import Floats
from hotspots.core.window import in_words
from hotspots.methods.prospective import Prospective
from hotspots.model.incidents import Incidents
from hotspots.resources.buildings import visible_area
from hotspots.resources.eligibility import Eligibility
from hotspots.tactics.cctv import alternatives
from hotspots.tactics.cctv.candidates import build_candidates
from hotspots.tactics.cctv.choice import N_RESAMPLES, Chooser, resampled_share
from hotspots.tactics.cctv.options import CctvOptions
from hotspots.tactics.cctv.siting import NEAR_M, Siting
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import clock_text
from hotspots.tactics.plan import PlanLayer
from hotspots.tactics.rationale import drivers
from hotspots.tactics.selection import lasting_share
from hotspots.tactics.tactic import Place, Proposal
from hotspots.tactics.words import Says

SAYS = Says.from_toml(Path(__file__).with_name("cctv.toml"))


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
    n, say = len(places), sites.say
    over = f" over {options.n_periods} periods" if options.n_periods > 1 else ""
    return Proposal(
        title=say("title"),
        places=places,
        headline=f"{n} site{'s' * (n != 1)}{over}. {{backtest}}",
        notes=(*chooser.candidates.notes, *sites.notes()),
        tables=tables,
        layers={"view": sites.view()},
        covers=chooser.trial(),
        used=context.recent,
        measured=f"Incidents that count, {sites.within}",
        weeks=options.period_weeks,
        eligibility=say("eligibility"),
        value_unit=say("unit", harm="" if options.harm == "none" else "severity, "),
        n_resamples=N_RESAMPLES,
        no_alternative=say("no_alternative"),
        attribution=streets.attribution if uses_streets and streets else "",
        drawn=sites.siting.draw,
    )


def build_chooser(options: CctvOptions, context: PlanningContext) -> Chooser:
    """Put candidates, incidents and policy together."""
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

    @cached_property
    def say(self) -> Says:
        counts = self.chooser.eligibility.words(self.chooser.context.recent)
        return SAYS.about(
            o=self.chooser.options,
            c=self.chooser.context,
            near=NEAR_M,
            counts=counts,
            n=N_RESAMPLES,
        )

    @property
    def within(self) -> str:
        return f"in view ({self.chooser.options.range_m:g} m)"

    @cached_property
    def last_year(self) -> Incidents:
        """Incidents that count of the last 12 months."""
        known = self.chooser.context.known(
            self.chooser.context.incidents, self.chooser.context.day, 365
        )
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
        window = self.chooser.context.before(self.chooser.context.day, 365)
        rates = self.chooser.context.per_day(year, window)
        return np.asarray(candidates.cover @ candidates.demand.total(year, rates))

    @cached_property
    def lasting(self) -> Floats:
        """Lasting share of the risk at each site; nan where there is none."""
        every, posts = self.chooser.context.incidents, self.chooser.candidates.sites
        counted = every.select(pl.Series(self.chooser.eligibility.of(every) > 0))
        risk = Prospective().at(counted, posts.xy_m, on=self.chooser.context.window.end)
        return lasting_share(*risk)[self.siting.chosen]

    @cached_property
    def stability(self) -> Floats:
        return resampled_share(self.chooser, self.siting)

    @cached_property
    def names(self) -> list[str]:
        return alternatives.place_names(self.chooser, self.siting.chosen)

    @cached_property
    def controls(self) -> tuple[list[tuple[str, ...]], str]:
        return alternatives.choose_controls(self.chooser, self.siting, self.seen)

    def period(self, k: int) -> tuple[dt.date, dt.date]:
        """Return the first day of a site's period and the day of its review."""
        weeks = dt.timedelta(weeks=self.chooser.options.period_weeks)
        first = self.chooser.context.day + weeks * int(self.siting.period[k])
        return first, first + weeks

    def place(self, k: int) -> Place:
        """Return one site with its reasons."""
        chooser, siting, context = self.chooser, self.siting, self.chooser.context
        candidates = chooser.candidates
        site, used, (first, review) = siting.chosen[k], context.recent, self.period(k)
        here = used.select(
            pl.Series(candidates.seen_by([site])[candidates.demand.rows(used)])
        )
        counts = here.select(pl.Series(chooser.counted(here)))
        district = used.select(pl.Series(chooser.counted(used)))
        controls, note = self.controls
        hours = "all_hours" if self.chooser.options.all_hours else "hours"
        say = self.say.about(
            post=candidates.sites.ids[site],
            place=self.names[k].rpartition(" (")[0],
            first=in_words(first),
            last=in_words(review - dt.timedelta(days=1)),
            review=in_words(review),
            hours=self.say(hours, clock=self.clock_words),
        )
        return Place(
            name=self.names[k],
            geometry=shapely.Point(candidates.sites.lonlat[site]),
            what=say("what"),
            when=say("when"),
            dose=say("dose"),
            expires=review,
            drivers=drivers(counts, district, where=self.within),
            lasting=float(self.lasting[k]),
            n_eligible=counts.n,
            n_ineligible=here.n - counts.n,
            per_day=float(self.seen_a_day[site]),
            value=siting.in_view(candidates, k),
            leave_one_out=siting.gain(candidates, k),
            solution=self.solution,
            stability=float(self.stability[k]),
            alternatives=alternatives.build_alternatives(chooser, siting, k),
            controls=controls[k] if k < len(controls) else (),
            control_note=note,
            binding=self.binding,
            start=first,
            details=self._details(int(site), counts.n),
            cautions=say.where(
                spike=self.lasting[k] < 0.5, unstable=self.stability[k] < 0.5
            ),
            slots={"review": in_words(review)},
        )

    @property
    def clock_words(self) -> str:
        ends = (self.chooser.options.monitored_from, self.chooser.options.monitored_to)
        return " to ".join(map(clock_text, ends))

    def _details(self, site: int, n: int) -> tuple[tuple[str, str], ...]:
        candidates, context = self.chooser.candidates, self.chooser.context
        height = float(candidates.sites.height_m[site])
        year = context.before(context.day, 365)
        known = context.exposure.covers(year)
        say = self.say.about(
            post=candidates.sites.ids[site],
            tall=f", {height:g} m high" if np.isfinite(height) else "",
            in_view=n,
            seen=int(self.seen[site]),
            lately="the last 12 months" if known else context.exposure.words(year),
        )
        return (
            ("Post", say("disc" if candidates.buildings is None else "view")),
            ("In view", say("in_view")),
            ("Counted otherwise", self.other_weighting),
        )

    @cached_property
    def solution(self) -> str:
        result = self.siting.result
        return self.say(
            "solution",
            how=result.how[0].upper() + result.how[1:],
            posts=len(self.chooser.candidates.sites),
            short=(result.value - result.heuristic_value) / (result.value or 1),
            draw=self.siting.draw,
        ).strip()

    @cached_property
    def binding(self) -> tuple[str, ...]:
        """Limits that would change the choice if they were lifted."""
        options, value = self.chooser.options, self.siting.result.value
        lifted = self.chooser.without_limits(self.siting)
        more = self._one_more() if options.n_periods == 1 else 0.0
        share = {name: part / value for name, part in lifted.items() if value}
        return self.say.about(more=more, part=more / (value or 1), **share).where(
            cameras=more > 0,
            lift_spacing=lifted["spacing"] > 1e-9 * value,
            lift_reserve=lifted["reserve"] > 1e-9 * value,
            rest=options.n_periods > 1 and options.cool_off_periods,
        )

    def _one_more(self) -> float:
        """Return what one more camera would add."""
        siting, candidates = self.siting, self.chooser.candidates
        sites = np.r_[siting.chosen, np.array(siting.comparison, dtype=np.int64)]
        left = np.where(candidates.seen_by(sites), 0.0, siting.weight[0])
        gains = np.where(candidates.reserved, 0.0, candidates.cover @ left)
        return float(gains.max())

    @cached_property
    def other_weighting(self) -> str:
        """How many sites stay under another weighting of harm."""
        other = "square root" if self.chooser.options.harm == "none" else "none"
        xy, siting = self.chooser.candidates.sites.xy_m, self.siting
        mine = xy[siting.chosen[siting.period == 0]]
        theirs = xy[self.chooser.otherwise(other)]
        same = int((cdist(mine, theirs).min(axis=1) <= NEAR_M).sum())
        line = "weighed" if other == "square root" else "unweighed"
        return self.say(line, same=same, of=len(mine))

    def notes(self) -> tuple[str, ...]:
        """Return how sites were chosen and tested."""
        return self.say.where(
            squares=True,
            half_life=True,
            stable=True,
            tested_greedily=not self.chooser.tests_exactly,
            seasons=self.chooser.options.n_periods > 1,
            no_severity=self.chooser.options.harm != "none",
        )

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
        candidates, range_m = self.chooser.candidates, self.chooser.options.range_m
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
