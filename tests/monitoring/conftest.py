"""A terminal for the tests of what people are told to type."""

import pytest
from terminal import Terminal


@pytest.fixture
def terminal(tmp_path, monkeypatch, capfd):
    return Terminal(tmp_path, monkeypatch, capfd)
