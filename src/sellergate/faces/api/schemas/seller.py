"""What sellers read besides their authorizations."""

from datetime import datetime
from typing import Self

from sellergate.domain.authorization import Status
from sellergate.domain.directory import Tier
from sellergate.domain.gate import Reason
from sellergate.faces.wire import Money, UtcTime, WireOut
from sellergate.services.standing import Cooldown, LimitsInUse, Standing


class CooldownOut(WireOut):
    """A product that may be asked for again at that time; days are rounded up."""

    product_id: str
    cooldown_until: UtcTime
    days_remaining: int

    @classmethod
    def of(cls, cooldown: Cooldown) -> Self:
        """The cooldown as it is sent."""
        return cls(
            product_id=cooldown.product_id, cooldown_until=cooldown.until, days_remaining=cooldown.days_remaining
        )


class LimitsOut(WireOut):
    """Slots in use; `limit` and `remaining` are null where there is no limit."""

    used: int
    limit: int | None
    remaining: int | None
    tier: Tier
    cooldowns: list[CooldownOut]

    @classmethod
    def of(cls, limits: LimitsInUse) -> Self:
        """The limits as they are sent."""
        return cls(
            used=limits.used,
            limit=limits.limit,
            remaining=limits.remaining,
            tier=limits.tier,
            cooldowns=[CooldownOut.of(cooldown) for cooldown in limits.cooldowns],
        )


class StandingOut(WireOut):
    """How the seller stands to one product; `id` is the authorization's, null where there is none."""

    id: str | None
    status: Status
    cooldown_until: UtcTime | None
    expires_at: UtcTime | None

    @classmethod
    def of(cls, standing: Standing, now: datetime) -> Self:
        """The standing as it is sent."""
        record = standing.record
        return cls(
            id=None if record is None else record.id,
            status=_status(standing, now),
            cooldown_until=None if record is None else record.cooldown_until,
            expires_at=None if record is None else record.expires_at,
        )


class CatalogItemOut(WireOut):
    """A product; `reason` is the error code a request would meet, null where it would be accepted."""

    id: str
    name: str
    supplier_id: str | None
    supplier_name: str | None
    category: str | None
    price: Money | None
    active: bool
    authorization: StandingOut
    can_request: bool
    reason: str | None

    @classmethod
    def of(cls, standing: Standing, now: datetime) -> Self:
        """The product as this seller sees it."""
        product, obstacle = standing.product, standing.obstacle
        return cls(
            id=product.id,
            name=product.name,
            supplier_id=product.supplier_id,
            supplier_name=None if standing.supplier is None else standing.supplier.name,
            category=product.category,
            price=product.price,
            active=product.active,
            authorization=StandingOut.of(standing, now),
            can_request=standing.can_request,
            reason=None if obstacle is None else obstacle.code,
        )


class SellerGateOut(WireOut):
    """Whether the seller may sell the product, as the rules say, whatever the rollout enforces today."""

    product_id: str
    status: Status
    is_authorized: bool
    can_request: bool
    cooldown_until: UtcTime | None
    reason: Reason

    @classmethod
    def of(cls, standing: Standing, now: datetime) -> Self:
        """The answer as it is sent."""
        return cls(
            product_id=standing.product.id,
            status=_status(standing, now),
            is_authorized=standing.decision.allowed,
            can_request=standing.can_request,
            cooldown_until=None if standing.record is None else standing.record.cooldown_until,
            reason=standing.decision.reason,
        )


def _status(standing: Standing, now: datetime) -> Status:
    return Status.NONE if standing.record is None else standing.record.status_at(now)
