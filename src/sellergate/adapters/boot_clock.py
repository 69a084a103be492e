"""The boot clock of this machine."""

import time
from functools import partial
from typing import Final

from sellergate.ports.cache import BootClock

_WITH_SUSPENSION: Final = getattr(time, "CLOCK_BOOTTIME", None)

boot_now: Final[BootClock] = (
    time.monotonic_ns if _WITH_SUSPENSION is None else partial(time.clock_gettime_ns, _WITH_SUSPENSION)
)
"""Nanoseconds since boot. Where the system cannot count the time it was suspended (not Linux), that time is missing: a
laptop that wakes up may believe its memory for one lease longer."""
