"""Several processes on one database: one truth, one phase, one count."""

import os
import signal
import threading

import httpx
import pytest
from live import SERVICE, LiveServer, bearer, until

from sellergate.adapters.sql import SqlStore
from sellergate.domain.rollout import Phase
from sellergate.embedded import Gate
from sellergate.ports.clock import utc_now
from sellergate.services.propagation import LIVE_FOR

SELLER = bearer("seller", seller_id="seller-0")
SUPPLIER = bearer("supplier", supplier_id="acme")
OPERATOR = bearer("operator")
WHY = "Everything has been quiet for a week."
CHECKS = 200


@pytest.fixture
def server(tmp_path, database_url):
    (tmp_path / "metrics").mkdir()
    more = {
        "SELLERGATE_WORKERS": "2",
        "SELLERGATE_KILL_SWITCH_FILE": str(tmp_path / "KILL"),
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"),
    }
    with LiveServer(tmp_path, database_url, **more) as server:
        server.fill(sellers=2, products=3)
        until(lambda: len(processes(server)) == 2, within=20)
        yield server


def processes(server):
    """Those that say they live; the first worker answers before the second one has started."""
    store = SqlStore.open(server.database_url, migrate=False)
    try:
        with store.view() as view:
            return view.processes.live(utc_now() - LIVE_FOR)
    finally:
        store.close()


def post(server, path, headers, **body):
    # A connection of its own for each call, so that all workers get some.
    answer = httpx.post(f"{server.url}{path}", json=body, headers=headers, timeout=60)
    assert answer.status_code < 300, answer.text
    return answer.json()


def counted(server, *names):
    """What the counters say: of all checks, or of those that were timed."""
    lines = httpx.get(f"{server.url}/metrics", timeout=60).text.splitlines()
    begins = names or ("seller_auth_gate_checks_total{",)
    return sum(float(line.split()[-1]) for line in lines if line.startswith(begins))


def check(server, seller="seller-0", product="product-0"):
    return post(server, "/api/v1/ds/gate/check", SERVICE, sellerId=seller, productId=product, stage="cart")


def check_hundred(server):
    products = [f"product-{number}" for number in range(100)]
    post(server, "/api/v1/ds/gate/check-batch", SERVICE, sellerId="seller-0", productIds=products, stage="cart")


def at_once(call, *, clients, each):
    threads = [threading.Thread(target=lambda: [call() for _ in range(each)]) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def approved(server, product="product-0"):
    id = post(server, f"/api/v1/ds/seller/products/{product}/request", SELLER)["id"]
    return post(server, f"/api/v1/ds/supplier/authorizations/{id}/approve", SUPPLIER)["id"]


def test_every_check_of_every_worker_is_counted_once(server):
    for _ in range(CHECKS):
        check(server)

    until(lambda: counted(server) == CHECKS)
    assert server.stop() == 0


def test_what_a_killed_worker_has_counted_stays_and_how_it_was_does_not(server, tmp_path):
    at_once(lambda: check_hundred(server), clients=4, each=20)
    until(lambda: counted(server) == 8_000)
    before = server.workers()
    dead = before[0]
    shown = []

    os.kill(dead, signal.SIGKILL)
    until(lambda: shown.append(counted(server)) or server.said("worker.ready") == 3)

    assert set(shown) == {8_000}  # never less, not for a moment
    assert len(server.workers()) == 2
    assert set(server.workers()) - set(before)
    kept = [path.name for path in (tmp_path / "metrics").iterdir() if f"_{dead}.db" in path.name]
    assert sorted(kept) == [f"counter_{dead}.db", f"histogram_{dead}.db"]
    at_once(lambda: check_hundred(server), clients=4, each=5)
    until(lambda: counted(server) == 10_000)
    assert counted(server, "seller_auth_gate_duration_seconds_count") == 10_000
    assert counted(server, "seller_auth_gate_denies_total{") == 10_000


def test_a_revocation_that_was_answered_is_denied_by_every_worker(server):
    id = approved(server)
    assert all(check(server)["allowed"] for _ in range(20))

    revoked = post(server, f"/api/v1/ds/supplier/authorizations/{id}/revoke", SUPPLIER, reason=WHY)

    assert not any(check(server)["allowed"] for _ in range(20))
    receipt = revoked["receipt"]
    assert (receipt["processes"], receipt["applied"]) == (2, 2)


def test_an_embedded_gate_hears_of_it_as_well(server):
    id = approved(server)
    with Gate.open(server.database_url, environ=server.environ) as gate:
        assert gate.allows("seller-0", "product-0")

        post(server, f"/api/v1/ds/supplier/authorizations/{id}/revoke", SUPPLIER, reason=WHY)

        assert not gate.allows("seller-0", "product-0")


def test_every_process_follows_a_managed_phase_within_a_second(server):
    with Gate.open(server.database_url, environ=server.environ) as gate:
        moved = post(server, "/api/admin/dropshipping/rollout/rollback", OPERATOR, reason=WHY)

        assert until(lambda: gate.rollout.phase is Phase.OFF) < 1
        assert (moved["receipt"]["processes"], moved["receipt"]["applied"]) == (3, 3)
    assert modes(server) == {"OFF"}


def test_the_kill_switch_turns_every_worker_off_and_its_removal_on_again(server, tmp_path):
    (tmp_path / "KILL").touch()
    until(lambda: modes(server) == {"OFF"})
    until(lambda: httpx.get(f"{server.url}/health/detailed").json()["rollout"]["killSwitch"])
    until(lambda: httpx.get(f"{server.url}/api/v1/ds/seller/limits", headers=SELLER).status_code == 501)

    (tmp_path / "KILL").unlink()
    until(lambda: modes(server) == {"ENFORCED"})


def test_workers_do_not_outlive_a_killed_supervisor(server):
    server.stop(signal.SIGKILL)

    until(lambda: not processes(server), within=15)
    server.start()


def modes(server):
    return {check(server)["mode"] for _ in range(20)}
