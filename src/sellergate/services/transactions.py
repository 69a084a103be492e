"""One transaction, tried again where works were in each other's way."""

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from sellergate.domain.errors import ConcurrentChange
from sellergate.ports.stores import Store, Work

T = TypeVar("T")

RACES_RETRIED: Final = 3
PAUSE: Final = 0.01
"""Seconds at most before the first further try, and as many more before each other: those who met do not meet again."""


CountVerb = Callable[[str, str], None]
"""Told of every move and every refused verb: the action, and "ok" or the error code."""


def uncounted(_action: str, _result: str) -> None:
    """Nobody counts."""


def in_one_transaction(store: Store, verb: Callable[[Work], T], *, count: CountVerb = uncounted) -> T:
    """What the verb answers, once a work in which it ran is committed; the moves in it are counted then.

    It may run several times, each time in a work of its own that knows nothing of the ones before. Raises ConcurrentChange when
    others were in the way each time.
    """
    for tries in range(1, RACES_RETRIED + 1):
        try:
            return _attempt(store, verb, count)
        except ConcurrentChange:
            time.sleep(random.uniform(0, tries * PAUSE))  # noqa: S311
    return _attempt(store, verb, count)


def _attempt(store: Store, verb: Callable[[Work], T], count: CountVerb) -> T:
    with store.work() as work:
        answer = verb(work)
    for action in work.moved:
        count(action, "ok")
    return answer
