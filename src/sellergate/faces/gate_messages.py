"""What the gate's own endpoints take and answer, as msgspec structs: decoded strictly, and shown in OpenAPI."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from sellergate.domain.authorization import Status
from sellergate.domain.gate import GateAnswer, Mode, Reason, Snapshot
from sellergate.domain.identifiers import ID_PATTERN
from sellergate.faces.wire import wire_time

MOST_AT_ONCE: Final = 1_000
"""Products in one batch, and evaluations in one AuthZEN request."""

Id = Annotated[str, Meta(extra_json_schema={"pattern": f"^{ID_PATTERN}$"})]
"""Checked by the domain's own pattern, not by msgspec, whose `$` would let a line end pass."""

StageName = Literal["cart", "order", "settlement"]
Consistency = Literal["cached", "strict"]
Moment = Annotated[datetime, Meta(tz=True)]
Value = Annotated[float, Meta(ge=0)]


class Check(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """May this seller sell this product at this stage? `value` is what the sale is worth."""

    seller_id: Id
    product_id: Id
    stage: StageName
    consistency: Consistency | None = None
    as_of: Moment | None = None
    value: Value | None = None


class BatchCheck(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The same question about many products of one seller."""

    seller_id: Id
    product_ids: Annotated[list[Id], Meta(min_length=1, max_length=MOST_AT_ONCE)]
    stage: StageName
    consistency: Consistency | None = None


class SnapshotOut(Struct, frozen=True, rename="camel"):
    """The approval a sale rested on, for the commission record."""

    authorization_id: str
    approved_at: str | None
    approved_by: str | None
    supplier_id: str | None
    product: dict[str, Any] | None

    @classmethod
    def of(cls, snapshot: Snapshot) -> "SnapshotOut":
        """The snapshot as it is sent."""
        at, product = snapshot.approved_at, snapshot.product
        return cls(
            authorization_id=snapshot.authorization_id,
            approved_at=None if at is None else wire_time(datetime.fromisoformat(at)),
            approved_by=snapshot.approved_by,
            supplier_id=snapshot.supplier_id,
            product=None if product is None else dict(product),
        )


class CheckAnswer(Struct, frozen=True, rename="camel"):
    """The gate's answer. In mode SHADOW `reason` says what enforcement would have said."""

    allowed: bool
    mode: Mode
    reason: Reason
    status: Status
    cache_hit: bool
    rollout_version: int
    error_code: str | UnsetType = UNSET
    snapshot: SnapshotOut | UnsetType = UNSET

    @classmethod
    def of(cls, answer: GateAnswer) -> "CheckAnswer":
        """The answer as it is sent."""
        return cls(
            allowed=answer.allowed,
            mode=answer.mode,
            reason=answer.reason,
            status=answer.status,
            cache_hit=answer.cache_hit,
            rollout_version=answer.version,
            error_code=answer.error_code or UNSET,
            snapshot=UNSET if answer.snapshot is None else SnapshotOut.of(answer.snapshot),
        )


class ProductAnswer(Struct, frozen=True, rename="camel"):
    """The gate's answer about one product of a batch."""

    product_id: str
    allowed: bool
    mode: Mode
    reason: Reason
    status: Status
    cache_hit: bool
    rollout_version: int
    error_code: str | UnsetType = UNSET


class BatchAnswer(Struct, frozen=True, rename="camel"):
    """The answers in the order asked, and the same split in two."""

    results: list[ProductAnswer]
    allowed: list[str]
    denied: list[str]
    cache_hit_rate: float

    @classmethod
    def of(cls, products: list[str], answers: list[GateAnswer]) -> "BatchAnswer":
        """The answers as they are sent."""
        both = list(zip(products, answers, strict=True))
        return cls(
            results=[
                ProductAnswer(
                    product_id=product,
                    allowed=answer.allowed,
                    mode=answer.mode,
                    reason=answer.reason,
                    status=answer.status,
                    cache_hit=answer.cache_hit,
                    rollout_version=answer.version,
                    error_code=answer.error_code or UNSET,
                )
                for product, answer in both
            ],
            allowed=[product for product, answer in both if answer.allowed],
            denied=[product for product, answer in both if not answer.allowed],
            cache_hit_rate=sum(answer.cache_hit for answer in answers) / len(answers),
        )
