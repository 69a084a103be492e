"""The directory for admins: lists, and a form for each supplier, seller and product."""

from typing import Final

from starlette.responses import Response

from sellergate.domain.directory import Seller, SellerStatus, Tier
from sellergate.domain.errors import ConcurrentChange, InvalidInput, InvalidStatus, NotFound
from sellergate.domain.identifiers import Role, checked_id
from sellergate.faces.console.cursors import read_cursor
from sellergate.faces.console.directory_forms import KINDS, WrongFields, entry_of, texts_of
from sellergate.faces.console.failures import sentence
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.routes.requests import SEARCH_MAX
from sellergate.faces.console.views.directory import DIRECTORY, products_view, sellers_view, suppliers_view
from sellergate.faces.console.views.entries import blank_texts, entry_view, stored_texts
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import PageRequest, ProductQuery, SellerQuery, SupplierQuery

pages = Pages(Role.ADMIN)

A_PAGE: Final = 25


@pages.get(DIRECTORY)
def directory(visit: Visit) -> Response:
    """To the sellers: they are what most is done about."""
    return visit.go(f"{DIRECTORY}/sellers")


@pages.get(f"{DIRECTORY}/new/{{kind}}")
def new_entry(visit: Visit, kind: str) -> Response:
    """An empty form."""
    view = entry_view(visit, known_kind(kind), blank_texts(kind), is_new=True)
    return visit.page("directory/entry.html", view=view)


@pages.post(f"{DIRECTORY}/new/{{kind}}")
def enter(visit: Visit, kind: str) -> Response:
    """Enter it; what is there already is not written over."""
    texts = texts_of(visit, known_kind(kind))
    if texts["id"] and _is_known(visit, kind, texts["id"]):
        errors = {"id": visit.words.gettext("There already is one with this id.")}
        view = entry_view(visit, kind, texts, is_new=True, errors=errors)
        return visit.page("directory/entry.html", view=view, status=422)
    return _store(visit, kind, texts, is_new=True)


@pages.get(f"{DIRECTORY}/{{kind}}")
def entries(visit: Visit, kind: str) -> Response:
    """A page of them. A filter that means nothing is none."""
    given, service, kind = visit.query, visit.parts.directory, known_kind(kind)
    search = given.get("q", "")[:SEARCH_MAX] or None
    page = PageRequest(A_PAGE, read_cursor(given.get("after")))
    if kind == "suppliers":
        asked = SupplierQuery(search=search, page=page)
        view = suppliers_view(visit, asked, service.suppliers(asked))
    elif kind == "sellers":
        status = next((each for each in SellerStatus if each.value == given.get("status")), None)
        tier = next((each for each in Tier if each.value == given.get("tier")), None)
        wanted = SellerQuery(search=search, status=status, tier=tier, page=page)
        view = sellers_view(visit, wanted, service.sellers(wanted))
    else:
        goods = ProductQuery(search=search, page=page)
        view = products_view(visit, goods, service.products(goods))
    return visit.answer("directory/page.html", "directory/_list.html", view=view)


@pages.get(f"{DIRECTORY}/{{kind}}/{{id}}")
def entry(visit: Visit, kind: str, id: str) -> Response:
    """One in full, to be changed."""
    texts, seller = _stored(visit, known_kind(kind), checked_id(id, "id"))
    return visit.page("directory/entry.html", view=entry_view(visit, kind, texts, is_new=False, seller=seller))


@pages.post(f"{DIRECTORY}/{{kind}}/{{id}}")
def change(visit: Visit, kind: str, id: str) -> Response:
    """Store it whole."""
    _, seller = _stored(visit, known_kind(kind), checked_id(id, "id"))
    return _store(visit, kind, {**texts_of(visit, kind), "id": id}, is_new=False, seller=seller)


def known_kind(kind: str) -> str:
    """One of KINDS. Raises NotFound."""
    if kind not in KINDS:
        raise NotFound("There is no such list.")
    return kind


def _stored(visit: Visit, kind: str, id: str) -> tuple[dict[str, str], Seller | None]:
    service = visit.parts.directory
    if kind == "sellers":
        seller = service.seller(id)
        return stored_texts(kind, seller), seller
    return stored_texts(kind, service.supplier(id) if kind == "suppliers" else service.product(id)), None


def _is_known(visit: Visit, kind: str, id: str) -> bool:
    try:
        _stored(visit, kind, id)
    except NotFound:
        return False
    return True


def _store(visit: Visit, kind: str, texts: dict[str, str], *, is_new: bool, seller: Seller | None = None) -> Response:
    errors: dict[str, str] = {}
    told = ""
    try:
        visit.parts.directory.put(visit.actor, entry_of(kind, texts))
        return visit.go(f"{DIRECTORY}/{kind}/{texts['id']}")
    except WrongFields as wrong:
        errors = dict.fromkeys(wrong.fields, "")
    except InvalidInput as error:
        field = str(error.facts.get("field", ""))
        errors, told = ({field: _taken(visit, field)}, "") if field else ({}, sentence(visit.words, error))
    except (InvalidStatus, ConcurrentChange) as error:
        told = sentence(visit.words, error)
    view = entry_view(visit, kind, texts, is_new=is_new, errors=errors, error=told, seller=seller)
    return visit.page("directory/entry.html", view=view, status=422)


def _taken(visit: Visit, field: str) -> str:
    return {
        "userId": visit.words.gettext("Another seller already has this user id."),
        "supplierId": visit.words.gettext("There is no supplier of this id. Enter the supplier first."),
    }.get(field, "")
