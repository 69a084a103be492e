"""Saying that this process lives, and how far it has followed: what a receipt counts."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sellergate.domain.rollout import RolloutState
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.feed import FeedPosition
from sellergate.ports.stores import ProcessReport, Store
from sellergate.services.outages import Outage

log = logging.getLogger(__name__)

BEAT_SECONDS: Final = 1.0
AT_MOST_EVERY_SECONDS: Final = 0.05


class Presence:
    """Reports this process every second, and soon after `wake`, by a thread of its own.

    Apart from the follower: a report is a write and may wait for other writers, following must not. Changes this process
    made itself need no early report: nobody else waits for them.
    """

    def __init__(
        self,
        store: Store,
        *,
        process_id: str,
        position: Callable[[], FeedPosition],
        rollout: Callable[[], RolloutState],
        now: Clock = utc_now,
    ) -> None:
        self._store = store
        self._id = process_id
        self._position = position
        self._rollout = rollout
        self._now = now
        self._started_at: datetime = now()
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._outage = Outage(log, "This process cannot report how far it has followed the feed")
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """There is something others may be waiting to hear."""
        self._woken.set()

    def start(self) -> None:
        """Report at once, and go on in a thread."""
        self.report()
        self._thread = threading.Thread(target=self._run, name="sellergate-presence", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and take the report back."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
        try:
            with self._store.work() as work:
                work.processes.leave(self._id)
        except Exception as error:  # noqa: BLE001 - the report grows old by itself
            self._outage.met(error)

    def report(self) -> bool:
        """Report now; False when the store did not take it."""
        try:
            # Both are read before the transaction begins: it may wait, and must not claim what was applied meanwhile.
            position, state = self._position(), self._rollout()
            with self._store.work() as work:
                work.processes.report(
                    ProcessReport(
                        id=self._id,
                        started_at=self._started_at,
                        seen_at=self._now(),
                        applied_sequence=position.upto,
                        open_sequences=position.open,
                        rollout_version=-1 if state.kill_switch else state.version,
                    )
                )
        except Exception as error:  # noqa: BLE001 - the next beat tries again
            self._outage.met(error)
            return False
        self._outage.over()
        return True

    def _run(self) -> None:
        while not self._stopping.wait(AT_MOST_EVERY_SECONDS):
            self._woken.wait(BEAT_SECONDS - AT_MOST_EVERY_SECONDS)
            self._woken.clear()
            if not self._stopping.is_set():
                self.report()
