"""Pages of rows that are all at hand."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sellergate.adapters.positions import checked_position
from sellergate.ports.queries import Page, PageRequest, Position

T = TypeVar("T")


def page_of(
    rows: Iterable[T],
    request: PageRequest,
    key: Callable[[T], Position],
    *,
    types: Sequence[type],
    descending: bool = False,
) -> Page[T]:
    """The rows in order of `key`, which is of these types, that come after the request's position.

    Raises InvalidInput for a position of other types.
    """
    ordered = sorted(((key(row), row) for row in rows), key=lambda pair: pair[0], reverse=descending)
    rest = ordered
    if request.after is not None:
        after = checked_position(request.after, *types)
        rest = [pair for pair in ordered if (pair[0] < after if descending else pair[0] > after)]
    chosen = rest[: request.limit]
    more = len(rest) > len(chosen)
    return Page(
        [row for _, row in chosen],
        chosen[-1][0] if more and chosen else None,
        len(ordered),
        chosen[0][0] if chosen else None,
    )
