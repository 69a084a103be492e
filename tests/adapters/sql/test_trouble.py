"""Whatever happens below, callers meet StoreUnavailable, nothing half done is left, and health says so."""

import sqlite3
import subprocess
import sys
import threading

import pytest
from sqlalchemy.exc import SQLAlchemyError

from builders import a_change, a_seller, a_supplier, all_changes, an_authorization, an_event, keep, stock
from sellergate.adapters.sql import SqlStore
from sellergate.adapters.sql.engines.sqlite import file, sharing
from sellergate.domain.errors import InvalidInput, StoreUnavailable
from sellergate.domain.notices import Audience
from sellergate.ports.queries import AuthorizationQuery, EventQuery

A_WHILE = 10

DIE_AT_WORK = """
import os, signal, sys
sys.path[:0] = sys.argv[2:]
from builders import a_change, an_authorization, an_event
from sellergate.adapters.sql import SqlStore
with SqlStore.open(sys.argv[1], migrate=False).work() as work:
    work.authorizations.add(an_authorization())
    work.events.append(an_event())
    work.announce(a_change())
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def path(tmp_path, sqlite_store):
    return tmp_path / "shop.db"


@pytest.fixture
def impatient(monkeypatch, path):
    """A store that waits for its turn a moment only."""
    monkeypatch.setattr(file, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(sharing, "BUSY_SECONDS", 0.05)
    store = SqlStore.open(f"sqlite:///{path}", migrate=False)
    stock(store)
    yield store
    store.close()


def test_another_process_that_keeps_the_write_lock_makes_the_store_unavailable(impatient, path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreUnavailable) as refused, impatient.work():
            pass
        assert impatient.facts("anna", ["p-1"])[0].product_version == 1
    finally:
        other.close()

    assert isinstance(refused.value.__cause__, SQLAlchemyError)
    stock(impatient)


def test_a_thread_that_keeps_its_turn_makes_the_others_unavailable_not_itself(impatient):
    with impatient.work():
        waiting = threading.Thread(target=try_to_write, args=(impatient, results := []))
        waiting.start()
        waiting.join(A_WHILE)

    assert results == [StoreUnavailable]
    stock(impatient)


def try_to_write(store, results):
    try:
        stock(store)
    except StoreUnavailable as error:
        results.append(type(error))


def test_a_database_without_its_tables_is_unavailable(sqlite_store, path):
    other = sqlite3.connect(path)
    other.executescript("DROP TABLE authorizations; DROP TABLE changes; DROP TABLE products")
    other.close()

    with pytest.raises(StoreUnavailable):
        sqlite_store.facts("anna", ["p-1"])
    with pytest.raises(StoreUnavailable):
        all_changes(sqlite_store)
    with pytest.raises(StoreUnavailable), sqlite_store.view() as view:
        view.authorizations.get("auth-1")
    health = sqlite_store.health()
    assert (health["reachable"], "no such table" in health["error"]) == (False, True)


def test_a_missing_database_is_not_healthy_and_is_not_made_anew(sqlite_store, path):
    stock(sqlite_store)
    path.rename(path.with_suffix(".gone"))

    assert sqlite_store.health()["reachable"] is False
    assert "no database" in sqlite_store.health()["error"]
    assert not path.exists()


def test_a_database_locked_by_another_is_not_healthy(impatient, path, sqlite_store):
    sqlite_store.close()
    impatient.engine.dispose()
    impatient.database._readers.close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("DELETE FROM outbox")
    try:
        health = impatient.health()
        with pytest.raises(StoreUnavailable):
            impatient.facts("anna", ["p-1"])
    finally:
        other.close()

    assert health["reachable"] is False
    assert "locked" in health["error"]
    assert impatient.health()["reachable"] is True


def test_a_commit_watch_that_failed_is_in_doubt_once_it_works_again(sqlite_store, path, monkeypatch):
    sqlite_store.may_have_changed()
    sqlite_store.database._watch._connection.close()

    with pytest.raises(StoreUnavailable):
        sqlite_store.may_have_changed()

    assert sqlite_store.may_have_changed()
    assert not sqlite_store.may_have_changed()


def test_a_process_killed_at_work_leaves_nothing(sqlite_store, path):
    stock(sqlite_store)
    before = all_changes(sqlite_store)

    ended = subprocess.run([sys.executable, "-c", DIE_AT_WORK, f"sqlite:///{path}", *sys.path], check=False, timeout=60)

    assert ended.returncode == -9
    with sqlite_store.view() as view:
        assert view.authorizations.search(AuthorizationQuery()).total == 0
        assert view.events.search(EventQuery()).total == 0
    assert all_changes(sqlite_store) == before
    keep(sqlite_store, an_authorization())


def test_a_number_no_database_can_hold_is_refused(sqlite_store):
    with pytest.raises(InvalidInput), sqlite_store.work() as work:
        work.notices.mark_read(2**63, Audience.SELLER, "anna", an_event().at)


def test_a_text_that_is_no_unicode_is_refused(sqlite_store):
    with pytest.raises(InvalidInput), sqlite_store.work() as work:
        work.directory.put_supplier(a_supplier(name="\ud800"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sellers SET status = 'FINE'",
        "UPDATE sellers SET tier = 'BRASS'",
        "UPDATE authorizations SET status = 'NONE'",
        "UPDATE changes SET kind = 'weather'",
    ],
)
def test_the_database_knows_which_values_there_are(sqlite_store, path, statement):
    stock(sqlite_store)
    keep(sqlite_store, an_authorization())
    with sqlite_store.work() as work:
        work.announce(a_change())
        work.directory.put_seller(a_seller())
    other = sqlite3.connect(path)
    try:
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            other.execute(statement)
    finally:
        other.close()
