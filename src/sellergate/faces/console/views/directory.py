"""The directory as its lists show it."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from sellergate.domain.directory import Product, Seller, SellerStatus, Supplier
from sellergate.faces.console.cursors import cursor
from sellergate.faces.console.language import Words
from sellergate.faces.console.views.requests import FilterOption
from sellergate.faces.console.views.tiers import TierOption, tier_label, tiers
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import Page, ProductQuery, SellerQuery, SupplierQuery

DIRECTORY: Final = "/a/directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A badge."""

    kind: str
    text: str
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A cell besides the name; `label` is the column's."""

    label: str
    text: str
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One supplier, seller or product."""

    id: str
    address: str
    name: str
    tier: str
    tier_label: str
    columns: list[Column]
    marks: list[Mark]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryView:
    """A page of one kind. `statuses` and `tiers` are filters of sellers."""

    kind: str
    title: str
    tabs: list[tuple[str, str, bool]]
    labels: list[str]
    numbers: list[bool]
    rows: list[EntryLine]
    total: int
    search: str
    statuses: list[FilterOption]
    tiers: list[TierOption]
    is_filtered: bool
    next: str | None


def suppliers_view(visit: Visit, query: SupplierQuery, page: Page[Supplier]) -> DirectoryView:
    """A page of suppliers."""
    return _view(visit, "suppliers", [_supplier(visit.words, each) for each in page.items], page, query.search)


def sellers_view(visit: Visit, query: SellerQuery, page: Page[Seller]) -> DirectoryView:
    """A page of sellers."""
    words = visit.words
    labels = status_names(words)
    return _view(
        visit,
        "sellers",
        [_seller(words, each) for each in page.items],
        page,
        query.search,
        statuses=[
            FilterOption(value=each.value, label=labels[each], is_chosen=each is query.status) for each in SellerStatus
        ],
        tiers=tiers(words, query.tier),
    )


def products_view(visit: Visit, query: ProductQuery, page: Page[Product]) -> DirectoryView:
    """A page of products."""
    return _view(visit, "products", [_product(visit, each) for each in page.items], page, query.search)


def _view(
    visit: Visit,
    kind: str,
    rows: list[EntryLine],
    page: Page[Supplier] | Page[Seller] | Page[Product],
    search: str | None,
    *,
    statuses: list[FilterOption] | None = None,
    tiers: list[TierOption] | None = None,
) -> DirectoryView:
    given = {name: value for name, value in visit.query.items() if name in ("q", "status", "tier")}
    titles = kind_names(visit.words)
    after = None if page.next is None else urlencode({**given, "after": cursor(page.next)})
    return DirectoryView(
        kind=kind,
        title=titles[kind],
        tabs=[(title, f"{DIRECTORY}/{name}", name == kind) for name, title in titles.items()],
        labels=[column.label for column in rows[0].columns] if rows else [],
        numbers=[column.is_number for column in rows[0].columns] if rows else [],
        rows=rows,
        total=page.total,
        search=search or "",
        statuses=statuses or [],
        tiers=tiers or [],
        is_filtered=bool(given),
        next=None if after is None else f"{DIRECTORY}/{kind}?{after}",
    )


def kind_names(words: Words) -> dict[str, str]:
    """What there is in the directory."""
    return {
        "sellers": words.gettext("Sellers"),
        "suppliers": words.gettext("Suppliers"),
        "products": words.gettext("Products"),
    }


def status_names(words: Words) -> dict[SellerStatus, str]:
    """How a seller may stand with the platform."""
    return {
        SellerStatus.ACTIVE: words.gettext("Active"),
        SellerStatus.SUSPENDED: words.gettext("Suspended"),
        SellerStatus.REVOKED: words.gettext("Role revoked"),
    }


def status_mark(words: Words, status: SellerStatus) -> Mark:
    """That as a badge."""
    kind, icon = {
        SellerStatus.ACTIVE: ("ok", "circle-check"),
        SellerStatus.SUSPENDED: ("warn", "pause"),
        SellerStatus.REVOKED: ("bad", "ban"),
    }[status]
    return Mark(kind=kind, text=status_names(words)[status], icon=icon)


def _supplier(words: Words, supplier: Supplier) -> EntryLine:
    flags = ((supplier.is_partner, words.gettext("Partner")), (supplier.is_test, words.gettext("Test")))
    return EntryLine(
        id=supplier.id,
        address=f"{DIRECTORY}/suppliers/{supplier.id}",
        name=supplier.name,
        tier="",
        tier_label="",
        columns=[
            Column(label=words.gettext("Email"), text=supplier.email or ""),
            Column(label=words.gettext("Language"), text=supplier.locale or ""),
        ],
        marks=[Mark(kind="info", text=text) for flag, text in flags if flag],
    )


def _seller(words: Words, seller: Seller) -> EntryLine:
    return EntryLine(
        id=seller.id,
        address=f"{DIRECTORY}/sellers/{seller.id}",
        name=seller.name,
        tier=seller.tier.value.lower(),
        tier_label=tier_label(words, seller.tier),
        columns=[
            Column(label=words.gettext("User id"), text=seller.user_id or ""),
            Column(label=words.gettext("Own supplier"), text=seller.supplier_id or ""),
        ],
        marks=[status_mark(words, seller.status)],
    )


def _product(visit: Visit, product: Product) -> EntryLine:
    words, formats = visit.words, visit.formats
    return EntryLine(
        id=product.id,
        address=f"{DIRECTORY}/products/{product.id}",
        name=product.name,
        tier="",
        tier_label="",
        columns=[
            Column(label=words.gettext("Supplier"), text=product.supplier_id or ""),
            Column(label=words.gettext("SKU"), text=product.sku or ""),
            Column(label=words.gettext("Supply price"), text=formats.money(product.price), is_number=True),
        ],
        marks=[
            Mark(kind="ok", text=words.gettext("On offer"), icon="circle-check")
            if product.active
            else Mark(kind="mute", text=words.gettext("Not on offer"), icon="minus")
        ],
    )
