"""The cache of this process, and the floors that keep anything out of date from entering it."""

import random
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Final

from sellergate.domain.cache_advice import age_bin
from sellergate.domain.gate import Facts, lasting_decision
from sellergate.ports.cache import LEASE, READ_LIMIT, SECOND, BootClock, Entry
from sellergate.ports.feed import Change, ChangeKind

JITTER: Final = 0.1
"""Lifetimes are shortened by up to this share, so that what was filled together does not run out together."""

ROUNDING: Final = SECOND // 8
MOST_ENDS: Final = 4_096

MOST_ENTRIES: Final = 500_000
MOST_FLOORS: Final = 200_000
NEVER: Final = 2**63
"""Later than any reading of the boot clock."""

Key = tuple[str | None, str | None]


class LocalTier:
    """Facts of recent checks, at most `ttl` old and never older than the lease.

    Reads are plain look-ups in `entries` without a lock; fills, changes and evictions take one lock. A change drops exactly
    what depends on it: one pair, one seller's entries, or one product's.

    Floors are kept apart from the entries: the version last announced of each pair, seller and product, for as long as
    a read that saw an older one could still arrive. So neither a slow read nor an eviction brings an old value back.
    """

    def __init__(
        self,
        *,
        ttl_seconds: float,
        boot: BootClock,
        most_entries: int = MOST_ENTRIES,
        most_floors: int = MOST_FLOORS,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.entries: dict[str, dict[str, Entry]] = {}
        self.believed_until = 0
        self._ttl = int(ttl_seconds * SECOND)
        self._boot = boot
        self._most_entries = most_entries
        self._draw = draw
        self._sellers_of: dict[str, set[str]] = {}
        self._size = 0
        self._again: Counter[int] = Counter()
        self._ends: dict[int, int] = {}
        self._window = self._ttl + READ_LIMIT + LEASE
        self._floors = Floors(window=self._window, most=most_floors)
        self._reads_from = NEVER
        self._shared_from = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return self._size

    def take_again(self) -> Counter[int]:
        """How often checks have missed what had run out, by its age then (`cache_advice.AGE_EDGES`), since this was asked last."""
        with self._lock:
            taken, self._again = self._again, Counter()
        return taken

    def state(self) -> dict[str, int | bool]:
        """How many entries there are, and whether they are believed at the moment."""
        return {"entries": self._size, "believed": self._boot() < self.believed_until}

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
        """See FactsMemory. A full tier forgets the sellers it has known longest."""
        now = self._boot()
        with self._lock:
            if read_began < self._reads_from or now - read_began > READ_LIMIT:
                return False
            if shared and now < self._shared_from:
                return False
            if not self._floors.admit(seller_id, product_id, facts):
                return False
            known = self.entries.get(seller_id, {}).get(product_id)
            if known is None:
                self._make_room()
                self._size += 1
                self._sellers_of.setdefault(product_id, set()).add(seller_id)
            elif _is_older_than(facts, known.facts):
                return False
            elif missed and now >= known.fresh_until:
                # With the whole lifetime, though it may have been shortened: an age is never told to be less than it was.
                self._again[age_bin((now - known.fresh_until + self._ttl) / SECOND)] += 1
            entry = Entry(facts, lasting_decision(facts), self._end_of_life(now))
            self.entries.setdefault(seller_id, {})[product_id] = entry
        return True

    def _end_of_life(self, now: int) -> int:
        # Rounded down, so that entries share a few hundred integers: one of its own for each entry would be one more
        # read from cold memory in each check, which is a tenth of what a check costs.
        end = int((now + self._ttl * (1 - JITTER * self._draw())) / ROUNDING) * ROUNDING
        if end not in self._ends:
            if len(self._ends) >= MOST_ENDS:
                self._ends.clear()
            self._ends[end] = end
        return self._ends[end]

    def is_current(self, seller_id: str, product_id: str, facts: Facts, *, read_began: int) -> bool:
        """See FactsMemory."""
        with self._lock:
            return read_began >= self._reads_from and self._floors.admit(seller_id, product_id, facts)

    def changed_since(self, seller_id: str, product_id: str, moment: int) -> bool:
        """See FactsMemory."""
        with self._lock:
            return moment < self._reads_from or self._floors.raised_since(seller_id, product_id, moment)

    def apply(self, changes: Sequence[Change]) -> None:
        """See FactsMemory. An entry that is as new as the change is kept: the change was read with it."""
        now = self._boot()
        with self._lock:
            for change in changes:
                self._apply(change, now)
            if self._floors.shed(now):
                # Forgotten floors are made up for by refusing every read that is under way, and for as long as they
                # would have stood whatever another process may have read before.
                self._reads_from = max(self._reads_from, now)
                self._shared_from = now + self._window

    def _apply(self, change: Change, now: int) -> None:
        if change.kind is ChangeKind.ROLLOUT:
            return
        self._floors.raise_to(change, now)
        seller_id, product_id, version = change.seller_id, change.product_id, change.version
        if change.kind is ChangeKind.AUTHORIZATION and seller_id is not None and product_id is not None:
            known = self.entries.get(seller_id, {}).get(product_id)
            if known is not None and known.facts.authorization_version < version:
                self._drop(seller_id, product_id)
        elif change.kind is ChangeKind.SELLER and seller_id is not None:
            for product, known in list(self.entries.get(seller_id, {}).items()):
                if known.facts.seller_version < version:
                    self._drop(seller_id, product)
        elif change.kind is ChangeKind.PRODUCT and product_id is not None:
            for seller in list(self._sellers_of.get(product_id, ())):
                if self.entries[seller][product_id].facts.product_version < version:
                    self._drop(seller, product_id)

    def begin(self, reads_from: int) -> None:
        """See FactsMemory."""
        with self._lock:
            self._reads_from = reads_from
            while self.entries:
                self._drop_oldest_seller()

    def believe(self, as_of: int) -> None:
        """See FactsMemory. A lease is never shortened by a look that began earlier and ended later."""
        with self._lock:
            self.believed_until = max(self.believed_until, as_of + LEASE)

    def _make_room(self) -> None:
        while self._size >= self._most_entries:
            self._drop_oldest_seller()

    def _drop_oldest_seller(self) -> None:
        seller_id = next(iter(self.entries))
        for product_id in list(self.entries[seller_id]):
            self._drop(seller_id, product_id)

    def _drop(self, seller_id: str, product_id: str) -> None:
        products = self.entries[seller_id]
        del products[product_id]
        if not products:
            del self.entries[seller_id]
        sellers = self._sellers_of[product_id]
        sellers.discard(seller_id)
        if not sellers:
            del self._sellers_of[product_id]
        self._size -= 1


class Floors:
    """The newest version announced of each pair, seller and product, for `window` nanoseconds after the announcement."""

    def __init__(self, *, window: int, most: int) -> None:
        self._window = window
        self._most = most
        self._versions: dict[Key, int] = {}
        self._ends: dict[Key, int] = {}
        self._queue: deque[tuple[int, Key]] = deque()

    def admit(self, seller_id: str, product_id: str, facts: Facts) -> bool:
        """Whether no part of the facts is below its floor. That a product does not exist depends on nobody but the product."""
        versions = self._versions
        if facts.product_version == 0:
            return (None, product_id) not in versions
        return (
            facts.authorization_version >= versions.get((seller_id, product_id), 0)
            and facts.seller_version >= versions.get((seller_id, None), 0)
            and facts.product_version >= versions.get((None, product_id), 0)
        )

    def raised_since(self, seller_id: str, product_id: str, moment: int) -> bool:
        """Whether one of the three floors was announced at `moment` or later."""
        keys: tuple[Key, ...] = ((seller_id, product_id), (seller_id, None), (None, product_id))
        return any(self._ends.get(key, 0) >= moment + self._window for key in keys)

    def raise_to(self, change: Change, now: int) -> None:
        """Remember the change's version from now on; an older version than the one known only prolongs that one."""
        key, end = (change.seller_id, change.product_id), now + self._window
        self._versions[key] = max(change.version, self._versions.get(key, 0))
        self._ends[key] = end
        self._queue.append((end, key))

    def shed(self, now: int) -> bool:
        """Forget what is past its time; True when more had to be forgotten, because there were too many."""
        while self._queue and self._queue[0][0] <= now:
            self._forget_oldest()
        crowded = len(self._queue) > self._most
        while len(self._queue) > self._most:
            self._forget_oldest()
        return crowded

    def _forget_oldest(self) -> None:
        end, key = self._queue.popleft()
        if self._ends.get(key) == end:  # otherwise it was announced again since
            del self._versions[key], self._ends[key]


def _is_older_than(facts: Facts, known: Facts) -> bool:
    return (
        facts.authorization_version < known.authorization_version
        or facts.seller_version < known.seller_version
        or facts.product_version < known.product_version
    )
