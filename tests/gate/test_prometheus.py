"""The gate's counters as Prometheus sees them."""

import math
import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from gate_world import A_WHILE, FULL, SHADOW, World
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from builders import NOON
from sellergate.adapters.prometheus import GateMetrics
from sellergate.domain import errors
from sellergate.domain.authorization import Action
from sellergate.domain.gate import Stage
from sellergate.domain.histogram import BINS, PROMETHEUS_EDGES, SECOND
from sellergate.domain.messages import MessageState
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.ports.aggregates import SUPPLIERS_SHOWN, Aggregates
from sellergate.ports.stores import Decisions, Inbox
from sellergate.services.counting import Cells, Meter, bin_of

CHECKS = "seller_auth_gate_checks_total"
DENIES = "seller_auth_gate_denies_total"


@pytest.fixture
def registry():
    return CollectorRegistry()


def metrics_of(world, registry, *, pool=None, **more):
    return GateMetrics(
        registry,
        take=Meter(world.counters).take,
        rollout=lambda: world.gate.rollout,
        lag_seconds=lambda: world.follower.lag_seconds,
        pool_in_use=lambda: pool,
        clock=world.clock.wall,
        **more,
    )


def nonzero(registry, name):
    return {
        tuple(sample.labels.values()): sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == name and sample.value
    }


def test_checks_and_denials_by_stage_decision_and_shadow(store, registry):
    world = World(store, rollout=FULL)
    metrics = metrics_of(world, registry)
    world.gate.check("anna", "p-1")
    world.gate.check("anna", "p-1", stage="order")
    world.gate.check("ben", "p-1", stage="settlement")
    world.gate.follow(SHADOW)
    world.gate.check("ben", "p-1")
    world.gate.follow(RolloutState(phase=Phase.CANARY))
    world.gate.check("ben", "p-1")
    world.gate.follow(FULL)
    world.down()
    world.gate.check("ben", "p-2")
    world.gate.follow(SHADOW)
    world.gate.check("ben", "p-2")
    metrics.fold()

    assert nonzero(registry, CHECKS) == {
        ("cart", "allow", "false"): 1,
        ("order", "allow", "false"): 1,
        ("settlement", "deny", "false"): 1,
        ("cart", "deny", "true"): 1,
        ("cart", "bypass", "false"): 1,
        ("cart", "error", "false"): 1,
        ("cart", "error", "true"): 1,
    }
    assert nonzero(registry, DENIES) == {
        ("settlement", "ERR_SELLER_NOT_AUTHORIZED", "false"): 1,
        ("cart", "ERR_SELLER_NOT_AUTHORIZED", "true"): 1,
        ("cart", "ERR_AUTHORIZATION_CHECK_FAILED", "false"): 1,
        ("cart", "ERR_AUTHORIZATION_CHECK_FAILED", "true"): 1,
    }


def test_what_is_shown_is_up_to_now(world, registry):
    metrics = metrics_of(world, registry)
    world.gate.check("anna", "p-1")

    assert f'{CHECKS}{{decision="allow",shadow="false",stage="cart"}} 1.0' in metrics.exposition().decode()


def test_every_series_is_there_before_its_first_event(world, registry):
    metrics_of(world, registry)
    text = generate_latest(registry).decode()

    assert f'{CHECKS}{{decision="error",shadow="true",stage="settlement"}} 0.0' in text
    assert 'seller_auth_cache_requests_total{result="miss",tier="local"} 0.0' in text


def test_what_is_folded_twice_is_counted_once(world, registry):
    metrics = metrics_of(world, registry)
    for _ in range(3):
        world.gate.check("anna", "p-1")
        metrics.fold()
        metrics.fold()

    assert nonzero(registry, CHECKS) == {("cart", "allow", "false"): 3}


def test_the_cache_and_its_hit_rate_of_the_last_minute(world, registry):
    metrics = metrics_of(world, registry)
    assert math.isnan(registry.get_sample_value("seller_auth_cache_hit_rate"))

    for _ in range(4):
        world.gate.check("anna", "p-1")
    world.gate.check("anna", "p-1", stage="settlement")
    metrics.fold()
    assert nonzero(registry, "seller_auth_cache_requests_total") == {("local", "hit"): 3, ("local", "miss"): 1}
    assert registry.get_sample_value("seller_auth_cache_hit_rate") == 0.75

    world.later(50)
    world.gate.check("anna", "p-1")
    metrics.fold()
    assert registry.get_sample_value("seller_auth_cache_hit_rate") == 0.8
    world.later(10)
    metrics.fold()
    assert registry.get_sample_value("seller_auth_cache_hit_rate") == 1.0
    world.later(60)
    metrics.fold()
    assert registry.get_sample_value("seller_auth_cache_hit_rate") == 1.0  # nothing asked says nothing new


def test_gauges(store, registry):
    world = World(store, rollout=RolloutState(phase=Phase.PERCENTAGE, percentage=50))
    metrics = metrics_of(world, registry, pool=0.25)
    world.clock.advance(1.5)
    metrics.fold()

    assert nonzero(registry, "seller_auth_rollout_phase") == {("percentage",): 1}
    assert registry.get_sample_value("seller_auth_rollout_percentage") == 50
    assert registry.get_sample_value("seller_auth_change_feed_lag_seconds") == 1.5
    assert registry.get_sample_value("seller_auth_db_pool_in_use_ratio") == 0.25

    world.follower.kill_switch(present=True)
    metrics.fold()
    assert nonzero(registry, "seller_auth_rollout_phase") == {("off",): 1}
    assert registry.get_sample_value("seller_auth_kill_switch") == 1
    assert registry.get_sample_value("seller_auth_rollout_tripped") == 0
    world.follower.kill_switch(present=False)
    world.gate.follow(world.gate.rollout.tripped_locally())
    metrics.fold()
    assert registry.get_sample_value("seller_auth_kill_switch") == 0
    assert registry.get_sample_value("seller_auth_rollout_tripped") == 1


def test_verbs_and_the_two_refusals_with_a_counter_of_their_own(world, registry):
    metrics = metrics_of(world, registry)
    for result in ("ok", "ok", "ERR_PRODUCT_LIMIT_REACHED", "ERR_COOLDOWN_ACTIVE"):
        metrics.count_verb("request", result)

    assert nonzero(registry, "seller_auth_requests_total") == {
        ("request", "ok"): 2,
        ("request", "ERR_PRODUCT_LIMIT_REACHED"): 1,
        ("request", "ERR_COOLDOWN_ACTIVE"): 1,
    }
    assert registry.get_sample_value("seller_auth_limit_rejections_total") == 1
    assert registry.get_sample_value("seller_auth_cooldown_blocks_total") == 1


def test_how_long_suppliers_let_a_request_wait(world, registry):
    metrics = metrics_of(world, registry)
    for waited in (timedelta(minutes=1), timedelta(days=3), timedelta(days=31)):
        metrics.observe_response(waited)

    name = "seller_auth_response_seconds"
    buckets = {edge: registry.get_sample_value(f"{name}_bucket", {"le": edge}) for edge in ("60.0", "259200.0", "+Inf")}
    assert buckets == {"60.0": 1, "259200.0": 2, "+Inf": 3}


AGGREGATES = Aggregates(
    inboxes=[Inbox("acme", 120), Inbox("zeta", 3)], decisions=[Decisions("acme", 9, 1)], rolled_back_at=NOON
)


def test_what_is_read_from_the_database_goes_when_it_is_gone(world, registry):
    seen = [AGGREGATES, Aggregates(), None]
    metrics_of(world, registry, aggregates=lambda: seen[0])
    last = "seller_auth_rollout_last_rollback_timestamp_seconds"

    assert nonzero(registry, "seller_auth_inbox_size") == {("acme",): 120, ("zeta",): 3}
    assert nonzero(registry, "seller_auth_supplier_decisions") == {("acme", "approve"): 9, ("acme", "reject"): 1}
    assert registry.get_sample_value(last) == NOON.timestamp()
    seen.pop(0)
    assert nonzero(registry, "seller_auth_inbox_size") == nonzero(registry, "seller_auth_supplier_decisions") == {}
    assert registry.get_sample_value(last) == 0
    seen.pop(0)
    assert registry.get_sample_value(last) is None


def test_what_is_read_from_the_database_is_there_once_however_many_processes_share_a_folder(
    world, registry, tmp_path, monkeypatch
):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    metrics = metrics_of(world, registry, aggregates=lambda: AGGREGATES)
    text = metrics.exposition().decode()

    assert text.count('seller_auth_inbox_size{supplierId="acme"} 120.0') == 1


def test_a_process_has_an_end_of_series_whatever_happens(world, registry):
    """No product or seller in a label; the suppliers are bounded where they are read, verbs and codes by the code."""
    many = [f"supplier-{number}" for number in range(SUPPLIERS_SHOWN)]
    seen = Aggregates(inboxes=[Inbox(id, 1) for id in many], decisions=[Decisions(id, 1, 1) for id in many])
    metrics = metrics_of(world, registry, aggregates=lambda: seen, shared_puts=dict, dropped={"windows": lambda: 0})
    for seller in range(50):
        for stage in Stage:
            world.gate.check(f"seller-{seller}", f"product-{seller}", stage=stage)
    for action, code in product(Action, CODES):
        metrics.count_verb(action.value, code)
    metrics.fold()

    samples = [sample for metric in registry.collect() for sample in metric.samples]
    assert len(samples) < 3 * SUPPLIERS_SHOWN + 2 * len(Action) * len(CODES) + 400
    assert {name for sample in samples for name in sample.labels} == LABELS


LABELS = {"action", "cache_hit", "decision", "error", "kind", "le", "phase", "reason", "result", "shadow", "stage"} | {
    "supplierId",
    "tier",
}
CODES = sorted({kind.code for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "code")})


LATENCIES = st.lists(
    st.one_of(
        st.integers(0, 20 * SECOND),
        st.sampled_from(PROMETHEUS_EDGES),
        st.sampled_from(PROMETHEUS_EDGES).map(lambda e: e + 1),
    )
)


@given(latencies=LATENCIES)
def test_adding_latencies_in_bulk_is_the_same_as_observing_each(latencies):
    """Holds the private attributes of prometheus_client that the bulk way uses."""
    cells = Cells()
    observed = Histogram("observed", "One by one.", buckets=[e / SECOND for e in PROMETHEUS_EDGES], registry=None)
    for nanoseconds in latencies:
        cells.miss_bins[bin_of(nanoseconds)] += 1
        cells.miss_ns += nanoseconds
        observed.observe(nanoseconds / SECOND)
    registry = CollectorRegistry()
    GateMetrics(
        registry, take=lambda: cells, rollout=lambda: FULL, lag_seconds=lambda: 0.0, pool_in_use=lambda: None
    ).fold()

    name = "seller_auth_gate_duration_seconds"
    for sample in next(iter(observed.collect())).samples:
        if sample.name == "observed_created":
            continue
        folded = registry.get_sample_value(
            sample.name.replace("observed", name), {"cache_hit": "false", **sample.labels}
        )
        assert folded == pytest.approx(sample.value)
    assert len(cells.miss_bins) == BINS


def test_the_seeds_limits_are_edges_of_their_own(world, registry):
    metrics_of(world, registry).fold()
    text = generate_latest(registry).decode()

    assert 'le="0.005"' in text
    assert 'le="0.01"' in text
    assert 'le="1e-05"' in text


def test_the_thread_folds_every_second_and_stopping_folds_the_rest(world, registry, monkeypatch):
    monkeypatch.setattr("sellergate.adapters.prometheus.FOLD_SECONDS", 0.01)
    metrics = metrics_of(world, registry)
    metrics.start()
    world.gate.check("anna", "p-1")
    deadline = time.monotonic() + A_WHILE
    while not nonzero(registry, CHECKS) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert nonzero(registry, CHECKS) == {("cart", "allow", "false"): 1}

    world.gate.check("anna", "p-1")
    metrics.stop()
    assert nonzero(registry, CHECKS) == {("cart", "allow", "false"): 2}
    assert not any(thread.name == "sellergate-metrics" for thread in threading.enumerate())


WORKER = """
import sys
from prometheus_client import CollectorRegistry
from sellergate.adapters.prometheus import GateMetrics
from sellergate.domain.messages import MessageState
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.services.counting import Counters, Meter

checks, percentage, lag = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
counters = Counters()
metrics = GateMetrics(
    CollectorRegistry(), take=Meter(counters).take, rollout=lambda: RolloutState(phase=Phase.PERCENTAGE, percentage=percentage),
    lag_seconds=lambda: lag, pool_in_use=lambda: None)
from sellergate.domain.gate import DECISIONS, Mode, Reason
from sellergate.services.counting import OFFSETS
approved = next(decision for decision in DECISIONS if decision.reason is Reason.APPROVED)
for _ in range(checks):
    counters.local.cells.count("cart", OFFSETS[Mode.ENFORCED] + approved.index, cache_hit=True, nanoseconds=6_000_000)
metrics.count_verb("request", "ok")
metrics.stop()
print("folded", flush=True)
sys.stdin.read()
"""


def test_several_processes_are_added_up(tmp_path):
    environment = {"PATH": os.environ["PATH"], "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    source = Path(sys.modules["sellergate"].__file__).parents[1]
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, *arguments],
            env={**environment, "PYTHONPATH": str(source)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for arguments in (("3", "50", "0.25"), ("4", "10", "1.5"))
    ]
    try:
        assert [worker.stdout.readline() for worker in workers] == ["folded\n", "folded\n"]
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(tmp_path))
        value = registry.get_sample_value

        assert value(CHECKS, {"stage": "cart", "decision": "allow", "shadow": "false"}) == 7
        duration = "seller_auth_gate_duration_seconds"
        assert value(f"{duration}_bucket", {"cache_hit": "true", "le": "0.005"}) == 0
        assert value(f"{duration}_bucket", {"cache_hit": "true", "le": "0.01"}) == 7
        assert value(f"{duration}_count", {"cache_hit": "true"}) == 7
        assert value(f"{duration}_sum", {"cache_hit": "true"}) == pytest.approx(0.042)
        assert value("seller_auth_requests_total", {"action": "request", "result": "ok"}) == 2
        assert value("seller_auth_rollout_percentage") == 50
        assert value("seller_auth_rollout_phase", {"phase": "percentage"}) == 1
        assert value("seller_auth_change_feed_lag_seconds") == 1.5
        assert value("seller_auth_cache_hit_rate") == 1.0
    finally:
        for worker in workers:
            worker.communicate(timeout=A_WHILE)


def test_what_was_measured_and_given_up_is_counted_by_kind(store, registry):
    dropped = {"windows": 2, "shadow_denials": 0}
    metrics = metrics_of(World(store), registry, dropped={kind: lambda kind=kind: dropped[kind] for kind in dropped})
    for _ in range(2):
        metrics.fold()
    assert registry.get_sample_value("seller_auth_measurements_dropped_total", {"kind": "shadow_denials"}) == 0
    dropped["windows"] = 5
    metrics.fold()

    assert registry.get_sample_value("seller_auth_measurements_dropped_total", {"kind": "windows"}) == 5


def test_what_waits_to_be_sent_and_what_was_given_up_is_shown_as_counted_last(store, registry):
    counts = []
    metrics = metrics_of(World(store), registry, messages=lambda: counts[-1] if counts else None)
    metrics.fold()
    assert registry.get_sample_value("seller_auth_notices_dead") == 0

    counts.append({MessageState.PENDING: 7, MessageState.DEAD: 2})
    metrics.fold()
    assert registry.get_sample_value("seller_auth_notices_pending") == 7
    assert registry.get_sample_value("seller_auth_notices_dead") == 2


def test_how_soon_a_revocation_was_denied_everywhere(world, registry):
    metrics = metrics_of(world, registry)
    name = "seller_auth_revoke_to_deny_seconds"
    assert registry.get_sample_value(f"{name}_count") == 0

    for seconds in (0.004, 0.1, 2.001):
        metrics.observe_revoke_to_deny(seconds)

    buckets = {edge: registry.get_sample_value(f"{name}_bucket", {"le": edge}) for edge in ("0.005", "0.1", "1.0")}
    assert buckets == {"0.005": 1, "0.1": 2, "1.0": 2}
    assert registry.get_sample_value(f"{name}_count") == 3
