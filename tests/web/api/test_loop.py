"""The whole loop, played by three people through the API, on both databases."""

from __future__ import annotations

import io
from collections.abc import Callable

from api_fixture import Caller
from pypdf import PdfReader
from site_fixture import INCIDENTS, MAPPING


def test_from_import_to_the_brief_that_shows_what_came_of_it(
    caller: Callable[[str, str], Caller],
) -> None:
    analyst = caller("analyst", "Borough council")
    chair = caller("JAG chair", "Community safety partnership")
    lead = caller("patrol lead", "Police")

    imported = analyst.import_file(
        INCIDENTS, feed="police", profile=MAPPING, today="2025-07-01"
    )
    assert (imported["state"], imported["rows_read"]) == ("done", 12_089)
    assert imported["rows_used"] + imported["rows_rejected"] == imported["rows_read"]
    rejects = analyst.call("GET", imported["rejects_url"].removeprefix("/api/v1"))
    assert len(rejects.get_data(as_text=True).splitlines()) == 36

    run = analyst.ask("/runs", n_hotspots=8)
    assert run["state"] == "done"
    found = chair.get(f"/hotspots?run={run['id']}")["hotspots"]
    assert [each["rank"] for each in found] == list(range(1, 9))
    again = analyst.ask("/runs", n_hotspots=8)
    named = chair.get(f"/hotspots?run={again['id']}")["hotspots"]
    assert [h["place"] for h in named] == [h["place"] for h in found]

    plan = analyst.ask("/plans", tactic="patrol", options={"n_areas": 3})
    assert plan["state"] == "done"
    assert len(plan["suggestions"]) == 3
    assert all(each["rationale"] for each in plan["suggestions"])
    known = {each["id"]: each["name"] for each in chair.get("/places")["places"]}
    first = plan["suggestions"][0]["place"]
    assert known[first["id"]] == first["name"]

    task = chair.post(
        "/decisions",
        suggestion=plan["suggestions"][0]["id"],
        verdict="accept",
        reason="Most incidents in the hours of the shift",
        owner_agency="Police",
        owner_role="Neighbourhood sergeant",
        due="2025-06-20",
        decided="2025-04-01",
    )
    assert task["action"].endswith(f": {first['name']}")
    seen = lead.call("GET", f"/tasks/{task['id']}")
    assert seen.get_json()["colour"] == "red"
    started = lead.call(
        "PATCH",
        f"/tasks/{task['id']}",
        json={"status": "in progress"},
        headers={"If-Match": seen.headers["ETag"]},
    )
    assert started.status_code == 200

    deployment = lead.post(
        "/deployments", task=task["id"], provider="PCSO", begins="2025-04-01T08:00"
    )
    for day in range(9, 14):
        lead.post(
            "/visits",
            deployment=deployment["id"],
            start=f"2025-06-{day:02}T18:00",
            end=f"2025-06-{day:02}T18:15",
            provider="PCSO",
        )

    outcome = analyst.ask("/outcomes", task=task["id"])
    assert outcome["state"] == "done"
    assert outcome["word"] in {
        "cannot tell",
        "fell more than comparison",
        "rose more than comparison",
    }
    assert set(outcome["summary"]["counts"]) == {"treated", "control", "ring"}
    assert outcome["summary"]["low"] <= outcome["summary"]["estimate"]

    brief = analyst.ask("/briefs", period="2025-W24", audience="operational")
    assert brief["state"] == "done"
    pdf = chair.call("GET", f"/briefs/{brief['id']}/brief.pdf")
    assert pdf.mimetype == "application/pdf"
    assert "official" in pdf.headers["Content-Disposition"]
    pages = PdfReader(io.BytesIO(pdf.get_data())).pages
    pdf.close()
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "Neighbourhood sergeant Police 20 June 2025" in text
    assert "Foot patrol PCSO 5 75" in text
    assert outcome["sentence"].split(". ")[1][:40] in text

    place = chair.get(f"/places/{task['place_id']}")
    assert [each["id"] for each in place["tasks"]] == [task["id"]]
    assert place["outcomes"][0]["word"] == outcome["word"]

    auditor = caller("auditor", "Health")
    acts = [e["action"] for e in auditor.get("/audit?limit=1000")["entries"]]
    for act in (
        *("import.commit", "reject.read", "run.make", "plan.make", "decision.make"),
        *("task.change", "deployment.add", "visit.log", "outcome.make", "brief.read"),
    ):
        assert act in acts
