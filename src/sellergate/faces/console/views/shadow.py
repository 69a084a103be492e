"""What enforcement would have denied, as its list shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from sellergate.domain.denials import DenialSum
from sellergate.domain.shadow import ShadowFacet
from sellergate.faces.console.cursors import cursor
from sellergate.faces.console.formats import NOTHING
from sellergate.faces.console.views.denials import denial_names, stage_names
from sellergate.faces.console.views.directory import Mark
from sellergate.faces.console.views.requests import FilterOption
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import Page, ShadowQuery
from sellergate.ports.stores import ShadowRow

ADDRESS: Final = "/o/shadow"
SINCE: Final[Mapping[str, int]] = {"1h": 1, "24h": 24, "7d": 7 * 24, "30d": 30 * 24}
"""How many hours back one may look."""
FILTERS: Final = ("stage", "reason", "seller", "supplier", "product", "since")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowLine:
    """One line. `names` are who and what it is about, each with the address that narrows the list to it."""

    names: list[tuple[str, str]]
    stage: str
    reason: Mark | None
    count: int
    value: str
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowView:
    """A page of lines, or of groups of them."""

    totals: list[tuple[str, int]]
    headings: list[str]
    rows: list[ShadowLine]
    groups: list[tuple[str, str, bool]]
    group: str
    stages: list[FilterOption]
    reasons: list[FilterOption]
    sinces: list[FilterOption]
    given: Mapping[str, str]
    is_filtered: bool
    is_grouped: bool
    total: int
    next: str | None
    export: str


def shadow_view(
    visit: Visit, query: ShadowQuery, facet: ShadowFacet | None, found: Page[ShadowRow] | Sequence[DenialSum]
) -> ShadowView:
    """The page for people."""
    words = visit.words
    given = {name: value for name, value in visit.query.items() if name in FILTERS}
    rows = shadow_lines(visit, given, found) if isinstance(found, Page) else _sums(visit, given, facet, found)
    labels = {
        "": words.gettext("Pair"),
        ShadowFacet.SELLER.value: words.gettext("Seller"),
        ShadowFacet.PRODUCT.value: words.gettext("Product"),
        ShadowFacet.SUPPLIER.value: words.gettext("Supplier"),
    }
    chosen = facet.value if facet else ""
    pair = [words.gettext("Seller"), words.gettext("Product"), words.gettext("Supplier")]
    page = found if isinstance(found, Page) else None
    return ShadowView(
        totals=_totals(visit, query),
        headings=[labels[chosen]] if facet else pair,
        rows=rows,
        groups=[
            (_address({**given, "group": value} if value else given), label, value == chosen)
            for value, label in labels.items()
        ],
        group=chosen,
        stages=_options(stage_names(words), given.get("stage")),
        reasons=_options({code: name for code, (_, name) in denial_names(words).items()}, query.error_code),
        sinces=_options(_since_names(visit), given.get("since")),
        given=dict.fromkeys(FILTERS, "") | given,
        is_filtered=bool(given),
        is_grouped=facet is not None,
        total=page.total if page else len(rows),
        next=_address({**given, "after": cursor(page.next)}) if page and page.next else None,
        export=f"{ADDRESS}/export?{urlencode(given)}" if given else f"{ADDRESS}/export",
    )


def _since_names(visit: Visit) -> dict[str, str]:
    words = visit.words
    return {
        key: words.gettext("Last %(hours)s h", hours=hours)
        if hours <= 24
        else words.gettext("Last %(days)s d", days=hours // 24)
        for key, hours in SINCE.items()
    }


def _totals(visit: Visit, query: ShadowQuery) -> list[tuple[str, int]]:
    totals, words = visit.parts.shadow.totals(query), visit.words
    labels = {
        "denials": words.gettext("Would be denied"),
        "pairs": words.gettext("Pairs of seller and product"),
        "sellers": words.gettext("Sellers"),
        "products": words.gettext("Products"),
        "suppliers": words.gettext("Suppliers"),
    }
    return [(label, totals[name]) for name, label in labels.items()]


def _options(names: Mapping[str, str], chosen: str | None) -> list[FilterOption]:
    return [FilterOption(value=value, label=label, is_chosen=value == chosen) for value, label in names.items()]


def _address(given: Mapping[str, str]) -> str:
    return f"{ADDRESS}?{urlencode(given)}" if given else ADDRESS


def shadow_lines(visit: Visit, given: Mapping[str, str], page: Page[ShadowRow]) -> list[ShadowLine]:
    """These counts as lines; an address keeps what is `given` and narrows it further."""
    keys = [row.count.key for row in page.items]
    names = visit.parts.naming.of(
        sellers=(key.seller_id for key in keys),
        products=(key.product_id for key in keys),
        suppliers=(row.supplier_id for row in page.items if row.supplier_id),
    )
    stages, reasons = stage_names(visit.words), denial_names(visit.words)

    def line(row: ShadowRow) -> ShadowLine:
        key, count, supplier = row.count.key, row.count, row.supplier_id
        kind, reason = reasons.get(key.error_code, ("mute", key.error_code))
        return ShadowLine(
            names=[
                (names.seller(key.seller_id), _address({**given, "seller": key.seller_id})),
                (names.product(key.product_id), _address({**given, "product": key.product_id})),
                (names.supplier(supplier), _address({**given, "supplier": supplier})) if supplier else (NOTHING, ""),
            ],
            stage=stages[key.stage],
            reason=Mark(kind=kind, text=reason),
            count=count.count,
            value=visit.formats.money(count.value) if count.value else NOTHING,
            first=count.first_seen,
            last=count.last_seen,
        )

    return [line(row) for row in page.items]


def _sums(
    visit: Visit, given: Mapping[str, str], facet: ShadowFacet | None, sums: Sequence[DenialSum]
) -> list[ShadowLine]:
    field = facet.value if facet else "seller"
    names = visit.parts.naming.of(**{f"{field}s": [each.of for each in sums if each.of]})
    called = getattr(names, field)
    return [
        ShadowLine(
            names=[
                (called(each.of), _address({**given, field: each.of}))
                if each.of
                else (visit.words.gettext("No supplier"), "")
            ],
            stage="",
            reason=None,
            count=each.denials,
            value=visit.formats.money(each.value) if each.value else NOTHING,
            first=each.first_seen,
            last=each.last_seen,
        )
        for each in sums
    ]
