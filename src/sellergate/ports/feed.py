"""The change feed: the ordered stream of everything caches depend on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol


class ChangeKind(StrEnum):
    """What changed: one pair's authorization, a seller, a product, or the rollout."""

    AUTHORIZATION = "authorization"
    SELLER = "seller"
    PRODUCT = "product"
    ROLLOUT = "rollout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One announcement: `version` of this thing is now the newest.

    `sequence` is given by the store: its place on the feed. Changes of one work may share theirs.
    """

    kind: ChangeKind
    version: int
    seller_id: str | None = None
    product_id: str | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """How far the feed has been followed: all changes up to `upto` but the `open` ones.

    `open` are numbers that were given to works which had not ended yet: their changes, if there will be any, come later.
    Numbers can be compared only within one `history`; a database that was restored or failed over begins another.
    """

    upto: int = 0
    open: frozenset[int] = frozenset()
    history: str = ""

    def covers(self, sequence: int) -> bool:
        """Whether a change of this number is among those followed."""
        return sequence <= self.upto and sequence not in self.open


BEGINNING = FeedPosition()
"""Before every change that the store still has, whatever its history."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the feed has found: the changes after the position asked about, in order, and the new position.

    Without `continues` nothing leads from the one to the other: the feed has another history, or less of it. Then there are no
    changes, and whatever was learned from it before is worth nothing any more.
    """

    position: FeedPosition
    changes: Sequence[Change] = ()
    continues: bool = True


Listener = Callable[[Sequence[Change]], None]


class ChangeSource(Protocol):
    """Where a process learns what others have committed."""

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with the changes of each transaction of this process, after its commit and before the verb
        that made it answers. The listener must be quick and must not raise. Transactions of two threads may reach it in
        either order, so what it hears says nothing of how far the feed has been followed.
        """

    def look(self, after: FeedPosition | None) -> Look:
        """All changes that were committed before this call and are not covered by `after`; without it none, only where the
        feed stands.

        However works overlap, whoever asks each time about the position of the look before meets every change once.
        Raises StoreUnavailable when it cannot know.
        """

    def recent(self, within: timedelta) -> list[Change]:
        """At least the changes that were committed so recently, by the database's clock; in order. Raises StoreUnavailable."""

    def forget_changes(self, older_than: timedelta) -> int:
        """Delete changes that are older, by the database's clock; the answer is how many. Raises StoreUnavailable.

        Nobody may follow from a position that old any more: it cannot be told that something is missing.
        """

    def may_have_changed(self) -> bool:
        """A cheap guess whether another connection has committed since the last call; True when in doubt.

        Never False when something was committed before the call and not yet reported. Raises StoreUnavailable.
        """

    def wait(self, seconds: float) -> None:
        """Wait until something may have been committed, as far as this store can tell, and no longer than `seconds`.

        May end early, and never raises: it makes looks quick, not right.
        """
