"""A store of each kind, for every folder of tests that imports these fixtures into its conftest."""

import pytest

from sellergate.adapters.memory import MemoryStore
from sellergate.adapters.sql import SqlStore


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


@pytest.fixture(params=["memory", "sqlite"])
def store(request):
    return request.getfixturevalue(f"{request.param}_store")
