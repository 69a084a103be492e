"""What suppliers read, and their policy."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from sellergate.domain.authorization import Status
from sellergate.domain.directory import Tier
from sellergate.domain.errors import AuthorizationNotFound, PolicyOutdated
from sellergate.domain.identifiers import Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.paging import Listing, ListOut
from sellergate.faces.api.parts import ActorDep, PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.api.schemas.authorizations import DetailOut, RowOut
from sellergate.faces.api.schemas.policies import PolicyIn, PolicyOut
from sellergate.faces.wire import Id
from sellergate.ports.queries import AuthorizationQuery, Sort

router = APIRouter(prefix="/api/v1/ds/supplier", tags=["supplier"], route_class=guarded(Role.SUPPLIER))


class Inbox(Listing):
    """Which of the supplier's authorizations; without a status, those that wait for a decision."""

    status: Status = Status.REQUESTED
    product_id: Id | None = None
    tier: Tier | None = None
    sort: Sort = Sort.OLDEST


@router.get("/authorizations/inbox", response_model=ListOut[RowOut])
def inbox(query: Annotated[Inbox, Query()], by: ActorDep, parts: PartsDep) -> Any:
    """Authorizations of the supplier's products, by the time of the request."""
    asked = AuthorizationQuery(
        statuses=frozenset({query.status}),
        product_id=query.product_id,
        tier=query.tier,
        sort=query.sort,
        page=query.page,
    )
    now = parts.now()
    return query.answer(parts.records.search(by, asked), lambda row: RowOut.of_row(row, by.role, now))


@router.get("/authorizations/{id}", responses=refusals(AuthorizationNotFound))
def supplier_authorization(id: Id, by: ActorDep, parts: PartsDep) -> DetailOut:
    """One authorization of the supplier's with its events."""
    return DetailOut.of_one(parts.records.one(by, id), by.role, parts.now())


@router.get("/policy")
def policy(by: ActorDep, parts: PartsDep) -> PolicyOut:
    """The policy in force; the default one when none was set."""
    return PolicyOut.of(parts.policies.get(by))


@router.put("/policy", responses=refusals(PolicyOutdated))
def set_policy(body: PolicyIn, by: ActorDep, parts: PartsDep) -> PolicyOut:
    """Set the whole policy: it decides about requests from now on.

    Send the `version` it was read with, and a change that somebody else made meanwhile is not lost: the answer is 409. Without
    a version the last one wins.
    """
    return PolicyOut.of(parts.policies.put(by, body.policy(), known=body.version))
