"""Has every process heard? Waits for the read-back of all gates and says how long it took."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.stores import ProcessReport, Store

WAITS_AT_MOST: Final = timedelta(seconds=2)
POLL: Final = timedelta(milliseconds=5)
LIVE_FOR: Final = timedelta(seconds=3)
"""A process that has not reported for so long is dead: it reports every second."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many processes hold a gate, how many of them have applied a change, and how long that took."""

    processes: int
    applied: int
    milliseconds: int

    @property
    def complete(self) -> bool:
        """Whether every process has applied it."""
        return self.applied == self.processes


class RevokeToDeny:
    """How long it took, the last time that was measured, until every process denied what had been revoked.

    `observe` is told each measurement in seconds; one that was given up counts as the time it was waited for.
    """

    def __init__(self, observe: Callable[[float], None], *, now: Clock = utc_now) -> None:
        self._observe = observe
        self._now = now
        self._last: tuple[Receipt, datetime] | None = None

    def measured(self, receipt: Receipt) -> None:
        """A change has been read back from all, or from as many as answered in time."""
        self._last = receipt, self._now()
        self._observe(receipt.milliseconds / 1000)

    def health(self) -> dict[str, Any] | None:
        """The last measurement by this process; None before the first."""
        if self._last is None:
            return None
        receipt, at = self._last
        return {
            "milliseconds": receipt.milliseconds,
            "at": at,
            "processes": receipt.processes,
            "applied": receipt.applied,
        }


class Propagation:
    """Reads back what each process says it has applied.

    The process that made the change has applied it before the verb answers (`own_process_id`); None when this
    process holds no gate, as the command line does. `measured` is told each receipt of a change.
    """

    def __init__(
        self,
        store: Store,
        *,
        own_process_id: str | None,
        now: Clock,
        measured: Callable[[Receipt], None] = lambda _receipt: None,
    ) -> None:
        self._store = store
        self._own = own_process_id
        self._now = now
        self._measured = measured

    def of_change(self, sequence: int) -> Receipt:
        """Wait, at most two seconds, until every live process has applied the change of this number."""
        receipt = self._wait(lambda report: report.has_applied(sequence))
        self._measured(receipt)
        return receipt

    def of_rollout(self, version: int) -> Receipt:
        """Wait, at most two seconds, until every live process follows this version of the rollout."""
        return self._wait(lambda report: report.rollout_version >= version)

    def _wait(self, has_applied: Callable[[ProcessReport], bool]) -> Receipt:
        began = time.monotonic()
        while True:
            receipt = self._read(began, has_applied)
            if receipt.complete or time.monotonic() - began > WAITS_AT_MOST.total_seconds():
                return receipt
            time.sleep(POLL.total_seconds())

    def _read(self, began: float, has_applied: Callable[[ProcessReport], bool]) -> Receipt:
        with self._store.view() as view:
            live = view.processes.live(self._now() - LIVE_FOR)
        others = [report for report in live if report.id != self._own]
        own = 0 if self._own is None else 1
        return Receipt(
            processes=own + len(others),
            applied=own + sum(has_applied(report) for report in others),
            milliseconds=round((time.monotonic() - began) * 1000),
        )
