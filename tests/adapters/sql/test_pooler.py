"""Behind pgbouncer in transaction mode, where nothing is heard and nothing prepared is found again: slower to notice, never wrong."""

import threading
import time
from contextlib import ExitStack

import psycopg
import pytest
from gate_world import a_shop, authorize

from builders import stock
from sellergate import Gate
from sellergate.adapters.sql import SqlStore
from sellergate.adapters.sql.engines.postgres import bell, connection
from sellergate.domain.authorization import Status
from servers.pgbouncer import PgBouncer

FULL = {"ENABLE_SELLER_AUTHORIZATION": "true", "PHASE9_ROLLOUT_PERCENTAGE": "100"}
A_WHILE = 30
THREADS, READS = 8, 40
BACKENDS = 3


def until(condition):
    deadline = time.monotonic() + A_WHILE
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.002)


@pytest.fixture
def pooler(postgres_url):
    with PgBouncer(postgres_url, backends=BACKENDS) as pooler:
        yield pooler


@pytest.fixture
def direct(postgres_url):
    store = SqlStore.open(postgres_url, migrate=False)
    yield a_shop(store)
    store.close()


@pytest.fixture
def gate(pooler, direct):
    with Gate.open(pooler.url, environ=FULL) as gate:
        yield gate


def feed_health(gate):
    return gate._assembly.health.detailed()["feed"]


def test_changes_are_noticed_by_polling_and_health_says_why(gate, direct):
    assert gate.check("anna", "p-1").allowed
    until(lambda: "pooler" in feed_health(gate).get("error", ""))
    assert feed_health(gate)["noticedBy"] == "polling"

    authorize(direct, "anna", "p-1", Status.REVOKED)

    until(lambda: not gate.allows("anna", "p-1"))
    assert feed_health(gate)["live"]


def test_no_connection_that_others_will_be_given_listens_to_the_changes(gate, pooler):
    until(lambda: "pooler" in feed_health(gate).get("error", ""))

    with ExitStack() as stack:
        listened_to = []
        for _ in range(BACKENDS):  # all there are, at once
            other = stack.enter_context(psycopg.connect(pooler.url))
            listened_to += [channel for (channel,) in other.execute("SELECT pg_listening_channels()")]
    assert bell.CHANNEL not in listened_to


def test_a_pool_in_session_mode_is_heard(postgres_url, direct):
    with (
        PgBouncer(postgres_url, backends=20, pool_mode="session") as pooler,
        Gate.open(pooler.url, environ=FULL) as gate,
    ):
        until(lambda: feed_health(gate)["noticedBy"] == "notification")
        assert gate.check("anna", "p-1").allowed
        authorize(direct, "anna", "p-1", Status.REVOKED)

        until(lambda: not gate.allows("anna", "p-1"))


@pytest.mark.parametrize("recognised", [True, False])
def test_every_read_is_answered_whichever_server_process_it_meets(pooler, direct, monkeypatch, recognised):
    if not recognised:  # as behind a pooler that gives out the server's own process numbers
        monkeypatch.setattr(connection, "_real_backend", lambda connection: connection.pgconn.backend_pid)
    store = SqlStore.open(pooler.url, migrate=False)
    answers, errors = [], []

    def read():
        try:
            for _ in range(READS):
                answers.append(store.facts("anna", ["p-1"])[0].status)
                answers.append(store.facts("anna", ["p-2", "p-1"])[0].status)
        except Exception as error:  # noqa: BLE001 - shown below
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()

    assert errors == []
    assert answers == [Status.APPROVED] * 2 * THREADS * READS


def test_verbs_and_migrations_work_through_it(postgres_server):
    with postgres_server.database() as url, PgBouncer(url) as pooler:
        store = SqlStore.open(pooler.url, migrate=True)
        stock(store)
        assert store.facts("anna", ["p-1"])[0].product_version == 1
        store.close()
