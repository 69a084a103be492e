"""How somebody wants to be told: in which language, about what, and at once or together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from sellergate.domain.audit import canonical
from sellergate.domain.errors import InvalidInput
from sellergate.domain.notices import Audience, Kind, Notice


class Locale(StrEnum):
    """A language messages are written in."""

    KO = "ko"
    EN = "en"


class Digest(StrEnum):
    """When e-mail about what has happened is sent."""

    IMMEDIATE = "immediate"
    HOURLY = "hourly"
    DAILY = "daily"


DAILY_AT: Final = time(9)
"""The hour of the recipient's morning at which a daily digest is sent."""

PERSONAL: Final[Mapping[Audience, tuple[Kind, ...]]] = {
    Audience.SELLER: (
        Kind.INFO_ASKED,
        Kind.APPROVED,
        Kind.REJECTED,
        Kind.REVOKED,
        Kind.EXPIRING,
        Kind.EXPIRED,
        Kind.COOLDOWN_CLEARED,
        Kind.LIMIT_REACHED,
        Kind.ANNOUNCEMENT,
    ),
    Audience.SUPPLIER: (
        Kind.SUBMITTED,
        Kind.RESUBMITTED,
        Kind.CANCELLED,
        Kind.UNANSWERED,
        Kind.EXPIRED,
        Kind.BACKLOG,
        Kind.REMINDER,
        Kind.ANNOUNCEMENT,
    ),
}
"""What each side is told of, and may choose not to be mailed about."""

URGENT: Final = frozenset({Kind.REVOKED, Kind.BACKLOG, Kind.REMINDER})
"""What no digest holds back."""

REPEATED_WITHIN: Final = timedelta(hours=1)
"""The same about the same thing, with nothing else about it in between, is not mailed again so soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """One recipient's choices. `locale` None: the one in the directory; `zone` None: the marketplace's. In the app they see all."""

    email: bool = True
    digest: Digest = Digest.IMMEDIATE
    muted: frozenset[str] = frozenset()
    locale: Locale | None = None
    zone: str | None = None

    def wants_mail(self, kind: str) -> bool:
        """Whether they want to be mailed about this."""
        return self.email and kind not in self.muted


DEFAULTS: Final[Mapping[Audience, Preferences]] = {
    Audience.SELLER: Preferences(),
    Audience.SUPPLIER: Preferences(digest=Digest.HOURLY),
}
"""A seller is told at once; a supplier, who may get hundreds of requests, once an hour."""


def checked_preferences(audience: Audience, preferences: Preferences) -> Preferences:
    """The preferences themselves, once they can be followed. Raises InvalidInput, naming the field."""
    known = {kind.value for kind in PERSONAL[audience]}
    unknown = sorted(preferences.muted - known)
    if unknown:
        listed = ", ".join(sorted(known))
        raise InvalidInput(f"A {audience} is never told of {unknown[0]}; what there is: {listed}.", field="muted")
    if preferences.zone is not None:
        checked_zone(preferences.zone)
    return preferences


def checked_zone(name: str) -> str:
    """The time zone's name itself, once it is known to be one. Raises InvalidInput."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:  # unknown, a folder of the zones, and what cannot be a file's name
        raise InvalidInput(f"{name[:64]} is no time zone; a name like Asia/Seoul is needed.", field="zone") from error
    return name


def language_of(text: str | None) -> Locale | None:
    """The language a directory's locale such as `ko-KR` or `en_US` means; None for none we write in."""
    short = (text or "").replace("_", "-").partition("-")[0].lower()
    return Locale(short) if short in set(Locale) else None


def due_at(kind: str, digest: Digest, at: datetime, zone: str) -> datetime:
    """When mail about something that happened at `at` is due: now, or at the end of the digest's hour or day."""
    if digest is Digest.IMMEDIATE or kind in URGENT:
        return at
    local = at.astimezone(ZoneInfo(zone))
    if digest is Digest.HOURLY:
        return (local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)).astimezone(at.tzinfo)
    morning = datetime.combine(local.date(), DAILY_AT, tzinfo=local.tzinfo)
    if morning <= local:
        morning = datetime.combine(local.date() + timedelta(days=1), DAILY_AT, tzinfo=local.tzinfo)
    return morning.astimezone(at.tzinfo)


@dataclass(frozen=True, slots=True)
class Said:
    """What a recipient was last told about one thing."""

    fingerprint: str
    at: datetime


def thread_of(notice: Notice) -> str:
    """Names the recipient and the thing a notice is about: what is said of it later makes earlier words old."""
    about = notice.facts.get("authorizationId") or notice.facts.get("supplierId") or notice.kind.partition(".")[0]
    return f"{notice.audience}:{notice.recipient_id}:{about}"


def fingerprint_of(notice: Notice) -> str:
    """Equal for notices that say the same in the same words."""
    return sha256(canonical({"kind": notice.kind, "facts": dict(notice.facts)})).hexdigest()


def is_repeat(last: Said | None, notice: Notice) -> bool:
    """Whether this is only what was said last, again and soon."""
    return (
        last is not None
        and last.fingerprint == fingerprint_of(notice)
        and last.at <= notice.at < last.at + REPEATED_WITHIN
    )
