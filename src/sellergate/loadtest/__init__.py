"""The load test: a script for k6, which asks a running server as many marketplaces would."""

from importlib.resources import files
from pathlib import Path


def script() -> Path:
    """Where the script is."""
    return Path(str(files(__package__) / "gate.js"))
