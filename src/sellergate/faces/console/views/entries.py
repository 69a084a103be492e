"""The form of one supplier, seller or product, and what can be done about a seller's role."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sellergate.domain.directory import Product, Seller, SellerStatus, Supplier, Tier
from sellergate.faces.console.directory_forms import CHECKS, FIELDS
from sellergate.faces.console.language import Words
from sellergate.faces.console.views.directory import DIRECTORY, Mark, kind_names, status_mark
from sellergate.faces.console.views.requests import FilterOption
from sellergate.faces.console.views.tiers import tier_label
from sellergate.faces.console.visit import Visit

MANDATORY: Final = frozenset({"id", "name"})
LENGTHS: Final = {"id": 64, "supplierId": 64, "userId": 64, "email": 254, "locale": 35, "price": 16}
LENGTH: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryField:
    """One field. `error` is its rule where that was not kept; `options` makes it a choice."""

    name: str
    label: str
    hint: str
    value: str
    error: str
    length: int
    is_check: bool
    is_fixed: bool
    is_needed: bool
    options: list[FilterOption]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """The form. `seller` is there for a seller who is stored."""

    kind: str
    title: str
    back: str
    back_label: str
    address: str
    fields: list[EntryField]
    error: str
    is_new: bool
    seller: "RoleView | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleView:
    """A seller's role: how it stands, and the moves open to it."""

    mark: Mark
    address: str
    can_suspend: bool
    can_reactivate: bool
    can_revoke: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """A form that asks why. With `confirm`, that has to be typed as well; `impact` is where to ask what it would end."""

    title: str
    address: str
    back: str
    about: str
    warning: str
    confirm: str
    reason: str
    typed: str
    error: str
    send: str
    impact: str = ""


def entry_view(
    visit: Visit,
    kind: str,
    texts: Mapping[str, str],
    *,
    is_new: bool,
    errors: Mapping[str, str] | None = None,
    error: str = "",
    seller: Seller | None = None,
) -> EntryView:
    """The form with what stands in it."""
    words, wrong = visit.words, errors or {}
    told = error or (words.gettext("Nothing was stored. Look at what is marked below.") if wrong else "")
    return EntryView(
        kind=kind,
        title=_new(words)[kind] if is_new else texts.get("name") or texts["id"],
        back=f"{DIRECTORY}/{kind}",
        back_label=kind_names(words)[kind],
        address=f"{DIRECTORY}/new/{kind}" if is_new else f"{DIRECTORY}/{kind}/{texts['id']}",
        fields=[_field(words, kind, name, texts, wrong, is_new=is_new) for name in FIELDS[kind]],
        error=told,
        is_new=is_new,
        seller=None if seller is None else role_view(words, seller),
    )


def stored_texts(kind: str, stored: Supplier | Seller | Product) -> dict[str, str]:
    """What is stored, as the form writes it."""
    return {name: _text(getattr(stored, _attribute(name))) for name in FIELDS[kind]}


def blank_texts(kind: str) -> dict[str, str]:
    """An empty form; what most are is chosen already."""
    return {name: {"active": "true", "tier": Tier.BRONZE.value}.get(name, "") for name in FIELDS[kind]}


def role_view(words: Words, seller: Seller) -> RoleView:
    """What can be done about the seller's role."""
    return RoleView(
        mark=status_mark(words, seller.status),
        address=f"{DIRECTORY}/sellers/{seller.id}",
        can_suspend=seller.status is SellerStatus.ACTIVE,
        can_reactivate=seller.status is SellerStatus.SUSPENDED,
        can_revoke=seller.status is not SellerStatus.REVOKED,
    )


def _attribute(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else str(value)


def _new(words: Words) -> dict[str, str]:
    return {
        "sellers": words.gettext("New seller"),
        "suppliers": words.gettext("New supplier"),
        "products": words.gettext("New product"),
    }


def _field(
    words: Words, kind: str, name: str, texts: Mapping[str, str], wrong: Mapping[str, str], *, is_new: bool
) -> EntryField:
    label, hint = _words_of(words)[name]
    told = wrong.get(name, "")
    return EntryField(
        name=name,
        label=label,
        hint=hint,
        value=texts.get(name, ""),
        error=told or hint if name in wrong else "",
        length=LENGTHS.get(name, LENGTH),
        is_check=name in CHECKS,
        is_fixed=name == "id" and not is_new,
        is_needed=name in MANDATORY,
        options=[
            FilterOption(value=tier.value, label=tier_label(words, tier), is_chosen=tier.value == texts.get(name))
            for tier in Tier
        ]
        if kind == "sellers" and name == "tier"
        else [],
    )


def _words_of(words: Words) -> dict[str, tuple[str, str]]:
    """Each field's name and its rule."""
    id_rule = words.gettext("1 to 64 characters of A-Z a-z 0-9 . _ : -")
    number_rule = words.gettext("A whole number, 0 or more")
    return {
        "id": (words.gettext("Id"), id_rule),
        "name": (words.gettext("Name"), words.gettext("1 to 200 characters")),
        "email": (words.gettext("Email"), words.gettext("An address like name@example.org")),
        "locale": (words.gettext("Language"), words.gettext("A language like ko or en-GB")),
        "tier": (words.gettext("Tier"), ""),
        "supplierId": (words.gettext("Supplier id"), words.gettext("The id of a supplier in the directory")),
        "userId": (words.gettext("User id"), id_rule),
        "sku": (words.gettext("SKU"), words.gettext("At most 200 characters")),
        "category": (words.gettext("Category"), words.gettext("At most 200 characters")),
        "price": (words.gettext("Supply price"), words.gettext("0 or more, like 19.90")),
        "dailyViews": (words.gettext("Views a day"), number_rule),
        "monthlyOrders": (words.gettext("Orders a month"), number_rule),
        "active": (words.gettext("On offer"), ""),
        "topSeller": (words.gettext("Top seller"), ""),
        "isTest": (words.gettext("Test account"), ""),
        "isPartner": (words.gettext("Partner"), ""),
    }
