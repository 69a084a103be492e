"""The fleet's measurements out of the store: of any length, and exact whether or not they have been rolled up yet."""

from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.errors import SellergateError
from sellergate.domain.measurements import (
    HOUR_SECONDS,
    MINUTE_SECONDS,
    WINDOW_SECONDS,
    Measurement,
    aligned,
    fleet_wide,
    rolled_up,
)
from sellergate.ports.measurements import MeasurementWindows, SourceUnreadable
from sellergate.ports.stores import Store
from sellergate.services.measuring import KEPT_FOR

WRITTEN_WITHIN: Final = 2 * KEPT_FOR
"""How long after its time a window can still come: what a process gives up on, and as much again for its last attempt."""

PARTS: Final = {MINUTE_SECONDS: WINDOW_SECONDS, HOUR_SECONDS: MINUTE_SECONDS}
"""What each longer window is made of."""


class StoredWindows:
    """See MeasurementSource. A longer window whose parts have changed since it was made is made again while it is read."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def windows(self, seconds: int, since: datetime, until: datetime) -> list[Measurement]:
        """The fleet's windows of this length that start in the span, oldest first. Raises SourceUnreadable."""
        try:
            with self._store.view() as view:
                return _read(view.windows, seconds, since, until)
        except (SellergateError, ValueError) as error:
            raise SourceUnreadable("The measurements in the database cannot be read.") from error


def _read(windows: MeasurementWindows, seconds: int, since: datetime, until: datetime) -> list[Measurement]:
    stored = windows.between(seconds, since, until)
    if seconds == WINDOW_SECONDS:
        return fleet_wide(row.measurement for row in stored)
    known = {row.measurement.start: row.measurement for row in stored}
    final = {row.measurement.start for row in stored if row.closed}
    length = timedelta(seconds=seconds)
    for start in _outdated(windows, seconds, since, until) - final:
        parts = _read(windows, PARTS[seconds], start, start + length)
        if parts:
            known[start] = rolled_up(parts, start, seconds)
    return [known[start] for start in sorted(known) if since <= start < until]


def _outdated(windows: MeasurementWindows, seconds: int, since: datetime, until: datetime) -> set[datetime]:
    starts: set[datetime] = set()
    finer: int | None = PARTS[seconds]
    last = aligned(until - timedelta(microseconds=1), seconds) + timedelta(seconds=seconds)
    while finer is not None:
        starts |= {aligned(start, seconds) for start in windows.unfolded(finer, since, last)}
        finer = PARTS.get(finer)
    return starts
