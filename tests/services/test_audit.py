"""The chain: it holds for every history, and any tampering with the tables is named."""

import contextlib
import sqlite3

import pytest
from shop import ACME, ADMIN, ANNA, BEN, REASON, Shop

from sellergate.domain.errors import InvalidStatus


def busy_shop(store):
    shop = Shop(store)
    first = shop.approved(product="a-1")
    second = shop.workflow.request(BEN, "a-2")
    shop.workflow.reject(ACME, second.id, REASON)
    shop.workflow.revoke(ACME, first.id, REASON)
    with pytest.raises(InvalidStatus):
        shop.workflow.approve(ACME, first.id)
    shop.people.suspend(ADMIN, "ben", REASON)
    shop.workflow.request(ANNA, "a-3")
    return shop


def test_a_true_history_holds_sealed_or_not(store):
    shop = busy_shop(store)

    before = shop.audit.verify()
    sealed = shop.audit.seal()
    after = shop.audit.verify()

    assert before.holds
    assert before.sealed == 0
    assert after.holds
    assert after.sealed == sealed == after.events
    assert shop.audit.seal() == 0


def test_sealing_goes_on_where_it_stopped(store):
    shop = busy_shop(store)
    shop.audit.seal()
    shop.workflow.cancel(ANNA, "a-3")

    assert shop.audit.seal() == 1
    assert shop.audit.verify().holds


TAMPERINGS = {
    "a changed reason": ("UPDATE authorization_events SET reason = 'because' WHERE action = 'reject'", "its hash"),
    "a removed event": ("DELETE FROM authorization_events WHERE action = 'reject'", "its seal does not follow"),
    "the last event removed": (
        "DELETE FROM authorization_events WHERE sequence = (SELECT max(sequence) FROM authorization_events)",
        "missing",
    ),
    "a forged seal": (
        "UPDATE event_seals SET seal = (SELECT seal FROM event_seals WHERE sequence = 2) WHERE sequence = 3",
        "event 3",
    ),
    "a removed seal": ("DELETE FROM event_seals WHERE sequence = 3", "event 3"),
    "a changed record": ("UPDATE authorizations SET expires_at = '2099-01-01 00:00:00.000000'", "is not what event"),
    "a revived record": ("UPDATE authorizations SET status = 'APPROVED' WHERE status = 'REVOKED'", "is not what event"),
    "a removed record": ("DELETE FROM authorizations WHERE product_id = 'a-3'", "are stored"),
}


@pytest.mark.parametrize(("statement", "named"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_whoever_gets_around_the_triggers_is_found_out(sqlite_store, tmp_path, statement, named):
    shop = busy_shop(sqlite_store)
    shop.audit.seal()
    with contextlib.closing(sqlite3.connect(tmp_path / "shop.db")) as intruder:
        for (name,) in intruder.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            intruder.execute(f"DROP TRIGGER {name}")
        assert intruder.execute(statement).rowcount > 0
        intruder.commit()

    result = shop.audit.verify()

    assert not result.holds
    assert named in result.broken
