"""Moving windows that processes share, in the Redis they share anyway: a storage of the `limits` library."""

import time
from hashlib import sha1
from typing import Any, Final

from limits.storage import MovingWindowSupport, RedisStorage
from redis.exceptions import NoScriptError, RedisError

from sellergate.adapters.redis_tier.tier import NotAskedError, RedisTier

PREFIX: Final = "sellergate:limits:"


class SharedWindows(MovingWindowSupport):
    """The library's windows and scripts over our own link, which gives up after 50 ms and knows when not to ask at all.

    Raises StorageError of the library, and nothing else, when Redis cannot say.
    """

    wrap_exceptions = True
    base_exceptions = (NotAskedError, RedisError)

    def __init__(self, tier: RedisTier) -> None:
        self._tier = tier

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """See MovingWindowSupport."""
        return bool(self._run(_ACQUIRE, key, time.time(), limit, expiry, amount))

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """See MovingWindowSupport."""
        now = time.time()
        window = self._run(_LOOK, key, now - expiry, limit)
        return (float(window[0]), int(window[1])) if window else (now, 0)

    def _run(self, script: "_Script", key: str, *arguments: object) -> Any:
        try:
            return self._tier.ask("EVALSHA", script.sha, 1, PREFIX + key, *arguments)
        except NoScriptError:  # flushed, restarted, or another server by now
            return self._tier.ask("EVAL", script.text, 1, PREFIX + key, *arguments)


class _Script:
    def __init__(self, text: bytes | str) -> None:
        self.text = text.encode() if isinstance(text, str) else text
        self.sha = sha1(self.text, usedforsecurity=False).hexdigest()


_ACQUIRE: Final = _Script(RedisStorage.SCRIPT_ACQUIRE_MOVING_WINDOW)
_LOOK: Final = _Script(RedisStorage.SCRIPT_MOVING_WINDOW)
