"""What suppliers and the platform have decided in advance: auto-approval, capacity, limits by tier."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sellergate.domain.directory import Seller, Tier
from sellergate.domain.identifiers import ProductId, SellerId


class AutoApproval(StrEnum):
    """Which requests are approved without a person: none, those of trusted sellers, or all."""

    MANUAL = "manual"
    TRUSTED = "trusted"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPolicy:
    """What one product does differently from its supplier's other products. None means no difference."""

    auto_approval: AutoApproval | None = None
    max_sellers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierPolicy:
    """A supplier's standing rules. A seller is trusted when listed, or of at least `minimum_tier`.

    `version` says how often the supplier's rules have been set, 0 for never. It is no rule: policies with the same rules are
    equal whatever their versions.
    """

    auto_approval: AutoApproval = AutoApproval.MANUAL
    trusted_sellers: frozenset[SellerId] = frozenset()
    minimum_tier: Tier | None = None
    max_sellers_per_product: int | None = None
    products: Mapping[ProductId, ProductPolicy] = field(default_factory=dict)
    version: int = field(default=0, compare=False)

    def approves(self, seller: Seller, product_id: ProductId) -> bool:
        """Whether a request by this seller for this product is approved at once."""
        override = self.products.get(product_id)
        rule = (override and override.auto_approval) or self.auto_approval
        if rule is AutoApproval.TRUSTED:
            return self._trusts(seller)
        return rule is AutoApproval.ALL

    def with_capacity(self, product_id: ProductId, places: int | None) -> "SupplierPolicy":
        """This policy, but for how many sellers one product may have; None: as many as the others."""
        changed = replace(self.products.get(product_id, ProductPolicy()), max_sellers=places)
        others = {id: policy for id, policy in self.products.items() if id != product_id}
        return replace(self, products=others if changed == ProductPolicy() else {**others, product_id: changed})

    def _trusts(self, seller: Seller) -> bool:
        return seller.id in self.trusted_sellers or (
            self.minimum_tier is not None and seller.tier.rank >= self.minimum_tier.rank
        )

    def admits(self, seller: Seller, product_id: ProductId, *, approved_sellers: Callable[[], int]) -> bool:
        """Whether a request is approved at once: the rule says so, and the product has room for one seller more.

        Beyond its capacity the supplier decides whom to let in instead. `approved_sellers` is asked only where there is one.
        """
        if not self.approves(seller, product_id):
            return False
        capacity = self.capacity(product_id)
        return capacity is None or approved_sellers() < capacity

    def capacity(self, product_id: ProductId) -> int | None:
        """How many approved sellers this product may have at once; None for no limit."""
        override = self.products.get(product_id)
        if override is not None and override.max_sellers is not None:
            return override.max_sellers
        return self.max_sellers_per_product


@dataclass(frozen=True, slots=True)
class ProductLimits:
    """How many products a seller may hold or ask for at once; None is unlimited."""

    default: int | None = 10
    by_tier: Mapping[Tier, int | None] = field(default_factory=dict)

    def of(self, tier: Tier) -> int | None:
        """The limit of a seller of this tier; None for unlimited."""
        return self.by_tier.get(tier, self.default)
