"""Which products are fit to be the first: the seed's criteria, how far each product meets them, and an even choice."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from heapq import heappush, heappushpop
from math import ceil
from typing import Final

from sellergate.domain.directory import Product, Supplier
from sellergate.domain.plan import CanarySelection
from sellergate.domain.rollout import bucket


class Miss(StrEnum):
    """A criterion a product does not meet, in the order in which one would rather overlook them."""

    FEW_VIEWS = "too-few-views"
    REGULAR_SUPPLIER = "regular-supplier"
    VIEWS_UNKNOWN = "views-unknown"
    MANY_VIEWS = "too-many-views"
    TOP_SELLER = "top-seller"


class Outside(StrEnum):
    """Why a product is not among those a canary is chosen from."""

    INACTIVE = "inactive"
    NO_SUPPLIER = "no-supplier"


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryCriteria:
    """The share of the active dropshipping products wanted, in percent, how many views a day they should have, and whether
    products of suppliers that are neither test nor partner, and those that sell best, are as good as others.
    """

    share: float = 10
    min_views: int = 100
    max_views: int = 500
    regular_suppliers: bool = False
    top_sellers: bool = False

    @classmethod
    def of(cls, selection: CanarySelection) -> "CanaryCriteria":
        """What the plan looks for."""
        low, high = selection.daily_views
        return cls(
            share=float(Decimal(str(selection.share)) * 100),
            min_views=low,
            max_views=high,
            regular_suppliers=not selection.test_or_partner_suppliers,
            top_sellers=selection.top_sellers,
        )

    def wanted(self, products: int) -> int:
        """How many of so many products: rounded up, so that a small catalog has a canary as well."""
        return ceil(Decimal(str(self.share)) * products / 100)

    def misses(self, product: Product, supplier: Supplier | None) -> tuple[Miss, ...]:
        """What speaks against the product, in the order of `Miss`; nothing when it qualifies."""
        views = product.daily_views
        against = {
            Miss.FEW_VIEWS: views is not None and views < self.min_views,
            Miss.REGULAR_SUPPLIER: not (self.regular_suppliers or _is_close(supplier)),
            Miss.VIEWS_UNKNOWN: views is None,
            Miss.MANY_VIEWS: views is not None and views > self.max_views,
            Miss.TOP_SELLER: product.top_seller and not self.top_sellers,
        }
        return tuple(miss for miss in Miss if against[miss])


def _is_close(supplier: Supplier | None) -> bool:
    return supplier is not None and (supplier.is_test or supplier.is_partner)


def outside(product: Product) -> Outside | None:
    """Why the product needs no authorization from anybody; None for an active one with a supplier."""
    if product.supplier_id is None:
        return Outside.NO_SUPPLIER
    return None if product.active else Outside.INACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One product chosen, with the facts that speak for it and the criteria it misses."""

    product_id: str
    supplier_id: str
    daily_views: int | None
    is_test: bool
    is_partner: bool
    top_seller: bool
    misses: tuple[Miss, ...] = ()


Group = tuple[tuple[Miss, ...], str]
"""Products that miss the same criteria and have the same supplier."""

_SEVERITY: Final[Mapping[Miss, int]] = {miss: place for place, miss in enumerate(Miss)}


@dataclass(slots=True)
class Census:
    """The first walk over the catalog: how many products there are of each kind. Its size is that of the suppliers."""

    criteria: CanaryCriteria
    outside: Counter[Outside] = field(default_factory=Counter)
    groups: Counter[Group] = field(default_factory=Counter)

    def count(self, product: Product, supplier: Supplier | None) -> None:
        """Take one product into account."""
        away = outside(product)
        if away is not None or product.supplier_id is None:
            self.outside[away or Outside.NO_SUPPLIER] += 1
            return
        self.groups[self.criteria.misses(product, supplier), product.supplier_id] += 1

    @property
    def products(self) -> int:
        """How many active products with a supplier there are."""
        return self.groups.total()

    @property
    def wanted(self) -> int:
        """How many products the canary should have."""
        return self.criteria.wanted(self.products)

    @property
    def qualifying(self) -> int:
        """How many products meet every criterion."""
        return sum(number for (misses, _), number in self.groups.items() if not misses)

    @property
    def missed(self) -> Counter[Miss]:
        """How many products miss each criterion; one that misses two is counted under both."""
        missed: Counter[Miss] = Counter()
        for (misses, _), number in self.groups.items():
            for miss in misses:
                missed[miss] += number
        return missed

    def quotas(self) -> dict[Group, int]:
        """How many to take of each group: first those that qualify, then those that miss least, evenly over suppliers."""
        quotas: dict[Group, int] = {}
        still_wanted = self.wanted
        for misses in sorted({misses for misses, _ in self.groups}, key=_gravity):
            sizes = {supplier: number for (these, supplier), number in self.groups.items() if these == misses}
            for supplier, number in spread(sizes, still_wanted).items():
                quotas[misses, supplier] = number
                still_wanted -= number
        return quotas


def _gravity(misses: tuple[Miss, ...]) -> tuple[int, list[int]]:
    return len(misses), [_SEVERITY[miss] for miss in reversed(misses)]


def spread(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    """At most `wanted` in all, as evenly as the sizes allow; one more goes to those who have most, of equals to the last by name."""
    shares: dict[str, int] = {}
    left = wanted
    smallest_first = sorted(sizes, key=lambda name: (sizes[name], name))
    for place, name in enumerate(smallest_first):
        shares[name] = min(sizes[name], left // (len(smallest_first) - place))
        left -= shares[name]
    return {name: share for name, share in shares.items() if share}


@dataclass(slots=True)
class Choice:
    """The second walk: of each group the products with the lowest buckets, which a percentage would enforce first anyway.

    Holds no more products than are chosen. Walk twice over the same catalog and the choice is the same.
    """

    criteria: CanaryCriteria
    quotas: Mapping[Group, int]
    _best: dict[Group, list[tuple[int, "_Later", Pick]]] = field(default_factory=dict)

    def consider(self, product: Product, supplier: Supplier | None) -> None:
        """Keep the product if it is among the first of its group."""
        if outside(product) is not None or product.supplier_id is None:
            return
        misses = self.criteria.misses(product, supplier)
        quota = self.quotas.get((misses, product.supplier_id), 0)
        if not quota:
            return
        heap = self._best.setdefault((misses, product.supplier_id), [])
        entry = (-bucket(product.id), _Later(product.id), _pick(product, product.supplier_id, supplier, misses))
        if len(heap) < quota:
            heappush(heap, entry)
        elif entry[:2] > heap[0][:2]:
            heappushpop(heap, entry)

    def picks(self) -> tuple[list[Pick], list[Pick]]:
        """Those that qualify, by supplier and id; and the next best, those first that miss least."""
        found = [pick for heap in self._best.values() for _, _, pick in heap]
        found.sort(key=lambda pick: (_gravity(pick.misses), pick.supplier_id, pick.product_id))
        return [pick for pick in found if not pick.misses], [pick for pick in found if pick.misses]


class _Later(str):
    """A text that sorts the other way round: the heap gives up the last first."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)

    def __gt__(self, other: str) -> bool:
        return str.__lt__(self, other)


def _pick(product: Product, supplier_id: str, supplier: Supplier | None, misses: tuple[Miss, ...]) -> Pick:
    return Pick(
        product_id=product.id,
        supplier_id=supplier_id,
        daily_views=product.daily_views,
        is_test=supplier is not None and supplier.is_test,
        is_partner=supplier is not None and supplier.is_partner,
        top_seller=product.top_seller,
        misses=misses,
    )


def why(pick: Pick, criteria: CanaryCriteria) -> str:
    """One sentence for people: what speaks for the product, and what against it."""
    views = "views unknown" if pick.daily_views is None else f"{pick.daily_views} views a day"
    kind = {
        (True, True): "test and partner supplier",
        (True, False): "test supplier",
        (False, True): "partner supplier",
        (False, False): "neither a test nor a partner supplier",
    }[pick.is_test, pick.is_partner]
    within = f"within {criteria.min_views}-{criteria.max_views}"
    seen = f"{views}, {within}" if not _VIEWS & set(pick.misses) else f"{views}, not known to be {within}"
    return f"{seen}; {kind}; {'a top seller' if pick.top_seller else 'no top seller'}"


_VIEWS: Final = frozenset({Miss.FEW_VIEWS, Miss.VIEWS_UNKNOWN, Miss.MANY_VIEWS})


def ids_of(picks: Iterable[Pick]) -> list[str]:
    """The products, as a canary file lists them."""
    return [pick.product_id for pick in picks]
