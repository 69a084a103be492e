"""What was looked up where, as Prometheus sees it."""

import pytest
from gate_world import authorize
from prometheus_client import CollectorRegistry
from redis_world import tier_on

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.prometheus import GateMetrics
from sellergate.adapters.redis_tier.values import key_of
from sellergate.domain.authorization import Status
from sellergate.domain.gate import Facts
from sellergate.services.counting import Meter


@pytest.fixture
def registry():
    return CollectorRegistry()


def metrics_of(world, registry):
    return GateMetrics(
        registry,
        take=Meter(world.counters).take,
        rollout=lambda: world.gate.rollout,
        lag_seconds=lambda: 0.0,
        pool_in_use=lambda: None,
        shared_puts=world.tier.puts,
    )


def nonzero(registry, name):
    return {
        tuple(sample.labels.values()): sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == name and sample.value
    }


def test_hits_and_misses_are_told_apart_by_tier(shared_world, registry):
    one, two = shared_world.process(), shared_world.process()
    one.gate.check("anna", "p-1")
    metrics = metrics_of(two, registry)
    two.gate.check("anna", "p-1")  # not here, but in Redis
    two.gate.check("anna", "p-1")  # here
    two.gate.check("anna", "p-2")  # in neither
    two.gate.check("anna", "p-3", stage="settlement")  # asked neither
    metrics.fold()
    metrics.fold()

    assert nonzero(registry, "seller_auth_cache_requests_total") == {
        ("local", "hit"): 1,
        ("local", "miss"): 2,
        ("redis", "hit"): 1,
        ("redis", "miss"): 1,
    }
    assert registry.get_sample_value("seller_auth_cache_hit_rate") == pytest.approx(2 / 3)
    assert nonzero(registry, "seller_auth_cache_puts_total") == {("redis", "ok"): 1}
    assert nonzero(registry, "seller_auth_gate_duration_seconds_count") == {("true",): 2, ("false",): 2}


def test_what_was_found_and_refused_is_a_miss_with_its_reason(shared_world, registry, raw):
    one, two = shared_world.process(), shared_world.process()
    one.gate.check_many("anna", ["p-1", "p-2"])
    metrics = metrics_of(two, registry)
    authorize(two.store, "anna", "p-1", Status.REVOKED)
    two.follower.sync()
    raw.set(key_of("anna", "p-2"), "something else")
    two.gate.check_many("anna", ["p-1", "p-2", "p-3"])
    metrics.fold()

    assert nonzero(registry, "seller_auth_cache_requests_total") == {("local", "miss"): 3, ("redis", "miss"): 3}
    assert nonzero(registry, "seller_auth_cache_refused_total") == {
        ("redis", "outdated"): 1,
        ("redis", "unreadable"): 1,
    }


def test_what_was_not_asked_and_what_failed(shared_world, registry, monkeypatch):
    world = shared_world.process()
    metrics = metrics_of(world, registry)

    def fails(*_):
        raise OSError("no")

    monkeypatch.setattr(world.tier._link, "ask", fails)
    world.gate.check("anna", "p-1")
    for _ in range(5):
        world.gate.check_many("anna", ["p-1", "p-2", "p-3"])
        world.memory.begin(world.clock.ns)
    metrics.fold()

    counted = nonzero(registry, "seller_auth_cache_requests_total")
    assert counted["redis", "error"] > 0
    assert counted["redis", "skipped"] > 0
    assert nonzero(registry, "seller_auth_cache_puts_total").keys() == {("redis", "error"), ("redis", "skipped")}


def test_the_series_are_there_from_the_beginning_and_only_with_redis(redis_url, shared_world, registry):
    world = shared_world.process()
    metrics = metrics_of(world, registry)
    text = metrics.exposition().decode()
    assert 'seller_auth_cache_requests_total{result="skipped",tier="redis"} 0.0' in text
    assert 'seller_auth_cache_refused_total{reason="outdated",tier="redis"} 0.0' in text
    assert 'seller_auth_cache_puts_total{result="dropped",tier="redis"} 0.0' in text

    without = GateMetrics(
        CollectorRegistry(),
        take=Meter(world.counters).take,
        rollout=lambda: world.gate.rollout,
        lag_seconds=lambda: 0.0,
        pool_in_use=lambda: None,
    )
    assert b"redis" not in without.exposition()


def test_what_was_counted_before_the_first_fold_is_not_lost(redis_url, shared_world, registry):
    with tier_on(redis_url) as tier:
        tier.put_many("anna", {"p": Facts(1)}, read_began=boot_now())
        world = shared_world.process()
        world.tier = tier
        metrics_of(world, registry).fold()

    assert nonzero(registry, "seller_auth_cache_puts_total") == {("redis", "ok"): 1}
