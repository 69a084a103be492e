"""Pages of rows that are all at hand."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from sellergate.adapters.positions import checked_position
from sellergate.ports.queries import Page, PageRequest, Position

T = TypeVar("T")


def page_of(
    rows: Iterable[T], request: PageRequest, key: Callable[[T], Position], *, descending: bool = False
) -> Page[T]:
    """The rows in order of `key` that come after the request's position. Raises InvalidInput for a foreign position."""
    ordered = sorted(((key(row), row) for row in rows), key=lambda pair: pair[0], reverse=descending)
    rest = ordered
    if request.after is not None:
        after = request.after if not ordered else checked_position(request.after, *map(type, ordered[0][0]))
        rest = [pair for pair in ordered if (pair[0] < after if descending else pair[0] > after)]
    chosen = rest[: request.limit]
    more = len(rest) > len(chosen)
    return Page([row for _, row in chosen], chosen[-1][0] if more and chosen else None, len(ordered))
