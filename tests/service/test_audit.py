"""The log: every tampering is found, also where the end was cut off."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from site_fixture import OPERATOR, actor
from sqlalchemy import text

from hotspots.core.errors import ParameterError, RightsError, StoreError
from hotspots.service import Site
from hotspots.service.audit import Head, export, head, read, record, verify
from hotspots.store import Session

N = 30


@pytest.fixture
def written(site: Site) -> Site:
    with site.store.writing() as session:
        for number in range(N):
            record(session, OPERATOR, "test.write", f"s{number}", number=number)
    return site


def tamper(site: Site, *statements: str) -> None:
    with site.store.writing() as session:
        for statement in statements:
            session.execute(text(statement))


def end_of(site: Site) -> Head:
    with site.store.reading() as session:
        return head(session, OPERATOR)


def check(site: Site, known: Head | None = None) -> Head:
    with site.store.reading() as session:
        return verify(session, OPERATOR, known)


def test_an_untouched_log_is_whole(written: Site) -> None:
    end = end_of(written)
    assert check(written) == check(written, end) == end
    assert Head.from_text(str(end)) == end


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'somebody else' WHERE number = 20",
        "UPDATE audit SET detail = '{}' WHERE number = 20",
        "UPDATE audit SET at = '2020-01-01' WHERE number = 20",
        "UPDATE audit SET action = 'x' WHERE number = 20",
        "UPDATE audit SET agency = 'x' WHERE number = 20",
        "UPDATE audit SET subject = 'x' WHERE number = 20",
        "DELETE FROM audit WHERE number = 20",
        "DELETE FROM audit WHERE number = 1",
        "UPDATE audit SET previous = '' WHERE number = 20",
    ],
)
def test_what_was_changed_or_removed_is_found(written: Site, statement: str) -> None:
    tamper(written, statement)
    with pytest.raises(StoreError, match="the log must be as it was written"):
        check(written)


def test_an_end_that_was_cut_off_is_found_by_the_head_kept_elsewhere(
    written: Site,
) -> None:
    known, last = end_of(written), end_of(written).number
    cut = f"DELETE FROM audit WHERE number > {last - 5}"
    tamper(written, cut)
    with pytest.raises(StoreError, match="Entries are missing"):
        check(written)
    tamper(
        written,
        f"UPDATE audit_head SET number = {last - 5}, hash = (SELECT hash FROM audit "
        f"WHERE number = {last - 5})",
    )
    assert check(written).number == last - 5  # whole by itself: hence the export
    with pytest.raises(StoreError, match="Entries are missing"):
        check(written, known)


def test_random_swaps_and_insertions_are_found(site: Site) -> None:
    rng = random.Random(1)
    with site.store.writing() as session:
        for number in range(N):
            record(session, OPERATOR, "test.write", f"s{number}")
    first = 12
    for _ in range(10):
        a, b = rng.sample(range(first, first + N - 5), 2)
        swap = (
            f"UPDATE audit SET number = -1 WHERE number = {a}",
            f"UPDATE audit SET number = {a} WHERE number = {b}",
            f"UPDATE audit SET number = {b} WHERE number = -1",
        )
        tamper(site, *swap)
        with pytest.raises(StoreError):
            check(site)
        tamper(
            site,
            *(
                s.replace(f"= {a}", "= A")
                .replace(f"= {b}", f"= {a}")
                .replace("= A", f"= {b}")
                for s in swap
            ),
        )
        check(site)


def test_an_act_that_failed_is_not_in_the_log(written: Site) -> None:
    before = end_of(written)

    def fail() -> None:
        with written.store.writing() as session:
            record(session, OPERATOR, "test.fail")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert end_of(written) == before


def test_the_export_holds_every_entry_and_the_head(
    written: Site, tmp_path: Path
) -> None:
    with written.store.reading() as session:
        end = export(session, OPERATOR, tmp_path / "log.jsonl")
    lines = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == end.number
    assert json.loads(lines[-1])["hash"] == end.hash


@pytest.mark.parametrize("use", [head, read, verify])
def test_only_who_may_reads_the_log(
    site: Site, use: Callable[[Session, object], object]
) -> None:
    with site.store.reading() as session:
        use(session, actor("auditor"))
        with pytest.raises(RightsError):
            use(session, actor("jag-chair"))


@pytest.mark.parametrize("words", ["", "12", "12:abc", "x:" + "a" * 64])
def test_a_head_that_is_none_is_refused(words: str) -> None:
    with pytest.raises(ParameterError, match="NUMBER:HASH"):
        Head.from_text(words)
