"""What holds for every test: a clean environment, and property tests that find the same examples each time."""

import logging
import os

import pytest
import structlog
from hypothesis import settings

from sellergate.logs import StandardError

OURS = (
    "AUTHORIZATION_",
    "DATABASE_URL",
    "ENABLE_",
    "PHASE9_",
    "PROMETHEUS_URL",
    "REDIS_URL",
    "ROLLOUT_SOURCE",
    "SELLER_",
    "SELLERGATE_",
)

pytest_plugins = ["store_fixtures"]  # once for all folders: a server is started once

SLOW = ("process", "chaos", "console", "acceptance", "monitoring", "tracing", "deploy")
"""Folders whose files take longest. They begin first, so that no worker ends with one while the other has nothing left."""

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=100)
settings.load_profile("ci")


def pytest_collection_modifyitems(config, items):
    tests = config.rootpath / "tests"
    items.sort(key=lambda item: item.path.relative_to(tests).parts[0] not in SLOW)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    """Whatever the machine sets, a test sees only the settings it makes."""
    for variable in list(os.environ):
        if variable.startswith(OURS):
            monkeypatch.delenv(variable)


@pytest.fixture(autouse=True)
def _no_logs_of_earlier_tests():
    """What a command sets up for its process ends with the test that ran it in ours."""
    config, root = structlog.get_config(), logging.getLogger()
    level = root.level
    yield
    for handler in root.handlers[:]:
        if isinstance(getattr(handler, "stream", None), StandardError):
            root.removeHandler(handler)
    root.setLevel(level)
    structlog.configure(**config)
