"""The directory, one object at a time."""

from fastapi import APIRouter, Response

from sellergate.domain.directory import Product, Seller, Supplier
from sellergate.domain.errors import (
    ConcurrentChange,
    InvalidStatus,
    ProductNotFound,
    SellerNotFound,
    SupplierNotFound,
)
from sellergate.domain.identifiers import Actor, Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.parts import ActorDep, Parts, PartsDep
from sellergate.faces.api.refusals import Responses, refusals
from sellergate.faces.api.schemas.people import ProductOut, SellerOut, SupplierOut
from sellergate.faces.directory_objects import ProductIn, SellerIn, SupplierIn
from sellergate.faces.problems import invalid
from sellergate.faces.wire import Id, WireOut

router = APIRouter(prefix="/api/admin/dropshipping", tags=["directory"], route_class=guarded(Role.ADMIN))


def _new(model: type[WireOut]) -> Responses:
    return {201: {"description": "It was not in the directory before.", "model": model}}


def _put(
    id: str, body: SupplierIn | SellerIn | ProductIn, by: Actor, parts: Parts, response: Response
) -> Supplier | Seller | Product:
    """Store it and say by the status whether it is new. Raises InvalidInput when the address names another one."""
    if body.id != id:
        raise invalid([("id", "must be the id in the address")])
    stored = parts.directory.put(by, body.entry())
    response.status_code = 201 if stored.created else 200
    return stored.object


@router.get("/suppliers/{id}", responses=refusals(SupplierNotFound))
def supplier(id: Id, parts: PartsDep) -> SupplierOut:
    """A supplier."""
    return SupplierOut.of(parts.directory.supplier(id))


@router.put("/suppliers/{id}", responses={**_new(SupplierOut), **refusals(ConcurrentChange)})
def put_supplier(id: Id, body: SupplierIn, by: ActorDep, parts: PartsDep, response: Response) -> SupplierOut:
    """Enter a supplier, or renew them whole."""
    return SupplierOut.model_validate(_put(id, body, by, parts, response))


@router.get("/sellers/{id}", responses=refusals(SellerNotFound))
def seller(id: Id, parts: PartsDep) -> SellerOut:
    """A seller."""
    return SellerOut.of(parts.directory.seller(id))


@router.put("/sellers/{id}", responses={**_new(SellerOut), **refusals(InvalidStatus, ConcurrentChange)})
def put_seller(id: Id, body: SellerIn, by: ActorDep, parts: PartsDep, response: Response) -> SellerOut:
    """Enter a seller, or renew them whole; without a status a known seller keeps theirs."""
    return SellerOut.model_validate(_put(id, body, by, parts, response))


@router.get("/products/{id}", responses=refusals(ProductNotFound))
def product(id: Id, parts: PartsDep) -> ProductOut:
    """A product."""
    return ProductOut.of(parts.directory.product(id))


@router.put("/products/{id}", responses={**_new(ProductOut), **refusals(ConcurrentChange)})
def put_product(id: Id, body: ProductIn, by: ActorDep, parts: PartsDep, response: Response) -> ProductOut:
    """Enter a product, or renew it whole; its authorizations follow it to another supplier."""
    return ProductOut.model_validate(_put(id, body, by, parts, response))
