"""Numbers of a period."""

import re
from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from sellergate.domain.authorization import Status
from sellergate.faces.api.paging import Filters
from sellergate.faces.wire import UtcTime, WireOut
from sellergate.services.records import Stats

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_PERIOD = re.compile(r"([1-9][0-9]{0,3})([hdw])")


def _period(text: str) -> str:
    if not _PERIOD.fullmatch(text):
        raise ValueError("must be a number of hours, days or weeks, like 24h, 7d or 4w")
    return text


class StatsQuery(Filters):
    """Over which period, up to now."""

    period: Annotated[str, AfterValidator(_period), Field(examples=["7d"])] = "7d"

    @property
    def duration(self) -> timedelta:
        """How long the period is."""
        number, unit = self.period[:-1], self.period[-1]
        return int(number) * _UNITS[unit]


class StatsOut(WireOut):
    """How records stand now, the moves of the period, and the share of decisions that approved (null: none was made)."""

    period: str
    since: UtcTime
    by_status: dict[Status, int]
    by_action: dict[str, int]
    approval_rate: float | None

    @classmethod
    def of(cls, stats: Stats, period: str) -> Self:
        """The numbers as they are sent."""
        return cls(
            period=period,
            since=stats.since,
            by_status=dict(stats.by_status),
            by_action=dict(stats.by_action),
            approval_rate=stats.approval_rate,
        )
