"""A store of each kind, for every test; `store` is one after the other, and some folders have a longer list."""

from contextlib import contextmanager

import pytest

from sellergate.adapters.memory import MemoryStore
from sellergate.adapters.sql import SqlStore
from servers.postgres import GIVEN, Server, installed_binaries, name_of, newest_binaries


@pytest.fixture
def memory_store():
    store = MemoryStore()
    yield store
    store.close()


@pytest.fixture
def sqlite_store(tmp_path):
    store = SqlStore.open(f"sqlite:///{tmp_path / 'shop.db'}", migrate=True)
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgres_server():
    """The newest PostgreSQL, or the server that DATABASE_URL names."""
    with Server.of(newest_binaries, given=GIVEN) as server:
        yield server


@pytest.fixture(scope="session")
def postgres15_server():
    """The oldest PostgreSQL we support."""
    with Server.of(lambda _: installed_binaries()) as server:
        yield server


@contextmanager
def migrated(server):
    """The name of a database to make others like; nobody is connected to it."""
    with server.database() as url:
        SqlStore.open(url, migrate=True).close()
        yield name_of(url)


@pytest.fixture(scope="session")
def postgres_template(postgres_server):
    with migrated(postgres_server) as name:
        yield name


@pytest.fixture(scope="session")
def postgres15_template(postgres15_server):
    with migrated(postgres15_server) as name:
        yield name


@pytest.fixture
def postgres_url(postgres_server, postgres_template):
    """A migrated database for this test alone."""
    with postgres_server.database(template=postgres_template) as url:
        yield url


@pytest.fixture
def postgres_store(postgres_url):
    store = SqlStore.open(postgres_url, migrate=False)
    yield store
    store.close()


@pytest.fixture
def postgres15_store(postgres15_server, postgres15_template):
    with postgres15_server.database(template=postgres15_template) as url:
        store = SqlStore.open(url, migrate=False)
        yield store
        store.close()


@pytest.fixture(params=["memory", "sqlite"])
def store(request):
    return request.getfixturevalue(f"{request.param}_store")
