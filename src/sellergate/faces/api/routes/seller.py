"""What sellers do and read."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from sellergate.domain.authorization import Status
from sellergate.domain.errors import (
    AuthorizationNotFound,
    AuthorizationRevoked,
    ConcurrentChange,
    CooldownActive,
    DuplicateAuthorization,
    InvalidStatus,
    ProductLimitReached,
    ProductNotFound,
    RateLimited,
    SellerNotAuthorized,
    SellerNotFound,
)
from sellergate.domain.identifiers import ProductId, Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.paging import Listing, ListOut
from sellergate.faces.api.parts import ActorDep, PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.api.schemas.authorizations import AuthorizationOut, DetailOut, Nothing, RequestIn, RowOut
from sellergate.faces.api.schemas.seller import CatalogItemOut, LimitsOut, SellerGateOut
from sellergate.faces.wire import Id
from sellergate.ports.queries import AuthorizationQuery, ProductQuery

router = APIRouter(prefix="/api/v1/ds/seller", tags=["seller"], route_class=guarded(Role.SELLER))


class OwnAuthorizations(Listing):
    """Which of the seller's authorizations."""

    status: Status | None = None
    supplier_id: Id | None = None


class Catalog(Listing):
    """Which products; `authorization` is how the seller stands to them."""

    search: Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = None
    authorization: Status | None = None


@router.get("/authorizations", response_model=ListOut[RowOut])
def own_authorizations(query: Annotated[OwnAuthorizations, Query()], by: ActorDep, parts: PartsDep) -> Any:
    """The seller's authorizations, oldest request first."""
    statuses = frozenset({query.status} if query.status else ())
    asked = AuthorizationQuery(statuses=statuses, supplier_id=query.supplier_id, page=query.page)
    now = parts.now()
    return query.answer(parts.records.search(by, asked), lambda row: RowOut.of_row(row, by.role, now))


@router.get("/authorizations/{id}", responses=refusals(AuthorizationNotFound))
def own_authorization(id: Id, by: ActorDep, parts: PartsDep) -> DetailOut:
    """One of the seller's authorizations with its events."""
    return DetailOut.of_one(parts.records.one(by, id), by.role, parts.now())


@router.post(
    "/products/{productId}/request",
    status_code=201,
    responses=refusals(
        ProductNotFound,
        SellerNotFound,
        SellerNotAuthorized,
        ProductLimitReached,
        CooldownActive,
        AuthorizationRevoked,
        DuplicateAuthorization,
        RateLimited,
        ConcurrentChange,
    ),
)
def request_product(
    productId: Id,  # noqa: N803  the wire name
    by: ActorDep,
    parts: PartsDep,
    body: RequestIn | None = None,
) -> AuthorizationOut:
    """Ask for a product; the supplier's policy may approve it at once."""
    parts.limiter.hit_request(str(by.seller_id))
    said = body or RequestIn()
    record = parts.workflow.request(
        by, ProductId(productId), justification=said.business_justification, volume=said.expected_volume
    )
    return AuthorizationOut.of(record, by.role, parts.now())


@router.post("/products/{productId}/cancel", responses=refusals(AuthorizationNotFound, InvalidStatus, ConcurrentChange))
def cancel_request(
    productId: Id,  # noqa: N803  the wire name
    by: ActorDep,
    parts: PartsDep,
    body: Nothing | None = None,  # noqa: ARG001  so that unknown fields are refused
) -> AuthorizationOut:
    """Take an open request back."""
    return AuthorizationOut.of(parts.workflow.cancel(by, ProductId(productId)), by.role, parts.now())


@router.post(
    "/products/{productId}/resubmit", responses=refusals(AuthorizationNotFound, InvalidStatus, ConcurrentChange)
)
def resubmit_request(
    productId: Id,  # noqa: N803  the wire name
    by: ActorDep,
    parts: PartsDep,
    body: RequestIn | None = None,
) -> AuthorizationOut:
    """Answer the supplier's question; the request keeps its place in the inbox."""
    said = body or RequestIn()
    record = parts.workflow.resubmit(
        by, ProductId(productId), justification=said.business_justification, volume=said.expected_volume
    )
    return AuthorizationOut.of(record, by.role, parts.now())


@router.get("/limits", responses=refusals(SellerNotFound))
def own_limits(by: ActorDep, parts: PartsDep) -> LimitsOut:
    """Slots in use and free, and the running cooldowns, soonest first."""
    return LimitsOut.of(parts.desk.limits(by))


@router.get("/products", response_model=ListOut[CatalogItemOut], responses=refusals(SellerNotFound))
def catalog(query: Annotated[Catalog, Query()], by: ActorDep, parts: PartsDep) -> Any:
    """Products, each with how the seller stands to it, by id."""
    asked = ProductQuery(
        search=query.search, seller_id=by.seller_id, authorization=query.authorization, page=query.page
    )
    now = parts.now()
    return query.answer(parts.desk.catalog(by, asked), lambda standing: CatalogItemOut.of(standing, now))


@router.get("/gate/{productId}", responses=refusals(ProductNotFound, SellerNotFound))
def own_gate(
    productId: Id,  # noqa: N803  the wire name
    by: ActorDep,
    parts: PartsDep,
) -> SellerGateOut:
    """Whether the seller may sell the product, and whether they may ask for it."""
    return SellerGateOut.of(parts.desk.one(by, productId), parts.now())
