"""A supplier's products as their list shows them."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from sellergate.faces.console.cursors import cursor
from sellergate.faces.console.views.decisions import new_key
from sellergate.faces.console.views.requests import Bar, bar_of
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import Page
from sellergate.services.catalogue import Offer

ADDRESS: Final = "/s/products"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """One product. `own` is what was set for it alone, `as_others` what holds where nothing was."""

    id: str
    name: str
    sku: str
    is_active: bool
    approved: str
    capacity: str
    bar: Bar | None
    own: str
    as_others: str
    waiting: int
    blocked: int
    requests: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductsView:
    """A page of them."""

    rows: list[OfferLine]
    total: int
    search: str
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedView:
    """A product whose places were set just now, and how many of those that wait fit."""

    id: str
    text: str
    fits: int
    key: str
    as_of: str


def products_view(visit: Visit, page: Page[Offer], search: str) -> ProductsView:
    """The page for people."""
    given = {"q": search} if search else {}
    return ProductsView(
        rows=[_line(visit, offer) for offer in page.items],
        total=page.total,
        search=search,
        next=None if page.next is None else f"{ADDRESS}?{urlencode({**given, 'after': cursor(page.next)})}",
    )


def _line(visit: Visit, offer: Offer) -> OfferLine:
    words, number, product = visit.words, visit.formats.number, offer.product
    unlimited = words.gettext("no limit")
    return OfferLine(
        id=product.id,
        name=product.name,
        sku=product.sku or product.id,
        is_active=product.active,
        approved=number(offer.approved),
        capacity=unlimited if offer.capacity is None else number(offer.capacity),
        bar=bar_of(offer.approved, offer.capacity),
        own="" if offer.own_capacity is None else str(offer.own_capacity),
        as_others=unlimited if offer.capacity is None or offer.own_capacity is not None else number(offer.capacity),
        waiting=offer.waiting,
        blocked=offer.blocked,
        requests="/s/requests?" + urlencode({"product": product.id}),
    )


def changed_view(visit: Visit, offer: Offer) -> ChangedView:
    """What was changed."""
    words, number = visit.words, visit.formats.number
    places = words.gettext("no limit") if offer.capacity is None else number(offer.capacity)
    return ChangedView(
        id=offer.product.id,
        text=words.gettext("%(product)s: seller slots set to %(places)s.", product=offer.product.name, places=places),
        fits=offer.waiting - offer.blocked,
        key=new_key(),
        as_of=visit.parts.now().isoformat(),
    )
