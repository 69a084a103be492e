"""What waits for suppliers, and the audit trail."""

import json
import sqlite3

import pytest

from sellergate.domain.identifiers import Actor, Role
from sellergate.settings import load_settings
from sellergate.wiring import assemble


@pytest.fixture
def asked(terminal):
    """Anna has asked for the mug and the lamp; the lamp was rejected."""
    terminal.fill()
    anna = Actor("anna", Role.SELLER, seller_id="anna")
    acme = Actor("acme", Role.SUPPLIER, supplier_id="acme")
    with assemble(load_settings(), following=False) as assembly:
        assembly.workflow.request(anna, "mug", justification="I sell mugs.", volume=20)
        lamp = assembly.workflow.request(anna, "lamp")
        assembly.workflow.reject(acme, lamp.id, "The shop shows no lamps.")
    return terminal


def test_the_inbox_lists_what_waits(asked):
    inbox = asked.done("inbox", "list")

    assert inbox["total"] == 1
    item = inbox["items"][0]
    assert (item["sellerId"], item["productName"], item["expectedVolume"]) == ("anna", "도자기 머그컵", 20)
    assert asked.done("inbox", "list", "--supplier", "zeta")["items"] == []


def test_people_read_the_inbox_as_a_table(asked):
    shown = asked("inbox", "list")

    assert shown.out.startswith("Requests that wait for an answer: 1")
    assert "anna, BRONZE" in shown.out


def test_only_overdue_requests_are_listed(asked):
    assert asked.done("inbox", "list", "--overdue")["total"] == 0

    with sqlite3.connect(asked.folder / "shop.db") as database:
        database.execute("UPDATE authorizations SET requested_at = '2026-01-01 00:00:00.000000'")
    database.close()

    assert asked.done("inbox", "list", "--overdue")["total"] == 1
    [figures] = asked.done("inbox", "counts")
    assert figures == {
        "supplierId": "acme", "name": "Acme", "pending": 1, "overdue": 1, "oldest": "2026-01-01T00:00:00.000Z",
    }  # fmt: skip
    assert "acme" in asked("inbox", "counts").out


def test_low_risk_requests_are_shown_before_they_are_approved(asked):
    preview = asked.done("inbox", "approve-low-risk", "--preview")
    assert [(item["sellerId"], item["productId"], item["ok"]) for item in preview["matched"]] == [("anna", "mug", True)]
    assert preview["approved"] == 0
    assert "Would be approved: 1." in asked("inbox", "approve-low-risk", "--preview").out
    assert asked.done("inbox", "approve-low-risk", "--max-monthly-orders", "5", "--preview")["matched"] == []

    unasked = asked("inbox", "approve-low-risk")
    assert unasked.status == 2
    assert "Say --yes" in unasked.err
    assert asked.done("inbox", "list")["total"] == 1

    assert "Approved: 1 of 1." in asked("inbox", "approve-low-risk", "--tier", "BRONZE", "--yes").out
    assert asked.done("inbox", "list")["total"] == 0
    assert asked.done("inbox", "approve-low-risk", "--yes")["approved"] == 0


def test_a_preview_that_is_to_approve_is_refused(asked):
    result = asked("inbox", "approve-low-risk", "--preview", "--yes")

    assert (result.status, result.err.count("\n")) == (2, 1)


def test_the_trail_holds_and_can_be_sealed(asked):
    assert asked.done("audit", "verify") == {
        "holds": True, "events": 5, "sealed": 0, "authorizations": 2, "broken": None,
    }  # fmt: skip
    assert asked.done("audit", "seal") == {"sealed": 5}
    assert asked.done("audit", "seal") == {"sealed": 0}
    assert "5 of them sealed" in asked("audit", "verify").out


def test_a_changed_event_is_named_and_the_status_is_1(asked):
    asked.done("audit", "seal")
    with sqlite3.connect(asked.folder / "shop.db") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE authorization_events SET reason = 'Another reason.' WHERE action = 'reject'")
    database.close()

    result = asked("audit", "verify", "--json")

    assert result.status == 1
    assert result.json["holds"] is False
    assert "does not match its hash" in result.json["broken"]
    assert result.err.count("\n") == 1


def test_an_export_has_every_event_with_hash_and_seal(asked):
    asked.done("audit", "seal")
    target = asked.folder / "events.ndjson"

    assert asked("audit", "export", target).status == 0

    events = [json.loads(line) for line in target.read_text().splitlines()]
    assert [event["sequence"] for event in events] == sorted(event["sequence"] for event in events)
    assert len(events) == 5
    assert all(len(event["contentHash"]) == len(event["seal"]) == 64 for event in events)
    assert events[-1]["reason"] == "The shop shows no lamps."
    assert events[-1]["at"].endswith("Z")
    assert asked("audit", "export", "-").out == target.read_text()
