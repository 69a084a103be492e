"""What a revocation would end, out."""

from typing import Self

from sellergate.domain.gate import Stage
from sellergate.domain.impact import Impact, Known, StageImpact
from sellergate.domain.simulation import Usage
from sellergate.faces.wire import Money, UtcTime, WireOut


class UsageOut(WireOut):
    """How many checks, and what they were worth."""

    checks: int
    value: Money

    @classmethod
    def of(cls, usage: Usage) -> Self:
        """The usage as it is sent."""
        return cls(checks=usage.checks, value=usage.value)


class StageImpactOut(WireOut):
    """One stage; `allowed` is null where it is not known, which is not 0."""

    stage: Stage
    allowed: UsageOut | None
    denied: UsageOut
    would_deny: UsageOut

    @classmethod
    def of(cls, impact: StageImpact) -> Self:
        """The stage as it is sent."""
        return cls(
            stage=impact.stage,
            allowed=None if impact.allowed is None else UsageOut.of(impact.allowed),
            denied=UsageOut.of(impact.denied),
            would_deny=UsageOut.of(impact.would_deny),
        )


class ImpactOut(WireOut):
    """What is on record of a pair. `known` says how much of its allowed checks is: all of the span, from `knownSince` on, or none."""

    authorization_id: str
    seller_id: str
    product_id: str
    since: UtcTime
    until: UtcTime
    known: Known
    known_since: UtcTime | None
    stages: list[StageImpactOut]

    @classmethod
    def of(cls, impact: Impact) -> Self:
        """The impact as it is sent."""
        return cls(
            authorization_id=impact.authorization_id,
            seller_id=impact.seller_id,
            product_id=impact.product_id,
            since=impact.since,
            until=impact.until,
            known=impact.known,
            known_since=impact.known_since,
            stages=[StageImpactOut.of(stage) for stage in impact.stages],
        )
