"""Numbers, money and times as people of a language write them. Times are kept in UTC and shown in Seoul."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal, format_percent

from sellergate.faces.console.language import Words

ZONE: Final = ZoneInfo("Asia/Seoul")
ZONE_NAME: Final = "KST"
NOTHING: Final = "\N{EN DASH}"

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)


class Formats:
    """What templates and view models write values with."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._locale = words.locale

    def number(self, value: float | Decimal | None) -> str:
        """A number with its separators; a dash for none."""
        return NOTHING if value is None else format_decimal(value, locale=self._locale)

    def percent(self, share: float | None, digits: int = 1) -> str:
        """A share (0.985) in percent (98.5%); a dash for none."""
        if share is None:
            return NOTHING
        return format_percent(share, format=f"#,##0.{'0' * digits}%" if digits else "#,##0%", locale=self._locale)

    def money(self, amount: Decimal | None, currency: str = "KRW") -> str:
        """An amount of money; a dash for none."""
        return NOTHING if amount is None else format_currency(amount, currency, locale=self._locale)

    def date(self, at: datetime) -> str:
        """The day, in Seoul."""
        pattern = "y. M. d." if self._words.language == "ko" else "d MMM y"
        return format_date(at.astimezone(ZONE), pattern, locale=self._locale)

    def day(self, at: datetime) -> str:
        """The day without its year, in Seoul."""
        pattern = "M. d." if self._words.language == "ko" else "d MMM"
        return format_date(at.astimezone(ZONE), pattern, locale=self._locale)

    def time(self, at: datetime) -> str:
        """The time of day to the second, in Seoul."""
        return format_time(at, "HH:mm:ss", tzinfo=ZONE, locale=self._locale)

    def moment(self, at: datetime) -> str:
        """Day, hour and minute in Seoul, with the zone."""
        pattern = (
            f"y. M. d. (E) HH:mm '{ZONE_NAME}'" if self._words.language == "ko" else f"d MMM y, HH:mm '{ZONE_NAME}'"
        )
        return format_datetime(at, pattern, tzinfo=ZONE, locale=self._locale)

    def span(self, length: timedelta) -> str:
        """How long, in its two largest units below ten of the larger: `2 d 4 h`, `9 h`, `12 m`, `30 s`."""
        words, length = self._words, abs(length)
        days, hours, minutes = length // DAY, length % DAY // HOUR, length % HOUR // MINUTE
        if days and hours:
            return words.gettext("%(days)s d %(hours)s h", days=days, hours=hours)
        if days:
            return words.gettext("%(days)s d", days=days)
        if hours:
            return words.gettext("%(hours)s h", hours=hours)
        if minutes:
            return words.gettext("%(minutes)s m", minutes=minutes)
        return words.gettext("%(seconds)s s", seconds=length // timedelta(seconds=1))

    def ago(self, at: datetime, now: datetime) -> str:
        """How long ago."""
        passed = now - at
        if passed < MINUTE:
            return self._words.gettext("just now")
        return self._words.gettext("%(span)s ago", span=self.span(passed))

    def iso(self, at: datetime) -> str:
        """For the machine-readable half of a <time>."""
        return at.isoformat(timespec="seconds")

    def names(self) -> Mapping[str, Callable[..., Any]]:
        """All of them, as templates call them."""
        return {
            name: getattr(self, name)
            for name in ("number", "percent", "money", "date", "time", "moment", "span", "ago", "iso")
        }
