"""What authorities must share each quarter by law, and who is late with it.

Crime and Disorder Act 1998, section 17A, with the Crime and Disorder (Prescribed
Information) Regulations 2007 (SI 2007/1831): depersonalised, electronically, by the end
of the quarter after the one that it tells of. Here are the sets that have a place and a
time; admissions to hospital are given by the outward part of a postcode alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hotspots.core.crs import BNG
from hotspots.core.window import add_months, in_words
from hotspots.intake.profile import Profile
from hotspots.rights import Actor
from hotspots.service.feeds import FeedState, feed_states
from hotspots.store import Session
from hotspots.store.models import Feed

REGIME = "SI 2007/1831, schedule"
COLUMNS = {
    "reference": "Reference",
    "start": "From",
    "end": "To",
    "category": "Category",
    "subcategory": "Sub category",
    "easting": "Easting",
    "northing": "Northing",
}
"""The columns of a file to fill in; no name, no birthday, no address."""
HEADER = ",".join(COLUMNS.values())
EXPECTED_DAYS = 184
"""A quarter, and the quarter that there is to send it in."""
TOLERANCE = dt.timedelta(days=31)
"""A quarter was sent if rows reach into its last month: some weeks have none."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """One set of rows that an agency must share; ``feed``: the name that it goes by."""

    feed: str
    agency: str
    what: str
    regime: str = REGIME

    @property
    def profile(self) -> str:
        """The column mapping of the file to fill in."""
        told = f"{self.what} ({self.regime}). Depersonalised: no names, birthdays or"
        return Profile(
            columns=COLUMNS,
            date_formats=("%d/%m/%Y %H:%M",),
            crs=BNG,
            comments=(f"{told} addresses.",),
        ).to_toml()


SHARES = (
    Share(
        feed="statutory police incidents",
        agency="police",
        what="Category, time, date and place of anti-social behaviour, transport and "
        "public safety incidents",
        regime=f"{REGIME}, paragraph 1",
    ),
    Share(
        feed="statutory police crimes",
        agency="police",
        what="Sub-category, time, date and place of each crime",
        regime=f"{REGIME}, paragraph 2",
    ),
    Share(
        feed="statutory fires",
        agency="fire-and-rescue",
        what="Time, date and place of deliberate fires, violence against crews and "
        "fires in dwellings without a smoke alarm",
        regime=f"{REGIME}, paragraph 3",
    ),
    Share(
        feed="statutory ambulance calls",
        agency="health",
        what="Category, time, date and place of ambulance calls to crime and disorder",
    ),
)
BY_FEED = {each.feed: each for each in SHARES}


def fill_in(feed: Feed) -> None:
    """Give a feed of one of these names what the law says of it, where it says nothing.

    ``mapping`` then reads a file of :data:`HEADER`.
    """
    share = BY_FEED.get(feed.name)
    if share is not None and not feed.legal_regime:
        feed.legal_regime = share.regime
        feed.expected_days = feed.expected_days or EXPECTED_DAYS
        feed.mapping = feed.mapping or share.profile


def mapping_of(feed: Feed | None, name: str) -> str | None:
    """Return the column mapping of a feed, known or to be."""
    share = BY_FEED.get(name)
    return feed.mapping if feed else share.profile if share else None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one set stands: the quarter last due, by when, and what was sent.

    ``days_late`` is 0 where the quarter was sent.
    """

    share: Share
    quarter_ends: dt.date
    due_by: dt.date
    last_day: dt.date | None
    days_late: int

    @property
    def sentence(self) -> str:
        """The standing in words."""
        there = f"to {in_words(self.last_day)}" if self.last_day else "nothing was sent"
        said = f"{self.share.feed}: {there}"
        if not self.days_late:
            return f"{said}; the quarter to {in_words(self.quarter_ends)} is here"
        return (
            f"{said}; the quarter to {in_words(self.quarter_ends)} was due by "
            f"{in_words(self.due_by)}, {self.days_late} "
            f"{'day' if self.days_late == 1 else 'days'} ago"
        )


def standings(session: Session, actor: Actor, today: dt.date) -> list[Standing]:
    """Return how each set stands on a day."""
    states = {each.feed.name: each for each in feed_states(session, actor, today)}
    return [_standing(share, states.get(share.feed), today) for share in SHARES]


def last_due(today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the end of the quarter that was due last, and by when it was.

    Examples
    --------
    >>> [f"{each:%Y-%m-%d}" for each in last_due(dt.date(2025, 7, 1))]
    ['2025-03-31', '2025-06-30']
    """
    begun = dt.date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    day = dt.timedelta(days=1)
    return add_months(begun, -3) - day, begun - day


def _standing(share: Share, state: FeedState | None, today: dt.date) -> Standing:
    ends, due = last_due(today)
    last = state.last_day if state else None
    sent = last is not None and last > ends - TOLERANCE
    return Standing(
        share=share,
        quarter_ends=ends,
        due_by=due,
        last_day=last,
        days_late=0 if sent else (today - due).days,
    )
