"""A rule tried on the past, in and out."""

from typing import Annotated, Self

from pydantic import Field

from sellergate.domain.backtest import BackTest, PastRequest, Side, TurnedOut
from sellergate.faces.api.schemas.policies import PolicyIn
from sellergate.faces.wire import Id, Money, UtcTime, WireIn, WireOut
from sellergate.services.backtests import MOST_REQUESTS

DAYS_MAX = 3_650


class BackTestIn(WireIn):
    """Which rule (null: the policy in force), on how many of the last requests. An admin says whose."""

    policy: PolicyIn | None = None
    supplier_id: Id | None = None
    requests: Annotated[int, Field(ge=1, le=MOST_REQUESTS)] = 200
    revoked_within_days: Annotated[int, Field(ge=1, le=DAYS_MAX)] = 90


class SideOut(WireOut):
    """Requests that the rule treats alike; `denied` and `value` are what enforcement denied while they waited.

    `byRule` of those approved were approved by the rule of that time and not by a person.
    """

    requests: int
    approved: int
    rejected: int
    revoked: int
    cancelled: int
    waiting: int
    by_rule: int
    share_against: float | None
    denied: int
    value: Money

    @classmethod
    def of(cls, side: Side) -> Self:
        """The side as it is sent."""
        outcomes = {outcome.value: side.turned_out[outcome] for outcome in TurnedOut}
        return cls(
            requests=side.requests,
            by_rule=side.by_rule,
            share_against=side.share_against,
            denied=side.denied,
            value=side.value,
            **outcomes,
        )


class CaseOut(WireOut):
    """A request that the rule would have approved, and somebody said no to."""

    authorization_id: str
    seller_id: str
    product_id: str
    requested_at: UtcTime
    turned_out: TurnedOut

    @classmethod
    def of(cls, case: PastRequest) -> Self:
        """The case as it is sent."""
        return cls.model_validate(case)


class BackTestOut(WireOut):
    """What the rule would have approved and what it would have left to the supplier; `oldest` is the first request looked at."""

    requests: int
    oldest: UtcTime | None
    would_approve: SideOut
    would_leave: SideOut
    cases: list[CaseOut]

    @classmethod
    def of(cls, test: BackTest) -> Self:
        """The result as it is sent."""
        return cls(
            requests=test.requests,
            oldest=test.oldest,
            would_approve=SideOut.of(test.approves),
            would_leave=SideOut.of(test.leaves),
            cases=[CaseOut.of(case) for case in test.cases],
        )
