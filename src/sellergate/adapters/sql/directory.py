"""Suppliers, sellers and products in SQL."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from sqlalchemy import Column, ColumnElement, Row, Select, Table, and_, func, or_, select, update

from sellergate.adapters.positions import checked_position
from sellergate.adapters.searching import folded, searchable
from sellergate.adapters.sql.paging import read_page
from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import authorizations, products, sellers, supplier_policies, suppliers
from sellergate.domain.authorization import Status
from sellergate.domain.directory import Product, Seller, Supplier, Tier
from sellergate.domain.errors import ConcurrentChange, InvalidInput
from sellergate.domain.policy import AutoApproval, ProductPolicy, SupplierPolicy
from sellergate.ports.queries import Page, PageRequest, ProductQuery, SellerQuery, SupplierQuery

T = TypeVar("T")

_supplier_row = as_row_of(Supplier)
_seller_row = as_row_of(Seller)
_product_row = as_row_of(Product)

_PRODUCTS: Final = select(*(column for column in products.c if column is not products.c.searchable))


class UserTaken(InvalidInput):
    """Another seller already has this `userId`."""

    def __init__(self) -> None:
        super().__init__("Another seller already has this userId.", field="userId")


class SqlDirectory:
    """The marketplace's people and goods."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def supplier(self, id: str, *, lock: bool = False) -> Supplier | None:
        """The supplier, or None; with `lock`, whoever else wants to lock this supplier waits until this work ends."""
        query = select(suppliers)
        row = self._locked(query, suppliers, id) if lock else self._one(query.where(suppliers.c.id == id))
        return None if row is None else Supplier(**row)

    def seller(self, id: str, *, lock: bool = False) -> Seller | None:
        """The seller, or None; with `lock`, whoever else wants to lock this seller waits until this work ends."""
        row = (
            self._locked(select(sellers), sellers, id) if lock else self._one(select(sellers).where(sellers.c.id == id))
        )
        return None if row is None else Seller(**row)

    def product(self, id: str, *, lock: bool = False) -> Product | None:
        """The product, or None; with `lock`, whoever else wants to lock this product waits until this work ends."""
        row = self._locked(_PRODUCTS, products, id) if lock else self._one(_PRODUCTS.where(products.c.id == id))
        return None if row is None else Product(**row)

    def _one(self, query: Select[Any]) -> Mapping[str, Any] | None:
        row = self._session.execute(query).mappings().one_or_none()
        return None if row is None else dict(row)

    def _locked(self, query: Select[Any], table: Table, id: str) -> Mapping[str, Any] | None:
        # SQLite knows no FOR UPDATE and needs none: a work there has the whole database to itself. Elsewhere the key is not
        # locked with the row, so that records which refer to it can be entered meanwhile.
        locking = query.where(table.c.id == id).with_for_update(key_share=True)
        row = self._one(locking)
        if row is None:
            self._session.enter(table, id)
            row = self._one(locking)
        return row

    def seller_of_user(self, user_id: str) -> Seller | None:
        """The seller with this `user_id`, or None."""
        row = self._one(select(sellers).where(sellers.c.user_id == user_id))
        return None if row is None else Seller(**row)

    def put_supplier(self, supplier: Supplier) -> None:
        """Store it."""
        self._session.put(suppliers, _supplier_row(supplier))

    def put_seller(self, seller: Seller) -> None:
        """Store it. Raises InvalidInput when another seller has the same `user_id`; the work can go on."""
        self._session.put(sellers, _seller_row(seller), duplicate=UserTaken if seller.user_id is not None else None)

    def put_product(self, product: Product) -> None:
        """Store it."""
        self._session.put(products, {**_product_row(product), "searchable": searchable(product)})

    def products(self, query: ProductQuery) -> Page[Product]:
        """A page of products that match, by id."""
        return self._page(_matching(query), query.page, products.c.id, _product)

    def suppliers(self, query: SupplierQuery) -> Page[Supplier]:
        """A page of suppliers that match, by id."""
        matching = select(suppliers)
        if query.search:
            matching = matching.where(_named(query.search, suppliers.c.id, suppliers.c.name))
        return self._page(matching, query.page, suppliers.c.id, lambda row: Supplier(**row._mapping))  # noqa: SLF001

    def sellers(self, query: SellerQuery) -> Page[Seller]:
        """A page of sellers that match, by id."""
        matching = select(sellers)
        if query.status is not None:
            matching = matching.where(sellers.c.status == query.status)
        if query.tier is not None:
            matching = matching.where(sellers.c.tier == query.tier)
        if query.search:
            matching = matching.where(_named(query.search, sellers.c.id, sellers.c.name, sellers.c.user_id))
        return self._page(matching, query.page, sellers.c.id, lambda row: Seller(**row._mapping))  # noqa: SLF001

    def _page(
        self, matching: Select[Any], page: PageRequest, id: Column[Any], item: Callable[[Row[Any]], T]
    ) -> Page[T]:
        return read_page(
            self._session,
            matching,
            page,
            order=(id,),
            after=None if page.after is None else checked_position(page.after, str),
            item=item,
            position=lambda row: (row.id,),
        )

    def suppliers_of(self, ids: Iterable[str]) -> dict[str, Supplier]:
        """The suppliers with these ids."""
        rows = self._session.by_ids(select(suppliers), suppliers.c.id, ids)
        return {row.id: Supplier(**row._mapping) for row in rows}  # noqa: SLF001

    def sellers_of(self, ids: Iterable[str]) -> dict[str, Seller]:
        """The sellers with these ids."""
        rows = self._session.by_ids(select(sellers), sellers.c.id, ids)
        return {row.id: Seller(**row._mapping) for row in rows}  # noqa: SLF001

    def products_of(self, ids: Iterable[str]) -> dict[str, Product]:
        """The products with these ids."""
        return {row.id: _product(row) for row in self._session.by_ids(_PRODUCTS, products.c.id, ids)}

    def products_after(self, id: str, limit: int) -> list[Product]:
        """Products with a greater id, in order."""
        beyond = _PRODUCTS.where(products.c.id > id).order_by(products.c.id).limit(limit)
        return [_product(row) for row in self._session.execute(beyond)]

    def sellers_after(self, id: str, limit: int) -> list[Seller]:
        """Sellers with a greater id, in order."""
        beyond = select(sellers).where(sellers.c.id > id).order_by(sellers.c.id).limit(limit)
        return [Seller(**row._mapping) for row in self._session.execute(beyond)]  # noqa: SLF001

    def suppliers_after(self, id: str, limit: int) -> list[Supplier]:
        """Suppliers with a greater id, in order."""
        beyond = select(suppliers).where(suppliers.c.id > id).order_by(suppliers.c.id).limit(limit)
        return [Supplier(**row._mapping) for row in self._session.execute(beyond)]  # noqa: SLF001

    def policy(self, supplier_id: str) -> SupplierPolicy:
        """The supplier's policy; the default one when none was stored."""
        row = self._one(select(supplier_policies).where(supplier_policies.c.supplier_id == supplier_id))
        return SupplierPolicy() if row is None else _policy(row)

    def put_policy(self, supplier_id: str, policy: SupplierPolicy) -> SupplierPolicy:
        """Store it whole in the place of the one with its version. Raises ConcurrentChange when another one is in force."""
        after = replace(policy, version=policy.version + 1)
        row = {"supplier_id": supplier_id, **_policy_row(after)}
        if not (
            self._replace_policy(policy.version, row)
            if policy.version
            else self._session.insert_new(supplier_policies, row)
        ):
            raise ConcurrentChange
        return after

    def _replace_policy(self, version: int, row: Mapping[str, Any]) -> bool:
        columns = supplier_policies.c
        its = (columns.supplier_id == row["supplier_id"], columns.version == version)
        return self._session.execute(update(supplier_policies).where(*its).values(row)).rowcount == 1


def _named(search: str, *names: Column[Any]) -> ColumnElement[bool]:
    part = folded(search)
    return or_(*(func.lower(name).contains(part, autoescape=True) for name in names))


def _product(row: Row[Any]) -> Product:
    return Product(**row._mapping)  # noqa: SLF001


def _matching(query: ProductQuery) -> Select[Any]:
    matching = _PRODUCTS
    if query.active_only:
        matching = matching.where(products.c.active)
    if query.supplier_id is not None:
        matching = matching.where(products.c.supplier_id == query.supplier_id)
    if query.search:
        matching = matching.where(products.c.searchable.contains(folded(query.search), autoescape=True))
    if query.seller_id is None or query.authorization is None:
        return matching
    its = and_(authorizations.c.product_id == products.c.id, authorizations.c.seller_id == query.seller_id)
    joined = matching.outerjoin(authorizations, its)
    if query.authorization is Status.NONE:
        return joined.where(authorizations.c.id.is_(None))
    return joined.where(authorizations.c.status == query.authorization)


def _policy_row(policy: SupplierPolicy) -> dict[str, Any]:
    return {
        "auto_approval": policy.auto_approval,
        "trusted_sellers": sorted(policy.trusted_sellers),
        "minimum_tier": policy.minimum_tier,
        "max_sellers_per_product": policy.max_sellers_per_product,
        "version": policy.version,
        "products": {
            id: {"auto_approval": each.auto_approval, "max_sellers": each.max_sellers}
            for id, each in policy.products.items()
        },
    }


def _policy(row: Mapping[str, Any]) -> SupplierPolicy:
    return SupplierPolicy(
        auto_approval=AutoApproval(row["auto_approval"]),
        trusted_sellers=frozenset(row["trusted_sellers"]),
        minimum_tier=row["minimum_tier"] and Tier(row["minimum_tier"]),
        max_sellers_per_product=row["max_sellers_per_product"],
        version=row["version"],
        products={
            id: ProductPolicy(
                auto_approval=each["auto_approval"] and AutoApproval(each["auto_approval"]),
                max_sellers=each["max_sellers"],
            )
            for id, each in row["products"].items()
        },
    )
