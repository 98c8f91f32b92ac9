"""Which categories count, how severe each is, and what is honestly left blank."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import toy

from hotspots.core.errors import ColumnError, SourceError
from hotspots.model import harm
from hotspots.model.harm import HarmTable, excluded_reason, harm_of
from hotspots.model.incidents import Incidents
from hotspots.model.institutions import PLACE_REASON


def of(*kinds: tuple[str, str | None, str | None]) -> Incidents:
    rows = toy.rows({toy.A: len(kinds)}).with_columns(
        category=pl.Series([k[0] for k in kinds]),
        subcategory=pl.Series([k[1] for k in kinds], dtype=pl.String),
        street=pl.Series([k[2] for k in kinds], dtype=pl.String),
    )
    return Incidents.from_located(rows)


def test_the_shipped_table_passes_what_a_table_of_ones_own_must() -> None:
    shipped = Path(harm.__file__).with_name(harm.SHIPPED)
    assert HarmTable.from_csv(shipped).frame.equals(HarmTable.default().frame)


def test_every_weight_names_its_source_and_vintage() -> None:
    frame = HarmTable.default().frame
    assert frame["source"].null_count() == 0
    assert frame["why"].null_count() == 0
    weighted = frame.filter(pl.col("severity_weight") > 0)
    assert weighted["vintage"].null_count() == 0


def test_sub_category_before_category_and_case_ignored() -> None:
    weights = HarmTable.default().look_up(
        of(
            ("Burglary", "Residential", None),
            ("burglary", None, None),
            ("Vehicle crime", "Something new", None),
            ("Litter", None, None),
        )
    )
    assert weights["severity_weight"].to_list() == [465, None, 33, None]
    assert weights["known"].to_list() == [True, True, True, False]
    assert set(weights["included"]) == {"yes"}
    assert harm_of(weights).tolist() == pytest.approx([465**0.5, 0, 33**0.5, 0])


def test_what_is_left_out_and_why() -> None:
    incidents = of(
        ("Drugs", None, None),
        ("Possession of weapons", None, None),
        ("Violence and sexual offences", "Domestic assault", None),
        ("Violence and sexual offences", "Sexual offence", None),
        ("Violence and sexual offences", None, None),
        ("Burglary", None, "Hospital"),
        ("Burglary", None, "Glenfield Hospital"),
        ("Burglary", None, "Police Station"),
        ("Burglary", None, "Hospital Lane"),
        ("Burglary", None, "Prison"),
    )
    reasons = excluded_reason(incidents, HarmTable.default().look_up(incidents))
    assert reasons.to_list() == [
        "category left out: Drugs",
        "category left out: Possession of weapons",
        "category left out: Violence and sexual offences, Domestic assault",
        "category left out: Violence and sexual offences, Sexual offence",
        None,
        PLACE_REASON,
        PLACE_REASON,
        PLACE_REASON,
        None,
        PLACE_REASON,
    ]


def test_asking_by_name_never_brings_back_what_must_not_be_shown() -> None:
    incidents = of(
        ("Drugs", None, None),
        ("Violence and sexual offences", "Assault with injury", None),
        ("Violence and sexual offences", "Domestic assault", None),
        ("Violence and sexual offences", "Sexual offence", None),
        ("Hate crime", None, None),
        ("Burglary", None, None),
    )
    weights = HarmTable.default().look_up(incidents)
    asked = ("Drugs", "Violence and sexual offences", "Hate crime")
    reasons = excluded_reason(incidents, weights, asked=asked).to_list()
    assert reasons[:2] == [None, None]
    assert all(reason.startswith("category left out") for reason in reasons[2:5])
    assert reasons[5] == "category not chosen"


def test_a_partnership_can_give_its_own(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    HarmTable.default().frame.with_columns(
        severity_weight=pl.when(pl.col("category") == "Robbery")
        .then(994.0)
        .otherwise("severity_weight")
    ).write_csv(path)
    weights = HarmTable.from_csv(path).look_up(of(("Robbery", None, None)))
    assert weights["severity_weight"].to_list() == [994]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"included": "maybe"}, SourceError, "must be one of yes, no, never"),
        ({"severity_weight": "-1"}, SourceError, "at least 0"),
        ({"severity_weight": "high"}, SourceError, "must be a number"),
        ({"category": "Burglary"}, SourceError, "stands twice"),
    ],
)
def test_a_wrong_table_is_refused(
    tmp_path: Path, change: dict[str, str], error: type[Exception], message: str
) -> None:
    frame = HarmTable.default().frame.cast(pl.String)
    path = tmp_path / "own.csv"
    frame.with_columns(**{k: pl.lit(v) for k, v in change.items()}).write_csv(path)
    with pytest.raises(error, match=message):
        HarmTable.from_csv(path)
    frame.drop("why").write_csv(path)
    with pytest.raises(ColumnError, match="why"):
        HarmTable.from_csv(path)
