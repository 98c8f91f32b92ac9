"""Places one report short of, or at, the threshold of an ASB case review."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.core.errors import ParameterError
from hotspots.core.window import add_months
from hotspots.methods.repeats.targets import Targets
from hotspots.model.incidents import Incidents

ASB = "anti-social behaviour"


@dataclass(frozen=True, kw_only=True)
class NearMisses:
    """How many places have reports enough for a case review, or nearly.

    ``n_reached``: places with ``n_reports`` or more in the months looked at, the latest
    of them within the last month.
    ``n_one_short``: the same with one report fewer.
    ``n_reports_seen``: reports of anti-social behaviour in the months looked at.
    ``on``: the day after the months looked at.
    """

    n_reached: int
    n_one_short: int
    n_reports_seen: int
    n_reports: int
    months: int
    on: dt.date

    def sentence(self) -> str:
        """Return the counts in words; the places themselves are not named."""
        return (
            f"ASB case review: {self.n_reached:,} "
            f"{'place has' if self.n_reached == 1 else 'places have'} "
            f"{self.n_reports} or more reports of anti-social behaviour in "
            f"{self.months} months with the latest in the last month, and "
            f"{self.n_one_short:,} {'is' if self.n_one_short == 1 else 'are'} one "
            "report short. Check whether the reports are linked before anything else."
        )


def near_misses(
    incidents: Incidents,
    targets: Targets,
    *,
    n_reports: int = 3,
    months: int = 6,
    on: dt.date | None = None,
) -> NearMisses:
    """Count places that reach an ASB case-review threshold, or are one report short.

    ``incidents``: n of them; those that ``targets`` were matched from.
    ``n_reports``, ``months``: the threshold: so many reports in so many months, the
    latest within a month.
    ``on``: default the day after the last incident.

    Raises ParameterError if the threshold is under 2 reports or 1 month, or targets are
    of other incidents.

    References
    ----------
    Anti-social Behaviour, Crime and Policing Act 2014, section 104: the threshold is
    the local one, usually three reports in six months.
    """
    if n_reports < 2 or months < 1 or len(targets.of) != incidents.n:
        raise ParameterError(
            "a threshold must be at least 2 reports and 1 month, and there must be one "
            f"target for each of {incidents.n:,} incidents; got {n_reports}, {months} "
            f"and {len(targets.of):,}."
        )
    start = incidents.frame["start"].dt.date()
    last = start.max()
    on = on or ((last if isinstance(last, dt.date) else dt.date.min) + dt.timedelta(1))
    is_asb = incidents.frame["category"].cast(pl.String).str.to_lowercase() == ASB
    looked_at = (start >= add_months(on, -months)) & (start < on) & is_asb
    rows = pl.DataFrame({"target": np.asarray(targets.of), "day": start}).filter(
        looked_at
    )
    rows = rows.filter(pl.col("target") >= 0)
    each = rows.group_by("target").agg(n=pl.len(), latest=pl.col("day").max())
    fresh = each.filter(pl.col("latest") >= add_months(on, -1))
    return NearMisses(
        n_reached=int((fresh["n"] >= n_reports).sum()),
        n_one_short=int((fresh["n"] == n_reports - 1).sum()),
        n_reports_seen=rows.height,
        n_reports=n_reports,
        months=months,
        on=on,
    )
