"""What is tried before a rollout, tried on real servers: a load by k6, and the way back."""

import json
import os
import subprocess
import sys
import time

import pytest
from live import SECRET, LiveServer

from sellergate.adapters.sql import SqlStore
from sellergate.domain.trials import TrialKind
from sellergate.ports.clock import utc_now
from sellergate.services.propagation import LIVE_FOR

PLAN = """
name = "Small"
zone = "UTC"
load_test = {clients = 20, rate = 3000, duration = "2 s", latency_p95 = "1 s"}

[[steps]]
name = "shadow"
kind = "shadow"
criteria = [{name = "load", text = "It stands the load", check = "load_test_passed"}]

[[steps]]
name = "full"
kind = "full"
"""
ORDERS = "seller_id,product_id\n" + "".join(f"seller-{n},product-{n}\n" for n in range(5))


class Program:
    def __init__(self, server, folder):
        self.folder = folder
        self._environ = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": server.database_url,
            "SELLERGATE_JWT_SECRET": SECRET,
            "SELLERGATE_PORT": str(server.port),
            "SELLERGATE_PLAN_FILE": str(folder / "plan.toml"),
        }
        self._url = server.database_url

    def __call__(self, *arguments, **environ):
        return subprocess.run(
            [sys.executable, "-m", "sellergate", *arguments],
            env=self._environ | environ, cwd=self.folder, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    def view(self, read):
        store = SqlStore.open(self._url, migrate=False)
        try:
            with store.view() as view:
                return read(view)
        finally:
            store.close()

    def evidence(self, kind):
        return self.view(lambda view: view.trials.latest(kind))


@pytest.fixture
def program(tmp_path, database_url):
    with LiveServer(tmp_path, database_url, ENABLE_SELLER_AUTHORIZATION="false") as server:
        server.fill(sellers=5, products=5)
        (tmp_path / "plan.toml").write_text(PLAN)
        yield Program(server, tmp_path)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_load_test_asks_a_running_server_and_its_result_is_evidence(program):
    refused = program("loadtest")
    assert (refused.returncode, "no authorization to ask about" in refused.stderr) == (2, True)
    (program.folder / "orders.csv").write_text(ORDERS)
    program("backfill", "--orders", "orders.csv")

    ran = program("loadtest", "--ramp", "1", "--json")

    found = json.loads(ran.stdout)
    kept = program.evidence(TrialKind.LOADTEST)
    # How fast this machine is at this moment is no matter of this test; that every check was made and answered is.
    assert found["checks"] == pytest.approx(100, abs=3)
    assert (found["failed"], found["notSent"]) == (0, 0)
    assert 0 < found["p50Milliseconds"] <= found["p95Milliseconds"] <= found["p99Milliseconds"]
    assert (ran.returncode, kept.holds) == ((0, True) if found["holds"] else (1, False))
    assert {**kept.summary} == found
    status = json.loads(program("rollout", "status", "--json").stdout)
    criterion = next(each for each in status["criteria"] if each["name"] == "load")
    assert criterion["state"] == ("met" if found["holds"] else "failing"), criterion
    assert program("loadtest", "--token", "none").stderr.count("answers the first check with 401") == 1


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_drill_is_followed_by_the_running_process_and_moves_nothing(program):
    assert program("drill", "rollback").returncode == 1  # the phase comes from the environment
    program("rollout", "promote", "--reason", "The first products.", "--override", "--canary", "product-1")
    deadline = time.monotonic() + 30
    while len(program.view(lambda view: view.processes.live(utc_now() - LIVE_FOR))) < 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    before = json.loads(program("rollout", "status", "--json").stdout)

    switch = str(program.folder / "run" / "KILL")
    ran = program("drill", "rollback", "--json", SELLERGATE_KILL_SWITCH_FILE=switch)

    report = json.loads(ran.stdout)
    after = json.loads(program("rollout", "status", "--json").stdout)
    assert (report["processes"], report["applied"]) == (1, 1)
    assert report["killSwitch"] == {"configured": True, "problem": None}
    assert ran.returncode == (0 if report["milliseconds"] <= 1000 else 1)
    changing = {"verdict", "controller", "criteria"}  # as time goes on
    assert {name: after[name] for name in after if name not in changing} == {
        name: before[name] for name in before if name not in changing
    } | {"version": before["version"] + 1}
    assert program.evidence(TrialKind.DRILL).summary["applied"] == 1
    assert not (program.folder / "run").exists()
    shown = program("drill", "rollback").stdout
    assert "the plan allows 5 minutes" in shown
