"""The program as users run it, each time in a folder of its own."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from olist import real_orders

FULL = {"ENABLE_SELLER_AUTHORIZATION": "true", "PHASE9_ROLLOUT_PERCENTAGE": "100"}
SHADOW = {"ENABLE_SELLER_AUTHORIZATION": "false"}


class Program:
    def __init__(self, folder):
        self._folder = folder
        self.database_url = f"sqlite:///{folder / 'shop.db'}"

    def __call__(self, *arguments, expect=0, **environ):
        """The JSON a command prints, once it has ended with the status expected."""
        finished = subprocess.run(
            [sys.executable, "-m", "sellergate", *map(str, arguments), "--json"],
            env={"PATH": os.environ["PATH"], "DATABASE_URL": self.database_url} | environ,
            cwd=self._folder, capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        assert finished.returncode == expect, finished.stderr.decode()
        return json.loads(finished.stdout)


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path)


@pytest.fixture(scope="module")
def backfilled(tmp_path_factory):
    """A marketplace after a dry run and a backfill of the real orders, with what both have reported."""
    program = Program(tmp_path_factory.mktemp("backfilled"))
    planned = program("backfill", "--orders", real_orders(), "--dry-run")
    before = program("audit", "verify")
    report = program("backfill", "--orders", real_orders())
    return SimpleNamespace(program=program, planned=planned, before=before, report=report)


@pytest.fixture
def full():
    return FULL


@pytest.fixture
def shadow():
    return SHADOW
