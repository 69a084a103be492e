"""What processes measure in the assembled program: embedded, behind a server, and out of a Prometheus."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from live import SERVICE, LiveServer

from builders import stock
from sellergate import Gate
from sellergate.adapters.sql import SqlStore
from sellergate.domain.measurements import WINDOW_SECONDS
from sellergate.ports.measurements import SourceUnreadable
from sellergate.services.damage import Damage
from sellergate.services.stored_windows import StoredWindows
from sellergate.settings import load_settings
from sellergate.wiring import assemble, prepare_database

ENFORCED = {"ENABLE_SELLER_AUTHORIZATION": "true", "PHASE9_ROLLOUT_PERCENTAGE": "100"}
A_WHILE = 30


def windows_in(url, began):
    store = SqlStore.open(url, migrate=False)
    try:
        now = datetime.now(UTC) + timedelta(hours=1)
        return (
            StoredWindows(store).windows(WINDOW_SECONDS, began, now),
            Damage(store).report(began, now).totals,
        )
    finally:
        store.close()


def just_now():
    return datetime.now(UTC) - timedelta(minutes=1)


def test_everything_an_embedded_gate_was_asked_is_in_the_database_when_it_is_closed(tmp_path):
    url, began = f"sqlite:///{tmp_path / 'shop.db'}", just_now()
    with Gate.open(url, environ=ENFORCED) as gate:
        stock(gate._assembly.store)

        def check(_):
            for _ in range(500):
                gate.check("anna", "p-1")

        async def ask():
            await asyncio.gather(*(gate.acheck("anna", "p-1", consistency="strict", value=2) for _ in range(50)))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(check, range(4)))
        asyncio.run(ask())
        assert sum(each.checks for each in gate._assembly.measuring.recent()) <= 2050
    windows, totals = windows_in(url, began)

    assert sum(each.checks for each in windows) == 2050
    assert sum(sum(each.latencies.values()) for each in windows) == 2050
    assert (totals.all.denials, totals.all.value) == (2050, 100)
    assert {each.processes for each in windows} == {1}


def test_processes_on_one_database_have_their_windows_there_while_they_run(tmp_path, postgres_url):
    began = just_now()
    body = {"sellerId": "anna", "productId": "p-1", "stage": "order"}
    with LiveServer(tmp_path, postgres_url) as server, Gate.open(postgres_url, environ=ENFORCED) as gate:
        for _ in range(20):
            assert httpx.post(f"{server.url}/api/v1/ds/gate/check", json=body, headers=SERVICE).status_code == 200
            gate.check("anna", "p-1", stage="order")
        deadline = time.monotonic() + A_WHILE
        while True:
            windows, _ = windows_in(postgres_url, began)
            if sum(each.checks for each in windows) == 40 and max(each.processes for each in windows) == 2:
                break
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert server.stop() == 0
    windows, totals = windows_in(postgres_url, began)

    assert sum(each.checks for each in windows) == 40
    assert totals.all.denials == 40


def test_a_single_command_measures_nothing(tmp_path):
    settings = load_settings({"DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}", **ENFORCED})
    prepare_database(settings)
    with assemble(settings, following=False) as assembly:
        assembly.gate.check("anna", "p-1")

    windows, totals = windows_in(settings.database.url, just_now())
    assert (windows, totals.all.denials) == ([], 1)


def test_with_an_address_of_prometheus_the_series_is_read_there(tmp_path):
    database = f"sqlite:///{tmp_path / 'shop.db'}"
    settings = load_settings({"DATABASE_URL": database, "PROMETHEUS_URL": "http://127.0.0.1:1"})
    prepare_database(settings)
    now = datetime.now(UTC)
    with assemble(settings, following=False) as assembly, pytest.raises(SourceUnreadable, match="Prometheus"):
        assembly.series.read(now - timedelta(minutes=1), now)
