"""The compiler's wrapper: lazy, with helpers, with or without a cache."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from hotspots.kernels import jit

needs_numba = pytest.mark.skipif(not jit.HAVE_NUMBA, reason="numba is not installed")


@jit.njit(exact=True)
def twice(x):
    return 2 * x


@jit.njit
def sum_of_twice(values):
    total = 0.0
    for value in values:
        total += twice(value)
    return total


@needs_numba
def test_a_kernel_calls_another_by_its_name():
    assert sum_of_twice(np.array([1.0, 2.5])) == 7.0


def test_importing_the_kernels_does_not_import_numba():
    code = (
        "import sys; import hotspots.kernels.kernel_sum,"
        "hotspots.kernels.polygon_index; sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@needs_numba
def test_works_where_no_cache_can_be_written(monkeypatch):
    import numba

    real = numba.njit

    def no_cache(*args, **options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(*args, **options)

    monkeypatch.setattr(numba, "njit", no_cache)
    kernel = jit.njit(lambda x: x + 1)
    assert kernel(1) == 2


def test_switch(monkeypatch):
    monkeypatch.setenv("HOTSPOTS_COMPILED", "0")
    assert not jit.use_compiled()
    monkeypatch.setenv("HOTSPOTS_COMPILED", "1")
    assert jit.use_compiled() == jit.HAVE_NUMBA


@pytest.mark.parametrize("n", [0, 1, 99, 100_000])
def test_chunks_cover_everything_once(n):
    seen = np.zeros(n, dtype=int)

    def work(start, stop):
        seen[start:stop] += 1

    jit.run_chunks(work, n, at_least=10)
    assert (seen == 1).all()


def test_an_error_in_a_chunk_is_raised():
    def work(start, stop):
        raise ValueError(f"broken at {start} to {stop}")

    with pytest.raises(ValueError, match="broken at"):
        jit.run_chunks(work, 1000, at_least=1)


def test_cores_are_those_that_the_process_may_use():
    assert 1 <= jit._n_cores() <= (os.cpu_count() or 1)
