"""The change feed: the ordered stream of everything caches depend on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
    """One announcement: `version` of this thing is now the newest. `sequence` is given by the store."""

    kind: ChangeKind
    version: int
    seller_id: str | None = None
    product_id: str | None = None
    sequence: int = 0


Listener = Callable[[Sequence[Change]], None]


class ChangeSource(Protocol):
    """Where a process learns what others have committed."""

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with the changes of each transaction of this process, after its commit and before the verb
        that made it answers. The listener must be quick and must not raise. Transactions of two threads may reach it in
        either order, so what it hears says nothing of how far the feed has been followed.
        """

    def latest(self) -> int:
        """The sequence of the newest committed change; 0 when there is none."""

    def since(self, sequence: int) -> list[Change]:
        """All committed changes after `sequence`, in order.

        Raises StoreUnavailable when it cannot know.
        """

    def may_have_changed(self) -> bool:
        """A cheap guess whether another connection has committed since the last call; True when in doubt.

        Never False when something was committed before the call and not yet reported. Raises StoreUnavailable.
        """
