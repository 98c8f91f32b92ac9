"""From options and a context to the areas that an operation proposes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from hotspots.core.types import Floats, Ints
from hotspots.core.window import MONTHS, WEEKDAYS
from hotspots.methods.prospective import Prospective
from hotspots.model.incidents import Incidents
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import share_in
from hotspots.tactics.operation import areas as ground
from hotspots.tactics.operation.choice import check_enough, choose, trial_of
from hotspots.tactics.operation.options import OperationOptions
from hotspots.tactics.operation.template import HOTSPOTS, Template, read_template
from hotspots.tactics.rationale import Alternative, Driver, counted
from hotspots.tactics.selection import lasting_share, pick_controls
from hotspots.tactics.tactic import Place, Proposal
from hotspots.tactics.words import Says

SAYS = Says.from_toml(Path(__file__).with_name("operation.toml"))


def solve(options: OperationOptions, context: PlanningContext) -> Proposal:
    """Return the areas of the operation with the reasons for each."""
    template = read_template(options.template, folder=options.folder)
    search = ground.AreaSearch(
        context=context,
        template=template,
        n=options.n_areas or template.n_areas,
        reserve_percent=options.reserve_percent,
        resamples=options.resamples,
    )
    operation = _Operation(options=options, search=search)
    say = operation.say
    return Proposal(
        title=template.name,
        start=operation.first_day,
        places=tuple(operation.place(k) for k in range(len(operation.areas))),
        headline=say("headline"),
        notes=(*operation.found[1], *operation.notes()),
        tables={
            "when": operation.when_table(),
            "areas": operation.areas_table(),
            "measure": pl.DataFrame(
                {"output": template.outputs, "counted": None},
                schema={"output": pl.String, "counted": pl.Int64},
            ),
            "elsewhere": operation.elsewhere_table(),
        },
        covers=trial_of(search),
        used=operation.within,
        measured=say("measured"),
        weeks=template.weeks,
        eligibility=say("eligibility"),
        value_unit=say("unit"),
        n_resamples=options.resamples,
        no_alternative=say("no_alternative"),
        drawn=operation.drawn,
        do=template.do,
        do_not=template.do_not,
    )


@dataclass(frozen=True, kw_only=True)
class _Operation:
    """An operation's areas, chosen when they are asked for, and what from."""

    options: OperationOptions
    search: ground.AreaSearch

    @property
    def context(self) -> PlanningContext:
        return self.search.context

    @property
    def template(self) -> Template:
        return self.search.template

    @cached_property
    def every(self) -> Incidents:
        """Those that it is about, at any time."""
        recent = self.context.recent
        return recent.select(ground.about(recent, self.template))

    @cached_property
    def within(self) -> Incidents:
        """Those that it is about, in its months."""
        kept = self.every.select(ground.season(self.every, self.template))
        check_enough(kept, self.template)
        return kept

    @cached_property
    def found(self) -> tuple[list[ground.OperationArea], tuple[str, ...]]:
        """Twice as many areas as are asked for, and notes."""
        search = replace(self.search, n=2 * self.search.n)
        return search.find(self.within)

    @cached_property
    def choice(
        self,
    ) -> tuple[list[ground.OperationArea], list[ground.OperationArea], str]:
        """The areas that were chosen, the next that were found, how they were drawn."""
        draw, seed = self.options.randomise, self.context.seed
        return choose(self.found[0], self.search.n, seed, draw=draw)

    @property
    def areas(self) -> list[ground.OperationArea]:
        return self.choice[0]

    @property
    def others(self) -> list[ground.OperationArea]:
        return self.choice[1]

    @property
    def drawn(self) -> str:
        return self.choice[2]

    @cached_property
    def say(self) -> Says:
        n, areas = self.timed.n, len(self.areas)
        inside = n - self.n_outside
        return SAYS.about(
            operation=self,
            o=self.options,
            t=self.template,
            seed=self.context.seed,
            n=n,
            inside=inside,
            share=f" ({inside / n:.0%})" if n else "",
            areas=f"{areas} area{'s' * (areas != 1)}",
            ordinary=len(self.ordinary),
            limit=self.search.n,
        )

    @cached_property
    def names(self) -> list[str]:
        """Names of the chosen areas and of the others, in that order."""
        both = self.areas + self.others
        looked_up = self.context.name_of([area.xy_m for area in both])
        return [area.name or name for area, name in zip(both, looked_up, strict=True)]

    @cached_property
    def ordinary(self) -> list[ground.OperationArea]:
        """The district's hotspots of all counted incidents."""
        return ground.district_hotspots(self.context, self.context.recent)

    @cached_property
    def timed(self) -> Incidents:
        """Those with more than half of their span within operating hours."""
        share = share_in(self.within.frame, self.template.mask)
        return self.within.select(share > 0.5)

    @cached_property
    def in_hours(self) -> Ints:
        """Incidents within operating hours of each chosen area."""
        return self._counts(self.timed)

    @cached_property
    def any_time(self) -> Ints:
        """The same incidents at any time, of each chosen area."""
        return self._counts(self.every)

    @cached_property
    def everything(self) -> Ints:
        """Counted incidents of every kind, of each chosen area."""
        return self._counts(self.context.recent)

    @cached_property
    def n_outside(self) -> int:
        """Incidents within operating hours that lie in none of the chosen areas."""
        return int((ground.in_areas(self.areas, self.timed) < 0).sum())

    @cached_property
    def n_outside_ordinary(self) -> int:
        """Incidents within the hours that lie in none of the ordinary hotspots."""
        return int((ground.in_areas(self.ordinary, self.timed) < 0).sum())

    @cached_property
    def per_day(self) -> Floats:
        """The rate a day of season that each incident within the hours stands for."""
        context, template = self.context, self.template
        return context.exposure.per_day(
            self.timed, context.window, lambda days: ground.in_season(days, template)
        )

    @cached_property
    def weeks(self) -> float:
        """Weeks of the window within the months, as the files cover them."""
        context, template = self.context, self.template
        return (
            context.exposure.n_days(
                context.window, lambda days: ground.in_season(days, template)
            )
            / 7
        )

    @cached_property
    def first_day(self) -> dt.date:
        """The first day within the months, on or after the day of the plan."""
        days = np.datetime64(self.context.day) + np.arange(367)
        return days[np.argmax(ground.in_season(days, self.template))].item()  # type: ignore[no-any-return]

    @cached_property
    def last_day(self) -> dt.date:
        """The last day of that run of months, half a year on at most."""
        days = np.datetime64(self.first_day) + np.arange(1, 183)
        out = ~ground.in_season(days, self.template)
        n = int(np.argmax(out)) if out.any() else len(days)
        return self.first_day + dt.timedelta(days=n)

    @cached_property
    def lasting(self) -> Floats:
        """Lasting share of the risk at each chosen area."""
        at = np.array([area.xy_m for area in self.areas])
        risk = Prospective().at(self.timed, at, on=self.context.day)
        return np.nan_to_num(lasting_share(*risk), nan=1.0)

    def _counts(self, incidents: Incidents) -> Ints:
        at = ground.in_areas(self.areas, incidents)
        return np.bincount(at[at >= 0], minlength=len(self.areas))

    def place(self, k: int) -> Place:
        """Return one area with its reasons."""
        here, most = int(self.in_hours[k]), self.template.at_most_days
        rates = self.per_day[ground.in_areas(self.areas, self.timed) == k]
        return Place(
            name=self.names[k],
            geometry=self.areas[k].geometry,
            what=self.say("what"),
            when=self.say("when"),
            dose=self.say("dose_limited" if most else "dose"),
            expires=self.last_day,
            drivers=self._drivers(k),
            lasting=float(self.lasting[k]),
            n_eligible=here,
            n_ineligible=int(self.everything[k]) - here,
            per_day=float(rates.sum()),
            value=float(here),
            solution=self.say(
                "grown" if self.template.areas_from == HOTSPOTS else "ranked"
            ),
            stability=self.areas[k].stability,
            alternatives=self._alternatives(k),
            controls=self._controls(k),
            control_note=self._control_note(),
            binding=self._binding(),
            start=self.first_day,
            details=self._details(),
        )

    def _drivers(self, k: int) -> tuple[Driver, ...]:
        return counted(
            (self.say("driver_hours"), self.in_hours[k], self.timed.n),
            (self.say("driver_any"), self.any_time[k], self.every.n),
            (self.say("driver_all"), self.everything[k], self.context.recent.n),
        )

    def _details(self) -> tuple[tuple[str, str], ...]:
        template = self.template
        lines = [
            ("Trigger", f"{template.trigger} {template.trigger_source}".strip()),
            ("Decided", template.decided),
            ("Why this operation", template.summary),
            ("Everywhere", template.everywhere),
            ("With", ", ".join(template.partners)),
            ("Outside all areas", self.say("outside_all")),
            ("Counted as done", ", ".join(template.outputs)),
        ]
        return tuple(line for line in lines if line[1])

    def _binding(self) -> tuple[str, ...]:
        homes = self.template.land_use == "residential"
        return self.say.where(
            at_most=self.others,
            homes=homes and self.context.resources.premises is not None,
            reserve=self.options.reserve_percent > 0,
        )

    def _alternatives(self, k: int) -> tuple[Alternative, ...]:
        n, own, others = len(self.areas), self.areas[k].weight, self.others[:3]
        if not others:
            return ()
        at = ground.centres_lonlat(others)
        return tuple(
            Alternative(
                name=self.names[n + number],
                at=(float(at[number, 0]), float(at[number, 1])),
                loss=1 - other.weight / own if own > 0 else 0.0,
            )
            for number, other in enumerate(others)
        )

    def _controls(self, k: int) -> tuple[str, ...]:
        weights = [area.weight for area in self.areas + self.others]
        picked = pick_controls(weights, range(len(self.areas)), self.names)
        return picked[k] if self.others else ()

    def _control_note(self) -> str:
        if self.drawn:
            return self.say("control_drawn")
        return self.say("control" if self.others else "no_control")

    def notes(self) -> tuple[str, ...]:
        """Return what it is about, what starts it, and what is not known."""
        most_outside = 2 * self.n_outside > self.timed.n
        return self.say.where(
            about=True,
            trigger=True,
            weather=True,
            most_outside=most_outside,
            drawn=self.drawn,
        )

    def when_table(self) -> pl.DataFrame:
        """Return one row a day of the week."""
        template = self.template
        return pl.DataFrame(
            {
                "day": [WEEKDAYS[day] for day in template.days],
                "from": f"{template.start:02d}:00",
                "to": f"{template.end:02d}:00",
                "months": ", ".join(MONTHS[month - 1] for month in template.months),
                "trigger": template.trigger,
                "decided": template.decided,
                "first_day": self.first_day.isoformat(),
                "last_day": self.last_day.isoformat(),
            }
        )

    def areas_table(self) -> pl.DataFrame:
        """Return one row an area."""
        at, n = ground.centres_lonlat(self.areas), len(self.areas)
        return pl.DataFrame(
            {
                "rank": range(1, n + 1),
                "name": self.names[:n],
                "n_within_hours": self.in_hours,
                "n_any_time": self.any_time,
                "n_of_every_kind": self.everything,
                "area_ha": [round(area.area_ha, 2) for area in self.areas],
                "lon": at[:, 0].round(6),
                "lat": at[:, 1].round(6),
            }
        )

    def elsewhere_table(self) -> pl.DataFrame:
        """Return where the incidents within operating hours were."""
        n = self.timed.n
        rows = {
            "within operating hours, whole district": n,
            "in the areas of the operation": n - self.n_outside,
            "outside them": self.n_outside,
            "outside the district's ordinary hotspots": self.n_outside_ordinary,
        }
        return pl.DataFrame({"where": list(rows), "n_incidents": list(rows.values())})
