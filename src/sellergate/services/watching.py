"""Who controls the rollout: one process of the fleet, and another soon after it has died."""

import threading
from dataclasses import replace
from typing import Final

from sellergate.domain.errors import ConcurrentChange
from sellergate.ports.cache import SECOND, BootClock
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.control import Watch
from sellergate.ports.stores import Store, Work

TAKEN_OVER_AFTER: Final = 10 * SECOND
"""How long a watch may stand still before somebody else takes it."""


class Watchman:
    """Holds the watch, or waits for it.

    A watch is held by going on counting: whoever sees the count stand still for ten seconds, by their own clock, takes the
    watch over. No two machines' clocks are compared, and no connection has to stay open. A holder that was paused finds the
    count changed, and an act it had begun is refused by `fence`.
    """

    def __init__(self, store: Store, *, process_id: str, boot: BootClock, now: Clock = utc_now) -> None:
        self._store = store
        self._id = process_id
        self._boot = boot
        self._now = now
        self._seen: Watch | None = None
        self._seen_at = boot()
        self._mine: Watch | None = None
        self._lock = threading.Lock()

    @property
    def seen(self) -> Watch | None:
        """The watch when it was last looked at."""
        return self._seen

    @property
    def holds(self) -> bool:
        """Whether this process has the watch, as far as it knows."""
        return self._mine is not None

    @property
    def silent_seconds(self) -> float:
        """How long the watch has stood still, as far as this process can tell."""
        return (self._boot() - self._seen_at) / SECOND

    def hold(self) -> Watch | None:
        """Go on holding the watch, or take it where nobody does; the watch as it was before, None when another has it.

        Before the very first one it is a watch of nobody. Raises StoreUnavailable.
        """
        with self._lock:
            with self._store.view() as view:
                current = view.watches.current()
            self._see(current)
            if not (self._is_mine(current) or self._is_free(current)):
                self._mine = None
                return None
            after = self._next(current)
            try:
                with self._store.work() as work:
                    work.watches.save(current, after)
            except ConcurrentChange:
                self._mine = None
                return None
            self._mine = after
            self._see(after)
            return current or replace(after, holder=None)

    def fence(self, work: Work) -> None:
        """Make this work fail, all of it, unless the watch is still held. Raises ConcurrentChange."""
        if self._mine is None:
            raise ConcurrentChange
        work.watches.save(self._mine, replace(self._mine, at=self._now()))

    def give_up(self) -> None:
        """Let somebody else take the watch at once. Raises StoreUnavailable."""
        with self._lock:
            mine, self._mine = self._mine, None
            if mine is None:
                return
            try:
                with self._store.work() as work:
                    work.watches.save(mine, replace(mine, holder=None, beat=mine.beat + 1, at=self._now()))
            except ConcurrentChange:
                return

    def _see(self, watch: Watch | None) -> None:
        if self._seen is None or watch is None or watch.beat != self._seen.beat:
            self._seen_at = self._boot()
        self._seen = watch

    def _is_mine(self, current: Watch | None) -> bool:
        return current is not None and self._mine is not None and current.beat == self._mine.beat

    def _is_free(self, current: Watch | None) -> bool:
        return current is None or current.holder is None or self._boot() - self._seen_at >= TAKEN_OVER_AFTER

    def _next(self, current: Watch | None) -> Watch:
        return Watch(holder=self._id, beat=(current.beat if current else 0) + 1, at=self._now())
