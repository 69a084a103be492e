"""The receipt: who has heard, read back from what the processes say themselves."""

import threading
from datetime import timedelta

from shop import ACME, ANNA, NOON, OPERATOR, REASON, Shop

from sellergate.ports.feed import BEGINNING
from sellergate.ports.stores import ProcessReport
from sellergate.services.propagation import LIVE_FOR, Propagation, Receipt

WHY = "Everything has been quiet for a week."


def report(store, id, *, position=BEGINNING, version=0, seen_at=NOON):
    with store.work() as work:
        work.processes.report(
            ProcessReport(
                id=id,
                started_at=NOON,
                seen_at=seen_at,
                applied_sequence=position.upto,
                open_sequences=position.open,
                rollout_version=version,
            )
        )


def test_a_single_process_has_applied_its_own_change(store):
    shop = Shop(store)
    record = shop.approved()

    receipt = shop.workflow.revoke(ACME, record.id, REASON).receipt

    assert (receipt.processes, receipt.applied) == (1, 1)


def test_it_waits_for_the_others_that_live(store):
    shop = Shop(store)
    record = shop.workflow.request(ANNA, "a-1")
    shop.workflow.approve(ACME, record.id)
    report(store, "other", position=store.look(None).position)
    report(store, "dead", seen_at=NOON - LIVE_FOR - timedelta(seconds=1))
    follower = threading.Thread(target=_follow_once, args=(store,))
    follower.start()

    receipt = shop.workflow.revoke(ACME, record.id, REASON).receipt
    follower.join()

    assert (receipt.processes, receipt.applied, receipt.complete) == (2, 2, True)


def _follow_once(store):
    done = threading.Event()
    store.subscribe(lambda _: done.set())
    done.wait(10)
    report(store, "other", position=store.look(None).position)


def test_it_gives_up_after_two_seconds_and_says_who_is_missing(store):
    shop = Shop(store)
    report(store, "deaf")

    receipt = shop.rollouts.rollback(OPERATOR, WHY).receipt

    assert (receipt.processes, receipt.applied) == (2, 1)
    assert 2000 <= receipt.milliseconds < 4000


def test_a_program_without_a_gate_counts_only_the_others(store):
    report(store, "other", version=3)

    receipt = Propagation(store, own_process_id=None, now=lambda: NOON).of_rollout(3)

    assert (receipt.processes, receipt.applied) == (1, 1)
    assert Receipt(0, 0, 0).complete
