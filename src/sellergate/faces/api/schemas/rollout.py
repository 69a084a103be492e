"""The rollout, its history and the shadow report as they are sent, and the bodies of an operator's moves."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field

from sellergate.domain.criteria import CriterionState
from sellergate.domain.rollout import Phase, RolloutAction, RolloutChange, RolloutState, Source, Unselected
from sellergate.faces.api.paging import ListOut
from sellergate.faces.api.schemas.authorizations import ReceiptOut
from sellergate.faces.wire import Id, Money, Text, UtcTime, WireIn, WireOut
from sellergate.ports.stores import ShadowRow
from sellergate.services.judging import Judged
from sellergate.services.rollouts import Outlook, RolloutMove

MOST_CANARIES = 10_000

Percentage = Annotated[int, Field(ge=0, le=100)]


class MoveIn(WireIn):
    """Why, in 10 to 500 characters."""

    reason: Text | None = None


class ReduceIn(MoveIn):
    """Back to which percentage; without one, a step down."""

    percentage: Percentage | None = None


class PromoteIn(MoveIn):
    """On to which percentage; without one, the plan's next step.

    `canaryProducts` replaces the list; `override` goes on although the plan does not allow it yet, or the rollout is on hold.
    """

    percentage: Percentage | None = None
    canary_products: Annotated[list[Id], Field(max_length=MOST_CANARIES)] | None = None
    override: bool = False


class VerdictOut(WireOut):
    """What the measurements say."""

    verdict: Literal["CONTINUE", "INVESTIGATE", "ROLL_BACK", "NOT_ENOUGH_DATA"]
    sentence: str
    metrics: list[dict[str, Any]]

    @classmethod
    def of(cls, judged: Judged | None) -> Self:
        """The verdict as it is sent; while the gates are off there is nothing to judge."""
        if judged is None:
            return cls(verdict="NOT_ENOUGH_DATA", sentence="The gates are off: nothing is measured.", metrics=[])
        shown = judged.shown
        return cls(verdict=shown["verdict"], sentence=shown["sentence"], metrics=shown["metrics"])


class CriterionOut(WireOut):
    """One condition of the next step, in words, and whether it is met."""

    name: str
    text: str
    state: CriterionState
    detail: str


class NextOut(WireOut):
    """Which step of the plan a promotion leads to, and from when on its time is right; null when it is now."""

    step: str
    phase: Phase
    percentage: int
    earliest: UtcTime | None

    @classmethod
    def of(cls, outlook: Outlook) -> Self | None:
        """What comes next as it is sent."""
        step = outlook.next
        if step is None:
            return None
        return cls(step=step.name, phase=step.kind, percentage=step.percentage, earliest=outlook.earliest)


class RolloutOut(WireOut):
    """The rollout in force; with the kill switch, or in a process that has tripped, it is off, whatever was decided.

    `step` is the plan's step it is in, null outside all of them; `next` is null when it is full. `criteria` are what the next
    step rests on.
    """

    phase: Phase
    percentage: int
    step: str | None
    endpoints_open: bool
    unselected: Unselected
    canary_products: list[str]
    version: int
    since: UtcTime | None
    source: Source
    held: bool
    kill_switch: bool
    tripped: bool
    verdict: VerdictOut
    criteria: list[CriterionOut]
    next: NextOut | None

    @classmethod
    def of(cls, state: RolloutState, outlook: Outlook, judged: Judged | None, **more: Any) -> Self:
        """The rollout as it is sent."""
        return cls(
            phase=state.phase,
            percentage=state.percentage,
            step=None if outlook.step is None else outlook.step.name,
            endpoints_open=state.endpoints_open,
            unselected=state.unselected,
            canary_products=sorted(state.canary_products),
            version=state.version,
            since=state.since,
            source=state.source,
            held=state.held,
            kill_switch=state.kill_switch,
            tripped=state.tripped,
            verdict=VerdictOut.of(judged),
            criteria=[
                CriterionOut(name=criterion.name, text=criterion.text, state=status.state, detail=status.detail)
                for criterion, status in outlook.criteria
            ],
            next=NextOut.of(outlook),
            **more,
        )


class MovedOut(RolloutOut):
    """The rollout after a change, and how far the news has got."""

    receipt: ReceiptOut

    @classmethod
    def of_move(cls, move: RolloutMove, in_force: RolloutState, outlook: Outlook, judged: Judged | None) -> Self:
        """The rollout after the move, as it is in force."""
        return cls.of(in_force, outlook, judged, receipt=ReceiptOut.of(move.receipt))


class ChangeOut(WireOut):
    """One line of the history. `overridden` is what stood in the way of a promotion that went on all the same."""

    version: int
    action: RolloutAction
    from_phase: Phase
    from_percentage: int
    to_phase: Phase
    to_percentage: int
    from_step: str | None
    to_step: str | None
    actor_id: str
    actor_role: str
    reason: str
    override: bool
    overridden: list[str]
    verdict_id: int | None
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
