"""The catalog as its seller sees it."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from sellergate.domain.authorization import Status
from sellergate.faces.console.cursors import cursor
from sellergate.faces.console.language import Words
from sellergate.faces.console.views.requests import Bar, bar_of
from sellergate.faces.console.views.standing import CATALOG, REQUESTS, StateView, state_view
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import Page, ProductQuery
from sellergate.services.shelf import Places, Shelved, Tally

TABS: Final = (
    None, Status.APPROVED, Status.REQUESTED, Status.INFO_REQUESTED, Status.REJECTED, Status.REVOKED, Status.EXPIRED,
    Status.CANCELLED, Status.NONE,
)  # fmt: skip
ONLY_IF_ANY: Final = frozenset({Status.INFO_REQUESTED, Status.EXPIRED, Status.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusTab:
    """One status, with how many products stand so."""

    label: str
    address: str
    count: int
    is_current: bool
    is_alarming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLine:
    """One row. `details` is the page about the seller's own record, empty without one."""

    state: StateView
    name: str
    details: str
    supplier: str
    sku: str
    price: str
    orders: str
    filled: str
    bar: Bar | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogView:
    """A page of the catalog; `start` leads back to its beginning, `next` on."""

    tabs: list[StatusTab]
    rows: list[ProductLine]
    status: str
    search: str
    shown: str
    start: str | None
    next: str | None
    unfiltered: str
    products: int


def catalog_view(visit: Visit, query: ProductQuery, start: int, page: Page[Shelved], tally: Tally) -> CatalogView:
    """The page for people; `start` is the number of the first row."""
    status = query.authorization
    given = {"status": None if status is None else status.value.lower(), "q": query.search}
    end, number = start + len(page.items) - 1, visit.formats.number
    return CatalogView(
        tabs=_tabs(visit.words, tally, status),
        rows=[product_line(visit, each) for each in page.items],
        status=given["status"] or "",
        search=query.search or "",
        shown=f"{number(start)}\N{EN DASH}{number(end)} / {number(page.total)}" if page.total else number(0),
        start=None if query.page.after is None else _address(**given),
        next=None if page.next is None else _address(**given, after=cursor(page.next), n=str(end + 1)),
        unfiltered=_address(status=given["status"]),
        products=tally.products,
    )


def _address(**given: str | None) -> str:
    named = {name: value for name, value in given.items() if value}
    return f"{CATALOG}?{urlencode(named)}" if named else CATALOG


def _tabs(words: Words, tally: Tally, current: Status | None) -> list[StatusTab]:
    labels = {
        None: words.gettext("All products"),
        Status.NONE: words.gettext("Not requested"),
        Status.REQUESTED: words.gettext("Waiting"),
        Status.INFO_REQUESTED: words.gettext("Question for you"),
        Status.APPROVED: words.gettext("Approved"),
        Status.REJECTED: words.gettext("Rejected"),
        Status.REVOKED: words.gettext("Revoked"),
        Status.EXPIRED: words.gettext("Expired"),
        Status.CANCELLED: words.gettext("Taken back"),
    }
    return [
        StatusTab(
            label=labels[status],
            address=_address(status=None if status is None else status.value.lower()),
            count=tally.of(status),
            is_current=status is current,
            is_alarming=status is Status.INFO_REQUESTED and tally.of(status) > 0,
        )
        for status in TABS
        if status not in ONLY_IF_ANY or status is current or tally.of(status)
    ]


def product_line(visit: Visit, shelved: Shelved) -> ProductLine:
    """One product as a row."""
    standing, formats = shelved.standing, visit.formats
    product, record = standing.product, standing.record
    return ProductLine(
        state=state_view(visit, shelved),
        name=product.name,
        details="" if record is None else f"{REQUESTS}/{record.id}",
        supplier=standing.supplier.name if standing.supplier else product.supplier_id or "",
        sku=product.sku or product.id,
        price=formats.money(product.price),
        orders=formats.number(product.monthly_orders),
        filled=_filled(visit, shelved.places),
        bar=bar_of(shelved.places.approved, shelved.places.capacity),
    )


def _filled(visit: Visit, places: Places) -> str:
    number = visit.formats.number
    if places.capacity is None:
        return visit.words.ngettext("%(num)s seller", "%(num)s sellers", places.approved)
    return f"{number(places.approved)}/{number(places.capacity)}"
