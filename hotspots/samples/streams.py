"""What happens in the district: one stream for each kind of incident."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["STREAMS", "Stream"]


class Stream(NamedTuple):
    """A kind of incident: how many, when, where, how long, who reported it.

    Parameters
    ----------
    category, sub : str
        As in the file.
    n : float
        Incidents in a thousand.
    where : str
        A mixture of :mod:`hotspots.samples.where`.
    hours, season : str
        Profiles of :mod:`hotspots.samples.clock`.
    span : str
        How long between from and to: ``point``, ``hours``, ``burglary``, ``night``,
        ``mixed`` or ``weeks``.
    growth : float
        Level on the last day over that on the first.
    term : float
        How much likelier a school day is.
    tags : str
        Qualifiers with their chance: ``"youth .8;alcohol .1"``.
    officer, partner : float
        Chances of the source flag.
    street : float
        Share located on the street, without premises.
    """

    category: str
    sub: str
    n: float
    where: str
    hours: str
    season: str = "flat"
    span: str = "point"
    growth: float = 1.0
    term: float = 1.0
    tags: str = ""
    officer: float = 0.02
    partner: float = 0.02
    street: float = 0.1


_ASB = "Anti-social behaviour"
_VIOLENCE = "Violence and sexual offences"
_DAMAGE = "Criminal damage and arson"
_VEHICLE = "Vehicle crime"
_YOUTH = "youth .85;alcohol .08"
_DRUNK = "alcohol .75"

STREAMS: tuple[Stream, ...] = (
    Stream(
        _ASB,
        "Nuisance",
        42,
        "youth",
        "after school",
        "summer",
        growth=0.8,
        term=1.5,
        tags=_YOUTH,
        partner=0.14,
        street=0.85,
    ),
    Stream(
        _ASB,
        "Nuisance",
        26,
        "youth",
        "holiday youth",
        "summer",
        growth=0.85,
        term=0.55,
        tags=_YOUTH,
        partner=0.14,
        street=0.85,
    ),
    Stream(
        _ASB,
        "Nuisance",
        36,
        "night out",
        "night out",
        growth=0.8,
        tags=_DRUNK,
        officer=0.12,
        partner=0.08,
        street=0.75,
    ),
    Stream(
        _ASB,
        "Nuisance",
        44,
        "anywhere",
        "evening",
        "summer",
        growth=0.85,
        tags="youth .25;alcohol .15",
        partner=0.1,
        street=0.6,
    ),
    Stream(
        _ASB,
        "Personal",
        48,
        "homes",
        "home",
        growth=0.85,
        tags="alcohol .15;neighbour dispute .5",
        partner=0.22,
        street=0.05,
    ),
    Stream(
        _ASB,
        "Environmental",
        18,
        "anywhere",
        "office",
        growth=1.1,
        span="mixed",
        tags="fly-tipping .4",
        partner=0.7,
        street=0.8,
    ),
    Stream(
        _VIOLENCE,
        "Assault with injury",
        40,
        "night out",
        "night out",
        tags="alcohol .7",
        officer=0.05,
        street=0.5,
    ),
    Stream(
        _VIOLENCE,
        "Assault with injury",
        32,
        "anywhere",
        "general",
        tags="alcohol .2;youth .15",
        partner=0.06,
        street=0.4,
    ),
    Stream(
        _VIOLENCE,
        "Assault without injury",
        62,
        "anywhere",
        "general",
        tags="alcohol .18;youth .2",
        partner=0.06,
        street=0.4,
    ),
    Stream(
        _VIOLENCE,
        "Assault without injury",
        14,
        "schools",
        "after school",
        term=6,
        tags="youth .95",
        partner=0.3,
        street=0.1,
    ),
    Stream(
        _VIOLENCE,
        "Domestic assault",
        74,
        "homes",
        "home",
        "flat",
        tags="domestic 1;alcohol .35",
        partner=0.05,
        street=0,
    ),
    Stream(
        _VIOLENCE,
        "Harassment",
        42,
        "homes",
        "general",
        span="weeks",
        tags="online .3",
        street=0,
    ),
    Stream(
        _VIOLENCE,
        "Stalking",
        10,
        "homes",
        "general",
        span="weeks",
        tags="online .3",
        street=0,
    ),
    Stream(
        _VIOLENCE, "Threats to kill", 4, "homes", "evening", tags="alcohol .2", street=0
    ),
    Stream(
        _VIOLENCE,
        "Malicious communications",
        34,
        "homes",
        "evening",
        tags="online .9;youth .15",
        street=0,
    ),
    Stream(
        _VIOLENCE,
        "Sexual offence",
        30,
        "homes",
        "home",
        span="mixed",
        partner=0.12,
        tags="alcohol .1",
        street=0.05,
    ),
    Stream(
        "Shoplifting",
        "Shoplifting",
        88,
        "shops",
        "shops",
        "shops",
        growth=1.45,
        tags="business 1;youth .12",
        partner=0.03,
        street=0,
    ),
    Stream(
        _DAMAGE,
        "Criminal damage to vehicle",
        36,
        "drives",
        "overnight",
        span="night",
        street=0.35,
    ),
    Stream(
        _DAMAGE,
        "Criminal damage to dwelling",
        28,
        "homes",
        "evening",
        "dark",
        span="mixed",
        tags="youth .15",
        street=0,
    ),
    Stream(
        _DAMAGE,
        "Other criminal damage",
        30,
        "youth",
        "evening",
        "summer",
        span="mixed",
        tags="youth .4",
        partner=0.15,
        street=0.6,
    ),
    Stream(
        _DAMAGE,
        "Arson",
        6,
        "youth",
        "evening",
        "summer",
        tags="youth .5;deliberate fire 1",
        partner=0.5,
        street=0.9,
    ),
    Stream(
        "Public order",
        "Public fear, alarm or distress",
        30,
        "night out",
        "night out",
        tags="alcohol .55",
        officer=0.15,
        street=0.7,
    ),
    Stream(
        "Public order",
        "Public fear, alarm or distress",
        30,
        "anywhere",
        "general",
        tags="alcohol .15;youth .15",
        officer=0.04,
        street=0.6,
    ),
    Stream(
        "Public order",
        "Racially or religiously aggravated",
        7,
        "anywhere",
        "general",
        tags="hate 1;alcohol .3",
        officer=0.06,
        street=0.5,
    ),
    Stream(
        "Burglary",
        "Residential",
        34,
        "burglary",
        "day and evening",
        "dark",
        span="burglary",
        growth=0.85,
        street=0,
    ),
    Stream(
        "Burglary",
        "Business and community",
        15,
        "trade",
        "overnight",
        "dark",
        span="night",
        tags="business 1",
        street=0,
    ),
    Stream(
        _VEHICLE,
        "Theft from motor vehicle",
        30,
        "drives",
        "overnight",
        "dark",
        span="night",
        street=0.25,
    ),
    Stream(
        _VEHICLE,
        "Theft from motor vehicle",
        9,
        "car parks",
        "general",
        span="hours",
        growth=1.5,
        street=0.05,
    ),
    Stream(
        _VEHICLE,
        "Theft of motor vehicle",
        14,
        "drives",
        "overnight",
        span="night",
        growth=1.2,
        street=0.15,
    ),
    Stream(
        _VEHICLE,
        "Theft of motor vehicle",
        5,
        "drives",
        "frosty morning",
        "frost",
        street=0.1,
        tags="defrost 1",
    ),
    Stream(
        _VEHICLE,
        "Vehicle interference",
        7,
        "drives",
        "overnight",
        span="night",
        street=0.3,
    ),
    Stream(
        "Other theft",
        "Theft from dwelling",
        12,
        "homes",
        "general",
        span="hours",
        street=0,
    ),
    Stream(
        "Other theft",
        "Other theft",
        34,
        "anywhere",
        "general",
        span="hours",
        street=0.2,
    ),
    Stream(
        "Other theft",
        "Theft from farm or building site",
        14,
        "rural",
        "overnight",
        span="night",
        tags="rural 1;business .7",
        street=0.1,
    ),
    Stream(
        "Other theft",
        "Making off without payment",
        8,
        "fuel",
        "general",
        growth=1.3,
        tags="business 1",
        street=0,
    ),
    Stream(
        "Bicycle theft",
        "Bicycle theft",
        9,
        "centre",
        "general",
        "summer",
        span="hours",
        street=0.5,
    ),
    Stream(
        "Theft from the person",
        "Theft from the person",
        5,
        "centre",
        "general",
        street=0.5,
    ),
    Stream(
        "Robbery",
        "Robbery of personal property",
        5,
        "youth",
        "evening",
        "dark",
        tags="youth .45",
        street=0.9,
    ),
    Stream(
        "Drugs",
        "Possession of drugs",
        16,
        "night out",
        "night out",
        officer=0.86,
        tags="youth .15",
        street=0.8,
    ),
    Stream(
        "Drugs",
        "Possession of drugs",
        8,
        "youth",
        "evening",
        officer=0.85,
        tags="youth .3",
        street=0.85,
    ),
    Stream(
        "Possession of weapons",
        "Possession of weapons",
        9,
        "centre",
        "general",
        officer=0.62,
        tags="youth .3",
        street=0.7,
    ),
    Stream(
        "Other crime", "Other crime", 19, "homes", "office", span="mixed", street=0.05
    ),
)
