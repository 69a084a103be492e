"""A terminal for every test of a command."""

import pytest
from terminal import Terminal


@pytest.fixture
def terminal(tmp_path, monkeypatch, capfd):
    return Terminal(tmp_path, monkeypatch, capfd)
