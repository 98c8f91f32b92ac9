"""Safeguards by meaning: the words of other people's categories and marks."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest

from hotspots.model.safeguards import (
    at_institution,
    protected_mark,
    safeguard_of,
    strange_categories,
)


def of(reader: object, *texts: str) -> list[object]:
    assert callable(reader)
    return (
        pl.DataFrame({"t": texts}).select(reader(pl.col("t")).alias("r"))["r"].to_list()
    )


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            "sexual",
            [
                "Rape of a female aged 16 and over",
                "Sexual assault on a male aged 13",
                "RAPE",
                "Exposure and voyeurism",
                "Other miscellaneous sexual offences",
                "Abuse of children through sexual exploitation",
            ],
        ),
        (
            "domestic",
            [
                "Domestic abuse non-crime incident",
                "DOMESTIC INCIDENT",
                "Engage in controlling/coercive behaviour in an intimate relationship",
                "DV - assault",
                "Honour based abuse",
            ],
        ),
        (
            "hate",
            [
                "Racially or religiously aggravated harassment",
                "Hate incident",
                "Homophobic incident",
            ],
        ),
        (
            "drugs",
            [
                "Possession of cannabis",
                "Trafficking in controlled drugs",
                "Drug offences",
            ],
        ),
        (
            "weapons",
            [
                "Possession of article with blade or point",
                "Possession of firearms with intent",
                "Possess offensive weapon in public",
            ],
        ),
        (
            None,
            [
                "Burglary - domestic",
                "Domestic burglary",
                "Domestic noise",
                "Violence and sexual offences",
                "Violence & Sexual Offences",
                "Theft from the person",
                "Robbery with a knife",
                "Criminal damage",
                "Grapes stolen",
            ],
        ),
    ],
)
def test_categories_are_known_by_what_they_mean(
    kind: str | None, words: list[str]
) -> None:
    assert dict(zip(words, of(safeguard_of, *words), strict=True)) == dict.fromkeys(
        words, kind
    )


def test_marks_in_the_ways_that_forces_write_them() -> None:
    domestic = ["domestic", "alcohol;Domestic abuse", "DA", "DV", "domestic violence"]
    hate = ["hate", "youth;Hate crime", "racist incident"]
    others = ["non-domestic", "not domestic", "youth;alcohol", "danger", "domestic: no"]
    assert of(protected_mark, *domestic) == ["domestic"] * len(domestic)
    assert of(protected_mark, *hate) == ["hate"] * len(hate)
    assert of(protected_mark, *others) == [None] * len(others)


def test_institutions_and_the_streets_beside_them() -> None:
    inside = [
        "Prison",
        "HMP Gartree",
        "Glen Parva YOI",
        "Police Station",
        "Kettering General Hospital",
        "Magistrates' Court",
        "Rampton Secure Hospital",
        "No fixed abode",
    ]
    beside = [
        "Hospital Lane",
        "Prison Road",
        "Police Station Road",
        "Court Street",
        "Elm",
    ]
    assert of(at_institution, *inside) == [True] * len(inside)
    assert of(at_institution, *beside) == [False] * len(beside)


def test_categories_that_say_nothing_are_strange() -> None:
    known = ["Burglary dwelling", "ASB", "TFMV", "Rape", "Fly-tipping", "Pedal cycle"]
    strange = ["19C", "Concern for safety", "Schedule 7 offence"]
    assert strange_categories([*known, "Other crime", *strange]) == strange


LABELS = tomllib.loads(
    Path(__file__).with_name("safeguard_labels.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    ("reader", "kind", "words"),
    [
        (reader, kind, words)
        for reader, section in (
            (safeguard_of, LABELS["categories"]),
            (protected_mark, LABELS["marks"]),
        )
        for kind, words in section.items()
    ],
)
def test_labels_of_every_scheme(reader: object, kind: str, words: list[str]) -> None:
    found = dict(zip(words, of(reader, *words), strict=True))
    wanted = None if kind == "none" else kind
    assert {label: told for label, told in found.items() if told != wanted} == {}


def test_no_label_of_a_scheme_is_asked_about() -> None:
    every = [label for words in LABELS["categories"].values() for label in words]
    assert strange_categories(every) == []
