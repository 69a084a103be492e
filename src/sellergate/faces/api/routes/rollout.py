"""The operator's hand on the rollout."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from sellergate.domain.errors import (
    ConcurrentChange,
    CriteriaNotMet,
    InvalidStatus,
    OutsideChangeWindow,
    ReasonRequired,
)
from sellergate.domain.identifiers import Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.paging import Listing, ListOut
from sellergate.faces.api.parts import ActorDep, Parts, PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.api.schemas.rollout import ChangeOut, MovedOut, MoveIn, PromoteIn, ReduceIn, RolloutOut
from sellergate.services.rollouts import RolloutMove

router = APIRouter(
    prefix="/api/admin/dropshipping/rollout", tags=["rollout"], route_class=guarded(Role.OPERATOR, Role.ADMIN)
)

_MOVES = refusals(ReasonRequired, InvalidStatus, ConcurrentChange)


class History(Listing):
    """Which page."""


def _moved(move: RolloutMove, parts: Parts) -> MovedOut:
    in_force = move.state.killed() if parts.rollout().kill_switch else move.state
    return MovedOut.of_move(move, in_force, parts.rollouts.outlook(in_force), parts.judge.judge(in_force))


@router.get("")
def rollout(parts: PartsDep) -> RolloutOut:
    """The rollout in force, and what its next step rests on."""
    state = parts.rollout()
    return RolloutOut.of(state, parts.rollouts.outlook(state), parts.judge.judge(state))


@router.get("/history", response_model=ListOut[ChangeOut])
def history(query: Annotated[History, Query()], parts: PartsDep) -> Any:
    """Every change, newest first."""
    return query.answer(parts.rollouts.history(query.page), ChangeOut.of)


@router.post(
    "/promote",
    responses=refusals(ReasonRequired, InvalidStatus, ConcurrentChange, CriteriaNotMet, OutsideChangeWindow),
)
def promote(by: ActorDep, parts: PartsDep, body: PromoteIn | None = None) -> MovedOut:
    """On to the plan's next step, or to a percentage, once the plan allows it; sooner by an override."""
    said = body or PromoteIn()
    move = parts.rollouts.promote(
        by,
        said.reason,
        percentage=said.percentage,
        canary_products=said.canary_products,
        override=said.override,
    )
    return _moved(move, parts)


@router.post("/hold", responses=_MOVES)
def hold(by: ActorDep, parts: PartsDep, body: MoveIn | None = None) -> MovedOut:
    """No promotion until resumed."""
    return _moved(parts.rollouts.hold(by, body.reason if body else None), parts)


@router.post("/resume", responses=_MOVES)
def resume(by: ActorDep, parts: PartsDep, body: MoveIn | None = None) -> MovedOut:
    """Promotions are possible again."""
    return _moved(parts.rollouts.resume(by, body.reason if body else None), parts)


@router.post("/reduce", responses=_MOVES)
def reduce(by: ActorDep, parts: PartsDep, body: ReduceIn | None = None) -> MovedOut:
    """Along the plan's reductions, or back to a percentage."""
    said = body or ReduceIn()
    return _moved(parts.rollouts.reduce(by, said.reason, percentage=said.percentage), parts)


@router.post("/rollback", responses=_MOVES)
def rollback(by: ActorDep, parts: PartsDep, body: MoveIn | None = None) -> MovedOut:
    """Off, at once; the receipt says how many processes follow."""
    return _moved(parts.rollouts.rollback(by, body.reason if body else None), parts)
