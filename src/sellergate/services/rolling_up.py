"""Short windows become long ones, and are forgotten: what keeps reading the past cheap.

A longer window is always made of all its parts, never added to, so that doing it twice changes nothing and a part that comes
late is taken in whenever it comes, as long as the parts are kept. After that it is dropped, and counted.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from sellergate.domain.measurements import HOUR_SECONDS, MINUTE_SECONDS, WINDOW_SECONDS, aligned, fleet_wide, rolled_up
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.measurements import FLEET, MeasurementWindows
from sellergate.ports.stores import Store

log = logging.getLogger(__name__)

WAITS: Final = timedelta(minutes=2)
"""How long after its end a window is rolled up first, so that few of its parts come later."""
MOST_AT_ONCE: Final = 1_000
"""Longer windows made by one run, a transaction each; what is left is for the next."""
EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)

STEPS: Final = ((WINDOW_SECONDS, MINUTE_SECONDS), (MINUTE_SECONDS, HOUR_SECONDS))


class RollingUp:
    """Makes minutes out of windows and hours out of minutes, and forgets what is old, denials and verdicts as well.

    Any number of processes may do it.
    """

    def __init__(
        self,
        store: Store,
        *,
        windows_kept: timedelta,
        minutes_kept: timedelta,
        hours_kept: timedelta,
        denials_kept: timedelta,
        verdicts_kept: timedelta,
        now: Clock = utc_now,
    ) -> None:
        self._store = store
        self._kept = {WINDOW_SECONDS: windows_kept, MINUTE_SECONDS: minutes_kept, HOUR_SECONDS: hours_kept}
        self._denials_kept = denials_kept
        self._verdicts_kept = verdicts_kept
        self._now = now
        self.dropped = 0

    def run(self) -> None:
        """Roll up what is due and forget what is old. Raises StoreUnavailable; what was done until then stays."""
        for finer, coarser in STEPS:
            due = aligned(self._now() - WAITS, coarser)
            for _ in range(MOST_AT_ONCE):
                if not self._roll_up_one(finer, coarser, due):
                    break
        for finer, coarser in STEPS:
            self._forget(finer, coarser)
        with self._store.work() as work:
            work.windows.forget(HOUR_SECONDS, self._now() - self._kept[HOUR_SECONDS])
            work.denials.forget(self._now() - self._denials_kept)
            work.verdicts.forget(self._now() - self._verdicts_kept)

    def _roll_up_one(self, finer: int, coarser: int, due: datetime) -> bool:
        with self._store.view() as view:
            if not view.windows.unfolded(finer, EVER, due, limit=1):
                return False
        with self._store.work() as work:
            work.windows.begin_rolling_up()
            starts = work.windows.unfolded(finer, EVER, due, limit=1)
            if starts:
                self._roll_up(work.windows, finer, coarser, aligned(starts[0], coarser))
        return True

    def _roll_up(self, windows: MeasurementWindows, finer: int, coarser: int, start: datetime) -> None:
        end = start + timedelta(seconds=coarser)
        if any(whole.closed for whole in windows.between(coarser, start, end)):
            late = windows.drop(finer, start, end)
            self.dropped += late
            log.warning("%d windows of %s came after their parts were forgotten and are dropped", late, start)
            return
        parts = fleet_wide(windows.fold(finer, start, end))
        windows.put(FLEET, [rolled_up(parts, start, coarser)], folded=coarser == HOUR_SECONDS)

    def _forget(self, finer: int, coarser: int) -> None:
        """Only whole parts of whole windows: nobody must ever make one again of some of its parts."""
        before = aligned(self._now() - self._kept[finer], coarser)
        with self._store.view() as view:
            first = view.windows.first(finer)
        if first is None or first >= before:
            return
        with self._store.work() as work:
            work.windows.begin_rolling_up()
            work.windows.close(coarser, aligned(first, coarser), before)
            work.windows.forget(finer, before)
