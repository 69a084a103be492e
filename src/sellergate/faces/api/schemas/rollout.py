"""The rollout, its history and the shadow report as they are sent, and the bodies of an operator's moves."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field

from sellergate.domain.rollout import Phase, RolloutAction, RolloutChange, RolloutState, Source, next_step
from sellergate.faces.api.paging import ListOut
from sellergate.faces.api.schemas.authorizations import ReceiptOut
from sellergate.faces.wire import Id, Money, Text, UtcTime, WireIn, WireOut
from sellergate.ports.stores import ShadowRow
from sellergate.services.rollouts import RolloutMove

MOST_CANARIES = 10_000

Percentage = Annotated[int, Field(ge=0, le=100)]


class MoveIn(WireIn):
    """Why, in 10 to 500 characters."""

    reason: Text | None = None


class ReduceIn(MoveIn):
    """Back to which percentage; without one, a step down."""

    percentage: Percentage | None = None


class PromoteIn(MoveIn):
    """On to which percentage; without one, a step up. `canaryProducts` replaces the list; `override` passes over a hold."""

    percentage: Percentage | None = None
    canary_products: Annotated[list[Id], Field(max_length=MOST_CANARIES)] | None = None
    override: bool = False


class VerdictOut(WireOut):
    """What the measurements say."""

    verdict: Literal["CONTINUE", "INVESTIGATE", "ROLL_BACK", "NOT_ENOUGH_DATA"]
    sentence: str
    metrics: list[dict[str, Any]]


class CriterionOut(WireOut):
    """One condition of the next step, and whether it is met."""

    name: str
    state: Literal["met", "failing", "not_enough_data", "unsigned"]
    detail: str


class NextOut(WireOut):
    """Where a promotion leads, and from when on it may; null when it may now."""

    phase: Phase
    percentage: int
    earliest: UtcTime | None


_UNJUDGED = VerdictOut(
    verdict="NOT_ENOUGH_DATA", sentence="No measurements are judged yet: a person decides.", metrics=[]
)


class RolloutOut(WireOut):
    """The rollout in force; with the kill switch it is off, whatever was decided. `next` is null when it is full."""

    phase: Phase
    percentage: int
    canary_products: list[str]
    version: int
    since: UtcTime | None
    source: Source
    held: bool
    kill_switch: bool
    verdict: VerdictOut
    criteria: list[CriterionOut]
    next: NextOut | None

    @classmethod
    def of(cls, state: RolloutState, **more: Any) -> Self:
        """The rollout as it is sent."""
        step = next_step(state)
        return cls(
            phase=state.phase,
            percentage=state.percentage,
            canary_products=sorted(state.canary_products),
            version=state.version,
            since=state.since,
            source=state.source,
            held=state.held,
            kill_switch=state.kill_switch,
            verdict=_UNJUDGED,
            criteria=[],
            next=None if step is None else NextOut(phase=step[0], percentage=step[1], earliest=None),
            **more,
        )


class MovedOut(RolloutOut):
    """The rollout after a change, and how far the news has got."""

    receipt: ReceiptOut

    @classmethod
    def of_move(cls, move: RolloutMove, *, killed: bool) -> Self:
        """The rollout after the move, as it is in force."""
        state = move.state.killed() if killed else move.state
        return cls.of(state, receipt=ReceiptOut.of(move.receipt))


class ChangeOut(WireOut):
    """One line of the history."""

    version: int
    action: RolloutAction
    from_phase: Phase
    from_percentage: int
    to_phase: Phase
    to_percentage: int
    actor_id: str
    actor_role: str
    reason: str
    override: bool
    at: UtcTime

    @classmethod
    def of(cls, change: RolloutChange) -> Self:
        """The change as it is sent."""
        return cls.model_validate(change)


class ShadowRowOut(WireOut):
    """What would have been denied to whom, how often; `value` sums the order values callers gave."""

    seller_id: str
    product_id: str
    supplier_id: str | None
    stage: str
    error_code: str
    count: int
    value: Money
    first_seen: UtcTime
    last_seen: UtcTime

    @classmethod
    def of(cls, row: ShadowRow) -> Self:
        """The line as it is sent."""
        count, key = row.count, row.count.key
        return cls(
            seller_id=key.seller_id,
            product_id=key.product_id,
            supplier_id=row.supplier_id,
            stage=key.stage,
            error_code=key.error_code,
            count=count.count,
            value=count.value,
            first_seen=count.first_seen,
            last_seen=count.last_seen,
        )


class ShadowTotalsOut(WireOut):
    """How much it is altogether, whatever the page."""

    denials: int
    pairs: int
    sellers: int
    products: int
    suppliers: int


class ShadowReportOut(ListOut[ShadowRowOut]):
    """A page of the report, most frequent first."""

    totals: ShadowTotalsOut
