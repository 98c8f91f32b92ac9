"""What must not be counted or shown, known by what its words mean: one place for all.

Categories and marks come in the words of the Home Office counting rules, the national
incident list, ONS, data.police.uk and record systems. They are read by meaning, so that
a new spelling of a sexual, domestic or hate offence is not counted for being unknown.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

_SEXUAL = (
    r"\brap(e|es|ed|ist)\b|sexual|\bsex ?(offen|off\b|work|act|assault|crime)|indecen|"
    r"obscene|pornograph|cyber.?flash|bestiality|penetration|outraging public decency|"
    r"child abduct|\bexposure$|\bexposure (and|or|&)|^\d+\w? exposure|"
    r"voyeur|grooming|prostitut|brothel|kerb.?crawl|incest|buggery|intimate (image|"
    r"photo)"
    r"|upskirt|genital mutilation|\bfgm\b|child (abuse|exploit|cruelty|neglect)|"
    r"(cruelty|neglect|abuse|abandon\w*|exploitation)( \w+)? (to|of) (a )?(child|"
    r"young)|"
    r"modern slavery|\bcse\b|\brasso\b"
)
_DOMESTIC = (
    r"\bdomestic|intimate partner|coercive|controlling .{0,20}behavio|"
    r"honou?r.?based|forced marriage|spous|ex.partner|family (violence|abuse|dispute)|"
    r"non.?molestation|\bdvp[on]\b|clare.?s law|\bdvds\b|\bdapo\b|"
    r"^(d\.?a|d[./]?v|dva|domv?|hba|hbv|ipv|dash)\b|"
    r"\b(dv|da|dva) (incident|abuse|related)"
)
_HOME = (
    r"domestic\W+(burglar|noise|waste|animal|dog|cat|pet|refuse|rubbish|premises|"
    r"propert|"
    r"dwelling|appliance|fire|oil|heating|garden|bin)"
)
_NOT_DOMESTIC = r"\b(non|not|no)\W*domestic|domestic\W*:?\W*(no|n|false)$"
_HATE = (
    r"\bhate\b|racial|racially|racist|\brace\b|religious\w* aggravat|homophob|"
    r"transphob|"
    r"religiously motivat|rac\W+rel|\br\W?(&|and)\W?r aggravat|\bstir\w* up hatred|"
    r"prejudice|sexual orientation|transgender|"
    r"disab\w+ (hate|aggravat)|disablis|anti.?semit|islamophob|xenophob|\bhc\b|"
    r"^(faith|religio\w*|disability|race|gender identity)$"
)
_NOT_HATE = (
    r"\b(non|not|no)\W*(hate|racial|racist)|hate( crime)?\W*:?\W*(no|n|none|false)$|"
    r"race meeting"
)
_DRUGS = (
    r"\bdrugs?\b|cannabis|cocaine|heroin|amphetamine|controlled (drug|substance)|pwits|"
    r"psychoactive|crack house|cuckoo|class [abc]\b|substance misuse|county lines"
)
_WEAPONS = (
    r"(possess\w*|carry\w*|having|poss) .*(weapon|firearm|blade|bladed|point|kni(f|"
    r"v)e|gun)"
    r"|offensive weapon|bladed article|threat\w* with .*(blade|kni(f|v)e|weapon)|"
    r"^weapons?\b|(weapons?|kni(f|v)e) (offence|possession)|"
    r"firearms? (act|offence|possession)"
)
_MIXED = (
    r"violen\w*\W+(and|or|&|/)?\W*sexual|sexual (health|orientation)|sexual.*burglar"
)

NEVER = ("sexual", "domestic", "hate")
"""Kinds whose places are never counted or shown, asked for or not."""

PATTERNS = {
    "sexual": (_SEXUAL, _MIXED),
    "domestic": (_DOMESTIC, f"{_NOT_DOMESTIC}|{_HOME}"),
    "hate": (_HATE, _NOT_HATE),
    "drugs": (_DRUGS, r"\bdrugs? ?(store|parapherna)|parapherna"),
    "weapons": (_WEAPONS, r"robber|burglar"),
}
"""What each kind is known by, and what is not one although it sounds like it."""

CRIME_WORDS = (
    r"burg|break.?in|riot|crim dam|\b(tfmv|tomv|mvt)\b|robber|theft|thef|steal|stole|"
    r"shoplift|pickpocket|snatch|"
    r"bicycle|"
    r"cycle|vehicle|\bcar\b|motor|\btda\b|\btwoc\b|damage|vandal|graffiti|arson|\bfire|"
    r"anti.?social|\basb\b|nuisance|rowdy|disorder|drunk|alcohol|noise|litter|fly.?tip|"
    r"beg|affray|public order|harass|malicious|stalk|threat|assault|violen|wound|injur|"
    r"\b(abh|gbh|s18|s20|s39|s47)\b|homicide|murder|manslaughter|fraud|deception|"
    r"forgery|"
    r"handling|poach|hare cours|wildlife|animal|dog|traffic|collision|\brtc\b|road|"
    r"driv|"
    r"speed|parking|e.?scooter|trespass|suspicious|youth|neighbour|metal|lead|fuel|"
    r"plant|"
    r"machinery|livestock|equipment|firework|misuse|making off|blackmail|"
    r"\b(other|misc\w*|all|notifiable|business|rural|farm|acquisitive|serious|cyber|"
    r"heritage|environment\w*|organised|computer|summary)\W+(\w+\W+)?(crime|offence)|"
    r"crimes? against|"
    r"hoax|public fear|shed break|drinking|endanger|"
    r"kidnap|going equipped|interfer|tamper|retail|business and comm|residential|"
    r"dwelling"
)
"""Words of what a partnership counts; a category with none of them is asked about."""

_STREET = (
    r"\W+(road|rd|lane|ln|street|st|way|close|drive|hill|avenue|ave|terrace|row|"
    r"gardens|"
    r"place|view|walk|crescent|court|grove|rise|fields?|bridge|green|end|yard)\b"
)
_INSTITUTIONS = (
    r"hmp|hm prison|hmyoi|yoi|young offenders?.? ?institut\w*|prison|secure (hospital|"
    r"unit|training centre|children\W?s (home|centre))|custody (suite|centre|block)|"
    r"police "
    r"(station|head ?quarters|hq|office)|(general|royal|community|cottage|district|"
    r"university|psychiatric|mental health) hospital|hospital|infirmary|accident "
    r"(and|&) "
    r"emergency|a\s?&\s?e|(magistrates|crown|county|family|combined)\W?s?\W? courts?( "
    r"cent(re|er))?|law courts?|immigration removal centre|approved premises|bail "
    r"hostel|"
    r"no fixed (place|abode|address)|nfa"
)


def safeguard_of(text: pl.Expr) -> pl.Expr:
    """Return which kind of safeguard the words of a category mean, or null.

    Examples
    --------
    >>> words = ["Rape of a female", "Domestic burglary", "Racially aggravated assault",
    ...     "Possession of article with blade or point", "Violence and sexual offences"]
    >>> frame = pl.DataFrame({"t": words})
    >>> frame.select(safeguard_of(pl.col("t")))["t"].to_list()
    ['sexual', None, 'hate', 'weapons', None]
    """
    plain = text.str.to_lowercase().str.replace_all(r"[_\s]+", " ").str.strip_chars()
    burglary = plain.str.contains("burglar") & ~plain.str.contains(
        "domestic (abuse|viol)"
    )
    kinds = [
        pl.when(_means(plain, kind) & ~(burglary & pl.lit(kind == "domestic"))).then(
            pl.lit(kind)
        )
        for kind in PATTERNS
    ]
    return pl.coalesce(kinds).alias("t")


def protected_mark(qualifiers: pl.Expr) -> pl.Expr:
    """Return which of :data:`NEVER` the marks of an incident mean, or null.

    Examples
    --------
    >>> marks = ["alcohol;DA", "non-domestic", "Hate crime", "youth"]
    >>> frame = pl.DataFrame({"t": marks})
    >>> frame.select(protected_mark(pl.col("t")))["t"].to_list()
    ['domestic', None, 'hate', None]
    """
    plain = qualifiers.cast(pl.String).str.to_lowercase()
    marks = plain.str.split(";").list.eval(
        pl.coalesce(
            pl.when(_means(pl.element().str.strip_chars(), kind)).then(pl.lit(kind))
            for kind in NEVER
        )
    )
    return marks.list.drop_nulls().list.first().alias("t")


def at_institution(text: pl.Expr) -> pl.Expr:
    """Say whether a street or address is that of an institution, not a street beside.

    Examples
    --------
    >>> places = ["HMP Gartree", "Hospital Lane", "Kettering General Hospital"]
    >>> frame = pl.DataFrame({"t": places})
    >>> frame.select(at_institution(pl.col("t")))["t"].to_list()
    [True, False, True]
    """
    plain = text.str.to_lowercase()
    there = plain.str.contains(rf"\b({_INSTITUTIONS})\b")
    beside = plain.str.contains(rf"\b({_INSTITUTIONS}){_STREET}")
    return (there & ~beside).fill_null(False)


def strange_categories(categories: Iterable[str]) -> list[str]:
    """Return the categories whose words say nothing that a partnership counts."""
    frame = pl.DataFrame({"t": list(categories)}, schema={"t": pl.String})
    text = pl.col("t")
    known = text.str.to_lowercase().str.contains(CRIME_WORDS)
    return frame.filter(~known & safeguard_of(text).is_null())["t"].to_list()


def _means(plain: pl.Expr, kind: str) -> pl.Expr:
    pattern, but_not = PATTERNS[kind]
    return plain.str.contains(pattern) & ~plain.str.contains(but_not)
