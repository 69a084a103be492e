"""The server is killed in the middle of what a supplier has decided: afterwards each request is decided once, and none is left."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from live import LiveServer, until

from builders import an_authorization
from sellergate.adapters.sql import SqlStore
from sellergate.domain.authorization import Action, Status
from sellergate.domain.bulk_jobs import JobState
from sellergate.domain.identifiers import Actor, Role
from sellergate.ports.queries import AuthorizationQuery
from sellergate.services.audit import AuditTrail
from sellergate.services.bulk_jobs import BulkJobs
from sellergate.services.inbox import InboxQuery
from sellergate.services.scheduling import Scheduling

MANY, FEW = 300, 100
ACME = Actor("supplier-1", Role.SUPPLIER, supplier_id="acme")


@pytest.fixture
def server(tmp_path, database_url):
    with LiveServer(tmp_path, database_url, SELLERGATE_NOTICES_SEND="false", SELLERGATE_WORKERS="2") as server:
        server.fill(sellers=MANY + FEW, products=2)
        yield server


@pytest.fixture
def store(server):
    store = SqlStore.open(server.database_url, migrate=False)
    yield store
    store.close()


def ask(store, numbers, product):
    records = [
        an_authorization(seller=f"seller-{number}", product=product, requested_at=asked, updated_at=asked)
        for number in numbers
        for asked in [datetime.now(UTC) - timedelta(hours=1)]
    ]
    with store.work() as work:
        for record in records:
            work.authorizations.add(record)
    return records


def counted(store, product, status):
    with store.view() as view:
        return view.authorizations.count(AuthorizationQuery(product_id=product, statuses=frozenset({status})))


def long_ago():
    """A clock by which what is decided now has been due for long."""
    return datetime.now(UTC) - timedelta(minutes=1)


def test_what_was_decided_is_carried_out_once_although_the_server_was_killed_twice(server, store):
    ask(store, range(MANY), "product-0")
    singly = ask(store, range(MANY, MANY + FEW), "product-1")
    job = BulkJobs(store, None, now=long_ago).start(
        ACME, Action.APPROVE, InboxQuery(product_id="product-0"), datetime.now(UTC), key="1"
    )
    Scheduling(store, now=long_ago).decide(
        ACME, Action.APPROVE, [(record.id, record.version) for record in singly], key="2"
    )

    for part in (10, 60):
        until(lambda part=part: counted(store, "product-0", Status.APPROVED) >= part)
        server.kill()
        assert counted(store, "product-0", Status.APPROVED) < MANY  # it was in the middle
        server.start()

    until(lambda: counted(store, "product-0", Status.APPROVED) == MANY)
    until(lambda: counted(store, "product-1", Status.APPROVED) == FEW)

    def ended():
        with store.view() as view:
            return view.jobs.get(job.id)

    until(lambda: ended().state is JobState.DONE)
    assert (ended().done, ended().refused) == (MANY, {})
    approvals = [stored.event for stored in AuditTrail(store).events() if stored.event.action == Action.APPROVE]
    assert Counter(event.refused for event in approvals) == {None: MANY + FEW}
    assert len({event.authorization_id for event in approvals}) == MANY + FEW
    with store.view() as view:
        assert view.scheduled.due(datetime.now(UTC), 10) == []
