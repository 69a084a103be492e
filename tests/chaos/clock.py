"""The clock of a run: of the machine, not of the program that is watched."""

import time

SECOND = 1_000_000_000
MILLISECOND = 1_000_000


def now():
    """Nanoseconds since the machine started, the same in all processes; a jump of the wall clock does not move it."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
