"""Word that something has changed, for whoever shows things while they change."""

import threading
from collections.abc import Callable, Sequence

from sellergate.ports.feed import Change


class Pulse:
    """Calls its listeners after every look at the change feed that found something. From any thread; they must not block.

    `first` is given what each look has found, before them, also when that is nothing.
    """

    def __init__(self, first: Callable[[Sequence[Change]], None] = lambda _changes: None) -> None:
        self._first = first
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call this one from now on; the answer is what ends it."""
        with self._lock:
            self._listeners = [*self._listeners, listener]
        return lambda: self._leave(listener)

    def _leave(self, listener: Callable[[], None]) -> None:
        with self._lock:
            self._listeners = [other for other in self._listeners if other is not listener]

    def saw(self, changes: Sequence[Change]) -> None:
        """A look at the feed has found these."""
        self._first(changes)
        if changes:
            for listener in self._listeners:
                listener()
