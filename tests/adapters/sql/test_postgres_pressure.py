"""Many at once on PostgreSQL: works in each other's way are tried again, and nobody waits without end."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from builders import NOON, a_seller, an_authorization, keep, stock
from sellergate.adapters.sql import Limits, SqlStore
from sellergate.adapters.sql.engines.postgres import database, pool, reading
from sellergate.domain.authorization import Status
from sellergate.domain.errors import InvalidStatus, StoreUnavailable
from sellergate.domain.identifiers import Actor, Role
from sellergate.domain.policy import ProductLimits
from sellergate.services.people import People
from sellergate.services.propagation import Propagation
from sellergate.services.transactions import in_one_transaction
from sellergate.services.workflow import Workflow, WorkflowRules

SUPPLIER = Actor("user-1", Role.SUPPLIER, supplier_id="acme")
ADMIN = Actor("root", Role.ADMIN)
REASON = "Not what we are looking for."
PRODUCTS = tuple(f"p-{number}" for number in range(12))
A_WHILE = 60


@pytest.fixture
def open_store(postgres_url):
    stores = []

    def opened(**limits):
        stores.append(SqlStore.open(postgres_url, migrate=False, limits=Limits(**limits)))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


def workflow(store):
    rules = WorkflowRules(limits=ProductLimits(100))
    return Workflow(store, rules, Propagation(store, own_process_id=None, now=lambda: NOON))


def all_at_once(*jobs):
    """What each of them answered or raised, in a thread of its own."""
    results = [None] * len(jobs)
    start = threading.Barrier(len(jobs))

    def run(number, job):
        start.wait(A_WHILE)
        try:
            results[number] = job()
        except Exception as error:  # noqa: BLE001
            results[number] = error

    threads = [threading.Thread(target=run, args=(number, job)) for number, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(A_WHILE)
    return results


def test_works_that_lock_each_other_out_both_come_to_an_end(postgres_store):
    stock(postgres_store, sellers=("anna", "ben"))
    both_have_one = threading.Barrier(2)
    runs = []

    def crosswise(first, second):
        def verb(work):
            runs.append(first)
            work.directory.seller(first, lock=True)
            if runs.count(first) == 1:
                both_have_one.wait(A_WHILE)
            work.directory.seller(second, lock=True)
            work.directory.put_seller(a_seller(second, name=f"renamed by {first}"))

        return lambda: in_one_transaction(postgres_store, verb)

    assert all_at_once(crosswise("anna", "ben"), crosswise("ben", "anna")) == [None, None]
    assert len(runs) >= 3  # who is sent back may be the first at its own row again
    with postgres_store.view() as view:
        assert {view.directory.seller(id).name for id in ("anna", "ben")} == {"renamed by anna", "renamed by ben"}


def test_of_many_who_decide_about_the_same_records_one_each_wins_and_the_others_hear_why_not(postgres_store):
    stock(postgres_store, products=PRODUCTS)
    ids = [keep(postgres_store, an_authorization(product=id)).id for id in PRODUCTS]
    flow = workflow(postgres_store)

    def decide(number):
        def job():
            outcomes = []
            for id in ids[number % 12 :] + ids[: number % 12]:
                try:
                    _ = flow.approve(SUPPLIER, id) if number % 2 else flow.reject(SUPPLIER, id, REASON)
                    outcomes.append("done")
                except InvalidStatus:
                    outcomes.append("too late")
            return outcomes

        return job

    results = all_at_once(*(decide(number) for number in range(12)))

    assert all(isinstance(outcomes, list) for outcomes in results), results
    assert sum(outcomes.count("done") for outcomes in results) == len(ids)
    with postgres_store.view() as view:
        assert all(len(view.events.of_authorization(id)) == len(results) for id in ids)  # one move, the others refused


def test_a_role_that_ends_while_suppliers_decide_leaves_nothing_open(postgres_store):
    """One locks the seller and then all records, the others a product and then a record: the database undoes some of them."""
    stock(postgres_store, products=PRODUCTS)
    ids = [keep(postgres_store, an_authorization(product=id)).id for id in PRODUCTS]
    flow, people = workflow(postgres_store), People(postgres_store)

    def approve(id):
        def job():
            try:
                return flow.approve(SUPPLIER, id).status
            except InvalidStatus:
                return None

        return job

    results = all_at_once(lambda: people.revoke_role(ADMIN, "anna", REASON), *map(approve, ids))

    assert [result for result in results if isinstance(result, Exception)] == []
    with postgres_store.view() as view:
        assert {record.status for record in view.authorizations.of_seller("anna")} <= {Status.REVOKED, Status.CANCELLED}


def test_a_pool_that_is_exhausted_makes_the_store_unavailable_in_time(open_store, monkeypatch):
    monkeypatch.setattr(pool, "WAITS_AT_MOST", 0.1)
    monkeypatch.setattr(reading, "WAITS_AT_MOST", 0.1)
    store = open_store(pool_size=1)
    stock(store)
    done = threading.Event()
    held = threading.Event()

    def hold():
        with store.work():
            held.set()
            done.wait(A_WHILE)

    holding = threading.Thread(target=hold)
    holding.start()
    try:
        assert held.wait(A_WHILE)
        with pytest.raises(StoreUnavailable) as refused, store.view():
            pass
        assert isinstance(refused.value.__cause__, PoolTimeout)
        assert store.pool_in_use == 1.0
        assert store.facts("anna", ["p-1"])[0].product_version == 1  # the gate has connections of its own
    finally:
        done.set()
        holding.join(A_WHILE)
    stock(store)


def test_gate_reads_beyond_their_connections_are_refused_in_time(open_store, monkeypatch):
    monkeypatch.setattr(reading, "WAITS_AT_MOST", 0.1)
    store = open_store(pool_size=1)
    taken = threading.Event()
    done = threading.Event()
    holding = threading.Thread(
        target=store.database._readers.read, args=(lambda _connection: (taken.set(), done.wait(A_WHILE)),)
    )
    holding.start()
    try:
        assert taken.wait(A_WHILE)
        with pytest.raises(StoreUnavailable, match="too many reads"):
            store.facts("anna", ["p-1"])
    finally:
        done.set()
        holding.join(A_WHILE)
    assert store.facts("anna", ["p-1"])[0].product_version == 0


def test_a_statement_that_takes_too_long_is_ended_by_the_server_and_its_work_undone(open_store):
    store = open_store(statement=timedelta(seconds=1))
    stock(store)
    began = time.monotonic()

    def verb(work):
        work.directory.put_seller(a_seller(name="Changed"))
        work._session._connection.exec_driver_sql("SELECT pg_sleep(60)")

    with pytest.raises(StoreUnavailable) as refused:
        in_one_transaction(store, verb)

    assert isinstance(refused.value.__cause__, DBAPIError)
    assert refused.value.__cause__.orig.sqlstate == "57014"
    assert time.monotonic() - began < A_WHILE / 2
    with store.view() as view:
        assert view.directory.seller("anna").name == "Anna"


def test_a_row_that_others_keep_locked_makes_the_store_unavailable_in_time(open_store, monkeypatch):
    monkeypatch.setattr(database, "LOCK_SECONDS", 1)
    store = open_store()
    stock(store)
    with store.work() as work:
        work.directory.seller("anna", lock=True)
        [error] = all_at_once(
            lambda: in_one_transaction(store, lambda other: other.directory.seller("anna", lock=True))
        )

    assert isinstance(error, StoreUnavailable)
    assert error.__cause__.orig.sqlstate == "55P03"
