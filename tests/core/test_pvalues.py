"""P-values: of scores, of permutations, adjusted for many tests."""

from __future__ import annotations

import math

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError
from hotspots.core.pvalues import adjust_p, normal_p, permutation_p

chances = st.lists(st.floats(0, 1), max_size=25)


def test_two_sided_p_against_the_error_function():
    z = np.array([-8.0, -1.0, 0.0, 0.5, 1.959963984540054, 30.0])
    expected = [math.erfc(abs(value) / math.sqrt(2)) for value in z]
    np.testing.assert_allclose(normal_p(z), expected, rtol=1e-12)


def test_permutation_p_by_hand():
    # 4 of 9 at least as large, 6 of 9 at most: a tie counts in both
    given = {"n_at_least": np.array([4]), "n_at_most": np.array([6])}
    p = {
        side: permutation_p(**given, n_permutations=9, alternative=side)[0]
        for side in ("greater", "less", "two-sided")
    }
    assert p == {"greater": 0.5, "less": 0.7, "two-sided": 1.0}
    assert permutation_p(np.array([0]), np.array([9]), n_permutations=9)[0] == 0.2
    with pytest.raises(ParameterError, match="two-sided, greater, less; got 'both'"):
        permutation_p(**given, n_permutations=9, alternative="both")


@given(p=chances, method=st.sampled_from(["bh", "by"]))
def test_adjusted_p_against_its_meaning(p, method):
    expected = reference.benjamini(p, dependent=method == "by")
    ours = adjust_p(np.array(p, dtype=float), method)
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-300)


@given(p=chances)
def test_what_is_not_adjusted_stays(p):
    p = np.array(p, dtype=float)
    assert (adjust_p(p, "none") == p).all()


def test_adjust_p_refuses():
    with pytest.raises(ParameterError, match=r"from 0 to 1 .* 2 outside"):
        adjust_p(np.array([0.5, -0.1, np.nan]))
    with pytest.raises(ParameterError, match="one of bh, by, none; got 'holm'"):
        adjust_p(np.array([0.5]), "holm")
