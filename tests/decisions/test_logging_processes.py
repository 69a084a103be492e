"""The log as processes write it: each its own files, everything on disk when they end, and read by `simulate`."""

import json
import os
import subprocess
import sys

import pytest

CHECKS = """
import sys
from sellergate import Gate

with Gate.open(sys.argv[1]) as gate:
    for number in range(300):
        gate.check(sys.argv[2], f"p-{number % 30}", stage="order", value=2)
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    folder = tmp_path / "decisions"
    environ = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "DATABASE_URL": url, "SELLERGATE_DECISION_LOG": str(folder),
        "ENABLE_SELLER_AUTHORIZATION": "false",
    }  # fmt: skip

    def run(*command, **options):
        return subprocess.run(
            [sys.executable, *command], env=environ, capture_output=True, text=True, check=True, timeout=120, **options
        )

    run("-m", "sellergate", "migrate")
    return run, url, folder


def test_processes_write_files_of_their_own_and_lose_nothing_at_exit(shop):
    run, url, folder = shop
    environ = {"DATABASE_URL": url, "SELLERGATE_DECISION_LOG": str(folder), "PATH": os.environ["PATH"]}
    both = [
        subprocess.Popen([sys.executable, "-c", CHECKS, url, seller], env=environ, stderr=subprocess.PIPE)
        for seller in ("anna", "ben")
    ]
    for process in both:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err

    paths = sorted(folder.iterdir())
    assert len(paths) == 2
    for path in paths:
        checks = [json.loads(line) for line in path.read_text().splitlines()]
        assert len(checks) == 300
        assert len({check["sellerId"] for check in checks}) == 1
        assert {check["mode"] for check in checks} == {"SHADOW"}

    everything = "".join(path.read_text() for path in paths)
    told = json.loads(run("-m", "sellergate", "simulate", "--checks", "-", "--json", input=everything).stdout)
    assert told["checks"] == 600
    assert told["value"] == 1_200
