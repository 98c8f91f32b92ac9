"""Files of a plan with addresses: a fresh proof and a reason, also from its page."""

from __future__ import annotations

import re
import time

from flask import Flask
from sign_in_fixture import Browser, link
from site_fixture import OPERATOR, import_town
from werkzeug.test import TestResponse

from hotspots.service import Site, exports
from hotspots.service.handlers import worker_of

PAGE = "/plans/packs"
FILE = f"{PAGE}/files/official-sensitive_plan.json"
WHY = "?why=For+the+visits+of+week+24"


def ended(browser: Browser, path: str) -> TestResponse:
    """Begin the work of a page and wait until it is there."""
    while (answer := browser.get(path)).status_code == 202:
        browser.post(path, page="/account")
        worker_of(browser.client.application.extensions["site"]).run_all()
    return answer


def test_a_file_with_addresses_leaves_by_proof_and_reason(
    site: Site, app: Flask
) -> None:
    import_town(site)
    browser = Browser(app)
    browser.join(link(site))
    browser.sign_in()
    assert "OFFICIAL-SENSITIVE" in ended(browser, PAGE).get_data(as_text=True)
    assert "Why is this to leave?" in ended(browser, FILE).get_data(as_text=True)
    with browser.session() as kept:
        kept["fs_paa"] -= 11 * 60
    old = ended(browser, FILE + WHY)
    assert old.location.startswith("/account/confirm")
    with browser.session() as kept:
        kept["fs_paa"] += 11 * 60
    time.sleep(0.6)
    answer = ended(browser, FILE + WHY)
    assert answer.status_code == 200
    left = answer.headers["Content-Disposition"]
    assert re.search(r"official-sensitive_recall-by-\d{4}-\d\d-\d\d_packs-", left)
    with site.store.reading() as session:
        listed = exports.exports(session, OPERATOR)
    assert [each.reason for each in listed] == ["For the visits of week 24"]
