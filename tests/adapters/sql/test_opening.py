"""What can be opened, and what is said of what cannot."""

import sqlite3

import pytest

from builders import a_supplier, stock
from sellergate.adapters.sql import SqlStore
from sellergate.domain.errors import InvalidInput, StoreUnavailable


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///", "sqlite:///file::memory:?uri=true"])
def test_a_database_in_memory_is_refused_and_memory_store_named(url):
    with pytest.raises(InvalidInput, match="MemoryStore"):
        SqlStore.open(url, migrate=True)


@pytest.mark.parametrize("url", ["", "shop.db", "nonsense://", "mysql://user:secret@localhost/shop"])
def test_what_is_no_database_of_ours_is_refused_without_telling_a_password(url):
    with pytest.raises(InvalidInput) as refused:
        SqlStore.open(url, migrate=True)

    assert "secret" not in str(refused.value)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InvalidInput, match=r"no folder .*nowhere"):
        SqlStore.open(f"sqlite:///{tmp_path}/nowhere/shop.db", migrate=True)


def test_a_missing_database_is_not_made_by_the_way(tmp_path):
    with pytest.raises(StoreUnavailable, match=r"no database shop\.db"):
        SqlStore.open(f"sqlite:///{tmp_path}/shop.db", migrate=False)

    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_is_not_taken_for_one_of_ours(tmp_path):
    (tmp_path / "shop.db").touch()

    with pytest.raises(StoreUnavailable, match="empty"):
        SqlStore.open(f"sqlite:///{tmp_path}/shop.db", migrate=False)


@pytest.mark.parametrize("migrate", [True, False])
def test_a_file_that_is_no_database_is_unavailable(tmp_path, migrate):
    (tmp_path / "shop.db").write_bytes(b"not a database" * 100)

    with pytest.raises(StoreUnavailable):
        SqlStore.open(f"sqlite:///{tmp_path}/shop.db", migrate=migrate)


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(StoreUnavailable):
        SqlStore.open(f"sqlite:///{tmp_path}", migrate=True)


def test_a_relative_path_stays_the_same_file_when_the_directory_changes(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    store = SqlStore.open("sqlite:///shop.db", migrate=True)
    monkeypatch.chdir(tmp_path / "elsewhere")
    stock(store)

    assert store.facts("anna", ["p-1"])[0].product_version == 1
    assert store.may_have_changed()
    assert list((tmp_path / "elsewhere").iterdir()) == []
    store.close()


@pytest.mark.parametrize("name", ["my shop.db", "100%.db", "#1.db", "가게.db"])
def test_any_file_name_will_do(tmp_path, name):
    store = SqlStore.open(f"sqlite:///{tmp_path}/{name}", migrate=True)
    stock(store)
    store.close()

    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_was_stored_is_there_after_opening_again(tmp_path):
    url = f"sqlite:///{tmp_path}/shop.db"
    first = SqlStore.open(url, migrate=True)
    with first.work() as work:
        work.directory.put_supplier(a_supplier())
    first.close()

    second = SqlStore.open(url, migrate=False)
    with second.view() as view:
        assert view.directory.supplier("acme") == a_supplier()
    second.close()


def test_readers_do_not_wait_for_a_writer(sqlite_store):
    """The write-ahead log is lasting, and every connection checks foreign keys."""
    stock(sqlite_store)
    with sqlite_store.work() as work:
        work.directory.put_supplier(a_supplier(name="Changed"))
        with sqlite_store.view() as view:
            assert view.directory.supplier("acme").name == "Acme"

    with sqlite_store.engine.connect() as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert settings == ["wal", 1, 1, 5000]


def test_more_threads_than_connections_in_the_pool_do_not_wait_for_each_other(sqlite_store):
    stock(sqlite_store)
    views = [sqlite_store.view() for _ in range(sqlite_store.health()["pool"]["size"] + 3)]
    for view in views:
        view.__enter__()

    assert sqlite_store.facts("anna", ["p-1"])[0].product_version == 1
    assert sqlite_store.health()["pool"]["inUse"] == len(views)

    for view in views:
        view.__exit__(None, None, None)
    assert sqlite_store.health()["pool"]["inUse"] == 0


def test_a_closed_store_holds_no_file_open(tmp_path):
    store = SqlStore.open(f"sqlite:///{tmp_path}/shop.db", migrate=True)
    stock(store)
    store.facts("anna", ["p-1"])
    store.may_have_changed()
    store.close()

    # The last connection to leave removes the log; a connection forgotten would keep it.
    assert [path.name for path in tmp_path.iterdir()] == ["shop.db"]
    sqlite3.connect(tmp_path / "shop.db").close()
