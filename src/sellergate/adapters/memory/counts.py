"""Adding denials to those that are kept, whatever they are counted by."""

from collections.abc import Iterable
from typing import TypeVar

from sellergate.adapters.memory.tables import Table, check_times
from sellergate.domain.denials import Count

K = TypeVar("K")


def add_counts(table: Table[K, Count[K]], counts: Iterable[Count[K]]) -> None:
    """Add to the table's counts."""
    for count in counts:
        check_times(count.first_seen, count.last_seen)
        stored = table.get(count.key)
        table.put(count.key, stored.plus(count) if stored else count)
