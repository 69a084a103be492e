"""The demo's fault: for some time the gate cannot read its database, as if a network had gone away between them."""

import logging
import time
from collections.abc import Iterable, Sequence
from typing import Final

from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.gate import Facts
from sellergate.ports.stores import FactsReader

LASTS_SECONDS: Final = 60.0
"""Long enough for the controller to see it, to wait, and to roll back; then it is over by itself."""


class Rehearsed(StoreUnavailable):
    """The database does not answer because somebody wanted it so."""


def leave_out_of_the_log(handlers: Iterable[logging.Handler]) -> None:
    """What was begun on purpose is no error to be told of."""
    for handler in handlers:
        handler.addFilter(lambda record: not isinstance((record.exc_info or (None, None))[1], Rehearsed))


class Trouble:
    """A fault that can be begun. What the gate has in memory it still answers: only its reads fail, and only while it lasts."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def lasts(self) -> bool:
        """Whether reads fail now."""
        return time.monotonic() < self._until

    def begin(self) -> None:
        """From now on, for a minute, nothing can be read."""
        self._until = time.monotonic() + LASTS_SECONDS

    def over(self, reader: FactsReader) -> FactsReader:
        """The reader with the fault in front of it."""
        return _Troubled(self, reader)


class _Troubled:
    def __init__(self, trouble: Trouble, reader: FactsReader) -> None:
        self._trouble = trouble
        self._reader = reader

    def facts(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:
        """As the reader answers. Raises Rehearsed while the fault lasts."""
        if self._trouble.lasts:
            raise Rehearsed
        return self._reader.facts(seller_id, product_ids)
