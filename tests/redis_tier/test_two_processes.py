"""Two processes over one SQLite file and one Redis: what one has read the other need not, what one revokes both deny."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from gate_world import a_shop
from redis_world import eventually

from sellergate.adapters.sql import SqlStore

HERE = Path(__file__).parent


class GateProcess:
    def __init__(self, database_url, redis_url):
        path = os.pathsep.join([str(HERE), str(HERE.parent / "gate"), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "gate_process.py"), database_url, redis_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": path},
        )

    def _answer(self):
        line = self._process.stdout.readline()
        assert line, "the process has ended"
        return line.strip()

    def wait_until_open(self):
        assert self._answer() == "open"

    def tell(self, *words):
        self._process.stdin.write(" ".join(words) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def check(self, seller, product):
        return json.loads(self.tell("check", seller, product))

    def end(self):
        self._process.stdin.close()
        self._process.stdout.close()
        assert self._process.wait(30) == 0


@pytest.fixture
def processes(tmp_path, redis_url):
    database_url = f"sqlite:///{tmp_path / 'shop.db'}"
    store = SqlStore.open(database_url, migrate=True)
    a_shop(store)
    store.close()
    started = [GateProcess(database_url, redis_url) for _ in range(2)]
    for process in started:
        process.wait_until_open()
    yield started
    for process in started:
        process.end()


def test_warm_in_one_is_a_hit_in_the_other_and_revoked_in_one_is_denied_in_the_other(processes):
    one, two = processes
    assert one.check("anna", "p-1") == {"reason": "APPROVED", "hit": False, "redisHits": 0}

    # What the first has read is put beside the check, a moment later.
    pairs = iter([(seller, f"p-{number}") for seller in ("anna", "ben") for number in range(1, 6)])
    eventually(lambda: (one.check(*(pair := next(pairs))), two.check(*pair)["redisHits"])[1])

    assert one.tell("revoke", "anna", "p-1") == "done"
    assert one.check("anna", "p-1")["reason"] == "REVOKED"
    eventually(lambda: two.check("anna", "p-1")["reason"] == "REVOKED")
