"""The probe: on a day without revocations it is still known how soon one would be denied everywhere."""

import logging
import random
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from sellergate.ports.cache import SECOND, BootClock
from sellergate.ports.feed import Change, ChangeKind
from sellergate.ports.stores import Store
from sellergate.services.outages import Outage
from sellergate.services.propagation import Propagation, Receipt

log = logging.getLogger(__name__)

NOBODY: Final = "(probe)"
"""No identifier may have a bracket, so no seller and no product is ever called that."""
PROBE: Final = Change(kind=ChangeKind.AUTHORIZATION, version=1, seller_id=NOBODY, product_id=NOBODY)

SPREAD: Final = 0.25
"""Processes wait up to this share longer, each differently, so that one of them is first."""


class Probe:
    """Announces a change of a pair that nobody can have, every so often, and reads back when all have applied it.

    It writes one line to the feed and nothing else: no authorization, no event, no slot of anybody. One process of all that
    share a database is enough: each hears the others' probes on the feed (`saw`), and waits `every` from the last one.
    """

    def __init__(
        self,
        store: Store,
        propagation: Propagation,
        *,
        every: timedelta,
        boot: BootClock,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._propagation = propagation
        self._every = int(every.total_seconds() * SECOND)
        self._boot = boot
        self._draw = draw
        self._last = boot()
        self._patience = self._drawn_patience()
        self._outage = Outage(log, "How soon a revocation is denied cannot be measured")
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def saw(self, changes: Sequence[Change]) -> None:
        """These changes were on the feed: somebody's probe may be among them."""
        if any(change.seller_id == NOBODY for change in changes):
            self._last = self._boot()

    def measure(self) -> Receipt:
        """Probe now. Raises StoreUnavailable."""
        self._last = self._boot()
        with self._store.work() as work:
            sequence = work.announce(PROBE)
        return self._propagation.of_change(sequence)

    def start(self) -> None:
        """Go on in a thread; never, when `every` is nothing."""
        if self._every:
            self._thread = threading.Thread(target=self._run, name="sellergate-probe", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread, once a probe under way has been read back."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def due_in(self) -> int:
        """Nanoseconds until the next probe is due, as far as is known now; 0 when it is."""
        return max(self._last + self._patience - self._boot(), 0)

    def _run(self) -> None:
        while not self._stopping.wait(self.due_in() / SECOND):
            if self.due_in():
                continue  # another process was first
            try:
                self.measure()
            except Exception as error:  # noqa: BLE001 - whatever happens, the next probe is made
                self._outage.met(error)
            else:
                self._outage.over()
            self._patience = self._drawn_patience()

    def _drawn_patience(self) -> int:
        return int(self._every * (1 + SPREAD * self._draw()))
