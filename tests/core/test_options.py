"""A method's fields: the same bad value gives the same sentence everywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from hotspots.core.errors import ParameterError
from hotspots.core.options import build, check_fields, option, parameters, to_record
from hotspots.methods import METHODS
from hotspots.tactics.patrol import PatrolOptions


@dataclass(frozen=True, kw_only=True)
class Toy:
    """A method for the tests."""

    reach_m: float = option(300.0, help="How far.", unit="metres", gt=0)
    shape: str = option("round", help="What.", choices=("round", "square"))
    n: int = option(3, help="How many.", ge=1, le=9)
    apart: bool = option(True, help="Whether.")

    def __post_init__(self) -> None:
        check_fields(self)


def test_text_becomes_a_method() -> None:
    made = build(Toy, {"reach_m": "250", "shape": "square", "n": "2", "apart": "no"})
    assert made == Toy(reach_m=250.0, shape="square", n=2, apart=False)
    assert to_record(made)["method"] == "Toy"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ({"reach_m": "-1"}, "reach_m must be greater than 0 metres; got -1.0"),
        ({"reach_m": "far"}, "reach_m must be a number; got 'far'"),
        ({"reach_m": "nan"}, "reach_m must be a finite number"),
        ({"shape": "squar"}, "must be one of round, square.*Did you mean 'square'"),
        ({"n": "10"}, "n must be at most 9"),
        ({"n": "2.5"}, "n must be a whole number"),
        ({"apart": "perhaps"}, "apart must be yes or no"),
        ({"reach": "1"}, "has no parameter 'reach'.*Did you mean 'reach_m'"),
    ],
)
def test_bad_text_says_what_must_hold(text: dict[str, str], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        build(Toy, text)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_every_method_describes_its_parameters(name: str) -> None:
    for param in parameters(METHODS[name]):
        assert param.help.endswith("."), f"{name}.{param.name} needs a sentence"
    assert METHODS[name]() == build(METHODS[name], {})


def test_the_older_name_of_an_option_is_still_accepted() -> None:
    assert build(PatrolOptions, {"lens": "harm"}).weighting == "harm"
    with pytest.raises(ParameterError, match="has no parameter 'glass'"):
        build(PatrolOptions, {"glass": "harm"})


def test_numbers_of_numpy_are_numbers() -> None:
    assert Toy(reach_m=np.float32(300), n=np.int64(3)).reach_m == 300
