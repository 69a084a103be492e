"""The rules of asking."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sellergate.domain.directory import Tier
from sellergate.domain.policy import ProductLimits
from sellergate.settings.declaring import setting
from sellergate.settings.parsers import number, tiers


@dataclass(frozen=True, kw_only=True)
class WorkflowSettings:
    """The rules of asking."""

    limit: int = setting(
        "SELLER_PRODUCT_LIMIT",
        10,
        "How many products a seller may hold or ask for at once.",
        number(0),
        allowed="a number, 0 or more",
    )
    limit_by_tier: Mapping[Tier, int | None] = setting(
        "SELLER_PRODUCT_LIMIT_BY_TIER",
        None,
        "Other limits for some tiers.",
        tiers,
        allowed="a list like BRONZE=10,SILVER=20,GOLD=50,PLATINUM=unlimited",
    )
    cooldown_days: int = setting(
        "SELLER_REJECT_COOLDOWN_DAYS",
        30,
        "How many days a rejected seller waits before asking for the product again.",
        number(0, 3650),
        allowed="a number of days, 0 to 3650",
    )

    @property
    def limits(self) -> ProductLimits:
        """Both limits as the rules need them."""
        return ProductLimits(self.limit, self.limit_by_tier or {})

    @property
    def cooldown(self) -> timedelta:
        """The cooldown as a duration."""
        return timedelta(days=self.cooldown_days)


@dataclass(frozen=True, kw_only=True)
class RateSettings:
    """How often one may ask."""

    requests_per_day: int = setting(
        "SELLERGATE_REQUESTS_PER_DAY",
        100,
        "Authorization requests of one seller in a day.",
        number(1),
        allowed="a number, 1 or more",
    )
    writes_per_minute: int = setting(
        "SELLERGATE_WRITES_PER_MINUTE",
        1200,
        "Writing calls of one subject in a minute.",
        number(1),
        allowed="a number, 1 or more",
    )
