"""Word that something has changed, for whoever shows things while they change."""

import threading
from collections.abc import Callable, Sequence

from sellergate.ports.feed import Change


class Pulse:
    """Calls its listeners after every look at the change feed that found something. From any thread; they must not block."""

    def __init__(self) -> None:
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
        if changes:
            for listener in self._listeners:
                listener()
