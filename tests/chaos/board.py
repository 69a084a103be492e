"""Numbers that all processes of a run see at once: a mapped file, each place written by one process only."""

import mmap
from enum import IntEnum
from pathlib import Path

PLACES = 64


class Place(IntEnum):
    """What stands where."""

    BEGUN = 0
    """Pairs below this number have been asked for."""
    REVOKED = 1
    """How many revocations are known to be done."""
    GATES = 8
    """From here on: how many sweeps each gate has made."""
    FAILED = 32
    """From here on: how many checks of each gate failed closed."""


class Board:
    """One file of PLACES integers."""

    def __init__(self, path):
        self.path = Path(path)
        if not self.path.exists():
            self.path.write_bytes(bytes(8 * PLACES))
        with self.path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8 * PLACES)
        self._numbers = memoryview(self._map).cast("q")

    def __getitem__(self, place):
        return self._numbers[place]

    def __setitem__(self, place, number):
        self._numbers[place] = number

    def close(self):
        self._numbers.release()
        self._map.close()
