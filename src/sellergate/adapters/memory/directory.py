"""Suppliers, sellers and products in dictionaries."""

from collections.abc import Iterable
from dataclasses import replace
from heapq import nsmallest
from operator import attrgetter
from typing import Any, Final

from sellergate.adapters.memory.paging import page_of
from sellergate.adapters.memory.tables import Table, Tables
from sellergate.adapters.searching import folded, searchable
from sellergate.domain.authorization import Status
from sellergate.domain.directory import Product, Seller, Supplier
from sellergate.domain.errors import ConcurrentChange, InvalidInput
from sellergate.domain.policy import SupplierPolicy
from sellergate.ports.queries import Page, ProductQuery, SellerQuery, SupplierQuery

_DEFAULT_POLICY: Final = SupplierPolicy()


class MemoryDirectory:
    """The marketplace's people and goods. `lock` asks for nothing here: a work has the whole store to itself."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def supplier(self, id: str, *, lock: bool = False) -> Supplier | None:  # noqa: ARG002
        """The supplier, or None."""
        return self._tables.suppliers.get(id)

    def seller(self, id: str, *, lock: bool = False) -> Seller | None:  # noqa: ARG002
        """The seller, or None."""
        return self._tables.sellers.get(id)

    def product(self, id: str, *, lock: bool = False) -> Product | None:  # noqa: ARG002
        """The product, or None."""
        return self._tables.products.get(id)

    def seller_of_user(self, user_id: str) -> Seller | None:
        """The seller with this `user_id`, or None."""
        id = self._tables.sellers_by_user.get(user_id)
        return None if id is None else self._tables.sellers.get(id)

    def put_supplier(self, supplier: Supplier) -> None:
        """Store it."""
        self._tables.suppliers.put(supplier.id, supplier)

    def put_seller(self, seller: Seller) -> None:
        """Store it. Raises InvalidInput when another seller has the same `user_id`."""
        tables = self._tables
        tables.check_reference(tables.suppliers, seller.supplier_id)
        if seller.user_id is not None and tables.sellers_by_user.get(seller.user_id) not in (None, seller.id):
            raise InvalidInput("Another seller already has this userId.", field="userId")
        before = tables.sellers.get(seller.id)
        if before is not None and before.user_id is not None:
            tables.sellers_by_user.remove(before.user_id)
        if seller.user_id is not None:
            tables.sellers_by_user.put(seller.user_id, seller.id)
        tables.sellers.put(seller.id, seller)

    def put_product(self, product: Product) -> None:
        """Store it."""
        self._tables.check_reference(self._tables.suppliers, product.supplier_id)
        self._tables.products.put(product.id, product)

    def products(self, query: ProductQuery) -> Page[Product]:
        """A page of products that match, by id."""
        rows = [product for product in self._tables.products if self._matches(product, query)]
        return page_of(rows, query.page, lambda product: (product.id,), types=(str,))

    def _matches(self, product: Product, query: ProductQuery) -> bool:
        if query.active_only and not product.active:
            return False
        if query.supplier_id is not None and product.supplier_id != query.supplier_id:
            return False
        if query.search and folded(query.search) not in searchable(product):
            return False
        if query.seller_id is None or query.authorization is None:
            return True
        id = self._tables.pairs.get((query.seller_id, product.id))
        record = None if id is None else self._tables.records.get(id)
        return (record.status if record else Status.NONE) is query.authorization

    def suppliers(self, query: SupplierQuery) -> Page[Supplier]:
        """A page of suppliers that match, by id."""
        rows = [each for each in self._tables.suppliers if _is_named(query.search, each.id, each.name)]
        return page_of(rows, query.page, lambda supplier: (supplier.id,), types=(str,))

    def sellers(self, query: SellerQuery) -> Page[Seller]:
        """A page of sellers that match, by id."""
        rows = [
            each
            for each in self._tables.sellers
            if query.status in (None, each.status)
            and query.tier in (None, each.tier)
            and _is_named(query.search, each.id, each.name, each.user_id or "")
        ]
        return page_of(rows, query.page, lambda seller: (seller.id,), types=(str,))

    def suppliers_of(self, ids: Iterable[str]) -> dict[str, Supplier]:
        """The suppliers with these ids."""
        return _known(self._tables.suppliers, ids)

    def sellers_of(self, ids: Iterable[str]) -> dict[str, Seller]:
        """The sellers with these ids."""
        return _known(self._tables.sellers, ids)

    def products_of(self, ids: Iterable[str]) -> dict[str, Product]:
        """The products with these ids."""
        return _known(self._tables.products, ids)

    def products_after(self, id: str, limit: int) -> list[Product]:
        """Products with a greater id, in order."""
        beyond = (product for product in self._tables.products if product.id > id)
        return nsmallest(limit, beyond, key=attrgetter("id"))

    def sellers_after(self, id: str, limit: int) -> list[Seller]:
        """Sellers with a greater id, in order."""
        return nsmallest(limit, (one for one in self._tables.sellers if one.id > id), key=attrgetter("id"))

    def suppliers_after(self, id: str, limit: int) -> list[Supplier]:
        """Suppliers with a greater id, in order."""
        return nsmallest(limit, (one for one in self._tables.suppliers if one.id > id), key=attrgetter("id"))

    def policy(self, supplier_id: str) -> SupplierPolicy:
        """The supplier's policy; the default one when none was stored."""
        return self._tables.policies.get(supplier_id) or _DEFAULT_POLICY

    def put_policy(self, supplier_id: str, policy: SupplierPolicy) -> SupplierPolicy:
        """Store it whole in the place of the one with its version. Raises ConcurrentChange when another one is in force."""
        self._tables.check_reference(self._tables.suppliers, supplier_id)
        if self.policy(supplier_id).version != policy.version:
            raise ConcurrentChange
        after = replace(policy, version=policy.version + 1)
        self._tables.policies.put(supplier_id, after)
        return after


def _known(table: Table[str, Any], ids: Iterable[str]) -> dict[str, Any]:
    rows = ((id, table.get(id)) for id in set(ids))
    return {id: row for id, row in rows if row is not None}


def _is_named(search: str | None, *names: str) -> bool:
    return not search or any(folded(search) in name.lower() for name in names)
