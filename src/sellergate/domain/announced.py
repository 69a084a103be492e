"""What was announced: to whom, in which words, and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sellergate.domain.communication import Occasion

Texts = Mapping[str, Mapping[str, str]]
"""`subject` and `text`, each in every language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """One telling of an announcement, as it was sent. There is never a second one of the same `key`.

    `places` are the addresses, chats and lists it went to; `told` is how many recipients have been told so far. Who has many
    recipients tells them in portions: `cursor` is the last one told, and `done_at` when there was nobody left to tell.
    """

    id: int = 0
    key: str
    name: str
    audience: str
    occasion: Occasion
    step: str | None = None
    begins_at: datetime | None = None
    at: datetime
    by: str
    texts: Texts
    places: tuple[str, ...]
    told: int = 0
    cursor: str | None = None
    done_at: datetime | None = None

    def further(self, told: int, cursor: str) -> "Announced":
        """So many more have been told, the last of them `cursor`."""
        return replace(self, told=self.told + told, cursor=cursor)

    def done(self, at: datetime) -> "Announced":
        """There is nobody left to tell."""
        return replace(self, done_at=at)
