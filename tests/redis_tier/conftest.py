import signal

import pytest
import redis
from gate_world import a_shop
from redis_world import SharedWorld, tier_on

from sellergate.adapters.memory import MemoryStore
from servers.valkey import GIVEN, ValkeyCluster, ValkeyGroup, ValkeyServer


@pytest.fixture(scope="session")
def any_redis_url():
    """A server that is only asked and told."""
    if GIVEN:
        yield GIVEN
        return
    with ValkeyServer() as server:
        yield server.url


@pytest.fixture
def redis_url(any_redis_url):
    """That server, with its database emptied."""
    with redis.Redis.from_url(any_redis_url) as client:
        client.flushdb()
        client.script_flush()
    return any_redis_url


@pytest.fixture
def raw(redis_url):
    """A client that sees and plants what it likes."""
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture(scope="session")
def raw_session(any_redis_url):
    """The same for tests that empty the database themselves, as often as they have examples."""
    with redis.Redis.from_url(any_redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture(scope="session")
def one_server():
    with ValkeyServer() as server:
        yield server


@pytest.fixture
def server(one_server):
    """A server of our own to stop, pause or fill; running and empty again for the next test."""
    if not one_server.answers():
        one_server.stop()
        one_server.start()
    with one_server.client() as client:
        client.config_set("maxmemory", 0)
        client.config_set("maxmemory-policy", "noeviction")
        client.flushall()
    yield one_server
    one_server.signal(signal.SIGCONT)


@pytest.fixture(scope="session")
def cluster():
    with ValkeyCluster() as cluster:
        yield cluster


@pytest.fixture
def group():
    with ValkeyGroup() as group:
        yield group


@pytest.fixture
def tier(redis_url):
    with tier_on(redis_url) as tier:
        yield tier


@pytest.fixture
def store():
    return a_shop(MemoryStore())


@pytest.fixture
def shared_world(store, redis_url):
    """Makes gates of their own memory over one store and one Redis."""
    with SharedWorld(store, redis_url) as world:
        yield world
