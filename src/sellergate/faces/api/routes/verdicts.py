"""What was judged of the rollout, what was signed, and what a bad stretch has cost."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from sellergate.domain.errors import InvalidInput, ReasonRequired, VerdictNotFound
from sellergate.domain.identifiers import Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.paging import Filters, Listing, ListOut
from sellergate.faces.api.parts import ActorDep, PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.api.schemas.verdicts import DamageOut, ReplayOut, SignedOut, SignIn, StoredVerdictOut
from sellergate.faces.wire import NUMBER_MAX, UtcTime

router = APIRouter(
    prefix="/api/admin/dropshipping/rollout", tags=["rollout"], route_class=guarded(Role.OPERATOR, Role.ADMIN)
)

Number = Annotated[int, Path(ge=1, le=NUMBER_MAX)]
Name = Annotated[str, Path(min_length=1, max_length=64)]
A_DAY = timedelta(days=1)


class VerdictList(Listing):
    """Which page."""


class Span(Filters):
    """From when on, and before when; without them, the last day."""

    since: UtcTime | None = None
    until: UtcTime | None = None


@router.get("/verdicts", response_model=ListOut[StoredVerdictOut])
def list_verdicts(query: Annotated[VerdictList, Query()], parts: PartsDep) -> Any:
    """Verdicts as they were when they changed or something was done about them, newest first."""
    return query.answer(parts.verdicts.list(query.page), StoredVerdictOut.of)


@router.get("/verdicts/{id}", responses=refusals(VerdictNotFound))
def get_verdict(id: Number, parts: PartsDep) -> StoredVerdictOut:
    """One verdict, with everything that was said about each metric."""
    return StoredVerdictOut.of(parts.verdicts.get(id))


@router.get("/verdicts/{id}/replay", responses=refusals(VerdictNotFound))
def replay_verdict(id: Number, parts: PartsDep) -> ReplayOut:
    """The same verdict judged again from its evidence."""
    return ReplayOut.of(parts.verdicts.replay(id))


@router.post("/criteria/{name}/sign", responses=refusals(ReasonRequired))
def sign_criterion(name: Name, by: ActorDep, parts: PartsDep, body: SignIn | None = None) -> SignedOut:
    """Vouch for a criterion that no program can evaluate."""
    return SignedOut.of(parts.signing.sign(by, name, body.note if body else None))


@router.post("/criteria/{name}/withdraw", responses=refusals(ReasonRequired))
def withdraw_criterion(name: Name, by: ActorDep, parts: PartsDep, body: SignIn | None = None) -> SignedOut:
    """Take a signature back."""
    return SignedOut.of(parts.signing.withdraw(by, name, body.note if body else None))


@router.get("/damage")
def damage(query: Annotated[Span, Query()], parts: PartsDep) -> DamageOut:
    """What enforcement has denied in a span: how often, whose, for which products, at which stage."""
    until = query.until or parts.now()
    since = query.since or until - A_DAY
    if since >= until:
        raise InvalidInput("since must be before until.", field="since")
    return DamageOut.of(parts.damage.report(since, until))
