"""The gate's memory: facts by seller and product, believed only while the change feed is live."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from sellergate.domain.gate import Facts, GateDecision
from sellergate.ports.counts import SharedResult
from sellergate.ports.feed import Change

BootClock = Callable[[], int]
"""Nanoseconds since the machine booted, the time it was suspended included: what leases and lifetimes are judged by."""

SECOND: Final = 1_000_000_000

LEASE: Final = 2 * SECOND
"""How long after the beginning of the last successful look at the feed memory is still believed."""

READ_LIMIT: Final = 5 * SECOND
"""A read of the store that took longer is too old to be remembered."""


class Entry:
    """One remembered answer of the store. Never changed after it was made, so that readers need no lock.

    `decision` is set where no passing of time can change it; None means that it must be judged at each check.
    """

    __slots__ = ("decision", "facts", "fresh_until")

    def __init__(self, facts: Facts, decision: GateDecision | None, fresh_until: int) -> None:
        self.facts = facts
        self.decision = decision
        self.fresh_until = fresh_until


class FactsMemory(Protocol):
    """What the gate remembers of the store, and until when it may say so.

    A reader looks an entry up in `entries` and uses it only if `now < believed_until` and `now < entry.fresh_until`, both by
    the boot clock, `now` read when the check began. Nothing here raises anything but the KeyError of that look-up.
    """

    @property
    def entries(self) -> Mapping[str, Mapping[str, Entry]]:
        """Seller, then product. Always the same mapping; reading it takes no lock."""

    @property
    def believed_until(self) -> int:
        """The end of the lease."""

    def put(
        self,
        seller_id: str,
        product_id: str,
        facts: Facts,
        *,
        read_began: int,
        shared: bool = False,
        missed: bool = False,
    ) -> bool:
        """Remember facts whose reading began at `read_began`. False, and nothing remembered, when they may be out of date:
        older in any part than what the feed announced or what is remembered already, read before the feed was followed, or
        read too slowly. With `shared` they come from a tier that another process filled, up to a lifetime and a read limit
        earlier; they are refused as well while announcements of that time have been forgotten. With `missed` a check would have
        been answered by memory, and the store had to be asked instead: that says how long they would have been of use.
        """

    def is_current(self, seller_id: str, product_id: str, facts: Facts, *, read_began: int) -> bool:
        """Whether the feed has announced nothing newer than these facts, as far as it is followed."""

    def changed_since(self, seller_id: str, product_id: str, moment: int) -> bool:
        """Whether the feed has announced a change of the pair, its seller or its product at `moment` or later."""

    def apply(self, changes: Sequence[Change]) -> None:
        """Forget exactly what these changes made out of date, and refuse anything older from now on."""

    def begin(self, reads_from: int) -> None:
        """The feed is followed: forget everything, and refuse whatever was begun to be read before `reads_from`."""

    def believe(self, as_of: int) -> None:
        """Everything committed before `as_of` has been applied: the lease runs from there."""


class SharedLookup(NamedTuple):
    """What a shared tier knows: `facts` by product, `otherwise` what became of the products that are not in it.

    `unreadable` is how many of those it had a value for that this program cannot use.
    """

    facts: Mapping[str, Facts]
    otherwise: SharedResult
    unreadable: int = 0


class SharedTier(Protocol):
    """Facts that processes share. Nothing here raises or takes longer than some 50 ms: trouble is an answer.

    What it gives may be out of date by up to its lifetime and a read limit: whoever asks has to hold it against the feed.
    """

    def find_many(self, seller_id: str, product_ids: Sequence[str]) -> SharedLookup:
        """What is known of one seller and these products, by one question."""

    def put_many(self, seller_id: str, facts: Mapping[str, Facts], *, read_began: int) -> None:
        """Share facts by product that the store gave to a read begun at `read_began` (boot clock), now or a little later.

        Nothing that is newer in any part is replaced. Facts read longer than the read limit ago are dropped.
        """

    def health(self) -> Mapping[str, object]:
        """`state` (closed: it is asked; open or half-open: it is not) and `lastError`."""
