"""When to stop asking a Redis that does not answer, and when to ask it again. Pure: the time is an argument."""

import threading
from collections import deque
from enum import StrEnum
from typing import Final

from sellergate.ports.cache import SECOND

FAILURES: Final = 5
"""So many failures in a row open it."""

BURST: Final = 3
BURST_WITHIN: Final = SECOND
"""So many timeouts within a second open it, successes between them or not: each has cost a check 50 ms."""

FIRST_PAUSE: Final = SECOND
LONGEST_PAUSE: Final = 10 * SECOND


class State(StrEnum):
    """CLOSED: Redis is asked. OPEN: it is not. HALF_OPEN: one probe is under way that decides which it will be."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """Opens on failures in a row or a burst of timeouts; closes when a probe succeeds. Begins open, with a probe due at once.

    A probe is allowed one second after it opened, then after two, four, eight and every ten seconds. What fails or succeeds
    while it is not closed was begun before it opened and says nothing new. Times are in nanoseconds of the boot clock.
    Thread-safe; `state` is read without a lock.
    """

    def __init__(self) -> None:
        self.state = State.OPEN
        self._failures = 0
        self._timeouts: deque[int] = deque(maxlen=BURST)
        self._pause = FIRST_PAUSE // 2
        self._probe_at = 0
        self._lock = threading.Lock()

    @property
    def is_closed(self) -> bool:
        """Whether Redis may be asked."""
        return self.state is State.CLOSED

    def succeeded(self) -> None:
        """A call was answered."""
        if self._failures:
            with self._lock:
                self._failures = 0

    def failed(self, now: int, *, timed_out: bool) -> bool:
        """A call was not answered, or not in time. True when this opened the breaker."""
        with self._lock:
            if self.state is not State.CLOSED:
                return False
            self._failures += 1
            if timed_out:
                self._timeouts.append(now)
            if self._failures < FAILURES and not self._is_burst(now):
                return False
            self._pause = FIRST_PAUSE
            self._open(now)
            return True

    def _is_burst(self, now: int) -> bool:
        return len(self._timeouts) == BURST and now - self._timeouts[0] < BURST_WITHIN

    def _open(self, now: int) -> None:
        self.state = State.OPEN
        self._probe_at = now + self._pause

    def may_probe(self, now: int) -> bool:
        """Whether the caller is to make the probe, now; the next to ask is told no until it is over."""
        with self._lock:
            if self.state is not State.OPEN or now < self._probe_at:
                return False
            self.state = State.HALF_OPEN
            return True

    def probe_succeeded(self) -> None:
        """The probe was answered: closed again, with nothing held against it."""
        with self._lock:
            self._failures = 0
            self._timeouts.clear()
            self.state = State.CLOSED

    def probe_failed(self, now: int) -> None:
        """The probe was not answered: open again, for twice as long."""
        with self._lock:
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            self._open(now)
