"""Every service test runs over every store."""

import pytest

from sellergate.adapters.memory import MemoryStore
from sellergate.adapters.sql import SqlStore


@pytest.fixture
def sqlite_store(tmp_path):
    store = SqlStore.open(f"sqlite:///{tmp_path / 'shop.db'}", migrate=True)
    yield store
    store.close()


@pytest.fixture(params=["memory", "sqlite"])
def store(request):
    return MemoryStore() if request.param == "memory" else request.getfixturevalue("sqlite_store")
