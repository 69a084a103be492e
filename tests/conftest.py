"""What holds for every test: a clean environment, and property tests that find the same examples each time."""

import os

import pytest
from hypothesis import settings

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

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=100)
settings.load_profile("ci")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    """Whatever the machine sets, a test sees only the settings it makes."""
    for variable in list(os.environ):
        if variable.startswith(OURS):
            monkeypatch.delenv(variable)
