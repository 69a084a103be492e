"""Asking Redis, and telling it: never in the way of a check for longer than it takes to give up."""

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from redis.exceptions import NoScriptError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from sellergate.adapters.redis_tier.address import Address
from sellergate.adapters.redis_tier.breaker import Breaker, State
from sellergate.adapters.redis_tier.connecting import BusyError, Link, connect
from sellergate.adapters.redis_tier.script import PUT, PUT_SHA
from sellergate.adapters.redis_tier.values import decode, encode, key_of
from sellergate.domain.gate import Facts
from sellergate.ports.cache import READ_LIMIT, SECOND, BootClock, SharedLookup
from sellergate.ports.counts import SharedPut, SharedResult

log = logging.getLogger(__name__)

TIMEOUT_SECONDS: Final = 0.05
JITTER: Final = 0.1
MILLISECOND: Final = SECOND // 1000


class NotAskedError(Exception):
    """Redis is in trouble, or was found to be by this very question."""


class RedisTier:
    """A SharedTier in Redis: single, watched by Sentinels, or a cluster.

    While the breaker is open nothing is asked. It is at the beginning: `probe`, called beside the checks, connects, and finds
    out later when a Redis in trouble is back.

    A put that Redis is too busy to read may lie in its socket long after we have given up: a paused server carries it out when
    it goes on. So every put says, by Redis's own clock, until when it may be carried out: a value enters at most the read limit
    after the store was asked, which is what the floors of those who read it count on.
    """

    def __init__(
        self,
        address: Address,
        *,
        ttl_seconds: float,
        boot: BootClock,
        timeout_seconds: float = TIMEOUT_SECONDS,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._address = address
        self._ttl_ms = ttl_seconds * 1000
        self._timeout_seconds = timeout_seconds
        self._boot = boot
        self._draw = draw
        self._breaker = Breaker()
        self._link: Link | None = None
        self._redis_ahead: int | None = None
        self._last_error: str | None = None
        self._answers: bool | None = None
        self._puts: Counter[SharedPut] = Counter()
        self._counting = threading.Lock()

    def find_many(self, seller_id: str, product_ids: Sequence[str]) -> SharedLookup:
        """See SharedTier."""
        link = self._link
        if link is None or not self._breaker.is_closed:
            return _SKIPPED
        try:
            values = _values(link, [key_of(seller_id, product_id) for product_id in product_ids])
        except BusyError:
            return _SKIPPED
        except Exception as error:  # noqa: BLE001 - whatever is wrong with Redis, the store is asked
            self._failed(error)
            return _FAILED
        self._breaker.succeeded()
        return _lookup(seller_id, product_ids, values)

    def put_many(self, seller_id: str, facts: Mapping[str, Facts], *, read_began: int) -> None:
        """See SharedTier. Done when this returns."""
        self.count_puts(self._put(seller_id, facts, read_began), len(facts))

    def _put(self, seller_id: str, facts: Mapping[str, Facts], read_began: int) -> SharedPut:
        link = self._link
        if link is None or not self._breaker.is_closed:
            return SharedPut.SKIPPED
        if self._boot() > read_began + READ_LIMIT:
            return SharedPut.LATE
        try:
            in_time = self._written(link, seller_id, facts, read_began)
        except BusyError:
            return SharedPut.SKIPPED
        except ResponseError as error:  # it has answered: full, or read-only; it may still be asked
            self._last_error = _line(error)
            return SharedPut.ERROR
        except Exception as error:  # noqa: BLE001 - whatever is wrong with Redis, nobody waits for this
            self._failed(error)
            return SharedPut.ERROR
        self._breaker.succeeded()
        return SharedPut.OK if in_time else SharedPut.LATE

    def _written(self, link: Link, seller_id: str, facts: Mapping[str, Facts], read_began: int) -> bool:
        keys = [key_of(seller_id, product_id) for product_id in facts]
        lines: list[object] = []
        for product_id, its in facts.items():
            lines += (self._lifetime(), encode(seller_id, product_id, its))
        last_moment = (read_began + READ_LIMIT) // MILLISECOND
        # The first time, and whenever Redis's clock turns out to be another, the first answer only tells the time.
        for _ in range(2):
            ahead = self._redis_ahead
            time_there, written = _run(link, keys, [0 if ahead is None else last_moment + ahead, *lines])
            now = self._boot() // MILLISECOND
            self._redis_ahead = time_there - now  # at least so much: the answer has been under way
            if written >= 0:
                return True
            if now > last_moment:
                break
        return False

    def _lifetime(self) -> int:
        return max(1, round(self._ttl_ms * (1 - JITTER * self._draw())))

    def _failed(self, error: Exception) -> None:
        self._redis_ahead = None
        self._last_error = _line(error)
        if self._breaker.failed(self._boot(), timed_out=isinstance(error, RedisTimeoutError)):
            self._say(answers=False)

    def ask(self, *command: object) -> Any:
        """The answer to a command of somebody else's who shares this Redis, and what is known of how it is.

        Raises NotAskedError, or ResponseError of redis-py where the answer is a refusal.
        """
        link = self._link
        if link is None or not self._breaker.is_closed:
            raise NotAskedError
        try:
            answer = link.ask(*command)
        except BusyError as error:
            raise NotAskedError from error
        except NoScriptError:
            raise
        except ResponseError as error:
            self._last_error = _line(error)
            raise
        except Exception as error:
            self._failed(error)
            raise NotAskedError from error
        self._breaker.succeeded()
        return answer

    def probe(self) -> None:
        """Ask Redis for a sign of life, if it is time to. For a thread that no check waits for."""
        if not self._breaker.may_probe(self._boot()):
            return
        try:
            if self._link is None:
                self._link = connect(self._address, timeout_seconds=self._timeout_seconds)
            self._link.ask("GET", key_of("", ""))  # what a check would do, for a pair that cannot be
        except Exception as error:  # noqa: BLE001 - that is what was to be found out
            self._last_error = _line(error)
            self._breaker.probe_failed(self._boot())
            self._say(answers=False)
        else:
            self._breaker.probe_succeeded()
            self._say(answers=True)

    def _say(self, *, answers: bool) -> None:
        if answers is self._answers:
            return
        self._answers = answers
        if answers:
            log.info("Redis answers.")
        else:
            log.warning("Redis is not asked until it answers: %s", self._last_error)

    def count_puts(self, result: SharedPut, times: int) -> None:
        """Count values put, or not."""
        with self._counting:
            self._puts[result] += times

    def puts(self) -> Mapping[SharedPut, int]:
        """How many values were put since the beginning, by what became of them."""
        with self._counting:
            return dict(self._puts)

    def health(self) -> Mapping[str, object]:
        """See SharedTier."""
        return {"state": self._breaker.state.value, "lastError": self._last_error}

    @property
    def state(self) -> State:
        """The state of the breaker."""
        return self._breaker.state

    def close(self) -> None:
        """Let go of all connections."""
        link, self._link = self._link, None
        if link is not None:
            link.close()


_SKIPPED: Final = SharedLookup({}, SharedResult.SKIPPED)
_FAILED: Final = SharedLookup({}, SharedResult.ERROR)


def _values(link: Link, keys: list[str]) -> list[bytes | None]:
    values: list[bytes | None] = [link.ask("GET", keys[0])] if len(keys) == 1 else link.ask("MGET", *keys)
    return values


def _run(link: Link, keys: list[str], arguments: list[object]) -> list[int]:
    try:
        answer: list[int] = link.ask("EVALSHA", PUT_SHA, len(keys), *keys, *arguments)
    except NoScriptError:  # flushed, restarted, or another server by now
        answer = link.ask("EVAL", PUT, len(keys), *keys, *arguments)
    return answer


def _lookup(seller_id: str, product_ids: Sequence[str], values: Sequence[object]) -> SharedLookup:
    facts, unreadable = {}, 0
    for product_id, value in zip(product_ids, values, strict=True):
        if value is None:
            continue
        its = decode(value, seller_id, product_id) if isinstance(value, bytes) else None
        if its is None:
            unreadable += 1
        else:
            facts[product_id] = its
    return SharedLookup(facts, SharedResult.MISS, unreadable)


def _line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
