import pytest
from api_world import Api

from store_fixtures import memory_store, sqlite_store, store  # noqa: F401


@pytest.fixture
def api(memory_store):  # noqa: F811
    api = Api(memory_store)
    yield api
    api.close()


@pytest.fixture
def sql_api(sqlite_store):  # noqa: F811
    api = Api(sqlite_store)
    yield api
    api.close()


@pytest.fixture
def any_api(store):  # noqa: F811
    """The same journey over every store."""
    api = Api(store)
    yield api
    api.close()


@pytest.fixture
def open_api(memory_store):  # noqa: F811
    """Makes an application with other parts than usual."""
    made = []

    def make(**parts):
        made.append(Api(memory_store, **parts))
        return made[-1]

    yield make
    for api in made:
        api.close()
