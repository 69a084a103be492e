"""What a pair has sold and was denied lately: what a revocation would end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sellergate.domain.denials import DenialSum
from sellergate.domain.gate import Stage
from sellergate.domain.shadow import ShadowCount
from sellergate.domain.simulation import NOTHING, Usage


class Known(StrEnum):
    """Whether allowed checks are known: recorded for the whole span, for its last part, not for this pair, or not at all."""

    WHOLE = "whole"
    PART = "part"
    NOT_THIS_PAIR = "not-this-pair"
    NOT_RECORDED = "not-recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageImpact:
    """One stage: `allowed` is what a revocation would end, None where that is not known.

    `denied` was denied under enforcement, `would_deny` let pass in shadow although the pair had no approval then.
    """

    stage: Stage
    allowed: Usage | None
    denied: Usage
    would_deny: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What is known of a pair from `since` to `until`; of allowed checks from `known_since` on."""

    authorization_id: str
    seller_id: str
    product_id: str
    since: datetime
    until: datetime
    known: Known
    known_since: datetime | None
    stages: tuple[StageImpact, ...]


def stage_impacts(
    allowed: Mapping[Stage, Usage] | None, denied: Iterable[DenialSum], shadow: Iterable[ShadowCount]
) -> tuple[StageImpact, ...]:
    """Every stage, in the order a sale goes through them."""
    enforced = {one.of: one for one in denied}
    passed: dict[str, Usage] = {}
    for count in shadow:
        passed.setdefault(count.key.stage, Usage()).add(count.count, count.value)
    return tuple(
        StageImpact(
            stage=stage,
            allowed=None if allowed is None else allowed.get(stage, Usage()),
            denied=_usage(enforced.get(stage.value)),
            would_deny=passed.get(stage.value, Usage()),
        )
        for stage in Stage
    )


def _usage(denials: DenialSum | None) -> Usage:
    return Usage(0, NOTHING) if denials is None else Usage(denials.denials, Decimal(denials.value))
