"""Rate limits by the `limits` library: exact moving windows, in this process or in a Redis that processes share."""

import threading
import time
from math import ceil
from typing import Final

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, MovingWindowSupport

from sellergate.domain.errors import RateLimited

REQUESTS_PER_DAY: Final = 100
WRITES_PER_MINUTE: Final = 1_200


class MovingWindowLimits:
    """At most so many calls in any window of that length, wherever it begins; see ports/limits.py.

    `shared` is where processes count together. What it cannot say at the moment, or without it, this process counts for
    itself: a limit that cannot be read is no reason to refuse anybody, and none to let everything through.
    """

    def __init__(
        self,
        *,
        requests_per_day: int = REQUESTS_PER_DAY,
        writes_per_minute: int = WRITES_PER_MINUTE,
        shared: MovingWindowSupport | None = None,
    ) -> None:
        self._shared = shared
        self._own = MemoryStorage()
        # The library's memory storage drops a key's lock while another thread may be waiting for it.
        self._one_by_one = threading.Lock()
        self._requests = RateLimitItemPerDay(requests_per_day, namespace="requests")
        self._writes = RateLimitItemPerMinute(writes_per_minute, namespace="writes")

    def hit_request(self, seller_id: str) -> None:
        """One authorization request of this seller. Raises RateLimited."""
        self._hit(self._requests, seller_id)

    def hit_write(self, subject: str) -> None:
        """One writing call of this subject. Raises RateLimited."""
        self._hit(self._writes, subject)

    def _hit(self, item: RateLimitItem, who: str) -> None:
        free_at = self._free_at(item, who)
        if free_at is not None:
            raise RateLimited(max(1, ceil(free_at - time.time())))

    def _free_at(self, item: RateLimitItem, who: str) -> float | None:
        if self._shared is not None:
            try:
                return _free_at(self._shared, item, who)
            except StorageError:
                pass
        with self._one_by_one:
            return _free_at(self._own, item, who)


def _free_at(windows: MovingWindowSupport, item: RateLimitItem, who: str) -> float | None:
    """None where the call was counted; otherwise when the next will be."""
    key, lasts = item.key_for(who), item.get_expiry()
    if windows.acquire_entry(key, item.amount, lasts):
        return None
    began, _ = windows.get_moving_window(key, item.amount, lasts)
    return began + lasts
