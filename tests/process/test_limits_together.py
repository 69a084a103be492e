"""Workers that share a Redis let through together what one would; without it nobody is refused for that."""

import signal

import httpx
import pytest
from live import ADMIN, LiveServer, until

from servers.valkey import ValkeyServer

LIMIT = 10


@pytest.fixture
def valkey():
    with ValkeyServer() as valkey:
        yield valkey


@pytest.fixture
def server(tmp_path, valkey):
    more = {"SELLERGATE_WORKERS": "2", "SELLERGATE_WRITES_PER_MINUTE": str(LIMIT), "REDIS_URL": valkey.url}
    with LiveServer(tmp_path, **more) as server:
        until(lambda: server.said("server.ready") == 1)
        yield server


def written(server):
    """What so many calls are answered, each on a connection of its own, so that all workers get some."""
    path = f"{server.url}/api/admin/dropshipping/suppliers/acme"
    body = {"id": "acme", "name": "Acme"}
    return [httpx.put(path, json=body, headers=ADMIN, timeout=30).status_code for _ in range(2 * LIMIT + 10)]


def test_together_while_there_is_redis_and_each_for_itself_when_it_is_gone(server, valkey):
    answers = written(server)
    assert answers[:LIMIT] == [201] + [200] * (LIMIT - 1)
    assert set(answers[LIMIT:]) == {429}

    valkey.stop(signal.SIGKILL)
    answers = written(server)
    assert set(answers) == {200, 429}
    assert LIMIT <= answers.count(200) <= 2 * LIMIT
