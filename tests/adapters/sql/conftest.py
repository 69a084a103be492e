"""A database of a million authorizations, filled once."""

import pytest

from sellergate.adapters.sql import SqlStore
from servers.filling import fill


@pytest.fixture(scope="session")
def large_store(postgres_server, postgres_template):
    """Nobody writes to it."""
    with postgres_server.database(template=postgres_template) as url:
        fill(url)
        store = SqlStore.open(url, migrate=False)
        yield store
        store.close()
