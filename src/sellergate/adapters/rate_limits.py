"""Rate limits by the `limits` library: exact moving windows, in this process or in a storage that processes share."""

import threading
import time
from contextlib import AbstractContextManager, nullcontext
from math import ceil
from typing import Final

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, MovingWindowSupport, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from sellergate.domain.errors import RateLimited, StoreUnavailable

REQUESTS_PER_DAY: Final = 100
WRITES_PER_MINUTE: Final = 1_200


class MovingWindowLimits:
    """At most so many calls in any window of that length, wherever it begins; see ports/limits.py.

    `storage` is a URI of the `limits` library; `memory://` counts for this process alone. Raises StoreUnavailable where a
    shared storage cannot be reached.
    """

    def __init__(
        self,
        *,
        requests_per_day: int = REQUESTS_PER_DAY,
        writes_per_minute: int = WRITES_PER_MINUTE,
        storage: str = "memory://",
    ) -> None:
        kept = storage_from_string(storage, wrap_exceptions=True)
        if not isinstance(kept, MovingWindowSupport):
            raise TypeError(f"{type(kept).__name__} cannot hold moving windows.")
        self._windows = MovingWindowRateLimiter(kept)
        self._requests = RateLimitItemPerDay(requests_per_day, namespace="requests")
        self._writes = RateLimitItemPerMinute(writes_per_minute, namespace="writes")
        # The library's memory storage drops a key's lock while another thread may be waiting for it.
        self._one_by_one: AbstractContextManager[object] = (
            threading.Lock() if isinstance(kept, MemoryStorage) else nullcontext()
        )

    def hit_request(self, seller_id: str) -> None:
        """One authorization request of this seller. Raises RateLimited."""
        self._hit(self._requests, seller_id)

    def hit_write(self, subject: str) -> None:
        """One writing call of this subject. Raises RateLimited."""
        self._hit(self._writes, subject)

    def _hit(self, item: RateLimitItem, who: str) -> None:
        try:
            with self._one_by_one:
                if self._windows.hit(item, who):
                    return
                reset = self._windows.get_window_stats(item, who).reset_time
        except StorageError as error:
            raise StoreUnavailable("The rate limits cannot be read at the moment.") from error
        raise RateLimited(max(1, ceil(reset - time.time())))
