"""One transaction, tried again where works were in each other's way."""

from collections.abc import Callable
from typing import Final, TypeVar

from sellergate.domain.errors import ConcurrentChange
from sellergate.ports.stores import Store, Work

T = TypeVar("T")

RACES_RETRIED: Final = 3


def in_one_transaction(store: Store, verb: Callable[[Work], T]) -> T:
    """What the verb answers, once a work in which it ran is committed.

    It may run several times, each time in a work of its own that knows nothing of the ones before. Raises ConcurrentChange when
    others were in the way each time.
    """
    for _ in range(RACES_RETRIED):
        try:
            return _attempt(store, verb)
        except ConcurrentChange:
            continue
    return _attempt(store, verb)


def _attempt(store: Store, verb: Callable[[Work], T]) -> T:
    with store.work() as work:
        return verb(work)
