"""What pages keep is taken only as it was written, and only under its own name."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotspots.core.errors import SourceError
from hotspots.service import Site
from hotspots.service.sealed import seal, unseal


def kept(site: Site, key: str) -> Path:
    return site.cache / "views" / key


def test_an_answer_and_an_error_come_back(site: Site) -> None:
    seal(site, "a", {"n": 3})
    seal(site, "b", SourceError("the file must hold rows"))
    assert unseal(site, "a") == {"n": 3}
    assert unseal(site, "c") is None
    with pytest.raises(SourceError, match="must hold rows"):
        unseal(site, "b")


def test_an_answer_that_was_changed_or_moved_is_not_read(site: Site) -> None:
    seal(site, "a", 1)
    written = kept(site, "a").read_bytes()
    kept(site, "a").write_bytes(written[:-1] + bytes([written[-1] ^ 1]))
    assert unseal(site, "a") is None
    kept(site, "b").write_bytes(written)
    assert unseal(site, "b") is None
    kept(site, "a").write_bytes(written)
    assert unseal(site, "a") == 1
