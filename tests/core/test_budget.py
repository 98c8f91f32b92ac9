"""Work that is foreseen to take too long is refused with the figure, or asked about."""

from __future__ import annotations

import time

import pytest

from hotspots.core import budget
from hotspots.core.budget import Budget, CancelledError, checkpoint, seconds_left, steps


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "ENOUGH_SECONDS", 0.0)


def slow(n: int) -> int:
    done = 0
    for _ in steps(range(n), "resamples", n):
        time.sleep(0.002)
        done += 1
    return done


def test_what_would_take_hours_is_refused_with_the_figure() -> None:
    with pytest.raises(CancelledError, match=r"10,000,000 resamples take about \d+"):
        Budget(float("inf"), patience=60).run(lambda: slow(10_000_000))


def test_or_asked_about_once() -> None:
    asked: list[str] = []

    def ask(said: str) -> bool:
        asked.append(said)
        return True

    made = Budget(float("inf"), patience=0.001, ask=ask).run(lambda: slow(20))
    assert made == 20
    assert len(asked) == 1
    assert asked[0].endswith("Go on?")


def test_a_no_ends_it() -> None:
    with pytest.raises(CancelledError, match="must be done in 0 minutes"):
        Budget(float("inf"), patience=0.001, ask=lambda _: False).run(lambda: slow(20))


def test_each_step_is_told_and_what_is_quick_goes_on() -> None:
    told: list[tuple[str, int, int]] = []
    budgeted = Budget(60, told=lambda *step: told.append(step))
    assert budgeted.run(lambda: slow(3)) == 3
    assert told == [("resamples", k, 3) for k in range(3)]


def test_a_solver_may_take_what_is_left() -> None:
    assert seconds_left() is None
    assert seconds_left(5.0) == 5.0
    left = Budget(100).run(lambda: (seconds_left(), seconds_left(5.0)))
    assert left[0] is not None
    assert 0 < left[0] <= 100
    assert left[1] == 5.0


def test_without_a_budget_nothing_stops() -> None:
    checkpoint("anything", 1, 10**12)
    assert slow(2) == 2


def test_a_first_step_without_end_is_enough_to_foresee(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budget, "FIRST_SECONDS", 0.01)

    def work() -> None:
        for _ in steps(range(1000), "resamples", 1000):
            while True:
                checkpoint()
                time.sleep(0.001)

    with pytest.raises(CancelledError, match="1,000 resamples take about"):
        Budget(float("inf"), patience=1).run(work)


def test_what_is_compiled_is_foreseen_from_its_first_step() -> None:
    def work() -> None:
        for _ in steps(range(1000), "patches", 1000, compiled=True):
            while True:
                checkpoint()
                time.sleep(0.001)

    with pytest.raises(CancelledError, match="1,000 patches take about"):
        Budget(float("inf"), patience=0.001).run(work)


def test_steps_go_on_from_those_done_before() -> None:
    told: list[int] = []

    def work() -> list[str]:
        return [*steps("ab", "letters", 4), *steps("cd", "letters", 4, first=2)]

    assert Budget(60, told=lambda _, done, __: told.append(done)).run(work) == [*"abcd"]
    assert told == [0, 1, 2, 3]
