"""A server that is cut off from its database: closed within the lease, open again by itself; and the probe that measures the feed."""

import os
import time

import httpx
import pytest
from live import SERVICE, LiveServer, bearer
from psycopg import connect

from servers.postgres import name_of

SELLER = bearer("seller", seller_id="seller-0")
SUPPLIER = bearer("supplier", supplier_id="acme")
WITHIN = 30
LEASE = 2.0


def until(condition):
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.005)


class Customs:
    """Lets the server's database user in, or not; others come and go all the same."""

    def __init__(self, url):
        self.role = f"server_{os.getpid()}"
        self._admin = connect(url, autocommit=True)
        self._admin.execute(f"CREATE ROLE {self.role} LOGIN SUPERUSER")

    def close_border(self):
        self._admin.execute(f"ALTER ROLE {self.role} NOLOGIN")
        mine = f"FROM pg_stat_activity WHERE usename = '{self.role}'"
        until(lambda: not self._admin.execute(f"SELECT pg_terminate_backend(pid) {mine}").fetchall())

    def open_border(self):
        self._admin.execute(f"ALTER ROLE {self.role} LOGIN")

    def leave(self):
        self.open_border()
        self._admin.execute(f"DROP ROLE {self.role}")
        self._admin.close()


@pytest.fixture
def customs(postgres_url):
    customs = Customs(postgres_url)
    yield customs
    customs.leave()


@pytest.fixture
def server(tmp_path, postgres_url, customs):
    before, _, after = postgres_url.partition("://")
    url = f"{before}://{customs.role}@{after.partition('@')[2]}"
    assert name_of(url) == name_of(postgres_url)
    with LiveServer(tmp_path, url, SELLERGATE_PROBE_SECONDS="1") as server:
        server.fill(sellers=1, products=1)
        yield server


def post(server, path, headers, **body):
    return httpx.post(f"{server.url}{path}", json=body, headers=headers)


def check(server):
    return post(
        server, "/api/v1/ds/gate/check", SERVICE, sellerId="seller-0", productId="product-0", stage="cart"
    ).json()


def is_ready(server):
    return httpx.get(f"{server.url}/health/ready").status_code == 200


def test_cut_off_it_is_not_ready_and_denies_within_the_lease_and_recovers_by_itself(server, customs):
    id = post(server, "/api/v1/ds/seller/products/product-0/request", SELLER).json()["id"]
    assert post(server, f"/api/v1/ds/supplier/authorizations/{id}/approve", SUPPLIER).status_code == 200
    assert check(server)["allowed"]
    assert is_ready(server)

    customs.close_border()
    closed = time.monotonic()
    answers = []
    while not answers or answers[-1][1]["allowed"]:
        answers.append((time.monotonic() - closed, check(server)))
        assert answers[-1][0] < WITHIN
    until(lambda: not is_ready(server))

    assert answers[-1][1]["errorCode"] == "ERR_AUTHORIZATION_CHECK_FAILED"
    # Memory answered meanwhile, and no check that began later than the lease allowed was answered from it.
    assert all(began <= LEASE for began, answer in answers if answer["allowed"])
    customs.open_border()
    until(lambda: is_ready(server) and check(server)["allowed"])


def test_a_probe_measures_on_a_quiet_day(server):
    def measured():
        return httpx.get(f"{server.url}/health/detailed").json()["feed"]["revokeToDeny"]

    until(measured)

    assert {"processes": 1, "applied": 1}.items() <= measured().items()
    metrics = httpx.get(f"{server.url}/metrics").text
    observed = [line for line in metrics.splitlines() if line.startswith("seller_auth_revoke_to_deny_seconds_count")]
    assert float(observed[0].split()[-1]) >= 1
