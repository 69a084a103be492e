"""Change windows: the hours of a week in which the rollout may go further."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY: Final = timedelta(days=1)
LOOKS_AHEAD_DAYS: Final = 400
"""Further than the longest time a window of each week can stay shut: at most a change of the clocks swallows it once."""

_WRITTEN: Final = re.compile(
    r"(?P<days>[A-Za-z]{3,5}(?:[-,][A-Za-z]{3})*) (?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d)(?: (?P<zone>\S+))?",
    re.ASCII,
)


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The time zone. Raises ValueError when there is none of this name."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"There is no time zone {name}.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWindow:
    """From `opens` to `closes` on some days of each week, by the clocks of `zone`.

    `days` are 0 (Monday) to 6; both times are since that day's midnight, and `closes` may lie in the next day. On a night on
    which the clocks change a window opens and closes when they show its times, the first time that they do; one that the
    missing hour leaves nothing of does not open.
    """

    days: frozenset[int]
    opens: timedelta
    closes: timedelta
    zone: str

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if not self.days or not self.days <= frozenset(range(len(DAYS))):
            raise ValueError("A window needs days, each 0 to 6.")
        longest = DAY if not self.opens else DAY - timedelta(minutes=1)
        if not timedelta(0) <= self.opens < DAY or not timedelta(0) < self.closes - self.opens <= longest:
            raise ValueError("A window opens within its day and closes later, before it opens again.")

    def is_open(self, at: datetime) -> bool:
        """Whether the rollout may go further at this moment."""
        return any(opens <= at < closes for opens, closes in self._around(at, days=1))

    def next_opening(self, at: datetime) -> datetime:
        """The first moment from `at` on at which it is open: `at` itself where it is open already."""
        for opens, closes in self._around(at, days=LOOKS_AHEAD_DAYS):
            if closes > at:
                return max(opens, at).astimezone(UTC)
        raise AssertionError("A window opens at least once in a year.")

    def _around(self, at: datetime, *, days: int) -> Iterator[tuple[datetime, datetime]]:
        today = at.astimezone(zone_named(self.zone)).date()
        for offset in range(-2, days + 1):  # a clock may leap over a whole day: Apia has done so
            day = today + offset * DAY
            if day.weekday() in self.days:
                opens, closes = self._moment(day, self.opens), self._moment(day, self.closes)
                if opens < closes:
                    yield opens, closes

    def _moment(self, day: date, since_midnight: timedelta) -> datetime:
        shown = datetime.combine(day, time()) + since_midnight
        return shown.replace(tzinfo=zone_named(self.zone)).astimezone(UTC)

    def __str__(self) -> str:
        return f"{_days_text(self.days)} {_time_text(self.opens)}-{_time_text(self.closes, end=True)} {self.zone}"


def any_open(windows: Iterable[ChangeWindow], at: datetime) -> bool:
    """Whether one of them is open. Without any, it is always open."""
    return next_opening(windows, at) <= at


def next_opening(windows: Iterable[ChangeWindow], at: datetime) -> datetime:
    """The first moment from `at` on at which one of them is open; `at` itself without any."""
    return min((window.next_opening(at) for window in windows), default=at)


def parse_window(text: str, zone: str) -> ChangeWindow:
    """`Tue-Thu 02:00-04:00 Asia/Seoul` as a window; `zone` is used where none is written. Raises ValueError.

    Days are `Mon` to `Sun`, ranges of them that may run over the weekend, lists of both, or `daily`. A window that closes no
    later than it opens closes on the next day; `00:00-24:00` is the whole day.
    """
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise ValueError(f"{text!r} is no window.")
    opens, closes = _time(written["opens"]), _time(written["closes"])
    if closes == opens:
        raise ValueError(text)
    if closes < opens:
        closes += DAY
    return ChangeWindow(days=_days(written["days"]), opens=opens, closes=closes, zone=written["zone"] or zone)


def _time(text: str) -> timedelta:
    hours, minutes = int(text[:2]), int(text[3:])
    if minutes > 59 or hours * 60 + minutes > 24 * 60:
        raise ValueError(text)
    return timedelta(hours=hours, minutes=minutes)


def _days(text: str) -> frozenset[int]:
    if text == "daily":
        return frozenset(range(len(DAYS)))
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        start = DAYS.index(first)
        length = (DAYS.index(last or first) - start) % len(DAYS)
        days.update((start + further) % len(DAYS) for further in range(length + 1))
    return frozenset(days)


def _days_text(days: frozenset[int]) -> str:
    if len(days) == len(DAYS):
        return "daily"
    starts = [day for day in sorted(days) if (day - 1) % len(DAYS) not in days]
    return ",".join(_range_text(start, days) for start in starts)


def _range_text(start: int, days: frozenset[int]) -> str:
    end = start
    while (end + 1) % len(DAYS) in days:
        end += 1
    last = DAYS[end % len(DAYS)]
    return DAYS[start] if end == start else f"{DAYS[start]}-{last}"


def _time_text(since_midnight: timedelta, *, end: bool = False) -> str:
    minutes = since_midnight // timedelta(minutes=1)
    if minutes > 24 * 60 or (minutes == 24 * 60 and not end):
        minutes -= 24 * 60
    return f"{minutes // 60:02}:{minutes % 60:02}"
