"""What the steps of the check share."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sellergate.cli.demo.api import Api, Unexpected
from sellergate.cli.demo.house import House
from sellergate.cli.demo.marketplace import Marketplace
from sellergate.cli.demo.past import RESERVED_SELLERS, Past


@dataclass(slots=True)
class Scene:
    """The house, what has happened in it, and sellers nobody has met yet."""

    house: House
    past: Past = field(default_factory=Past)
    seen: Counter[str] = field(default_factory=Counter)
    approved_pair: tuple[str, str] = ("", "")
    approved_id: str = ""
    _newcomers: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._newcomers = (seller["id"] for seller in self.marketplace.sellers[-RESERVED_SELLERS:])

    @property
    def api(self) -> Api:
        """The way to the server."""
        return self.house.api

    @property
    def marketplace(self) -> Marketplace:
        """The people and goods."""
        return self.house.marketplace

    @property
    def products(self) -> list[str]:
        """The ids of all products."""
        return [product["id"] for product in self.marketplace.products]

    def newcomer(self) -> str:
        """A seller without a past."""
        return next(self._newcomers)


def require(holds: object, otherwise: str) -> None:
    """Raises Unexpected, with the sentence `otherwise`, unless it holds."""
    if not holds:
        raise Unexpected(otherwise)
