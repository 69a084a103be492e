"""Rate limits that processes share: exact together while Redis answers, each for itself while it does not."""

import signal
import threading
import time
from contextlib import ExitStack

import pytest
from redis_world import PATIENT, eventually, tier_on
from test_documented import ITS_USER, MORE_IN_A_CLUSTER

from sellergate.adapters.rate_limits import MovingWindowLimits
from sellergate.adapters.redis_tier import SharedWindows
from sellergate.adapters.redis_tier.tier import TIMEOUT_SECONDS
from sellergate.domain.errors import RateLimited

LIMIT = 10
OF_A_BUSY_MACHINE = 1.0


@pytest.fixture
def limits_on():
    """Makes the limits of one more process on the Redis of this address; `.tier` is its own way there."""
    with ExitStack() as stack:

        def make(url, timeout_seconds=PATIENT, per_minute=LIMIT):
            tier = stack.enter_context(tier_on(url, timeout_seconds=timeout_seconds))
            limits = MovingWindowLimits(writes_per_minute=per_minute, shared=SharedWindows(tier))
            limits.tier = tier
            return limits

        yield make


def hits(limits, times, who="somebody"):
    """How many of so many calls are let through."""
    passed = 0
    for _ in range(times):
        try:
            limits.hit_write(who)
        except RateLimited:
            continue
        passed += 1
    return passed


def shared_by_two(limits_on, url):
    one, two = limits_on(url), limits_on(url)
    return hits(one, 7) == 7 and hits(two, 7) == 3 and hits(one, 1) == 0 and hits(two, 1, "somebody else") == 1


def test_two_processes_let_through_what_one_would(redis_url, limits_on):
    assert shared_by_two(limits_on, redis_url)


def test_so_do_those_of_a_cluster(cluster, limits_on):
    for node in cluster.nodes:
        with node.client() as client:
            client.flushall()

    assert shared_by_two(limits_on, cluster.url)


def test_and_those_of_a_group_with_a_sentinel(group, limits_on):
    assert shared_by_two(limits_on, group.url)


def test_the_rights_of_the_documented_user_are_enough(server, limits_on):
    with server.client() as client:
        client.execute_command("ACL", "SETUSER", "limiter", "on", ">pw", *ITS_USER, *MORE_IN_A_CLUSTER)
        client.script_flush()
    try:
        assert shared_by_two(limits_on, server.url.replace("://", "://limiter:pw@"))
    finally:
        with server.client() as client:
            client.execute_command("ACL", "DELUSER", "limiter")


def test_threads_of_two_processes_are_let_through_exactly_so_often(redis_url, limits_on):
    both = [limits_on(redis_url) for _ in range(2)]
    passed = []
    threads = [threading.Thread(target=lambda limits=limits: passed.append(hits(limits, 3))) for limits in both * 10]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(passed) == LIMIT


def test_a_refusal_says_when_the_window_has_room_again(redis_url, raw, limits_on):
    limits = limits_on(redis_url, per_minute=1)
    limits.hit_write("s")
    (key,) = raw.keys("sellergate:limits:*")
    raw.lset(key, 0, time.time() - 20)

    with pytest.raises(RateLimited) as refused:
        limits.hit_write("s")
    assert 38 <= refused.value.retry_after <= 40
    assert 0 < raw.ttl(key) <= 60


def test_paused_it_costs_a_few_calls_50_ms_and_each_process_counts_for_itself(server, limits_on):
    one, two = (limits_on(server.url, TIMEOUT_SECONDS) for _ in range(2))
    eventually(lambda: hits(one, 1, "warm") or one.tier.health()["state"] == "closed")
    server.signal(signal.SIGSTOP)
    began = time.monotonic()

    passed = [hits(limits, 2 * LIMIT) for limits in (one, two)]

    assert time.monotonic() - began < 2 * 3 * TIMEOUT_SECONDS + OF_A_BUSY_MACHINE
    assert passed == [LIMIT, LIMIT]
    assert one.tier.health()["state"] == "open"


def test_gone_it_is_done_without_and_back_it_is_used_again(server, limits_on):
    one, two = limits_on(server.url), limits_on(server.url)
    assert hits(one, LIMIT) == LIMIT
    server.stop(signal.SIGKILL)

    assert [hits(limits, 2 * LIMIT) for limits in (one, two)] == [LIMIT, LIMIT]

    server.start()
    for limits in (one, two):
        eventually(lambda limits=limits: (limits.tier.probe(), limits.tier.health()["state"] == "closed")[1])
    assert hits(one, 7) + hits(two, 7) == LIMIT


def test_full_it_refuses_nobody(server, limits_on):
    limits = limits_on(server.url)
    with server.client() as client:
        client.config_set("maxmemory", 1)

    assert hits(limits, 2 * LIMIT) == LIMIT
    assert "maxmemory" in limits.tier.health()["lastError"]
