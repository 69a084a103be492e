"""What a supplier, or an admin in their place, can know before they act."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from sellergate.domain.errors import AuthorizationNotFound, SupplierNotFound
from sellergate.domain.identifiers import Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.paging import Filters
from sellergate.faces.api.parts import ActorDep, PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.api.schemas.backtests import BackTestIn, BackTestOut
from sellergate.faces.api.schemas.impacts import ImpactOut
from sellergate.faces.wire import Id

router = APIRouter(prefix="/api/v1/ds/supplier", tags=["supplier"], route_class=guarded(Role.ADMIN, Role.SUPPLIER))


@router.post("/policy/backtest", responses=refusals(SupplierNotFound))
def backtest(body: BackTestIn, by: ActorDep, parts: PartsDep) -> BackTestOut:
    """Which of the last requests a policy would have approved at once, and how those turned out. Nothing is changed."""
    test = parts.backtests.run(
        by,
        None if body.policy is None else body.policy.policy(),
        supplier_id=body.supplier_id,
        requests=body.requests,
        revoked_within=timedelta(days=body.revoked_within_days),
    )
    return BackTestOut.of(test)


class ImpactQuery(Filters):
    """How far back to look."""

    days: Annotated[int, Query(ge=1, le=365)] = 30


@router.get("/authorizations/{id}/impact", responses=refusals(AuthorizationNotFound))
def impact(id: Id, query: Annotated[ImpactQuery, Query()], by: ActorDep, parts: PartsDep) -> ImpactOut:
    """What the pair has sold and was denied lately at each stage: what a revocation would end."""
    return ImpactOut.of(parts.impacts.of(by, id, timedelta(days=query.days)))
