"""Looks that cost something, made at most once a minute."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final, Generic, TypeVar

from sellergate.domain.authorization import Status
from sellergate.ports.queries import AuthorizationQuery
from sellergate.ports.stores import Store

T = TypeVar("T")

KEPT_SECONDS: Final = 60.0
INBOX_LOOKS: Final = 5


class _Kept(Generic[T]):
    """The answer of a question, asked again when it is a minute old."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._answer: tuple[float, T] | None = None
        self._lock = threading.Lock()

    def get(self) -> T:
        """The answer. Raises what the question raises."""
        with self._lock:
            now = time.monotonic()
            if self._answer is None or now - self._answer[0] > KEPT_SECONDS:
                self._answer = now, self._ask()
            return self._answer[1]


class Soundings:
    """How fast the fullest inbox is, and whether queries use their indexes. `index_problems` says which do not."""

    def __init__(self, store: Store, *, index_problems: Callable[[], Sequence[str]]) -> None:
        self._store = store
        self._indexes = _Kept(index_problems)
        self._inbox = _Kept(self._look_into_inbox)

    def index_problems(self) -> Sequence[str]:
        """The hot queries that do not use their index. Raises StoreUnavailable."""
        return self._indexes.get()

    def inbox_took(self) -> timedelta | None:
        """How long the first page of the fullest inbox takes, the slowest of five; None when nobody has an open request.

        Raises StoreUnavailable.
        """
        return self._inbox.get()

    def _look_into_inbox(self) -> timedelta | None:
        with self._store.view() as view:
            fullest = view.authorizations.fullest_inboxes(1)
        if not fullest:
            return None
        query = AuthorizationQuery(supplier_id=fullest[0].supplier_id, statuses=frozenset({Status.REQUESTED}))
        return max(self._took(query) for _ in range(INBOX_LOOKS))

    def _took(self, query: AuthorizationQuery) -> timedelta:
        began = time.perf_counter()
        with self._store.view() as view:
            view.authorizations.search(query)
        return timedelta(seconds=time.perf_counter() - began)
