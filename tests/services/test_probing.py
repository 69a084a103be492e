"""The probe: it measures the fleet, and leaves no trace but a line on the feed."""

import threading
from datetime import timedelta

import pytest
from shop import ACME, NOON, Shop

from builders import all_changes
from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.local_tier import LocalTier
from sellergate.domain.errors import InvalidInput, StoreUnavailable
from sellergate.domain.identifiers import checked_id
from sellergate.ports.cache import SECOND
from sellergate.ports.feed import Change, ChangeKind
from sellergate.ports.queries import AuthorizationQuery, EventQuery
from sellergate.ports.stores import ProcessReport
from sellergate.services.probing import NOBODY, PROBE, Probe
from sellergate.services.propagation import Propagation, RevokeToDeny

EVERY = timedelta(seconds=60)
AT_ONCE = timedelta(milliseconds=1)
A_WHILE = 30


class Clock:
    def __init__(self):
        self.ns = 1_000 * SECOND

    def boot(self):
        return self.ns


class Results(list):
    """Receipts, and somebody who waits for them."""

    def __init__(self):
        super().__init__()
        self.came = threading.Semaphore(0)

    def measured(self, receipt):
        self.append(receipt)
        self.came.release()


def a_probe(store, results, *, every=EVERY, boot=boot_now, draw=lambda: 0.0):
    propagation = Propagation(store, own_process_id="this", now=lambda: NOON, measured=results.measured)
    return Probe(store, propagation, every=every, boot=boot, draw=draw)


def test_a_probe_is_read_back_from_every_process(store):
    results = Results()
    with store.work() as work:
        work.processes.report(
            ProcessReport(id="deaf", started_at=NOON, seen_at=NOON, applied_sequence=0, rollout_version=0)
        )

    receipt = a_probe(store, results).measure()

    assert (receipt.processes, receipt.applied) == (2, 1)
    assert results == [receipt]


def test_a_probe_leaves_nothing_but_a_line_on_the_feed(store):
    shop = Shop(store)
    shop.approved()
    with store.view() as view:
        before = view.authorizations.search(AuthorizationQuery()).total, view.events.search(EventQuery()).total
        outbox = view.notices.outbox_size()
    changes = len(all_changes(store))

    a_probe(store, Results()).measure()

    with store.view() as view:
        after = view.authorizations.search(AuthorizationQuery()).total, view.events.search(EventQuery()).total
        assert (after, view.notices.outbox_size()) == (before, outbox)
    assert [(change.kind, change.seller_id) for change in all_changes(store)[changes:]] == [
        (ChangeKind.AUTHORIZATION, NOBODY)
    ]


def test_nobody_can_be_called_what_the_probe_is_about():
    with pytest.raises(InvalidInput):
        checked_id(NOBODY, "sellerId")


def test_a_process_that_hears_of_a_probe_forgets_nothing(store):
    shop = Shop(store)
    shop.approved()
    memory = LocalTier(ttl_seconds=60, boot=boot_now)
    memory.begin(0)
    memory.put("anna", "a-1", store.facts("anna", ["a-1"])[0], read_began=boot_now())

    memory.apply([PROBE])

    assert len(memory) == 1


def test_it_probes_again_and_again_until_it_is_stopped(store):
    results = Results()
    probe = a_probe(store, results, every=AT_ONCE)
    probe.start()
    try:
        assert all(results.came.acquire(timeout=A_WHILE) for _ in range(3))
    finally:
        probe.stop()


def test_every_nothing_means_never(store):
    probe = a_probe(store, results := Results(), every=timedelta(0))
    probe.start()
    probe.stop()

    assert (results, probe._thread) == ([], None)


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ([PROBE], 60),
        ([Change(kind=ChangeKind.PRODUCT, version=2, product_id="p-1"), PROBE], 60),
        ([Change(kind=ChangeKind.SELLER, version=2, seller_id="anna")], 20),
        ([], 20),
    ],
)
def test_who_hears_anothers_probe_waits_from_then_on(store, changes, waits):
    clock = Clock()
    probe = a_probe(store, Results(), boot=clock.boot)
    clock.ns += 40 * SECOND

    probe.saw(changes)

    assert probe.due_in() == waits * SECOND


def test_processes_that_began_together_do_not_probe_together(store):
    clock = Clock()
    early, late = (a_probe(store, Results(), boot=clock.boot, draw=lambda drawn=drawn: drawn) for drawn in (0.0, 1.0))

    assert (early.due_in(), late.due_in()) == (60 * SECOND, 75 * SECOND)


def test_a_store_that_fails_is_said_once_and_probed_again(store, caplog):
    class Failing(Propagation):
        failures = 2

        def of_change(self, sequence):
            if self.failures:
                self.failures -= 1
                raise StoreUnavailable
            return super().of_change(sequence)

    results = Results()
    propagation = Failing(store, own_process_id="this", now=lambda: NOON, measured=results.measured)
    probe = Probe(store, propagation, every=AT_ONCE, boot=boot_now)
    probe.start()
    try:
        assert results.came.acquire(timeout=A_WHILE)
    finally:
        probe.stop()

    assert [record.levelname for record in caplog.records].count("ERROR") == 1


def test_the_last_measurement_is_kept_for_health_and_all_are_observed(store):
    observed = []
    last = RevokeToDeny(observed.append, now=lambda: NOON)
    assert last.health() is None
    shop = Shop(store)
    record = shop.approved()
    propagation = Propagation(store, own_process_id="this", now=lambda: NOON, measured=last.measured)

    receipt = Probe(store, propagation, every=EVERY, boot=boot_now).measure()
    shop.workflow._propagation = propagation
    revoked = shop.workflow.revoke(ACME, record.id, "Sold counterfeit goods.").receipt

    assert observed == [receipt.milliseconds / 1000, revoked.milliseconds / 1000]
    assert last.health() == {"milliseconds": revoked.milliseconds, "at": NOON, "processes": 1, "applied": 1}
