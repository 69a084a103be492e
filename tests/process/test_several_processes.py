"""Several processes on one database: one truth, one phase, one count."""

import signal
import time

import httpx
import pytest
from live import SERVICE, LiveServer, bearer

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
    with LiveServer(
        tmp_path, database_url, SELLERGATE_WORKERS="2", SELLERGATE_KILL_SWITCH_FILE=str(tmp_path / "KILL")
    ) as server:
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
    answer = httpx.post(f"{server.url}{path}", json=body, headers=headers)
    assert answer.status_code < 300, answer.text
    return answer.json()


def check(server, seller="seller-0", product="product-0"):
    return post(server, "/api/v1/ds/gate/check", SERVICE, sellerId=seller, productId=product, stage="cart")


def approved(server, product="product-0"):
    id = post(server, f"/api/v1/ds/seller/products/{product}/request", SELLER)["id"]
    return post(server, f"/api/v1/ds/supplier/authorizations/{id}/approve", SUPPLIER)["id"]


def until(condition, within=5.0):
    """How long it took until the condition held."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within
        time.sleep(0.01)
    return time.monotonic() - began


def test_every_check_of_every_worker_is_counted_once(server):
    for _ in range(CHECKS):
        check(server)

    def counted():
        lines = httpx.get(f"{server.url}/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("seller_auth_gate_checks_total{"))

    until(lambda: counted() == CHECKS)
    assert server.stop() == 0


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
