"""A supplier's policy, in and out."""

from typing import Annotated, Self

from pydantic import Field

from sellergate.domain.directory import Tier
from sellergate.domain.identifiers import ProductId, SellerId
from sellergate.domain.policy import AutoApproval, ProductPolicy, SupplierPolicy
from sellergate.faces.wire import NUMBER_MAX, Id, TierName, WireIn, WireOut

MOST_LISTED = 10_000

AutoApprovalName = Annotated[AutoApproval, Field(strict=False)]
Capacity = Annotated[int, Field(ge=1, le=NUMBER_MAX)]


class ProductPolicyIn(WireIn):
    """What one product does differently; null is no difference."""

    auto_approval: AutoApprovalName | None = None
    max_sellers: Capacity | None = None


class PolicyIn(WireIn):
    """The whole policy: what is left out is set to its default.

    With the `version` a policy was read with it is set only while that one is in force; without, whatever is in force.
    """

    auto_approval: AutoApprovalName = AutoApproval.MANUAL
    trusted_sellers: Annotated[list[Id], Field(max_length=MOST_LISTED, default_factory=list)]
    minimum_tier: TierName | None = None
    max_sellers_per_product: Capacity | None = None
    products: Annotated[dict[Id, ProductPolicyIn], Field(max_length=MOST_LISTED, default_factory=dict)]
    version: Annotated[int, Field(ge=0, le=NUMBER_MAX)] | None = None

    def policy(self) -> SupplierPolicy:
        """The policy as the rules know it."""
        return SupplierPolicy(
            auto_approval=self.auto_approval,
            trusted_sellers=frozenset(SellerId(id) for id in self.trusted_sellers),
            minimum_tier=self.minimum_tier,
            max_sellers_per_product=self.max_sellers_per_product,
            products={
                ProductId(id): ProductPolicy(auto_approval=one.auto_approval, max_sellers=one.max_sellers)
                for id, one in self.products.items()
            },
        )


class ProductPolicyOut(WireOut):
    """What one product does differently."""

    auto_approval: AutoApproval | None
    max_sellers: int | None


class PolicyOut(WireOut):
    """The policy in force; `version` says how often it has been set, 0 for never."""

    auto_approval: AutoApproval
    trusted_sellers: list[str]
    minimum_tier: Tier | None
    max_sellers_per_product: int | None
    products: dict[str, ProductPolicyOut]
    version: int

    @classmethod
    def of(cls, policy: SupplierPolicy) -> Self:
        """The policy as it is sent."""
        return cls(
            auto_approval=policy.auto_approval,
            trusted_sellers=sorted(policy.trusted_sellers),
            minimum_tier=policy.minimum_tier,
            max_sellers_per_product=policy.max_sellers_per_product,
            products={
                id: ProductPolicyOut(auto_approval=one.auto_approval, max_sellers=one.max_sellers)
                for id, one in sorted(policy.products.items())
            },
            version=policy.version,
        )
