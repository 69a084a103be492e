"""A whole rollout with real processes: by itself to the end, and back when it must, whoever has died meanwhile."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sellergate.adapters.sql import SqlStore
from sellergate.domain.evidence import canonical, judgement_json, replay
from sellergate.ports.queries import PageRequest
from servers.postgres import Postgres, newest_binaries

WITHIN = 120
"""Seconds: the machine may be busy. What is waited for takes ten to twenty."""

PLAN = """
name = "In a minute"
zone = "UTC"
persist = "4 s"
observation = "0 s"

[[thresholds]]
metric = "gate_latency_p95"
investigate = "250 ms"  # this machine has other things to do
roll_back = "500 ms"

[[steps]]
name = "shadow"
kind = "shadow"
minimum_checks = 300
promotion = "automatic"
breach = "notify"

[[steps]]
name = "half"
kind = "percentage"
percentage = 50
minimum_checks = 300
promotion = "automatic"

[[steps]]
name = "full"
kind = "full"
"""


class Shop:
    """One process of a marketplace."""

    def __init__(self, environ, log):
        with log.open("a") as errors:
            self._process = subprocess.Popen(
                [sys.executable, Path(__file__).with_name("rollout_process.py")],
                env=environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._answer() == {"ready": True}

    def _answer(self):
        return json.loads(self._process.stdout.readline())

    def tell(self, *words):
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def kill(self):
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(WITHIN)

    def close(self):
        self._process.stdin.close()
        if self._process.poll() is None:
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(WITHIN)
        self._process.stdout.close()


class Marketplace:
    def __init__(self, server, folder):
        self.server = server
        self.folder = folder
        (folder / "plan.toml").write_text(PLAN)
        self.environ = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": server.url,
            "SELLERGATE_PLAN_FILE": str(folder / "plan.toml"),
            "ROLLOUT_SOURCE": "managed",
            "SELLERGATE_DB_STATEMENT_TIMEOUT": "2",
        }
        self.shops = []

    def open_shop(self):
        self.shops.append(Shop(self.environ, self.folder / "log.txt"))
        return self.shops[-1]

    def command(self, *words):
        finished = subprocess.run(
            [sys.executable, "-m", "sellergate", *words, "--json"],
            env=self.environ, capture_output=True, text=True, check=False, timeout=WITHIN,
        )  # fmt: skip
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)

    def promote(self):
        return self.command("rollout", "promote", "--override", "--reason", "It begins now.")

    def history(self):
        store = SqlStore.open(self.server.url, migrate=False)
        try:
            with store.view() as view:
                changes = view.rollouts.history(PageRequest(50)).items
                return [(change, change.verdict_id and view.verdicts.get(change.verdict_id)) for change in changes]
        finally:
            store.close()

    def close(self):
        for shop in self.shops:
            shop.close()


@pytest.fixture
def marketplace(tmp_path):
    with Postgres(newest_binaries) as server:
        SqlStore.open(server.url, migrate=True).close()
        marketplace = Marketplace(server, tmp_path)
        try:
            yield marketplace
        finally:
            marketplace.close()


def until(shop, **expected):
    """Wait until the process says so."""
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        said = shop.tell("say")
        if expected.items() <= said.items():
            return said
        time.sleep(0.1)
    raise AssertionError(f"{said} is not {expected}")


def test_a_rollout_reaches_its_end_by_itself_and_goes_back_when_it_must(marketplace):
    first, second = marketplace.open_shop(), marketplace.open_shop()
    marketplace.promote()

    # Clean traffic: from shadow over a half to all, by the controller alone.
    until(first, step="full", mode="ENFORCED", allowed=False)
    until(second, step="full")
    changes = [change for change, _ in marketplace.history()]
    assert [(change.actor_id, change.to_step) for change in changes[:2]] == [
        ("controller", "full"),
        ("controller", "half"),
    ]

    # The controller is killed, and 3 % of the other's checks fail: it takes over and rolls back.
    holder, other = (first, second) if first.tell("say")["holds"] else (second, first)
    assert not other.tell("say")["holds"]
    holder.kill()
    other.tell("errors", 0.06)
    until(other, phase="off", mode="OFF", allowed=True)
    change, verdict = marketplace.history()[0]
    assert (change.action.value, change.actor_id, verdict.verdict) == ("rollback", "controller", "ROLL_BACK")
    assert "Errors" in change.reason
    assert canonical(judgement_json(replay(verdict.evidence))) == canonical(verdict.judgement)


def test_without_a_database_each_process_trips_and_the_fleet_is_rolled_back_when_it_is_back(marketplace):
    shop = marketplace.open_shop()
    for _ in range(3):
        marketplace.promote()
    until(shop, step="full", mode="ENFORCED", allowed=False)

    marketplace.server.stop(signal.SIGKILL)
    until(shop, tripped=True, mode="OFF", allowed=True)

    marketplace.server.start()
    until(shop, tripped=False, phase="off")
    change, _ = marketplace.history()[0]
    assert (change.action.value, change.actor_id) == ("rollback", "controller")
    assert change.reason.startswith("A process had switched itself off while the database was gone.")
