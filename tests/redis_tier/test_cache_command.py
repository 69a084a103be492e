"""`sellergate cache warm`: the busiest sellers' authorizations in Redis before anybody asks."""

import pytest
from terminal import Terminal

from sellergate.domain.authorization import Status
from servers.program import free_port


@pytest.fixture
def terminal(tmp_path, monkeypatch, capfd):
    terminal = Terminal(tmp_path, monkeypatch, capfd)
    terminal.fill()
    return terminal


@pytest.fixture
def sold(terminal):
    lines = "seller_id,product_id\nanna,mug\nanna,lamp\nben,mug\n"
    terminal.done("backfill", "--orders", terminal.file("orders.csv", lines))
    return terminal


def test_the_pairs_are_in_redis_afterwards(sold, redis_url, raw):
    sold.set("REDIS_URL", redis_url)

    assert sold.done("cache", "warm") == {"pairs": 3, "stored": 3}
    assert sorted(raw.keys()) == ["sellergate:{anna}:lamp", "sellergate:{anna}:mug", "sellergate:{ben}:mug"]
    assert raw.get("sellergate:{anna}:mug").split("|")[4] == Status.APPROVED.value


def test_no_more_than_were_asked_for(sold, redis_url, raw):
    sold.set("REDIS_URL", redis_url)
    result = sold("cache", "warm", "--limit", "2")

    assert (result.status, result.out) == (0, "2 of 2 pairs are in Redis.\n")
    assert len(raw.keys()) == 2


def test_without_redis_there_is_nothing_to_warm(sold):
    result = sold("cache", "warm")

    assert (result.status, result.out) == (2, "")
    assert result.err == "sellergate: REDIS_URL=: set the URL of the Redis to warm\n"


def test_a_redis_that_does_not_answer_is_said_in_one_line(sold):
    sold.set("REDIS_URL", f"redis://:hunter2@127.0.0.1:{free_port()}")
    result = sold("cache", "warm")

    assert result.status == 1
    assert result.err.startswith("sellergate: Redis does not answer: ConnectionError")
    assert result.err.count("\n") == 1
    assert "hunter2" not in result.err


def test_a_full_redis_is_said_by_the_exit_status(sold, server):
    with server.client() as client:
        client.config_set("maxmemory", 1)
    sold.set("REDIS_URL", server.url)
    result = sold("cache", "warm")

    assert (result.status, result.out) == (1, "0 of 3 pairs are in Redis.\n")
