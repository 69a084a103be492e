"""Lists and reports are read from a standby, as long as it knows what whoever asks already knows."""

import time
from datetime import timedelta
from signal import SIGCONT, SIGKILL, SIGSTOP

import psycopg
import pytest

from builders import NOON, an_authorization, keep, stock
from sellergate.adapters.sql import Limits, SqlStore
from sellergate.domain.authorization import Status
from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import Actor, Role
from sellergate.ports.queries import AuthorizationQuery
from sellergate.services.propagation import Propagation
from sellergate.services.records import Records
from sellergate.services.workflow import Workflow, WorkflowRules
from servers.postgres import FAST, Postgres, newest_binaries, quick_folder

SUPPLIER = Actor("user-1", Role.SUPPLIER, supplier_id="acme")
A_WHILE = 30


@pytest.fixture(scope="module")
def primary():
    with Postgres(newest_binaries, *FAST, "synchronous_commit=on", within=quick_folder()) as server:
        SqlStore.open(server.url, migrate=True).close()
        yield server


@pytest.fixture
def standby(primary):
    """One of its own for each test that does something to it."""
    standby = primary.standby(*FAST)
    yield standby
    standby.remove()


@pytest.fixture
def opened():
    stores = []

    def open_store(primary, replica, **limits):
        store = SqlStore.open(primary.url, migrate=False, limits=Limits(replica_url=replica.url, **limits))
        stores.append(store)
        return store

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture
def store(opened, primary, standby):
    store = opened(primary, standby)
    with store.database.writing() as connection:
        connection.exec_driver_sql("TRUNCATE authorizations, authorization_tallies CASCADE")
    stock(store, products=("p-1", "p-2", "p-3"))
    return store


def answered_by_standby(store):
    return store.read_aside(
        lambda view: view._session._connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar_one()
    )


def eventually(holds):
    deadline = time.monotonic() + A_WHILE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def inbox(store):
    query = AuthorizationQuery(statuses=frozenset({Status.REQUESTED}))
    return [row.authorization.product_id for row in Records(store).search(SUPPLIER, query).items]


def test_lists_are_read_from_the_standby_and_what_decides_is_not(store):
    keep(store, an_authorization())
    eventually(lambda: answered_by_standby(store))

    assert inbox(store) == ["p-1"]
    with store.view() as view:
        assert not view._session._connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar_one()
    with store.work() as work:
        assert not work._session._connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar_one()
    eventually(lambda: answered_by_standby(store))
    replica = store.health()["replica"]
    assert replica["reads"] >= 2
    assert replica["lagSeconds"] < 10


def test_whoever_has_approved_sees_it_in_the_list_at_once(store):
    """Whether the standby has heard or the primary has to answer."""
    workflow = Workflow(store, WorkflowRules(), Propagation(store, own_process_id=None, now=lambda: NOON))
    for _ in range(20):
        record = keep(store, an_authorization(product="p-2"))
        assert inbox(store) == ["p-2"]
        workflow.approve(SUPPLIER, record.id)
        assert inbox(store) == []
        with store.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM authorizations")


def test_a_process_that_has_heard_of_anothers_change_sees_it_in_the_list(store, opened, primary, standby):
    other = opened(primary, standby)
    position = other.look(None).position
    eventually(lambda: answered_by_standby(other))
    with psycopg.connect(standby.url, autocommit=True) as connection:
        connection.execute("SELECT pg_wal_replay_pause()")
        eventually(lambda: connection.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() == ("paused",))
        workflow = Workflow(store, WorkflowRules(), Propagation(store, own_process_id=None, now=lambda: NOON))
        record = keep(store, an_authorization())
        workflow.approve(SUPPLIER, record.id)
        assert len(other.look(position).changes) == 1

        assert not answered_by_standby(other)

        connection.execute("SELECT pg_wal_replay_resume()")
    eventually(lambda: answered_by_standby(other))


def test_a_standby_that_lags_beyond_the_bound_is_not_read(opened, primary, standby):
    """Nothing this process knows of is missing; only time tells."""
    store = opened(primary, standby, replica_lag=timedelta(seconds=1))
    assert store.health()["replica"] == {"used": False, "reads": 0}
    eventually(lambda: answered_by_standby(store))
    with (
        psycopg.connect(standby.url, autocommit=True) as connection,
        psycopg.connect(primary.url, autocommit=True) as other,
    ):
        connection.execute("SELECT pg_wal_replay_pause()")
        eventually(lambda: connection.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() == ("paused",))
        other.execute("SELECT pg_logical_emit_message(false, 'test', 'somebody else writes', true)")

        eventually(lambda: not answered_by_standby(store))
        assert "1 s behind" in store.health()["replica"]["error"]

        connection.execute("SELECT pg_wal_replay_resume()")
    eventually(lambda: answered_by_standby(store))


def test_a_standby_that_is_killed_leaves_its_work_to_the_primary(store, standby):
    keep(store, an_authorization())
    eventually(lambda: answered_by_standby(store))
    standby.stop(SIGKILL)

    assert inbox(store) == ["p-1"]
    assert not answered_by_standby(store)
    health = store.health()
    assert (health["reachable"], health["replica"]["used"]) == (True, False)


def test_a_standby_that_dies_while_it_is_read_is_not_noticed_by_who_reads(store, standby):
    keep(store, an_authorization())
    eventually(lambda: answered_by_standby(store))
    runs = []

    def read(view):
        runs.append(view)
        if len(runs) == 1:
            standby.stop(SIGKILL)
        return view.authorizations.search(AuthorizationQuery()).total

    assert store.read_aside(read) == 1
    assert len(runs) == 2


def test_a_standby_that_says_nothing_is_given_up(store, standby):
    keep(store, an_authorization())
    eventually(lambda: answered_by_standby(store))
    standby.signal(SIGSTOP)
    try:
        assert inbox(store) == ["p-1"]
    finally:
        standby.signal(SIGCONT)


def test_a_refusal_that_has_nothing_to_do_with_the_standby_is_not_asked_twice(store):
    runs = []

    def read(_view):
        runs.append(1)
        raise InvalidInput("No such cursor.", field="cursor")

    eventually(lambda: answered_by_standby(store))
    with pytest.raises(InvalidInput):
        store.read_aside(read)
    assert len(runs) == 1


def test_a_primary_is_no_replica_and_a_standby_of_another_server_is_none_of_ours(
    opened, primary, standby, postgres_url
):
    assert not answered_by_standby(opened(primary, primary))
    other = SqlStore.open(postgres_url, migrate=False, limits=Limits(replica_url=standby.url))
    try:
        assert not answered_by_standby(other)
        assert "another server" in other.health()["replica"]["error"]
    finally:
        other.close()


@pytest.mark.parametrize("url", ["mysql://user:secret@localhost/shop", "postgresql://[", "sqlite:///shop.db"])
def test_what_is_no_replica_is_refused_without_telling_a_password(primary, url):
    with pytest.raises(InvalidInput) as refused:
        SqlStore.open(primary.url, migrate=False, limits=Limits(replica_url=url))

    assert refused.value.facts["field"] == "replica_url"
    assert "secret" not in str(refused.value)


def test_a_file_has_no_replica(tmp_path):
    with pytest.raises(InvalidInput, match="Only PostgreSQL"):
        SqlStore.open(f"sqlite:///{tmp_path / 'shop.db'}", migrate=True, limits=Limits(replica_url="postgresql://h/d"))
